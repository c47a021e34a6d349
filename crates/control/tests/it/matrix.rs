//! The authorization matrix: every operation of the control plane, by every role and by an outsider.
//!
//! The rows are held against the source: a public operation that takes an actor and has no row here is red.

use crate::world::{Cast, World, another_vault, connection, key_input, password};
use control::accelerate::configure::ConfigureInput;
use control::accelerate::settings::SettingsInput;
use control::identity::change_password::ChangePasswordInput;
use control::identity::{second_factor, sessions};
use control::keys::edit::EditKeyInput;
use control::operator::plans::PlanInput;
use control::operator::settings::SettingKey;
use control::operator::users::create::CreateUserInput;
use control::orgs::invitations::invite::InviteInput;
use control::resources::delete::DeleteResourceInput;
use control::{Actor, Error, accelerate, identity, keys, operator, orgs, plans, projects, pulse, resources, usage};
use kernel::page::PageRequest;
use kernel::{Access, InvitationId, PlanId, ProblemCode, Product, Role};
use sqlx::PgPool;
use std::collections::BTreeSet;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::pin::Pin;

/// Who may.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Who {
    /// Members of this role and above.
    Role(Role),
    /// Any signed-in user: it is about their own account.
    Anyone,
    Operators,
}

use Who::{Anyone, Operators};
const OWNER: Who = Who::Role(Role::Owner);
const ADMIN: Who = Who::Role(Role::Admin);
const DEVELOPER: Who = Who::Role(Role::Developer);
const VIEWER: Who = Who::Role(Role::Viewer);

type Attempt = for<'a> fn(&'a Scene, &'a Actor) -> Pin<Box<dyn Future<Output = Result<(), Error>> + Send + 'a>>;

/// A cast, and what some operations are tried on.
struct Scene {
    cast: Cast,
    /// A member whom nobody plays.
    bystander: Actor,
    bystander_email: String,
    invitation: InvitationId,
    /// A plan that no project has.
    plan: PlanId,
}

impl Deref for Scene {
    type Target = Cast;
    fn deref(&self) -> &Cast {
        &self.cast
    }
}

impl Scene {
    async fn set(w: &World, tag: &str) -> Self {
        let cast = w.cast(tag).await;
        let bystander = w.member(cast.org, Role::Viewer, &format!("bystander{tag}")).await;
        let input = ConfigureInput { connection: Some(connection()), region: "us-east-1".into() };
        accelerate::configure::configure(&w.ctx, &cast.owner, cast.resource, input).await.unwrap();
        pulse::enable::enable(&w.ctx, &cast.owner, cast.resource, pulse::Settings::default()).await.unwrap();
        pulse::consumers::open(&w.ctx, cast.resource, "orders").await.unwrap();
        let input = InviteInput { email: "invited@example.com".into(), role: "viewer".into() };
        let new = orgs::invitations::invite::invite(&w.ctx, &cast.owner, cast.org, input).await.unwrap();
        // A server has a hundred plans at most, and there are more scenes than that.
        let unused =
            "delete from plan l where not built_in and not exists (select from project p where p.plan_id = l.id)";
        sqlx::query(unused).execute(&w.ctx.db).await.unwrap();
        let (local, plan) = (Actor::command_line(), plan_input(&format!("Team{tag}")));
        let plan = operator::plans::create::create(&w.ctx, &local, plan).await.unwrap();
        Self { cast, bystander, bystander_email: format!("bystander{tag}@example.com"), invitation: new.id, plan }
    }

    fn of(&self, role: Role) -> &Actor {
        match role {
            Role::Owner => &self.owner,
            Role::Admin => &self.admin,
            Role::Developer => &self.developer,
            Role::Viewer => &self.viewer,
        }
    }
}

struct Row {
    /// The file and the function.
    operation: &'static str,
    who: Who,
    attempt: Attempt,
}

macro_rules! rows {
    ($($who:ident $operation:literal |$c:ident, $a:ident| $call:expr;)*) => {
        vec![$(Row { operation: $operation, who: $who, attempt: |$c, $a| Box::pin(async move { $call.await.map(drop) }) }),*]
    };
}

