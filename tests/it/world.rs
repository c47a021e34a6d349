//! People and things to test with: an organization that has everything, its members, and people from elsewhere.

use crate::browser::Browser;
use crate::console::Console;
use control::identity::passwords::Password;
use control::identity::store::{NewUser, insert_user};
use control::identity::{self, sessions};
use control::keys::create::CreateKeyInput;
use control::operator::plans::{self, PlanInput};
use control::operator::{orgs as operator_orgs, users};
use control::orgs::invitations::invite::{InviteInput, invite};
use control::resources::PlainConnection;
use control::{Actor, Ctx, Origin, keys, orgs, projects, resources};
use kernel::{Access, OrgId, Product, ProjectId, Role, UserId};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use std::collections::BTreeMap;
use tokio::sync::OnceCell;
use tower_sessions::session::Id;

/// Everybody's password; no character of it needs encoding in a form.
pub const PASSWORD: &str = "correct-horse-battery-9";
/// Of the stored connection string.
pub const DATABASE_PASSWORD: &str = "s3cr3t-of-the-database";

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    Anonymous,
    /// Of another organization.
    Outsider,
    Viewer,
    Developer,
    Admin,
    Owner,
    /// An operator who is no member.
    Operator,
}

impl Who {
    pub const ALL: [Self; 7] =
        [Self::Anonymous, Self::Outsider, Self::Viewer, Self::Developer, Self::Admin, Self::Owner, Self::Operator];

    pub const fn role(self) -> Option<Role> {
        match self {
            Self::Viewer => Some(Role::Viewer),
            Self::Developer => Some(Role::Developer),
            Self::Admin => Some(Role::Admin),
            Self::Owner => Some(Role::Owner),
            Self::Anonymous | Self::Outsider | Self::Operator => None,
        }
    }
}

/// Somebody with a session.
struct Person {
    actor: Actor,
    cookie: String,
}

pub struct World {
    people: BTreeMap<Who, Person>,
    /// What stands for `{org}`, `{project}` … in paths and forms.
    pub names: BTreeMap<&'static str, String>,
    pub org: OrgId,
    pub project: ProjectId,
    pub key_text: String,
}

impl World {
    pub async fn new(console: &Console) -> Self {
        Self::tagged(console, "").await
    }

    /// `tag` keeps the addresses of several worlds in one database apart.
    pub async fn tagged(console: &Console, tag: &str) -> Self {
        let ctx = &console.ctx;
        let mut people = BTreeMap::new();
        for who in Who::ALL.into_iter().filter(|who| *who != Who::Anonymous) {
            let name = format!("{who:?}{tag}");
            let user = user(ctx, &name, who == Who::Operator).await;
            people.insert(who, session(ctx, user).await);
        }
        let owner = people[&Who::Owner].actor.clone();
        let org = orgs::create::create(ctx, &owner, "Acme").await.unwrap();
        for (who, role) in
            Who::ALL.into_iter().filter_map(|who| Some((who, who.role()?))).filter(|(_, role)| *role != Role::Owner)
        {
            join(ctx, org, people[&who].actor.user, role).await;
        }
        let second = user(ctx, &format!("Second{tag}"), false).await;
        join(ctx, org, second, Role::Owner).await;
        let bystander = user(ctx, &format!("Bystander{tag}"), false).await;
        join(ctx, org, bystander, Role::Viewer).await;
        orgs::create::create(ctx, &people[&Who::Outsider].actor, "Elsewhere").await.unwrap();

        let project = projects::create::create(ctx, &owner, org, "Shop").await.unwrap();
        let resource = resources::create::create(ctx, &owner, project, "Production", Some(connection())).await.unwrap();
        let key = keys::create::create(ctx, &owner, project, key_input("production")).await.unwrap();
        let operator = &people[&Who::Operator].actor;
        operator_orgs::set_access::set_access(ctx, operator, org, Product::Pulse, Access::Off.as_str()).await.unwrap();
        let input = InviteInput { email: format!("invited{tag}@example.com"), role: "viewer".into() };
        let invitation = invite(ctx, &owner, org, input).await.unwrap();
        let reset = users::reset_link::reset_link(ctx, operator, bystander).await.unwrap();

        // A server has a hundred plans at most, and some tests make more worlds than that.
        let unused =
            "delete from plan l where not built_in and not exists (select from project p where p.plan_id = l.id)";
        sqlx::query(unused).execute(&ctx.db).await.unwrap();
        let plan = PlanInput { name: format!("Team{tag}"), ..PlanInput::default() };
        let plan = plans::create::create(ctx, operator, plan).await.unwrap();

        let names = BTreeMap::from([
            ("org", org.to_string()),
            ("project", project.to_string()),
            ("resource", resource.to_string()),
            ("key", key.id.to_string()),
            ("user", bystander.to_string()),
            ("email", format!("bystander{tag}@example.com")),
            ("invitation", invitation.id.to_string()),
            ("token", invitation.token.expose_secret().to_owned()),
            ("plan", plan.to_string()),
            ("reset", reset.expose_secret().to_owned()),
        ]);
        Self { people, names, org, project, key_text: key.plain.expose().to_owned() }
    }

