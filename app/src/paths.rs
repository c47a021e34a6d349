//! Every link of the console. A page builds its hrefs here and nowhere else.

use kernel::{KeyId, OrgId, PlanId, ProjectId, ResourceId, UserId};

pub const HOME: &str = "/";
pub const SIGN_IN: &str = "/sign-in";
pub const SIGN_UP: &str = "/sign-up";
/// Asks for the code of the second factor.
pub const SECOND_FACTOR: &str = "/sign-in/code";
/// Says that a mail is on its way.
pub const CHECK_MAIL: &str = "/check-mail";
pub const ACCOUNT: &str = "/account";
pub const ACCOUNT_SECOND_FACTOR: &str = "/account/second-factor";
pub const DELETE_ACCOUNT: &str = "/account/delete";
pub const ACCOUNT_SECURITY: &str = "/account/security";
pub const RECOVERY_CODES: &str = "/account/second-factor/codes";
pub const DISABLE_SECOND_FACTOR: &str = "/account/second-factor/off";
pub const ADMIN: &str = "/admin";
pub const ADMIN_NEW_USER: &str = "/admin/users/new";
pub const ADMIN_ORGS: &str = "/admin/organizations";
pub const ADMIN_PLANS: &str = "/admin/plans";
pub const ADMIN_NEW_PLAN: &str = "/admin/plans/new";
pub const ADMIN_SETTINGS: &str = "/admin/settings";
pub const ADMIN_WAITLIST: &str = "/admin/waitlist";
/// Asks for the address that a link is mailed to.
pub const FORGOT_PASSWORD: &str = "/forgot-password";
pub const ORGS: &str = "/orgs";
pub const NEW_ORG: &str = "/orgs/new";
pub const HELP: &str = "/help";
/// Where the command palette gets its items.
pub const PALETTE: &str = "/api/palette";

/// Pages that need nobody to be signed in.
const PUBLIC: [&str; 5] = [SIGN_IN, SIGN_UP, SECOND_FACTOR, CHECK_MAIL, FORGOT_PASSWORD];
/// Below these stands a token of a mailed or copied link.
const PUBLIC_LINKS: [&str; 3] = ["/verify-email/", "/reset-password/", "/invitations/"];

/// Whether a page may be seen by somebody who is not signed in.
pub fn is_public(path: &str) -> bool {
    let is_link =
        |prefix: &&str| path.strip_prefix(*prefix).is_some_and(|token| !token.is_empty() && !token.contains('/'));
    PUBLIC.contains(&path) || PUBLIC_LINKS.iter().any(is_link)
}

pub fn sign_in_then(next: &str) -> String {
    format!("{SIGN_IN}?next={}", percent(next))
}

pub fn sign_up_then(next: &str) -> String {
    format!("{SIGN_UP}?next={}", percent(next))
}

pub fn org(id: OrgId) -> String {
    format!("/orgs/{id}")
}

pub fn org_usage(id: OrgId) -> String {
    format!("/orgs/{id}/usage")
}

pub fn org_members(id: OrgId) -> String {
    format!("/orgs/{id}/members")
}

pub fn org_settings(id: OrgId) -> String {
    format!("/orgs/{id}/settings")
}

pub fn delete_org(id: OrgId) -> String {
    format!("/orgs/{id}/settings/delete")
}

pub fn invite_member(id: OrgId) -> String {
    format!("/orgs/{id}/members/invite")
}

/// Where a member's role is changed, or the member removed.
pub fn member(org: OrgId, user: UserId) -> String {
    format!("/orgs/{org}/members/{user}")
}

pub fn remove_member(org: OrgId, user: UserId) -> String {
    format!("/orgs/{org}/members/{user}/remove")
}

pub fn leave_org(id: OrgId) -> String {
    format!("/orgs/{id}/members/leave")
}

/// Where an operator looks after one account.
pub fn admin_user(user: UserId) -> String {
    format!("/admin/users/{user}")
}

pub fn delete_user(user: UserId) -> String {
    format!("/admin/users/{user}/delete")
}

/// Where an operator sets the plans of an organization's projects.
pub fn admin_org(org: OrgId) -> String {
    format!("/admin/organizations/{org}")
}

pub fn admin_plan(plan: PlanId) -> String {
    format!("/admin/plans/{plan}")
}

pub fn delete_plan(plan: PlanId) -> String {
    format!("/admin/plans/{plan}/delete")
}

pub fn new_project(org: OrgId) -> String {
    format!("/orgs/{org}/projects/new")
}

pub fn project(id: ProjectId) -> String {
    format!("/projects/{id}")
}

pub fn project_accelerate(id: ProjectId) -> String {
    format!("/projects/{id}/accelerate")
}