fn plan_input(name: &str) -> PlanInput {
    PlanInput { name: name.into(), ..PlanInput::default() }
}

fn first() -> PageRequest {
    PageRequest::new(1)
}

fn rows() -> Vec<Row> {
    rows! {
        Anyone "orgs/create.rs create" |c, a| orgs::create::create(&c.world.ctx, a, "Another");
        Anyone "orgs/list.rs list" |c, a| orgs::list::list(&c.world.ctx, a);
        VIEWER "orgs/get.rs get" |c, a| orgs::get::get(&c.world.ctx, a, c.org);
        ADMIN "orgs/rename.rs rename" |c, a| orgs::rename::rename(&c.world.ctx, a, c.org, "Renamed");
        OWNER "orgs/delete.rs delete" |c, a| orgs::delete::delete(&c.world.ctx, a, c.org, "Acme");
        VIEWER "orgs/members/list.rs list" |c, a| orgs::members::list::list(&c.world.ctx, a, c.org, "", first());
        VIEWER "orgs/members/get.rs get" |c, a| orgs::members::get::get(&c.world.ctx, a, c.org, c.bystander.user);
        ADMIN "orgs/members/change_role.rs change_role" |c, a| orgs::members::change_role::change_role(&c.world.ctx, a, c.org, c.viewer.user, "developer");
        ADMIN "orgs/members/remove.rs remove" |c, a| orgs::members::remove::remove(&c.world.ctx, a, c.org, c.bystander.user);
        VIEWER "orgs/members/leave.rs leave" |c, a| orgs::members::leave::leave(&c.world.ctx, a, c.org);
        ADMIN "orgs/invitations/invite.rs invite" |c, a| orgs::invitations::invite::invite(&c.world.ctx, a, c.org, InviteInput { email: "guest@example.com".into(), role: "viewer".into() });
        ADMIN "orgs/invitations/list.rs list" |c, a| orgs::invitations::list::list(&c.world.ctx, a, c.org);
        ADMIN "orgs/invitations/revoke.rs revoke" |c, a| orgs::invitations::revoke::revoke(&c.world.ctx, a, c.org, c.invitation);
        DEVELOPER "orgs/waitlist/mod.rs join" |c, a| orgs::waitlist::join(&c.world.ctx, a, c.org, Product::Pulse);
        VIEWER "orgs/waitlist/mod.rs joined" |c, a| orgs::waitlist::joined(&c.world.ctx, a, c.org);

        DEVELOPER "projects/create.rs create" |c, a| projects::create::create(&c.world.ctx, a, c.org, "Blog");
        VIEWER "projects/list.rs list" |c, a| projects::list::list(&c.world.ctx, a, c.org, "", first());
        VIEWER "projects/get.rs get" |c, a| projects::get::get(&c.world.ctx, a, c.project);
        Anyone "projects/directory.rs directory" |c, a| projects::directory::directory(&c.world.ctx, a);
        DEVELOPER "projects/rename.rs rename" |c, a| projects::rename::rename(&c.world.ctx, a, c.project, "Renamed");
        DEVELOPER "projects/set_default_resource.rs set_default_resource" |c, a| projects::set_default_resource::set_default_resource(&c.world.ctx, a, c.project, c.resource);
        ADMIN "projects/delete.rs delete" |c, a| projects::delete::delete(&c.world.ctx, a, c.project, "Shop");

        DEVELOPER "resources/create.rs create" |c, a| resources::create::create(&c.world.ctx, a, c.project, "Staging", None);
        VIEWER "resources/list.rs list" |c, a| resources::list::list(&c.world.ctx, a, c.project);
        VIEWER "resources/get.rs get" |c, a| resources::get::get(&c.world.ctx, a, c.resource);
        DEVELOPER "resources/rename.rs rename" |c, a| resources::rename::rename(&c.world.ctx, a, c.resource, "Renamed");
        DEVELOPER "resources/connection.rs connection" |c, a| resources::connection::connection(&c.world.ctx, a, c.resource);
        DEVELOPER "resources/change_connection.rs change_connection" |c, a| resources::change_connection::change_connection(&c.world.ctx, a, c.resource, connection());
        ADMIN "resources/delete.rs delete" |c, a| resources::delete::delete(&c.world.ctx, a, c.resource, DeleteResourceInput { confirmation: "Production".into(), successor: None });

        DEVELOPER "keys/create.rs create" |c, a| keys::create::create(&c.world.ctx, a, c.project, key_input("another"));
        VIEWER "projects/list.rs names" |c, a| projects::list::names(&c.world.ctx, a, c.org);
        DEVELOPER "accelerate/configure.rs configure" |c, a| accelerate::configure::configure(&c.world.ctx, a, c.resource, ConfigureInput { connection: Some(connection()), region: "us-east-1".into() });
        DEVELOPER "accelerate/configure.rs allowed" |c, a| accelerate::configure::allowed(&c.world.ctx, a, c.resource);
        DEVELOPER "accelerate/configure.rs allowed_in" |c, a| accelerate::configure::allowed_in(&c.world.ctx, a, c.project);
        DEVELOPER "accelerate/purge.rs purge" |c, a| accelerate::purge::purge(&c.world.ctx, a, c.resource);
        DEVELOPER "resources/connection.rs to_measure" |c, a| resources::connection::to_measure(&c.world.ctx, a, c.resource);
        VIEWER "accelerate/get.rs get" |c, a| accelerate::get::get(&c.world.ctx, a, c.resource);
        VIEWER "accelerate/get.rs of_key" |c, a| accelerate::get::of_key(&c.world.ctx, a, c.key.id);
        VIEWER "accelerate/get.rs of_project" |c, a| accelerate::get::of_project(&c.world.ctx, a, c.project);
        DEVELOPER "accelerate/settings.rs change" |c, a| accelerate::settings::change(&c.world.ctx, a, c.resource, SettingsInput::default());
        DEVELOPER "accelerate/disable.rs disable" |c, a| accelerate::disable::disable(&c.world.ctx, a, c.resource);
        VIEWER "accelerate/traffic.rs get" |c, a| accelerate::traffic::get(&c.world.ctx, a, c.resource);
        DEVELOPER "pulse/enable.rs enable" |c, a| pulse::enable::enable(&c.world.ctx, a, c.resource, pulse::Settings { retention_hours: 24, ..pulse::Settings::default() });
        DEVELOPER "pulse/enable.rs allowed" |c, a| pulse::enable::allowed(&c.world.ctx, a, c.resource);
        DEVELOPER "pulse/settings.rs change" |c, a| pulse::settings::change(&c.world.ctx, a, c.resource, pulse::settings::SettingsInput { persistence: true, retention_hours: "24".into() });
        DEVELOPER "pulse/removal.rs begin" |c, a| pulse::removal::begin(&c.world.ctx, a, c.resource);
        VIEWER "pulse/shown/mod.rs activity" |c, a| pulse::shown::activity(&c.world.ctx, a, c.resource);
        DEVELOPER "pulse/shown/mod.rs latest" |c, a| pulse::shown::latest(&c.world.ctx, a, c.resource, "");
        DEVELOPER "pulse/shown/mod.rs target" |c, a| pulse::shown::target(&c.world.ctx, a, c.resource);
        VIEWER "pulse/shown/mod.rs of_project" |c, a| pulse::shown::of_project(&c.world.ctx, a, c.project);
        DEVELOPER "pulse/disable.rs disable" |c, a| pulse::disable::disable(&c.world.ctx, a, c.resource);
        DEVELOPER "pulse/pause.rs pause" |c, a| pulse::pause::pause(&c.world.ctx, a, c.resource);
        DEVELOPER "pulse/pause.rs resume" |c, a| pulse::pause::resume(&c.world.ctx, a, c.resource);
        VIEWER "pulse/get.rs get" |c, a| pulse::get::get(&c.world.ctx, a, c.resource);
        VIEWER "pulse/streams.rs list" |c, a| pulse::streams::list(&c.world.ctx, a, c.resource);
        DEVELOPER "pulse/streams.rs replay" |c, a| pulse::streams::replay(&c.world.ctx, a, c.resource, "orders", None);
        DEVELOPER "pulse/streams.rs delete" |c, a| pulse::streams::delete(&c.world.ctx, a, c.resource, "orders");
        VIEWER "usage/read.rs series" |c, a| usage::read::series(&c.world.ctx, a, usage::Scope { org: c.org, project: None, resource: None, key: None }, usage::Grain::Day, [c.world.ctx.now(); 2]);
        VIEWER "usage/read.rs shares" |c, a| usage::read::shares(&c.world.ctx, a, c.org, usage::read::Part::Key, usage::Grain::Day, [c.world.ctx.now(); 2], 10);
        VIEWER "plans/of_project.rs of_project" |c, a| plans::of_project::of_project(&c.world.ctx, a, c.project);
        VIEWER "keys/list.rs of_project" |c, a| keys::list::of_project(&c.world.ctx, a, c.project, "", first());
        VIEWER "keys/list.rs of_resource" |c, a| keys::list::of_resource(&c.world.ctx, a, c.resource, "", first());
        VIEWER "keys/list.rs get" |c, a| keys::list::get(&c.world.ctx, a, c.key.id);
        DEVELOPER "keys/edit.rs edit" |c, a| keys::edit::edit(&c.world.ctx, a, c.key.id, EditKeyInput { name: "web".into(), rights: "full".into(), allowed_ranges: String::new() });
        DEVELOPER "keys/edit.rs set_enabled" |c, a| keys::edit::set_enabled(&c.world.ctx, a, c.key.id, false);
        DEVELOPER "keys/rotate.rs rotate" |c, a| keys::rotate::rotate(&c.world.ctx, a, c.key.id, "1h");
        VIEWER "keys/show.rs show" |c, a| keys::show::show(&c.world.ctx, a, c.key.id);
        DEVELOPER "keys/remove.rs remove" |c, a| keys::remove::remove(&c.world.ctx, a, c.key.id);

        Anyone "identity/mod.rs profile" |c, a| identity::profile(&c.world.ctx, a);
        Anyone "identity/rename.rs rename" |c, a| identity::rename::rename(&c.world.ctx, a, "Renamed");
        Anyone "identity/change_password.rs change_password" |c, a| identity::change_password::change_password(&c.world.ctx, a, ChangePasswordInput { current: password(), new: "another horse entirely".into() });
        Anyone "identity/delete_account.rs delete_account" |c, a| identity::delete_account::delete_account(&c.world.ctx, a, password());
        Anyone "identity/sessions/mod.rs list" |c, a| sessions::list(&c.world.ctx, a);
        Anyone "identity/sessions/mod.rs end" |c, a| sessions::end(&c.world.ctx, a, a.session.unwrap());
        Anyone "identity/sessions/mod.rs sign_out" |c, a| sessions::sign_out(&c.world.ctx, a);
        Anyone "identity/sessions/mod.rs end_others" |c, a| sessions::end_others(&c.world.ctx, a);
        Anyone "identity/sessions/parcel.rs take" |c, a| sessions::parcel::take(&c.world.ctx, a, "test");
        Anyone "identity/second_factor/mod.rs status" |c, a| second_factor::status(&c.world.ctx, a);
        Anyone "identity/second_factor/enroll.rs enroll" |c, a| second_factor::enroll::enroll(&c.world.ctx, a, password());
        Anyone "identity/second_factor/enroll.rs pending" |c, a| second_factor::enroll::pending(&c.world.ctx, a);
        Anyone "identity/second_factor/disable.rs disable" |c, a| second_factor::disable::disable(&c.world.ctx, a, password());

        Operators "operator/master_key/mod.rs rotate" |c, a| operator::master_key::rotate(&c.world.ctx, a, &another_vault(), false);
        Operators "operator/users/list.rs list" |c, a| operator::users::list::list(&c.world.ctx, a, "", first());
        Operators "operator/users/list.rs by_email" |c, a| operator::users::list::by_email(&c.world.ctx, a, &c.bystander_email);
        Operators "operator/users/get.rs get" |c, a| operator::users::get::get(&c.world.ctx, a, c.bystander.user);
        Operators "operator/users/create.rs create" |c, a| operator::users::create::create(&c.world.ctx, a, CreateUserInput { name: "Made".into(), email: format!("made-{}@example.com", a.user), password: password(), operator: false });
        Operators "operator/users/set_operator.rs set_operator" |c, a| operator::users::set_operator::set_operator(&c.world.ctx, a, c.bystander.user, true);
        Operators "operator/users/reset_link.rs reset_link" |c, a| operator::users::reset_link::reset_link(&c.world.ctx, a, c.bystander.user);
        Operators "operator/users/delete.rs delete" |c, a| operator::users::delete::delete(&c.world.ctx, a, c.bystander.user, &c.bystander_email);
        Operators "operator/users/delete.rs disable_second_factor" |c, a| operator::users::delete::disable_second_factor(&c.world.ctx, a, c.bystander.user);
        Operators "operator/orgs/list.rs list" |c, a| operator::orgs::list::list(&c.world.ctx, a, "", first());
        Operators "operator/orgs/set_access.rs set_access" |c, a| operator::orgs::set_access::set_access(&c.world.ctx, a, c.org, Product::Pulse, "off");
        Operators "operator/orgs/get.rs get" |c, a| operator::orgs::get::get(&c.world.ctx, a, c.org);
        Operators "operator/orgs/get.rs projects" |c, a| operator::orgs::get::projects(&c.world.ctx, a, c.org, first());
        Operators "operator/plans/list.rs list" |c, a| operator::plans::list::list(&c.world.ctx, a);
        Operators "operator/plans/get.rs get" |c, a| operator::plans::get::get(&c.world.ctx, a, c.plan);
        Operators "operator/plans/create.rs create" |c, a| operator::plans::create::create(&c.world.ctx, a, plan_input(&format!("Made {}", c.org)));
        Operators "operator/plans/change.rs change" |c, a| operator::plans::change::change(&c.world.ctx, a, c.plan, plan_input(&format!("Changed {}", c.org)));
        Operators "operator/plans/assign.rs assign" |c, a| operator::plans::assign::assign(&c.world.ctx, a, c.project, &plans::SANDBOX.to_string());
        Operators "operator/plans/delete.rs delete" |c, a| operator::plans::delete::delete(&c.world.ctx, a, c.plan);
        Operators "operator/waitlist.rs list" |c, a| operator::waitlist::list(&c.world.ctx, a, first());
        Operators "operator/outbox.rs outbox" |c, a| operator::outbox::outbox(&c.world.ctx, a);
        Operators "operator/settings/list.rs list" |c, a| operator::settings::list::list(&c.world.ctx, a);
        Operators "operator/settings/set.rs set" |c, a| operator::settings::set::set(&c.world.ctx, a, SettingKey::SignUp, "closed");
        Operators "operator/settings/set.rs reset" |c, a| operator::settings::set::reset(&c.world.ctx, a, SettingKey::SignUp);
    }
}

