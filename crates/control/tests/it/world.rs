//! A small world to test in: one database, a clock that stands still, people with sessions, an organization with everything in it.

use control::context::Rules;
use control::identity::passwords::{Password, Passwords};
use control::identity::sign_in::Proof;
use control::identity::store::{NewUser, insert_user};
use control::identity::{self, sessions};
use control::keys::NewKey;
use control::keys::create::CreateKeyInput;
use control::mail::{Mailer, Message, SendError};
use control::resources::PlainConnection;
use control::vault::Vault;
use control::{Actor, Clock, Ctx, Error, Origin, Rng, keys, mail, orgs, projects, resources};
use kernel::{Access, Email, OrgId, ProblemCode, ProjectId, ResourceId, Role, UserId};
use secrecy::{SecretSlice, SecretString};
use serde_json::{Value, json};
use sqlx::{PgPool, Row};
use std::sync::{Arc, Mutex};
use time::macros::datetime;
use tokio::sync::OnceCell;

/// Everybody's password.
pub const PASSWORD: &str = "correct horse battery";
/// What the test connection string must never be found as.
pub const DB_PASSWORD: &str = "s3cr3t-of-the-database";

pub fn password() -> SecretString {
    PASSWORD.into()
}

pub fn email(text: &str) -> Email {
    text.parse().unwrap()
}

#[derive(Clone)]
pub struct World {
    pub ctx: Ctx,
}

/// An organization with a member of each role and two owners, a project, its default resource and a key.
pub struct Cast {
    pub world: World,
    pub org: OrgId,
    pub owner: Actor,
    pub second_owner: Actor,
    pub admin: Actor,
    pub developer: Actor,
    pub viewer: Actor,
    pub project: ProjectId,
    pub resource: ResourceId,
    pub key: NewKey,
}

/// One row of the audit log.
#[derive(Debug, Clone)]
pub struct Event {
    pub action: String,
    pub target: String,
    pub by_somebody: bool,
    pub in_org: bool,
    pub before: Option<Value>,
    pub after: Option<Value>,
}

/// Under another master key.
pub fn another_vault() -> Vault {
    Vault::new(&SecretSlice::from(vec![2; 32]), Rng::seeded(8)).unwrap()
}

impl World {
    pub fn new(db: PgPool) -> Self {
        Self::with(db, Rules::default())
    }

    pub fn with_mail(db: PgPool) -> Self {
        Self::with(db, Rules { mail: true, public_url: "https://pp.example.com".into(), ..Rules::default() })
    }

    pub fn with(db: PgPool, rules: Rules) -> Self {
        let rng = Rng::seeded(7);
        let vault = Vault::new(&SecretSlice::from(vec![1; 32]), rng.clone()).unwrap();
        let ctx = Ctx {
            db,
            clock: Clock::manual(datetime!(2026-01-01 12:00 UTC)),
            vault: Arc::new(vault),
            passwords: Arc::new(Passwords::new(0, 0, &rng).unwrap()),
            throttle: Arc::default(),
            rules: Arc::new(rules),
            rng,
        };
        Self { ctx }
    }

    /// A signed-in user, as `ada` of ada@example.com. Costs no hash.
    pub async fn user(&self, name: &str) -> Actor {
        let id: UserId = self.ctx.new_id();
        let hash = self.hash().await;
        let mut db = self.ctx.db.acquire().await.unwrap();
        let new = NewUser {
            id,
            email: &email(&format!("{name}@example.com")),
            name: &name.parse().unwrap(),
            password_hash: &hash,
            operator: false,
            now: self.ctx.now(),
        };
        insert_user(&mut db, new).await.unwrap();
        drop(db);
        self.session(id).await
    }

    pub async fn operator(&self, name: &str) -> Actor {
        let actor = self.user(name).await;
        let local = Actor::command_line();
        control::operator::users::set_operator::set_operator(&self.ctx, &local, actor.user, true).await.unwrap();
        Actor { operator: true, ..actor }
    }

