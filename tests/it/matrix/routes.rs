//! The table of pages.

use super::For::{Everybody, Operators, SignedIn};
use super::{For, VIEWERS};

/// The route as the router writes it, and whom it is for. Members see every page of their organization: what they may not do there has no form.
pub const ROUTES: &[(&str, For)] = &[
    ("/sign-in", Everybody),
    ("/sign-in/code", Everybody),
    ("/sign-up", Everybody),
    ("/check-mail", Everybody),
    ("/forgot-password", Everybody),
    ("/reset-password/{token}", Everybody),
    ("/verify-email/{token}", Everybody),
    ("/invitations/{token}", Everybody),
    ("/account", SignedIn),
    ("/account/delete", SignedIn),
    ("/account/second-factor", SignedIn),
    ("/account/second-factor/codes", SignedIn),
    ("/account/second-factor/off", SignedIn),
    ("/account/security", SignedIn),
    ("/help", SignedIn),
    ("/orgs", SignedIn),
    ("/orgs/new", SignedIn),
    ("/orgs/{org}", VIEWERS),
    ("/orgs/{org}/usage", VIEWERS),
    ("/orgs/{org}/members", VIEWERS),
    ("/orgs/{org}/members/invite", VIEWERS),
    ("/orgs/{org}/members/leave", VIEWERS),
    ("/orgs/{org}/members/{user}", VIEWERS),
    ("/orgs/{org}/members/{user}/remove", VIEWERS),
    ("/orgs/{org}/settings", VIEWERS),
    ("/orgs/{org}/settings/delete", VIEWERS),
    ("/orgs/{org}/projects/new", VIEWERS),
    ("/projects/{project}", VIEWERS),
    ("/projects/{project}/accelerate", VIEWERS),
    ("/projects/{project}/pulse", VIEWERS),
    ("/projects/{project}/settings", VIEWERS),
    ("/projects/{project}/settings/delete", VIEWERS),
    ("/projects/{project}/settings/keys", VIEWERS),
    ("/projects/{project}/settings/keys/new", VIEWERS),
    ("/projects/{project}/resources/new", VIEWERS),
    ("/resources/{resource}", VIEWERS),
    ("/resources/{resource}/keys", VIEWERS),
    ("/resources/{resource}/keys/new", VIEWERS),
    ("/resources/{resource}/accelerate", VIEWERS),
    ("/resources/{resource}/accelerate/disable", VIEWERS),
    ("/resources/{resource}/pulse", VIEWERS),
    ("/resources/{resource}/settings", VIEWERS),
    ("/resources/{resource}/settings/delete", VIEWERS),
    ("/keys/{key}", VIEWERS),
    ("/keys/{key}/remove", VIEWERS),
    ("/keys/{key}/rotate", VIEWERS),
    ("/admin", Operators),
    ("/admin/users/new", Operators),
    ("/admin/users/{user}", Operators),
    ("/admin/users/{user}/delete", Operators),
    ("/admin/organizations", Operators),
    ("/admin/settings", Operators),
    ("/admin/waitlist", Operators),
];

/// The route with placeholders that a world fills: each kind of link has a token of its own.
pub fn template(route: &str) -> String {
    route.replace("/reset-password/{token}", "/reset-password/{reset}")
}
