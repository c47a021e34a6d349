//! A page offers what its visitor may do, and nothing else.

use super::ROUTES;
use super::functions::FUNCTIONS;
use super::routes::template;
use crate::console::Console;
use crate::world::{Who, World};
use sqlx::PgPool;

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn no_page_offers_what_would_be_refused(db: PgPool) {
    let console = Console::new(db);
    let world = World::new(&console).await;
    for (route, whom) in ROUTES {
        for who in Who::ALL.into_iter().filter(|who| whom.refusal(*who).is_none()) {
            let page = world.browser(&console, who).get(&world.fill(&template(route), who)).await.html();
            for action in page.attrs("form[method=post]", "action") {
                let function = FUNCTIONS.iter().find(|function| action == format!("/api/{}", function.name));
                let refusal = function.unwrap_or_else(|| panic!("{route} posts to {action}")).whom.refusal(who);
                assert_eq!(refusal, None, "{route} offers {action} to {who:?}");
            }
        }
    }
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn every_function_is_offered_somewhere_to_whom_it_is_for(db: PgPool) {
    let console = Console::new(db);
    let world = World::new(&console).await;
    let mut offered = std::collections::BTreeSet::new();
    for who in [Who::Anonymous, Who::Owner, Who::Operator] {
        for (route, _) in ROUTES.iter().filter(|(_, whom)| whom.refusal(who).is_none()) {
            let page = world.browser(&console, who).get(&world.fill(&template(route), who)).await.html();
            offered.extend(page.attrs("form[method=post]", "action"));
        }
    }
    let hidden: Vec<_> =
        FUNCTIONS.iter().map(|f| f.name).filter(|name| !offered.contains(&format!("/api/{name}"))).collect();
    assert_eq!(hidden, NOT_AT_FIRST_SIGHT);
}

/// The palette is fetched, and so is whether there was a query, or an event. The rest stands on pages while there is something to do: mail that can be
/// sent, another session to end, a second factor, an invitation to oneself, a second resource, a project without any, Accelerate that is configured,
/// Pulse that may be enabled or is, a setting that was changed.
const NOT_AT_FIRST_SIGHT: [&str; 27] = [
    "identity/request-reset",
    "identity/resend-verification",
    "palette",
    "account/end-session",
    "account/confirm-second-factor",
    "account/renew-recovery-codes",
    "account/disable-second-factor",
    "members/accept-invitation",
    "members/decline-invitation",
    "projects/set-default-resource",
    "accelerate/configure-project",
    "accelerate/first-query",
    "accelerate/change-settings",
    "accelerate/purge",
    "pulse/prepare",
    "pulse/prepare-project",
    "pulse/enable",
    "pulse/change-settings",
    "pulse/pause",
    "pulse/resume",
    "pulse/remove-slot",
    "pulse/disable",
    "pulse/delete-stream",
    "pulse/replay-stream",
    "pulse/events",
    "admin/clear-second-factor",
    "admin/reset-setting",
];
