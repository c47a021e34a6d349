//! Which page stands at which path.

use crate::pages::accelerate::{DisableAcceleratePage, ResourceAcceleratePage};
use crate::pages::account::{
    DeleteAccountPage, DisableSecondFactorPage, ProfilePage, RecoveryCodesPage, SecondFactorSetupPage, SecurityPage,
};
use crate::pages::admin::{
    AdminOrgPage, AdminOrgsPage, AdminPlanPage, AdminPlansPage, AdminSettingsPage, AdminUserPage, AdminUsersPage,
    DeletePlanPage, DeleteUserPage, NewPlanPage, NewUserPage, WaitlistPage,
};
use crate::pages::auth::{
    CheckMailPage, ForgotPasswordPage, ResetPasswordPage, SecondFactorPage, SignInPage, SignUpPage, VerifyEmailPage,
};
use crate::pages::help::HelpPage;
use crate::pages::keys::{KeyPage, NewProjectKeyPage, NewResourceKeyPage, RemoveKeyPage, RotateKeyPage};
use crate::pages::members::{
    InvitationPage, InviteMemberPage, LeaveOrgPage, MemberPage, MembersPage, RemoveMemberPage,
};
use crate::pages::message::NotFoundPage;
use crate::pages::orgs::{DeleteOrgPage, NewOrgPage, OrgPage, OrgSettingsPage, OrgUsagePage, OrgsPage};
use crate::pages::projects::{
    DeleteProjectPage, NewProjectPage, ProjectAcceleratePage, ProjectKeysPage, ProjectPage, ProjectPulsePage,
    ProjectSettingsPage,
};
use crate::pages::pulse::{DeleteStreamPage, DisablePulsePage, ReplayStreamPage, ResourcePulsePage};
use crate::pages::resources::{
    DeleteResourcePage, NewResourcePage, ResourceKeysPage, ResourcePage, ResourceSettingsPage,
};
use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::{Route, Router, Routes};
use leptos_router::{SsrMode, path};

/// The document's title. It is escaped here, because the framework writes it into the head as it is, and most titles hold a name that somebody chose.
pub(crate) fn title(text: String) -> String {
    format!("{} · Pentaprism", text.replace('&', "&amp;").replace('<', "&lt;"))
}

