//! What the tabs of a product say before it is configured: the truth, whatever the project has and the organization may use.

use crate::console::Console;
use crate::inspect::faults;
use crate::world::{Who, World};
use control::operator::orgs::set_access::set_access;
use control::{projects, resources};
use kernel::{Access, Product};
use sqlx::PgPool;

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_projects_pulse_shows_what_there_is_to_do(db: PgPool) {
    let console = Console::new(db);
    let world = World::new(&console).await;
    let (ctx, owner) = (&console.ctx, world.actor(Who::Owner));
    let project = projects::create::create(ctx, owner, world.org, "Fresh").await.unwrap();
    let mut made = Vec::new();
    for count in 0..3 {
        if count > 0 {
            let name = format!("Environment {count}");
            made.push(resources::create::create(ctx, owner, project, &name, None).await.unwrap());
        }
        for access in [Access::On, Access::EarlyAccess, Access::Off] {
            set_access(ctx, world.actor(Who::Operator), world.org, Product::Pulse, access.as_str()).await.unwrap();
            for who in [Who::Owner, Who::Viewer] {
                let answer = world.browser(&console, who).get(&format!("/projects/{project}/pulse")).await;
                let (page, what) =
                    (answer.html(), format!("{count} resources with access {}, {who:?}", access.as_str()));
                assert_eq!(faults(&answer, &page), Vec::<String>::new(), "{what}");
                let (off, may) = (access == Access::Off, who == Who::Owner);
                assert_eq!(page.text("main").contains("Pulse is off for this organization"), off, "{what}");
                assert_eq!(page.has("main form[action$=join-waitlist]"), off && may, "{what}");
                assert_eq!(page.has("main form[action$='pulse/prepare-project']"), !off && may && count == 0, "{what}");
                assert_eq!(page.has("main form[action$='pulse/prepare']"), !off && may && count == 1, "{what}");
                assert!(!page.has("main form[action$='pulse/enable']"), "{what}: first its database");
                let listed = if count > 1 && !off { made.as_slice() } else { &[] };
                let mut links = page.attrs("main tbody th a", "href");
                let mut wanted: Vec<_> = listed.iter().map(|resource| format!("/resources/{resource}/pulse")).collect();
                links.sort();
                wanted.sort();
                assert_eq!(links, wanted, "{what}");
                assert!(page.texts("main tbody td").iter().all(|state| state == "Not enabled"), "{what}");
            }
        }
    }
}
