//! The console to test: its router over one database, with the time in the test's hand.

use crate::browser::Browser;
use axum::Router;
use control::context::Rules;
use control::identity::passwords::Passwords;
use control::identity::sign_up::Policy;
use control::operator::settings::Settings;
use control::vault::Vault;
use control::{Clock, Ctx, Rng};
use pentaprism::boot::config::{Config, DEFAULTS};
use pentaprism::boot::parts::Parts;
use pentaprism::web;
use secrecy::SecretSlice;
use sqlx::PgPool;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

pub struct Console {
    pub ctx: Ctx,
    router: Router,
    /// The name that people use, as a `Host` header has it.
    host: String,
    visitors: AtomicU8,
}

impl Console {
    pub fn new(db: PgPool) -> Self {
        Self::at(db, None)
    }

    /// Reached by a public URL.
    pub fn at(db: PgPool, public_url: Option<&str>) -> Self {
        let config = config(public_url);
        let ctx = context(db, config.console.url());
        Self::serving(&config, &Parts::around(ctx))
    }

    /// Reached by plain http from other machines, or by https, and the operator accepts the former.
    pub fn insecure(db: PgPool, public_url: &str) -> Self {
        let mut config = config(Some(public_url));
        config.console.insecure_http = true;
        let ctx = context(db, config.console.url());
        Self::serving(&config, &Parts::around(ctx))
    }

    /// Of a server that is there already.
    pub fn of(parts: &Parts) -> Self {
        Self::serving(&config(None), parts)
    }

    fn serving(config: &Config, parts: &Parts) -> Self {
        let router = web::router(config, parts).unwrap();
        let host = config.console.url().split_once("://").unwrap().1.to_owned();
        Self { ctx: parts.ctx.clone(), router, host, visitors: AtomicU8::new(1) }
    }

    /// Somebody new, from an address of their own.
    pub fn browser(&self) -> Browser {
        let address = [198, 51, 100, self.visitors.fetch_add(1, Ordering::Relaxed)];
        Browser::new(self.router.clone(), &self.host, (address, 40_000).into())
    }

    /// How many rows a table has.
    pub async fn count(&self, table: &str) -> i64 {
        let query = sqlx::AssertSqlSafe(format!("select count(*) from {table}"));
        sqlx::query_scalar(query).fetch_one(&self.ctx.db).await.unwrap()
    }

    /// A fingerprint of every row of every table.
    pub async fn state(&self) -> String {
        let tables = "select tablename::text from pg_tables where schemaname = 'public' order by 1";
        let tables: Vec<String> = sqlx::query_scalar(tables).fetch_all(&self.ctx.db).await.unwrap();
        let hash =
            |table| format!("(select md5(coalesce(string_agg(t::text, '' order by t::text), '')) from {table} t)");
        let hashes: Vec<_> = tables.iter().map(hash).collect();
        let query = sqlx::AssertSqlSafe(format!("select concat({})", hashes.join(", ")));
        sqlx::query_scalar(query).fetch_one(&self.ctx.db).await.unwrap()
    }
}

fn config(public_url: Option<&str>) -> Config {
    let mut config: Config = toml::from_str(DEFAULTS).unwrap();
    config.console.public_url = public_url.map(str::to_owned);
    // On a busy machine a page takes its time, and is no worse for it.
    config.console.page_wait_ms = 5000;
    config
}

/// Starts at the true time: browsers count the age of cookies from there.
pub fn context(db: PgPool, public_url: String) -> Ctx {
    let rng = Rng::seeded(7);
    let vault = Vault::new(&SecretSlice::from(vec![1; 32]), rng.clone()).unwrap();
    let defaults = Settings { sign_up: Policy::Open, ..Settings::default() };
    Ctx {
        db,
        clock: Clock::manual(Clock::System.now()),
        vault: Arc::new(vault),
        passwords: Arc::new(Passwords::new(0, 0, &rng).unwrap()),
        throttle: Arc::default(),
        rules: Arc::new(Rules { public_url, defaults, ..Rules::default() }),
        rng,
    }
}
