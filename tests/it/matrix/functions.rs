//! The table of server functions.

use super::{ADMINS, DEVELOPERS, For, OWNERS, VIEWERS};
use For::{Everybody, Operators, SignedIn};

pub struct Function {
    /// As in `/api/keys/create`.
    pub name: &'static str,
    /// The form that a member would send, with placeholders.
    pub body: &'static str,
    pub whom: For,
    /// What it answers to whom it is for.
    pub answer: u16,
}

const fn row(whom: For, name: &'static str, body: &'static str) -> Function {
    Function { name, body, whom, answer: 200 }
}

impl Function {
    /// Where the body cannot succeed, whoever sends it.
    const fn answers(self, answer: u16) -> Self {
        Self { answer, ..self }
    }
}

pub const FUNCTIONS: &[Function] = &[
    row(Everybody, "theme", "theme=dark"),
    row(Everybody, "identity/sign-up", "name=New&email=new-{user}@example.com&password=correct-horse-battery-9"),
    row(Everybody, "identity/sign-in", "email={email}&password=correct-horse-battery-9"),
    row(Everybody, "identity/second-factor", "code=123456").answers(401),
    // This server sends no mail.
    row(Everybody, "identity/request-reset", "email={email}").answers(409),
    row(Everybody, "identity/resend-verification", "email={email}").answers(409),
    row(Everybody, "identity/verify-email", "token=none&password=none").answers(404),
    row(Everybody, "identity/reset-password", "token={reset}&new_password=another-horse-entirely"),
    row(SignedIn, "palette", ""),
    row(SignedIn, "identity/sign-out", ""),
    row(
        SignedIn,
        "identity/change-password",
        "current_password=correct-horse-battery-9&new_password=another-horse-entirely",
    ),
    row(SignedIn, "identity/end-other-sessions", ""),
    row(SignedIn, "account/rename", "name=Renamed"),
    row(SignedIn, "account/delete", "password=correct-horse-battery-9"),
    row(SignedIn, "account/end-session", "session={session}"),
    row(SignedIn, "account/enroll-second-factor", "password=correct-horse-battery-9"),
    row(SignedIn, "account/confirm-second-factor", "code=123456").answers(409),
    row(SignedIn, "account/renew-recovery-codes", "password=correct-horse-battery-9").answers(409),
    row(SignedIn, "account/disable-second-factor", "password=correct-horse-battery-9"),
    row(SignedIn, "orgs/create", "name=Another"),
    row(ADMINS, "orgs/rename", "org={org}&name=Renamed"),
    row(OWNERS, "orgs/delete", "org={org}&confirmation=Acme"),
    row(DEVELOPERS, "orgs/join-waitlist", "org={org}&product=pulse"),
    row(ADMINS, "members/invite", "org={org}&email=guest@example.com&role=viewer"),
    row(ADMINS, "members/revoke-invitation", "org={org}&invitation={invitation}"),
    row(ADMINS, "members/change-role", "org={org}&user={user}&role=developer"),
    row(ADMINS, "members/remove", "org={org}&user={user}"),
    row(VIEWERS, "members/leave", "org={org}"),
    // Of an invitation to somebody else: who holds its link, and is not the invited, learns that much.
    row(SignedIn, "members/accept-invitation", "token={token}").answers(403),
    row(SignedIn, "members/decline-invitation", "token={token}").answers(403),
    row(DEVELOPERS, "projects/create", "org={org}&name=Blog"),
    row(DEVELOPERS, "projects/rename", "project={project}&name=Renamed"),
    row(DEVELOPERS, "projects/set-default-resource", "project={project}&resource={resource}"),
    row(ADMINS, "projects/delete", "project={project}&confirmation=Shop"),
    row(DEVELOPERS, "resources/create", "project={project}&name=Staging"),
    row(DEVELOPERS, "resources/rename", "resource={resource}&name=Renamed"),
    row(
        DEVELOPERS,
        "resources/change-connection",
        "resource={resource}&connection_string=postgres://a:b@db.example.com/c",
    ),
    // Nobody listens where the stored string leads.
    row(DEVELOPERS, "resources/test-connection", "resource={resource}").answers(409),
    // Nobody listens where the strings lead.
    row(DEVELOPERS, "accelerate/configure", "resource={resource}&region=us-east-1").answers(422),
    row(
        DEVELOPERS,
        "accelerate/configure-project",
        "project={project}&region=us-east-1&connection_string=postgres://a:b@127.0.0.1:1/c",
    )
    .answers(422),
    row(VIEWERS, "accelerate/first-query", "resource={resource}"),
    row(DEVELOPERS, "accelerate/change-settings", "resource={resource}").answers(409),
    row(DEVELOPERS, "accelerate/purge", "resource={resource}").answers(409),
    row(DEVELOPERS, "accelerate/disable", "resource={resource}").answers(409),
    row(DEVELOPERS, "pulse/prepare", "resource={resource}&connection_string=postgres://a:b@127.0.0.1:1/c"),
    row(DEVELOPERS, "pulse/prepare-project", "project={project}&connection_string=postgres://a:b@127.0.0.1:1/c")
        // The world's project has an environment of this name.
        .answers(422),
    // Pulse is off for the organization.
    row(DEVELOPERS, "pulse/enable", "resource={resource}&retention_hours=72").answers(409),
    row(DEVELOPERS, "pulse/change-settings", "resource={resource}&retention_hours=72").answers(409),
    row(DEVELOPERS, "pulse/pause", "resource={resource}").answers(409),
    row(DEVELOPERS, "pulse/resume", "resource={resource}").answers(409),
    row(DEVELOPERS, "pulse/remove-slot", "resource={resource}").answers(409),
    row(DEVELOPERS, "pulse/disable", "resource={resource}").answers(409),
    row(DEVELOPERS, "pulse/delete-stream", "resource={resource}&name=orders").answers(404),
    row(DEVELOPERS, "pulse/replay-stream", "resource={resource}&name=orders").answers(409),
    // Rows of the customer's database.
    row(DEVELOPERS, "pulse/events", "resource={resource}"),
    row(ADMINS, "resources/delete", "resource={resource}&confirmation=Production"),
    row(DEVELOPERS, "keys/create", "project={project}&name=web"),
    row(DEVELOPERS, "keys/edit", "key={key}&name=web&rights=read_only"),
    row(DEVELOPERS, "keys/set-enabled", "key={key}&enabled=false"),
    row(DEVELOPERS, "keys/rotate", "key={key}&overlap=1h"),
    row(DEVELOPERS, "keys/remove", "key={key}"),
    row(Operators, "admin/create-user", "name=Made&email=made-{user}@example.com&password=correct-horse-battery-9"),
    row(Operators, "admin/set-operator", "user={user}&operator=true"),
    row(Operators, "admin/reset-link", "user={user}"),
    row(Operators, "admin/clear-second-factor", "user={user}"),
    row(Operators, "admin/delete-user", "user={user}&confirmation={email}"),
    row(Operators, "admin/set-access", "org={org}&product=accelerate&access=early_access"),
    row(Operators, "admin/create-plan", "name=made-{user}"),
    row(Operators, "admin/change-plan", "plan={plan}&name=changed-{user}"),
    row(Operators, "admin/set-plan", "project={project}&plan={plan}"),
    row(Operators, "admin/delete-plan", "plan={plan}"),
    row(Operators, "admin/set-setting", "key=identity.sign_up&value=open"),
    row(Operators, "admin/reset-setting", "key=identity.sign_up"),
];
