//! Sessions and their cookies.

use crate::console::Console;
use crate::world::{PASSWORD, Who, World};
use control::Ctx;
use control::identity::sessions;
use control::identity::throttle::Subject;
use sqlx::PgPool;
use time::Duration;

/// Whether a cookie's value opens a session.
async fn lives(ctx: &Ctx, cookie: &str) -> bool {
    sessions::load(ctx, cookie).await.unwrap().is_some()
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn signing_in_renews_the_id_and_ends_the_session_before(db: PgPool) {
    let console = Console::new(db);
    let mut ada = console.browser();
    assert_eq!(ada.sign_up("Ada").await.status, 200);
    let first = ada.cookies["session"].clone();
    assert_eq!(ada.sign_in("ada@example.com").await.location(), "/");
    let second = ada.cookies["session"].clone();
    assert_ne!(first, second);
    assert!(!lives(&console.ctx, &first).await && lives(&console.ctx, &second).await);
    assert_eq!(console.count("session").await, 1);
}

/// Guesses from many networks make a sign-in from a new one wait, unless the browser signed in before.
#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_browser_that_signed_in_before_signs_in_again_during_a_flood(db: PgPool) {
    let console = Console::new(db);
    let mut ada = console.browser();
    ada.sign_up("Ada").await;
    ada.post("identity/sign-out", &[]).await;
    let afar = [Subject::AccountFromAfar("ada@example.com".into())];
    while console.ctx.throttle.admit(console.ctx.now(), &afar).is_ok() {}
    let mut stranger = console.browser();
    stranger.sign_in("ada@example.com").await;
    assert!(!stranger.is_signed_in().await);
    let remembered = ada.sign_in("ada@example.com").await;
    assert!(ada.is_signed_in().await);
    let cookie = remembered.set_cookie("device").unwrap();
    assert!(cookie.contains("HttpOnly; SameSite=Lax") && cookie.contains("Max-Age=31536000"), "{cookie}");
    let mut carried = console.browser().with_cookie("device", &ada.cookies["device"]);
    assert!(!carried.is_signed_in().await, "it opens nothing");
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_planted_cookie_is_not_what_one_is_signed_in_with(db: PgPool) {
    let console = Console::new(db);
    let planted = tower_sessions::session::Id::default().to_string();
    let mut ada = console.browser().with_cookie("session", &planted);
    ada.sign_up("Ada").await;
    assert_ne!(ada.cookies["session"], planted);
    assert!(!console.browser().with_cookie("session", &planted).is_signed_in().await);
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_visitor_who_is_not_signed_in_has_no_session(db: PgPool) {
    let console = Console::new(db);
    let mut visitor = console.browser();
    for path in ["/", "/sign-in", "/sign-up", "/account", "/nothing"] {
        assert_eq!(visitor.get(path).await.set_cookie("session"), None, "{path}");
    }
    visitor.post("identity/sign-in", &[("email", "nobody@example.com"), ("password", PASSWORD)]).await;
    assert_eq!(console.count("session").await, 0);
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_session_ends_after_a_week_without_a_request(db: PgPool) {
    let console = Console::new(db);
    let world = World::new(&console).await;
    let (mut used, mut idle) = (world.browser(&console, Who::Owner), world.browser(&console, Who::Viewer));
    console.ctx.clock.advance(Duration::days(6));
    assert!(used.is_signed_in().await);
    console.ctx.clock.advance(Duration::days(1) + Duration::seconds(1));
    assert!(used.is_signed_in().await);
    assert_eq!(idle.get("/account").await.location(), "/sign-in?next=/account");
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_session_ends_after_thirty_days_whatever_happens(db: PgPool) {
    let console = Console::new(db);
    let mut owner = World::new(&console).await.browser(&console, Who::Owner);
    for day in 1..=29 {
        console.ctx.clock.advance(Duration::days(1));
        assert!(owner.is_signed_in().await, "day {day}");
    }
    console.ctx.clock.advance(Duration::days(1) + Duration::seconds(1));
    assert!(!owner.is_signed_in().await);
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn signing_out_deletes_the_session(db: PgPool) {
    let console = Console::new(db);
    let world = World::new(&console).await;
    let mut owner = world.browser(&console, Who::Owner);
    let (cookie, before) = (owner.cookies["session"].clone(), console.count("session").await);
    let answer = owner.post("identity/sign-out", &[]).await;
    assert_eq!(answer.location(), "/sign-in");
    assert!(answer.set_cookie("session").unwrap().contains("Max-Age=0"));
    assert!(!lives(&console.ctx, &cookie).await);
    assert_eq!(console.count("session").await, before - 1);
    assert!(!owner.with_cookie("session", &cookie).is_signed_in().await);
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn sign_out_everywhere_else_ends_the_others_at_once(db: PgPool) {
    let console = Console::new(db);
    let world = World::new(&console).await;
    let mut here = world.browser(&console, Who::Owner);
    let mut elsewhere = console.browser();
    elsewhere.sign_in("owner@example.com").await;
    assert!(elsewhere.is_signed_in().await);
    here.get("/account/security").await;
    let page = here.submit("identity/end-other-sessions", &[]).await.html();
    assert_eq!(page.text(".toast p"), "You are signed out everywhere else.");
    assert!(!elsewhere.is_signed_in().await && here.is_signed_in().await);
    assert!(world.browser(&console, Who::Admin).is_signed_in().await, "somebody else's");
}

/// Whoever has the password and waits for a code is elsewhere too.
#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn sign_out_everywhere_else_ends_sign_ins_that_wait_for_their_code(db: PgPool) {
    let console = Console::new(db);
    let world = World::new(&console).await;
    let on = "update user_account set totp_secret = '\\x00', totp_confirmed_at = created_at where email = any($1)";
    let with = ["owner@example.com", "admin@example.com"];
    sqlx::query(on).bind(with.as_slice()).execute(&console.ctx.db).await.unwrap();
    let (mut waits, mut other) = (console.browser(), console.browser());
    waits.sign_in("owner@example.com").await;
    other.sign_in("admin@example.com").await;
    let mut here = world.browser(&console, Who::Owner);
    here.get("/account/security").await;
    here.submit("identity/end-other-sessions", &[]).await;
    assert!(!lives(&console.ctx, &waits.cookies["session"]).await);
    assert!(lives(&console.ctx, &other.cookies["session"]).await, "somebody else's");
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_new_password_ends_the_other_sessions(db: PgPool) {
    let console = Console::new(db);
    let world = World::new(&console).await;
    let mut here = world.browser(&console, Who::Owner);
    let mut elsewhere = console.browser();
    elsewhere.sign_in("owner@example.com").await;
    here.get("/account/security").await;
    here.submit(
        "identity/change-password",
        &[("current_password", PASSWORD), ("new_password", "another horse entirely")],
    )
    .await;
    assert!(!elsewhere.is_signed_in().await && here.is_signed_in().await);
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn on_loopback_http_the_cookie_has_a_plain_name(db: PgPool) {
    let console = Console::new(db);
    let mut ada = console.browser();
    ada.sign_up("Ada").await;
    let answer = ada.sign_in("ada@example.com").await;
    let cookie = answer.set_cookie("session").unwrap();
    for part in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("Secure") && !cookie.contains("Domain"), "{cookie}");
    assert_eq!(answer.header("strict-transport-security"), "");
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn with_an_https_url_every_cookie_is_bound_to_host_and_tls(db: PgPool) {
    let console = Console::at(db, Some("https://console.example.com"));
    let mut ada = console.browser();
    ada.sign_up("Ada").await;
    let answer = ada.sign_in("ada@example.com").await;
    let failed = ada.post("orgs/create", &[("name", "")]).await;
    for cookie in [answer.set_cookie("__Host-session").unwrap(), failed.set_cookie("__Host-flash").unwrap()] {
        for part in ["HttpOnly", "SameSite=Lax", "Secure", "Path=/"] {
            assert!(cookie.contains(part), "{cookie}");
        }
        assert!(!cookie.contains("Domain"), "{cookie}");
    }
    assert!(answer.header("strict-transport-security").contains("max-age="));
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn with_an_https_url_the_theme_crosses_tls_alone_too(db: PgPool) {
    let console = Console::at(db, Some("https://console.example.com"));
    let theme = console.browser().post("theme", &[("theme", "dark")]).await;
    assert!(theme.set_cookie("__Host-theme").unwrap().contains("Secure"));
    let mut dark = console.browser().with_cookie("__Host-theme", "dark");
    assert_eq!(dark.get("/sign-in").await.html().attrs("html", "data-theme"), ["dark"]);
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn the_login_leads_back_to_own_pages_alone(db: PgPool) {
    let console = Console::new(db);
    World::new(&console).await;
    let own = ["/orgs/new", "/help?a=b", "/account"];
    let foreign = [
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/\n/evil.example",
        "evil.example",
        "",
        "data:text/html,x",
        " //evil.example",
        "/\r\nlocation: https://evil.example",
        "///evil.example",
    ];
    for (next, leads) in own.map(|next| (next, next)).into_iter().chain(foreign.map(|next| (next, "/"))) {
        let fields = [("email", "owner@example.com"), ("password", PASSWORD), ("next", next)];
        let answer = console.browser().post("identity/sign-in", &fields).await;
        assert_eq!((answer.status.as_u16(), answer.location()), (303, leads), "{next:?}");
    }
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn the_login_keeps_where_one_wanted_to_go(db: PgPool) {
    let console = Console::new(db);
    let world = World::new(&console).await;
    let wanted = world.fill("/projects/{project}/settings?a=b", Who::Owner);
    let mut owner = console.browser();
    let page = owner.visit(&wanted).await.html();
    let next = page.value("input[name=next]").unwrap();
    assert_eq!(next, wanted);
    let answer = owner
        .submit("identity/sign-in", &[("email", "owner@example.com"), ("password", PASSWORD), ("next", &next)])
        .await;
    assert_eq!((answer.status.as_u16(), &owner.at), (200, &wanted));
}