/// Where the right hangs on something else than who asks, and which test proves it.
const ELSEWHERE: [&str; 4] = [
    // The invited address: invitations::an_invited_address_becomes_a_member_once.
    "orgs/invitations/answer.rs accept",
    "orgs/invitations/answer.rs decline",
    // A waiting secret, or one that is on: second_factor.
    "identity/second_factor/enroll.rs confirm",
    "identity/second_factor/recovery.rs regenerate",
];

#[test]
fn every_operation_has_a_row() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = BTreeSet::new();
    for file in files(&source) {
        let text = std::fs::read_to_string(&file).unwrap();
        let name = file.strip_prefix(&source).unwrap().display().to_string();
        for declaration in text.split("pub async fn ").skip(1) {
            let (function, rest) = declaration.split_once('(').unwrap();
            let arguments = rest.split_whitespace().collect::<Vec<_>>().join(" ");
            if arguments.starts_with("ctx: &Ctx, actor: &Actor") {
                found.insert(format!("{name} {function}"));
            }
        }
    }
    let listed = rows().into_iter().map(|row| row.operation.to_owned());
    let listed: BTreeSet<_> = listed.chain(ELSEWHERE.map(str::to_owned)).collect();
    assert_eq!(found.difference(&listed).collect::<Vec<_>>(), Vec::<&String>::new(), "operations without a row");
    assert_eq!(listed.difference(&found).collect::<Vec<_>>(), Vec::<&String>::new(), "rows without an operation");
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn nobody_does_what_their_role_may_not(db: PgPool) {
    let w = World::new(db);
    let scene = Scene::set(&w, "").await;
    let outsider = w.user("outsider").await;
    let before = w.dump().await;
    for row in rows() {
        let strangers = match row.who {
            Anyone => vec![],
            Operators => vec![&scene.owner, &scene.viewer, &outsider],
            Who::Role(_) => vec![&outsider],
        };
        for actor in strangers {
            let code = (row.attempt)(&scene, actor).await.unwrap_err().code();
            assert_eq!(code, Some(ProblemCode::NotFound), "{} by who must not know of it", row.operation);
        }
        for role in Role::ALL.into_iter().filter(|role| matches!(row.who, Who::Role(least) if *role > least)) {
            let code = (row.attempt)(&scene, scene.of(role)).await.unwrap_err().code();
            assert_eq!(code, Some(ProblemCode::Forbidden), "{} by {role}", row.operation);
        }
    }
    assert!(w.dump().await == before, "what was refused changed nothing");
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn everybody_does_what_their_role_may_and_every_change_is_on_record(db: PgPool) {
    let w = World::new(db);
    for (n, row) in rows().into_iter().enumerate() {
        let roles: Vec<_> = match row.who {
            Who::Role(least) => Role::ALL.into_iter().filter(|role| *role <= least).collect(),
            Anyone | Operators => vec![Role::Viewer],
        };
        for role in roles {
            let scene = Scene::set(&w, &format!("{n}{role}")).await;
            let actor = Actor { operator: row.who == Operators, ..scene.of(role).clone() };
            if row.operation == "orgs/waitlist/mod.rs join" {
                w.set_access(scene.org, Product::Pulse, Access::Off).await;
            }
            let (state, events) = (w.state().await, w.count("audit_event").await);
            (row.attempt)(&scene, &actor).await.unwrap_or_else(|error| panic!("{} by {role}: {error}", row.operation));
            let recorded = w.count("audit_event").await > events;
            // A parcel is a message to the next page, not a change of anything.
            let changed = w.state().await != state && !row.operation.ends_with("_parcel");
            assert_eq!(
                recorded, changed,
                "{} by {role}: whether it changed something, and whether that is on record",
                row.operation
            );
        }
    }
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn what_cannot_be_recorded_does_not_happen(db: PgPool) {
    let w = World::new(db);
    let scene = Scene::set(&w, "").await;
    w.set_access(scene.org, Product::Pulse, Access::Off).await;
    let refuse = "create function refuse() returns trigger language plpgsql as $$ begin raise exception 'full'; end $$;
                  create trigger refuse before insert on audit_event for each row execute function refuse()";
    sqlx::raw_sql(refuse).execute(&w.ctx.db).await.unwrap();
    let actor = Actor { operator: true, ..scene.owner.clone() };
    let (mut refused, before) = (0, w.state().await);
    for row in rows().into_iter().filter(|row| !row.operation.ends_with("_parcel")) {
        refused += u32::from((row.attempt)(&scene, &actor).await.is_err());
        assert!(w.state().await == before, "{} left something behind without its audit row", row.operation);
    }
    assert!(refused > 30, "{refused} of the operations change something");
}