    pub fn actor(&self, who: Who) -> &Actor {
        &self.people[&who].actor
    }

    pub fn browser(&self, console: &Console, who: Who) -> Browser {
        match self.people.get(&who) {
            Some(person) => console.browser().with_cookie("session", &person.cookie),
            None => console.browser(),
        }
    }

    /// A path or a form with its placeholders replaced.
    pub fn fill(&self, template: &str, who: Who) -> String {
        let session = self
            .people
            .get(&who)
            .and_then(|person| person.actor.session)
            .unwrap_or_else(|| self.actor(Who::Owner).session.unwrap());
        let names =
            self.names.iter().map(|(name, value)| (*name, value.clone())).chain([("session", session.to_string())]);
        names.fold(template.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), &value))
    }

    /// The same with ids that nothing has.
    pub fn fill_unknown(&self, template: &str, ctx: &Ctx) -> String {
        let ids = self.names.keys().map(|name| {
            let id = match *name {
                "org" => OrgId::from_uuid(ctx.new_uuid()).to_string(),
                "project" => ProjectId::from_uuid(ctx.new_uuid()).to_string(),
                "resource" => kernel::ResourceId::from_uuid(ctx.new_uuid()).to_string(),
                "key" => kernel::KeyId::from_uuid(ctx.new_uuid()).to_string(),
                "plan" => kernel::PlanId::from_uuid(ctx.new_uuid()).to_string(),
                "user" => UserId::from_uuid(ctx.new_uuid()).to_string(),
                "invitation" => kernel::InvitationId::from_uuid(ctx.new_uuid()).to_string(),
                "email" => "nobody@example.com".into(),
                _ => ctx.rng.token(),
            };
            (*name, id)
        });
        ids.fold(template.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), &value))
    }
}

/// A user of this name, as `ada` of ada@example.com. Costs one hash for all.
pub async fn user(ctx: &Ctx, name: &str, operator: bool) -> UserId {
    static HASH: OnceCell<String> = OnceCell::const_new();
    let hash = HASH.get_or_init(async || {
        let password = Password::parse(&SecretString::from(PASSWORD), &[]).unwrap();
        ctx.passwords.hash(password, &ctx.rng).await.unwrap()
    });
    let (hash, id): (_, UserId) = (hash.await, ctx.new_id());
    let email = format!("{}@example.com", name.to_lowercase()).parse().unwrap();
    let mut db = ctx.db.acquire().await.unwrap();
    let new =
        NewUser { id, email: &email, name: &name.parse().unwrap(), password_hash: hash, operator, now: ctx.now() };
    insert_user(&mut db, new).await.unwrap();
    id
}

/// Makes a user a member.
pub async fn join(ctx: &Ctx, org: OrgId, user: UserId, role: Role) {
    let mut db = ctx.db.acquire().await.unwrap();
    orgs::members::store::insert(&mut db, org, user, role, ctx.now()).await.unwrap();
}

async fn session(ctx: &Ctx, user: UserId) -> Person {
    let cookie = Id::default().to_string();
    let proof =
        json!({ "user": user, "password_changed_at": ctx.now(), "address": "192.0.2.1", "user_agent": "Test/1" });
    assert!(sessions::create(ctx, &cookie, &proof).await.unwrap());
    let stored = sessions::load(ctx, &cookie).await.unwrap().unwrap();
    let (actor, _) = identity::whoami(ctx, stored.id, Origin::default()).await.unwrap().unwrap();
    Person { actor, cookie }
}

/// Where nobody listens.
fn connection() -> PlainConnection {
    PlainConnection {
        secret: format!("postgres://shop:{DATABASE_PASSWORD}@127.0.0.1:1/shop").into(),
        masked: "postgres://shop:••••@127.0.0.1:1/shop".into(),
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
