use crate::world::{Cast, World, code, connection};
use control::accelerate::configure::{ConfigureInput, configure};
use control::accelerate::settings::{SettingsInput, change as change_settings};
use control::accelerate::{directory, get};
use control::operator::orgs;
use control::operator::plans::{PlanInput, assign, change, create, delete, get as get_plan, list};
use control::plans::{Limits, Rate, SANDBOX, UNLIMITED, of_project};
use control::{Actor, projects};
use kernel::page::PageRequest;
use kernel::{OrgId, PlanId, ProblemCode, ProjectId};
use sqlx::PgPool;

fn input(name: &str) -> PlanInput {
    PlanInput { name: name.into(), ..PlanInput::default() }
}

async fn configured(w: &World) -> (Actor, Cast) {
    let (op, cast) = (w.operator("op").await, w.cast("").await);
    let input = ConfigureInput { connection: Some(connection()), region: "us-east-1".into() };
    configure(&w.ctx, &cast.owner, cast.resource, input).await.unwrap();
    (op, cast)
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_new_project_is_unlimited_and_the_sandbox_is_small(db: PgPool) {
    let w = World::new(db);
    let (op, cast) = (w.operator("op").await, w.cast("").await);
    let plan = of_project::of_project(&w.ctx, &cast.viewer, cast.project).await.unwrap();
    assert_eq!((plan.id, plan.name.as_str(), plan.limits), (UNLIMITED, "Unlimited", Limits::default()));
    assign::assign(&w.ctx, &op, cast.project, &SANDBOX.to_string()).await.unwrap();
    let plan = of_project::of_project(&w.ctx, &cast.viewer, cast.project).await.unwrap();
    assert_eq!((plan.id, plan.name.as_str()), (SANDBOX, "Sandbox"));
    assert_eq!(plan.limits, Limits { rate: Some(Rate { requests: 10, queued: 25 }), ..Limits::default() });
    let event = w.audited("project.set_plan").await;
    assert_eq!((event.target, event.in_org), (cast.project.to_string(), true));
    assert_eq!(event.before.unwrap()["plan"], UNLIMITED.to_string());

    let plans = list::list(&w.ctx, &op).await.unwrap();
    let plans: Vec<_> = plans.iter().map(|one| (one.plan.name.as_str(), one.projects)).collect();
    assert_eq!(plans, [("Unlimited", 0), ("Sandbox", 1)]);
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn built_in_plans_stay_and_others_go_when_no_project_has_them(db: PgPool) {
    let w = World::new(db);
    let (op, cast) = (w.operator("op").await, w.cast("").await);
    for id in [UNLIMITED, SANDBOX] {
        assert_eq!(code(change::change(&w.ctx, &op, id, input("Free")).await), ProblemCode::Conflict);
        assert_eq!(code(delete::delete(&w.ctx, &op, id).await), ProblemCode::Conflict);
    }
    let team = create::create(&w.ctx, &op, input("Team")).await.unwrap();
    assert_eq!(
        code(create::create(&w.ctx, &op, input("team")).await),
        ProblemCode::Invalid,
        "one name, whatever its case"
    );
    assign::assign(&w.ctx, &op, cast.project, &team.to_string()).await.unwrap();
    assert_eq!(code(delete::delete(&w.ctx, &op, team).await), ProblemCode::Conflict);
    projects::delete::delete(&w.ctx, &cast.owner, cast.project, "Shop").await.unwrap();
    delete::delete(&w.ctx, &op, team).await.unwrap();
    assert_eq!(w.audited("plan.delete").await.before.unwrap()["name"], "Team");
    assert_eq!(code(get_plan::get(&w.ctx, &op, team).await), ProblemCode::NotFound);
    let nowhere = assign::assign(&w.ctx, &op, ProjectId::from_uuid(w.ctx.new_uuid()), &UNLIMITED.to_string()).await;
    assert_eq!(code(nowhere), ProblemCode::NotFound);
    let nothing = assign::assign(&w.ctx, &op, cast.project, &PlanId::from_uuid(w.ctx.new_uuid()).to_string()).await;
    assert_eq!(code(nothing), ProblemCode::Invalid);
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_route_has_another_version_when_its_plan_is_another_or_changes(db: PgPool) {
    let w = World::new(db);
    let (op, cast) = configured(&w).await;
    let team = create::create(&w.ctx, &op, PlanInput { connections: "5".into(), ..input("Team") }).await.unwrap();
    let version = async || directory::versions(&w.ctx, &[cast.resource]).await.unwrap().pop().unwrap().1;
    let route = directory::find(&w.ctx, cast.resource).await.unwrap().unwrap();
    assert_eq!((route.project, route.plan), (cast.project, Limits::default()));
    let first = version().await;
    assert_eq!(first, route.version);
    assign::assign(&w.ctx, &op, cast.project, &team.to_string()).await.unwrap();
    let second = version().await;
    assert_ne!(first, second);
    let faster =
        PlanInput { requests: "100".into(), queued: "7".into(), query_timeout_ms: "500".into(), ..input("Team") };
    change::change(&w.ctx, &op, team, faster).await.unwrap();
    assert_eq!(w.audited("plan.change").await.before.unwrap()["connections"], 5);
    assert_ne!(second, version().await);
    let route = directory::find(&w.ctx, cast.resource).await.unwrap().unwrap();
    let rate = Some(Rate { requests: 100, queued: 7 });
    assert_eq!(route.plan, Limits { rate, query_timeout_ms: Some(500), ..Limits::default() });
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn settings_ask_no_more_than_the_plan_allows(db: PgPool) {
    let w = World::new(db);
    let (op, cast) = configured(&w).await;
    let plan = PlanInput { connections: "5".into(), query_timeout_ms: "2000".into(), ..input("Team") };
    let team = create::create(&w.ctx, &op, plan).await.unwrap();
    assign::assign(&w.ctx, &op, cast.project, &team.to_string()).await.unwrap();
    let ask = |connections: &str| {
        let input = SettingsInput { connections: connections.into(), cache: true, ..SettingsInput::default() };
        change_settings(&w.ctx, &cast.developer, cast.resource, input)
    };
    let control::Error::Problem(problem) = ask("6").await.unwrap_err() else { panic!("a problem") };
    assert_eq!(problem.of_field("connections"), Some("Enter a number from 1 to 5, or nothing for the default."));
    ask("5").await.unwrap();
    let settings = get::get(&w.ctx, &cast.viewer, cast.resource).await.unwrap().unwrap().settings;
    assert_eq!(settings.connections, Some(5));
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn operators_see_an_organizations_projects_by_name_and_plan(db: PgPool) {
    let w = World::new(db);
    let (op, cast) = (w.operator("op").await, w.cast("").await);
    let blog = projects::create::create(&w.ctx, &cast.owner, cast.org, "Blog").await.unwrap();
    assign::assign(&w.ctx, &op, blog, &SANDBOX.to_string()).await.unwrap();
    assert_eq!(orgs::get::get(&w.ctx, &op, cast.org).await.unwrap().projects, 2);
    let sorted = PageRequest::new(1).sorted(kernel::page::Sort::Name);
    let page = orgs::get::projects(&w.ctx, &op, cast.org, sorted).await.unwrap();
    let shown: Vec<_> = page.items.iter().map(|project| (project.name.as_str(), project.plan)).collect();
    assert_eq!(shown, [("Blog", SANDBOX), ("Shop", UNLIMITED)]);
    let nowhere = orgs::get::get(&w.ctx, &op, OrgId::from_uuid(w.ctx.new_uuid())).await;
    assert_eq!(code(nowhere), ProblemCode::NotFound);
}
