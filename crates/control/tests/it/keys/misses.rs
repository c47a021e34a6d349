use super::{Node, Shop, only_when_asked};
use control::keys::PlainKey;
use control::keys::verify::Refusal;
use sqlx::PgPool;
use std::time::Duration;
use tokio::time::Instant;

#[sqlx::test]
async fn a_new_key_works_at_once(db: PgPool) {
    let shop = Shop::new(db).await;
    let node = Node::start(&shop, only_when_asked()).await;
    let key = shop.key(None).await;
    assert_eq!(node.check(&key), Err(Refusal::Unknown), "memory does not know it yet");
    let live = node.verifier.verify(key.plain.expose(), None, shop.ctx.now(), Some(shop.resource)).await.unwrap();
    assert_eq!((live.id, live.project), (key.id, shop.project));
    node.stop().await;
}

#[sqlx::test]
async fn an_unknown_key_is_remembered_and_an_unanswered_question_is_no_answer(db: PgPool) {
    let shop = Shop::new(db).await;
    let node = Node::start(&shop, only_when_asked()).await;
    let [asked, never_asked] = [(); 2].map(|()| PlainKey::generate(&shop.ctx.rng));
    let verifier = node.verifier.clone();
    let verify = |key: &PlainKey| {
        let (verifier, text, now) = (verifier.clone(), key.expose().to_owned(), shop.ctx.now());
        async move { verifier.verify(&text, None, now, None).await }
    };
    assert_eq!(verify(&asked).await, Err(Refusal::Unknown));
    node.stop().await;
    assert_eq!(verify(&asked).await, Err(Refusal::Unknown), "nobody answers now, and nobody needs to");
    assert_eq!(verify(&never_asked).await, Err(Refusal::Stale), "nobody can say");
}

#[sqlx::test]
async fn invented_keys_do_not_load_the_database(db: PgPool) {
    let shop = Shop::new(db).await;
    let node = Node::start(&shop, only_when_asked()).await;
    let started = Instant::now();
    let mut guesses = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let (verifier, ctx) = (node.verifier.clone(), shop.ctx.clone());
        guesses.spawn(async move {
            for _ in 0..40 {
                let guess = PlainKey::generate(&ctx.rng);
                assert_eq!(verifier.verify(guess.expose(), None, ctx.now(), None).await, Err(Refusal::Unknown));
            }
        });
    }
    guesses.join_all().await;
    let elapsed = started.elapsed();
    node.stop().await;
    // A server process reports what it did when it ends; each poll looks at the floors once.
    let polls = "select seq_scan + coalesce(idx_scan, 0) from pg_stat_user_tables where relname = 'key_change_floor'";
    let connected = "select count(*) from pg_stat_activity
                     where datname = current_database() and application_name = 'pentaprism key feed'";
    while shop.count(connected).await > 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let polls = u128::try_from(shop.count(polls).await).unwrap();
    let most = elapsed.as_millis() / 20 + 5;
    assert!((40..=most).contains(&polls), "{polls} polls for 2000 guesses in {elapsed:?}, at most {most} were allowed");
}