/// Every page is complete before its first byte: it works without a script, and its title and status are true.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Title formatter=title/>
        <Router>
            <Routes fallback=NotFoundPage>
                <Route path=path!("sign-in") view=SignInPage ssr=SsrMode::Async/>
                <Route path=path!("sign-up") view=SignUpPage ssr=SsrMode::Async/>
                <Route path=path!("account") view=ProfilePage ssr=SsrMode::Async/>
                <Route path=path!("sign-in/code") view=SecondFactorPage ssr=SsrMode::Async/>
                <Route path=path!("check-mail") view=CheckMailPage ssr=SsrMode::Async/>
                <Route path=path!("forgot-password") view=ForgotPasswordPage ssr=SsrMode::Async/>
                <Route path=path!("reset-password/:token") view=ResetPasswordPage ssr=SsrMode::Async/>
                <Route path=path!("verify-email/:token") view=VerifyEmailPage ssr=SsrMode::Async/>
                <Route path=path!("invitations/:token") view=InvitationPage ssr=SsrMode::Async/>
                <Route path=path!("account/delete") view=DeleteAccountPage ssr=SsrMode::Async/>
                <Route path=path!("account/second-factor") view=SecondFactorSetupPage ssr=SsrMode::Async/>
                <Route path=path!("account/second-factor/codes") view=RecoveryCodesPage ssr=SsrMode::Async/>
                <Route path=path!("account/second-factor/off") view=DisableSecondFactorPage ssr=SsrMode::Async/>
                <Route path=path!("admin") view=AdminUsersPage ssr=SsrMode::Async/>
                <Route path=path!("admin/users/new") view=NewUserPage ssr=SsrMode::Async/>
                <Route path=path!("admin/users/:user") view=AdminUserPage ssr=SsrMode::Async/>
                <Route path=path!("admin/users/:user/delete") view=DeleteUserPage ssr=SsrMode::Async/>
                <Route path=path!("admin/organizations") view=AdminOrgsPage ssr=SsrMode::Async/>
                <Route path=path!("admin/organizations/:org") view=AdminOrgPage ssr=SsrMode::Async/>
                <Route path=path!("admin/plans") view=AdminPlansPage ssr=SsrMode::Async/>
                <Route path=path!("admin/plans/new") view=NewPlanPage ssr=SsrMode::Async/>
                <Route path=path!("admin/plans/:plan") view=AdminPlanPage ssr=SsrMode::Async/>
                <Route path=path!("admin/plans/:plan/delete") view=DeletePlanPage ssr=SsrMode::Async/>
                <Route path=path!("admin/settings") view=AdminSettingsPage ssr=SsrMode::Async/>
                <Route path=path!("admin/waitlist") view=WaitlistPage ssr=SsrMode::Async/>
                <Route path=path!("account/security") view=SecurityPage ssr=SsrMode::Async/>
                <Route path=path!("help") view=HelpPage ssr=SsrMode::Async/>
                <Route path=path!("orgs") view=OrgsPage ssr=SsrMode::Async/>
                <Route path=path!("orgs/new") view=NewOrgPage ssr=SsrMode::Async/>
                <Route path=path!("orgs/:org") view=OrgPage ssr=SsrMode::Async/>
                <Route path=path!("orgs/:org/usage") view=OrgUsagePage ssr=SsrMode::Async/>
                <Route path=path!("orgs/:org/members") view=MembersPage ssr=SsrMode::Async/>
                <Route path=path!("orgs/:org/members/invite") view=InviteMemberPage ssr=SsrMode::Async/>
                <Route path=path!("orgs/:org/members/leave") view=LeaveOrgPage ssr=SsrMode::Async/>
                <Route path=path!("orgs/:org/members/:user/remove") view=RemoveMemberPage ssr=SsrMode::Async/>
                <Route path=path!("orgs/:org/members/:user") view=MemberPage ssr=SsrMode::Async/>
                <Route path=path!("orgs/:org/settings/delete") view=DeleteOrgPage ssr=SsrMode::Async/>
                <Route path=path!("orgs/:org/settings") view=OrgSettingsPage ssr=SsrMode::Async/>
                <Route path=path!("orgs/:org/projects/new") view=NewProjectPage ssr=SsrMode::Async/>
                <Route path=path!("projects/:project") view=ProjectPage ssr=SsrMode::Async/>
                <Route path=path!("projects/:project/accelerate") view=ProjectAcceleratePage ssr=SsrMode::Async/>
                <Route path=path!("projects/:project/pulse") view=ProjectPulsePage ssr=SsrMode::Async/>
                <Route path=path!("projects/:project/settings") view=ProjectSettingsPage ssr=SsrMode::Async/>
                <Route path=path!("projects/:project/settings/delete") view=DeleteProjectPage ssr=SsrMode::Async/>
                <Route path=path!("projects/:project/settings/keys") view=ProjectKeysPage ssr=SsrMode::Async/>
                <Route path=path!("projects/:project/settings/keys/new") view=NewProjectKeyPage ssr=SsrMode::Async/>
                <Route path=path!("projects/:project/resources/new") view=NewResourcePage ssr=SsrMode::Async/>
                <Route path=path!("resources/:resource") view=ResourcePage ssr=SsrMode::Async/>
                <Route path=path!("resources/:resource/keys") view=ResourceKeysPage ssr=SsrMode::Async/>
                <Route path=path!("resources/:resource/keys/new") view=NewResourceKeyPage ssr=SsrMode::Async/>
                <Route path=path!("resources/:resource/accelerate") view=ResourceAcceleratePage ssr=SsrMode::Async/>
                <Route path=path!("resources/:resource/accelerate/disable") view=DisableAcceleratePage ssr=SsrMode::Async/>
                <Route path=path!("resources/:resource/pulse") view=ResourcePulsePage ssr=SsrMode::Async/>
                <Route path=path!("resources/:resource/pulse/disable") view=DisablePulsePage ssr=SsrMode::Async/>
                <Route path=path!("resources/:resource/pulse/delete-stream") view=DeleteStreamPage ssr=SsrMode::Async/>
                <Route path=path!("resources/:resource/pulse/replay-stream") view=ReplayStreamPage ssr=SsrMode::Async/>
                <Route path=path!("resources/:resource/settings") view=ResourceSettingsPage ssr=SsrMode::Async/>
                <Route path=path!("resources/:resource/settings/delete") view=DeleteResourcePage ssr=SsrMode::Async/>
                <Route path=path!("keys/:key") view=KeyPage ssr=SsrMode::Async/>
                <Route path=path!("keys/:key/remove") view=RemoveKeyPage ssr=SsrMode::Async/>
                <Route path=path!("keys/:key/rotate") view=RotateKeyPage ssr=SsrMode::Async/>
            </Routes>
        </Router>
    }
}