pub fn project_pulse(id: ProjectId) -> String {
    format!("/projects/{id}/pulse")
}

pub fn project_settings(id: ProjectId) -> String {
    format!("/projects/{id}/settings")
}

pub fn project_keys(id: ProjectId) -> String {
    format!("/projects/{id}/settings/keys")
}

pub fn new_project_key(id: ProjectId) -> String {
    format!("/projects/{id}/settings/keys/new")
}

pub fn delete_project(id: ProjectId) -> String {
    format!("/projects/{id}/settings/delete")
}

pub fn new_resource(project: ProjectId) -> String {
    format!("/projects/{project}/resources/new")
}

pub fn resource(id: ResourceId) -> String {
    format!("/resources/{id}")
}

pub fn resource_keys(id: ResourceId) -> String {
    format!("/resources/{id}/keys")
}

pub fn new_resource_key(id: ResourceId) -> String {
    format!("/resources/{id}/keys/new")
}

pub fn disable_accelerate(id: ResourceId) -> String {
    format!("/resources/{id}/accelerate/disable")
}

/// Where a page asks whether the resource was queried.
pub fn first_query(id: ResourceId) -> String {
    format!("/api/accelerate/first-query?resource={id}")
}

pub fn resource_accelerate(id: ResourceId) -> String {
    format!("/resources/{id}/accelerate")
}

pub fn resource_pulse(id: ResourceId) -> String {
    format!("/resources/{id}/pulse")
}

/// Where Pulse is turned off, step by step.
pub fn disable_pulse(id: ResourceId) -> String {
    format!("/resources/{id}/pulse/disable")
}

/// The page of Pulse with that dialog open.
pub fn disable_pulse_dialog(id: ResourceId) -> String {
    with_query(&resource_pulse(id), "dialog", DISABLE_PULSE)
}

/// What the page of Pulse is told to open.
pub const DISABLE_PULSE: &str = "disable";

/// Names of streams hold any letter, so they stand in the query.
pub fn delete_stream(id: ResourceId, name: &str) -> String {
    with_query(&format!("/resources/{id}/pulse/delete-stream"), "name", name)
}

pub fn replay_stream(id: ResourceId, name: &str) -> String {
    with_query(&format!("/resources/{id}/pulse/replay-stream"), "name", name)
}

/// Where a page asks for the last events; with `after` for those behind one.
pub fn pulse_events(id: ResourceId) -> String {
    format!("/api/pulse/events?resource={id}")
}

pub fn resource_settings(id: ResourceId) -> String {
    format!("/resources/{id}/settings")
}

pub fn delete_resource(id: ResourceId) -> String {
    format!("/resources/{id}/settings/delete")
}

/// A key's own page: what it may do, who made it, when it was used.
pub fn key(id: KeyId) -> String {
    format!("/keys/{id}")
}

pub fn remove_key(id: KeyId) -> String {
    format!("/keys/{id}/remove")
}

pub fn rotate_key(id: KeyId) -> String {
    format!("/keys/{id}/rotate")
}

/// What a key's page is told by a link of the project's list, which holds the keys of resources, too.
pub const FROM_PROJECT: &str = "project";

/// A page of a key that leads back to the list it was come to from.
pub fn seen_from(path: String, from: &str) -> String {
    if from == FROM_PROJECT { with_query(&path, "from", FROM_PROJECT) } else { path }
}

/// `path` with one more query parameter.
pub fn with_query(path: &str, name: &str, value: &str) -> String {
    let separator = if path.contains('?') { '&' } else { '?' };
    format!("{path}{separator}{name}={}", percent(value))
}

/// A path of this console that a "return to" may lead to: absolute, with no host hidden in it. Browsers read `\` as `/` and drop tabs and newlines.
pub fn own(path: &str) -> Option<&str> {
    let rest = path.strip_prefix('/')?;
    let foreign = rest.starts_with('/') || path.contains('\\') || path.chars().any(char::is_control);
    (!foreign).then_some(path)
}

/// Everything but unreserved characters and `/` as `%XX`.
fn percent(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_own_paths_are_returned_to() {
        for path in ["/", "/orgs/x?page=2", "/a//b"] {
            assert_eq!(own(path), Some(path));
        }
        for path in [
            "",
            "orgs",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/\t/evil.example",
            "javascript:alert(1)",
        ] {
            assert_eq!(own(path), None, "{path}");
        }
    }

    #[test]
    fn a_query_is_encoded() {
        assert_eq!(sign_in_then("/orgs/a b?x=1&y"), "/sign-in?next=/orgs/a%20b%3Fx%3D1%26y");
        assert_eq!(with_query("/a?b=1", "c", "é"), "/a?b=1&c=%C3%A9");
    }
}