    /// Another session of a user, from 192.0.2.1.
    pub async fn session(&self, user: UserId) -> Actor {
        let token = self.ctx.rng.token();
        let Proof { password_changed_at, .. } = self.proof(user).await;
        let data = json!({
            "user": user, "password_changed_at": password_changed_at, "address": "192.0.2.1", "user_agent": "Test/1"
        });
        assert!(sessions::create(&self.ctx, &token, &data).await.unwrap());
        let stored = sessions::load(&self.ctx, &token).await.unwrap().unwrap();
        identity::whoami(&self.ctx, stored.id, origin()).await.unwrap().unwrap().0
    }

    /// What signing in with the present password is worth.
    pub async fn proof(&self, user: UserId) -> Proof {
        let since = sqlx::query_scalar("select password_changed_at from user_account where id = $1");
        Proof { user, password_changed_at: since.bind(user.uuid()).fetch_one(&self.ctx.db).await.unwrap() }
    }

    pub async fn org(&self, owner: &Actor, name: &str) -> OrgId {
        orgs::create::create(&self.ctx, owner, name).await.unwrap()
    }

    /// A new user in the organization.
    pub async fn member(&self, org: OrgId, role: Role, name: &str) -> Actor {
        let actor = self.user(name).await;
        let mut db = self.ctx.db.acquire().await.unwrap();
        orgs::members::store::insert(&mut db, org, actor.user, role, self.ctx.now()).await.unwrap();
        actor
    }

    /// `tag` keeps the addresses of several casts apart.
    pub async fn cast(&self, tag: &str) -> Cast {
        let owner = self.user(&format!("owner{tag}")).await;
        let org = self.org(&owner, "Acme").await;
        let second_owner = self.member(org, Role::Owner, &format!("second{tag}")).await;
        let admin = self.member(org, Role::Admin, &format!("admin{tag}")).await;
        let developer = self.member(org, Role::Developer, &format!("developer{tag}")).await;
        let viewer = self.member(org, Role::Viewer, &format!("viewer{tag}")).await;
        let project = projects::create::create(&self.ctx, &owner, org, "Shop").await.unwrap();
        let resource =
            resources::create::create(&self.ctx, &owner, project, "Production", Some(connection())).await.unwrap();
        let key = keys::create::create(&self.ctx, &owner, project, key_input("production")).await.unwrap();
        Cast { world: self.clone(), org, owner, second_owner, admin, developer, viewer, project, resource, key }
    }

    pub async fn set_access(&self, org: OrgId, product: kernel::Product, access: Access) {
        let local = Actor::command_line();
        let access = access.as_str();
        control::operator::orgs::set_access::set_access(&self.ctx, &local, org, product, access).await.unwrap();
    }

    /// The audit log, the oldest first.
    pub async fn audit(&self) -> Vec<Event> {
        let rows = sqlx::query("select * from audit_event order by at, id").fetch_all(&self.ctx.db).await.unwrap();
        let event = |row: &sqlx::postgres::PgRow| Event {
            action: row.get("action"),
            target: row.get("target"),
            by_somebody: row.get::<Option<uuid::Uuid>, _>("actor_id").is_some(),
            in_org: row.get::<Option<uuid::Uuid>, _>("org_id").is_some(),
            before: row.get("before"),
            after: row.get("after"),
        };
        rows.iter().map(event).collect()
    }

    /// The one event of this action.
    pub async fn audited(&self, action: &str) -> Event {
        let found: Vec<_> = self.audit().await.into_iter().filter(|event| event.action == action).collect();
        assert_eq!(found.len(), 1, "one {action}, not {found:?}");
        found[0].clone()
    }

    pub async fn count(&self, table: &str) -> i64 {
        let query = sqlx::AssertSqlSafe(format!("select count(*) from {table}"));
        sqlx::query_scalar(query).fetch_one(&self.ctx.db).await.unwrap()
    }

