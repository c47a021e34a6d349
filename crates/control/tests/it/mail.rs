use crate::world::{Postbox, World, another_vault, email, origin};
use control::identity::reset_password;
use control::mail::deliver::Delivered;
use control::mail::deliver_due;
use control::operator::outbox::outbox;
use control::orgs::invitations::invite::{InviteInput, invite};
use control::{Actor, Ctx};
use secrecy::ExposeSecret;
use sqlx::PgPool;
use std::sync::Arc;
use time::Duration;

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_letter_waits_for_the_mail_server_and_is_given_up_after_a_day(db: PgPool) {
    let w = World::with_mail(db);
    w.user("ada").await;
    reset_password::request(&w.ctx, origin(), "ada@example.com").await.unwrap();
    let closed = Postbox { closed: true, ..Postbox::default() };
    let deliver = async || deliver_due(&w.ctx, &closed).await.unwrap();
    assert_eq!(deliver().await, Delivered { put_off: 1, ..Delivered::default() });
    assert_eq!(deliver().await, Delivered::default(), "not at once");
    let waiting = outbox(&w.ctx, &Actor::command_line()).await.unwrap();
    assert_eq!((waiting.waiting, waiting.oldest), (1, Some(w.ctx.now())));
    let mut tries = 1;
    loop {
        w.ctx.clock.advance(Duration::hours(6));
        tries += 1;
        if deliver().await.given_up == 1 {
            break;
        }
    }
    assert_eq!((tries, w.count("outgoing_mail").await), (8, 0));
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_letter_under_another_key_is_left_for_who_has_it(db: PgPool) {
    let w = World::with_mail(db);
    w.user("ada").await;
    reset_password::request(&w.ctx, origin(), "ada@example.com").await.unwrap();
    let stranger = Ctx { vault: Arc::new(another_vault()), ..w.ctx.clone() };
    for _ in 0..10 {
        let delivered = deliver_due(&stranger, &Postbox::default()).await.unwrap();
        assert_eq!(delivered, Delivered { unreadable: 1, ..Delivered::default() });
        w.ctx.clock.advance(Duration::hours(6));
    }
    assert_eq!(w.mail().await.len(), 1);
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn several_workers_send_each_letter_once(db: PgPool) {
    let w = World::with_mail(db);
    let cast = w.cast("").await;
    for n in 0..20 {
        let input = InviteInput { email: format!("guest{n}@example.com"), role: "viewer".into() };
        invite(&w.ctx, &cast.admin, cast.org, input).await.unwrap();
    }
    let postbox = Postbox::default();
    let (a, b, c) =
        tokio::join!(deliver_due(&w.ctx, &postbox), deliver_due(&w.ctx, &postbox), deliver_due(&w.ctx, &postbox));
    assert_eq!([a, b, c].map(|total| total.unwrap().sent).iter().sum::<u32>(), 20);
    let mut to: Vec<_> = postbox.messages.lock().unwrap().iter().map(|message| message.to.clone()).collect();
    to.sort();
    to.dedup();
    assert_eq!(to.len(), 20);
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn the_outbox_holds_no_link_in_the_clear_and_nothing_that_was_undone(db: PgPool) {
    let w = World::with_mail(db);
    let cast = w.cast("").await;
    let input = || InviteInput { email: "ada@example.com".into(), role: "viewer".into() };
    let new = invite(&w.ctx, &cast.admin, cast.org, input()).await.unwrap();
    assert!(!w.dump().await.contains(new.token.expose_secret()));
    invite(&w.ctx, &cast.viewer, cast.org, input()).await.unwrap_err();
    let mail = w.mail().await;
    assert_eq!(mail.len(), 1);
    assert_eq!(mail[0].to, email("ada@example.com"));
    assert!(mail[0].text.contains(&format!("https://pp.example.com/invitations/{}", new.token.expose_secret())));
    assert!(!format!("{:?}", mail[0]).contains(new.token.expose_secret()), "nor does a log");
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_mailbox_cannot_be_flooded_from_many_networks(db: PgPool) {
    let w = World::with_mail(db);
    w.user("ada").await;
    let mut received = 0;
    for n in 0..20 {
        reset_password::request(&w.ctx, crate::world::origin_from(n), "ada@example.com").await.unwrap();
        received += w.mail().await.len();
    }
    assert_eq!(received, 5);
}
