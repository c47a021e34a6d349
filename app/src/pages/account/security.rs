use super::factor_forms::{DISABLE, DISABLE_QUESTION, DisableForm, RENEW, RENEW_QUESTION, RenewForm};
use crate::calls::identity::{ChangePassword, EndOtherSessions, session_rows, viewer};
use crate::calls::security::{EndSession, EnrollSecondFactor, second_factor_status, take_codes};
use crate::kit::{
    ActionsCell, Badge, ButtonKind, ButtonSize, Card, Cell, Column, ConsoleLayout, DateOnly, Dialog, DialogLink, Form,
    FormActions, HeadCell, HiddenField, MonoCell, PageHeader, PasswordField, RelativeTime, Row, SecretBox, Section,
    StoredButton, SubmitButton, Table, Tone,
};
use crate::model::place::SessionRow;
use crate::model::security::SecondFactor;
use crate::pages::chrome::{At, account_tabs, banner, bar};
use crate::pages::load::{load, query, section, show};
use crate::paths;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;

#[component]
pub fn SecurityPage() -> impl IntoView {
    let asked = !query("codes").is_empty();
    let data = async move {
        let (sessions, factor, codes) =
            tokio::try_join!(section(session_rows()), section(second_factor_status()), take_codes(asked))?;
        Ok((viewer()?, sessions, factor, codes))
    };
    load(data, |(viewer, sessions, factor, codes)| {
        view! {
            <Title text="Security and sessions"/>
            <ConsoleLayout bar=bar(&viewer, Vec::new()) tabs_label="Account" tabs=account_tabs(At::Security) banner=banner()>
                <PageHeader title="Security and sessions" sentence="Your password, your second factor, and where you are signed in."/>
                <Card title="Password" sentence="A new password signs out every other session.">
                    <Form id="identity/change-password" action=ChangePassword::url() class="max-w-[480px]">
                        <PasswordField name="current_password" label="Current password"/>
                        <PasswordField name="new_password" label="New password" autocomplete="new-password" help="At least 10 characters."/>
                        <FormActions><SubmitButton>"Change password"</SubmitButton></FormActions>
                    </Form>
                </Card>
                {show("The second factor", factor, |factor| view! { <Factor factor/> })}
                {show("The sessions", sessions, |sessions| view! { <Sessions sessions/> })}
                {codes.map(|codes| view! { <NewCodes codes/> })}
            </ConsoleLayout>
        }
    })
}

#[component]
fn Factor(factor: SecondFactor) -> impl IntoView {
    let Some(since) = factor.enabled_since else {
        return view! {
            <Card title="Second factor" sentence="A code of an authenticator app beside the password: a stolen password alone opens nothing.">
                <Form id="account/enroll-second-factor" action=EnrollSecondFactor::url() class="max-w-[480px]">
                    <PasswordField name="password" label="Password"/>
                    <FormActions><SubmitButton kind=ButtonKind::Secondary>"Set up second factor"</SubmitButton></FormActions>
                </Form>
            </Card>
        }
        .into_any();
    };
    let left = factor.recovery_codes_left;
    view! {
        <Card title="Second factor" sentence="Signing in asks for a code.">
            <p class="mb-4">"On since "<DateOnly at=since/>", with "{left}" recovery codes left."</p>
            <div class="flex flex-wrap gap-2">
                <DialogLink href=paths::RECOVERY_CODES dialog=RENEW>"New recovery codes"</DialogLink>
                <DialogLink href=paths::DISABLE_SECOND_FACTOR dialog=DISABLE kind=ButtonKind::Danger>"Turn off"</DialogLink>
            </div>
            <Dialog id=RENEW title=RENEW_QUESTION form=RENEW><RenewForm/></Dialog>
            <Dialog id=DISABLE title=DISABLE_QUESTION form=DISABLE><DisableForm/></Dialog>
        </Card>
    }
    .into_any()
}

#[component]
fn NewCodes(codes: String) -> impl IntoView {
    view! {
        <Dialog id="recovery-codes" title="Your recovery codes" open=true kept=true>
            <div class="form">
                <p>"Each signs you in once when your authenticator app is not at hand. Keep them apart from your password."</p>
                <SecretBox id="new-codes" name="recovery codes" secret=codes/>
                <div class="dialog-actions"><StoredButton href=paths::ACCOUNT_SECURITY>"I've stored them securely"</StoredButton></div>
            </div>
        </Dialog>
    }
}

#[component]
fn Sessions(sessions: Vec<SessionRow>) -> impl IntoView {
    // Also where this is the only session: a sign-in may wait for its code.
    let action = view! {
        <Form id="identity/end-other-sessions" action=EndOtherSessions::url() bare=true>
            <SubmitButton kind=ButtonKind::Secondary size=ButtonSize::Small>"Sign out everywhere else"</SubmitButton>
        </Form>
    };
    let rows = sessions.into_iter().map(session).collect_view();
    let columns = vec![
        Column::text("Browser"),
        Column::text("Address"),
        Column::text("Signed in"),
        Column::text("Last seen"),
        Column::actions("Action"),
    ];
    view! {
        <Section title="Active sessions" sentence="Browsers that are signed in to your account." action=action.into_any()>
            <Table caption="Active sessions" columns>{rows}</Table>
        </Section>
    }
}

fn session(session: SessionRow) -> impl IntoView {
    let browser = crate::model::browser::name(session.user_agent.as_deref());
    let named = format!("Sign out {browser}");
    let end = (!session.current).then(|| {
        view! {
            <Form id=format!("account/end-session:{}", session.id) action=EndSession::url() bare=true>
                <HiddenField name="session" value=session.id.to_string()/>
                <SubmitButton kind=ButtonKind::Ghost size=ButtonSize::Small label=named>"Sign out"</SubmitButton>
            </Form>
        }
    });
    view! {
        <Row>
            <HeadCell>{browser}{session.current.then(|| view! { " "<Badge tone=Tone::Ok>"This browser"</Badge> })}</HeadCell>
            <MonoCell>{session.address.unwrap_or_else(|| "unknown".into())}</MonoCell>
            <Cell><RelativeTime at=session.created_at/></Cell>
            <Cell><RelativeTime at=session.last_seen_at/></Cell>
            <ActionsCell>{end}</ActionsCell>
        </Row>
    }
}