    /// Every row of every table as text, where secrets would be found.
    pub async fn dump(&self) -> String {
        let tables: Vec<String> =
            sqlx::query_scalar("select tablename::text from pg_tables where schemaname = 'public' order by 1")
                .fetch_all(&self.ctx.db)
                .await
                .unwrap();
        let mut dump = String::new();
        for table in tables {
            let query = sqlx::AssertSqlSafe(format!("select coalesce(string_agg(t::text, E'\\n'), '') from {table} t"));
            let rows: String = sqlx::query_scalar(query).fetch_one(&self.ctx.db).await.unwrap();
            dump.push_str(&rows);
        }
        dump
    }

    /// A fingerprint of everything but the audit log.
    pub async fn state(&self) -> String {
        let parts = [
            "accelerate",
            "accelerate_traffic",
            "pulse",
            "pulse_journal",
            "pulse_stream",
            "pulse_leftover",
            "plan",
            "user_account",
            "recovery_code",
            "session",
            "mailed_link",
            "outgoing_mail",
            "setting",
            "organization",
            "member",
            "invitation",
            "waitlist_request",
            "project",
            "resource",
            "api_key",
        ];
        let parts = parts.map(|table| {
            format!("(select md5(coalesce(string_agg(t::text, '' order by t::text), '')) from {table} t)")
        });
        let query = sqlx::AssertSqlSafe(format!("select concat({})", parts.join(", ")));
        sqlx::query_scalar(query).fetch_one(&self.ctx.db).await.unwrap()
    }

    async fn hash(&self) -> String {
        static HASH: OnceCell<String> = OnceCell::const_new();
        let make = async || {
            let password = Password::parse(&password(), &[]).unwrap();
            self.ctx.passwords.hash(password, &self.ctx.rng).await.unwrap()
        };
        HASH.get_or_init(make).await.clone()
    }
}

pub fn origin() -> Origin {
    Origin { address: Some([192, 0, 2, 1].into()), user_agent: Some("Test/1".into()) }
}

/// A request from another network.
pub fn origin_from(last: u8) -> Origin {
    Origin { address: Some([198, 51, 100, last].into()), user_agent: None }
}

pub fn connection() -> PlainConnection {
    PlainConnection {
        secret: format!("postgres://shop:{DB_PASSWORD}@db.example.com/shop").into(),
        masked: "postgres://shop:••••@db.example.com/shop".into(),
    }
}

pub fn key_input(name: &str) -> CreateKeyInput {
    CreateKeyInput {
        name: name.into(),
        resource: None,
        rights: "full".into(),
        expires_in_days: String::new(),
        allowed_ranges: String::new(),
    }
}

/// A mail server that keeps what it is given, or refuses all.
#[derive(Default)]
pub struct Postbox {
    pub messages: Mutex<Vec<Message>>,
    pub closed: bool,
}

impl Mailer for Postbox {
    async fn send(&self, message: &Message) -> Result<(), SendError> {
        if self.closed {
            return Err(SendError::Passing("closed".into()));
        }
        self.messages.lock().unwrap().push(message.clone());
        Ok(())
    }
}

impl World {
    /// What the outbox holds, sent.
    pub async fn mail(&self) -> Vec<Message> {
        let postbox = Postbox::default();
        mail::deliver_due(&self.ctx, &postbox).await.unwrap();
        postbox.messages.into_inner().unwrap()
    }
}

/// The token at the end of the first link in a message.
pub fn token(message: &Message) -> String {
    let link = message.text.split_whitespace().find(|word| word.starts_with("https://")).unwrap();
    link.rsplit('/').next().unwrap().to_owned()
}

/// The code of the problem that an operation answered.
#[track_caller]
pub fn code<T: std::fmt::Debug>(result: Result<T, Error>) -> ProblemCode {
    match result {
        Err(Error::Problem(problem)) => problem.code,
        other => panic!("a problem, not {other:?}"),
    }
}
