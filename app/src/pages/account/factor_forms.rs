use crate::calls::identity::viewer;
use crate::calls::security::{DisableSecondFactor, RenewRecoveryCodes, second_factor_status};
use crate::kit::{
    ButtonKind, ButtonLink, Cancel, Card, ConsoleLayout, DialogActions, EmptyState, Form, Glyph, PageHeader,
    PasswordField, SubmitButton,
};
use crate::pages::chrome::{At, account_tabs, banner, bar};
use crate::pages::load::load;
use crate::paths;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;

/// The ids of the forms, and of the dialogs that hold them.
pub const RENEW: &str = "account/renew-recovery-codes";
pub const DISABLE: &str = "account/disable-second-factor";

pub const RENEW_QUESTION: &str = "New recovery codes?";
pub const DISABLE_QUESTION: &str = "Turn the second factor off?";

#[component]
pub fn RenewForm() -> impl IntoView {
    view! {
        <Form id=RENEW action=RenewRecoveryCodes::url()>
            <p>"The old ones stop working."</p>
            <PasswordField name="password" label="Password"/>
            <DialogActions><SubmitButton>"Make new codes"</SubmitButton><Cancel href=paths::ACCOUNT_SECURITY/></DialogActions>
        </Form>
    }
}

#[component]
pub fn DisableForm() -> impl IntoView {
    view! {
        <Form id=DISABLE action=DisableSecondFactor::url()>
            <p>"The password alone will open your account."</p>
            <PasswordField name="password" label="Password"/>
            <DialogActions>
                <SubmitButton kind=ButtonKind::Danger>"Turn off"</SubmitButton>
                <Cancel href=paths::ACCOUNT_SECURITY/>
            </DialogActions>
        </Form>
    }
}

#[component]
pub fn RecoveryCodesPage() -> impl IntoView {
    view! { <FactorPage question=RENEW_QUESTION danger=false form=|| view! { <RenewForm/> }.into_any()/> }
}

#[component]
pub fn DisableSecondFactorPage() -> impl IntoView {
    view! { <FactorPage question=DISABLE_QUESTION danger=true form=|| view! { <DisableForm/> }.into_any()/> }
}

/// A question about a second factor that is on.
#[component]
fn FactorPage(question: &'static str, danger: bool, form: fn() -> AnyView) -> impl IntoView {
    load(async { Ok((viewer()?, second_factor_status().await?)) }, move |(viewer, factor)| {
        let body = match factor.enabled_since {
            Some(_) => view! { <Card danger>{form()}</Card> }.into_any(),
            None => view! {
                <EmptyState glyph=Glyph::Smartphone title="No second factor is on" sentence="The security page is where one is set up.">
                    <ButtonLink href=paths::ACCOUNT_SECURITY>"Security and sessions"</ButtonLink>
                </EmptyState>
            }
            .into_any(),
        };
        view! {
            <Title text=question.trim_end_matches('?')/>
            <ConsoleLayout bar=bar(&viewer, Vec::new()) tabs_label="Account" tabs=account_tabs(At::Security) banner=banner() narrow=true>
                <PageHeader title=question/>
                {body}
            </ConsoleLayout>
        }
    })
}
