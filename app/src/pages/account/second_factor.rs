use crate::calls::identity::viewer;
use crate::calls::security::{ConfirmSecondFactor, pending_enrollment};
use crate::kit::{
    ButtonLink, Card, ConsoleLayout, CopyableId, EmptyState, Form, FormActions, Glyph, PageHeader, SubmitButton,
    TextField,
};
use crate::model::security::Enrollment;
use crate::pages::chrome::{At, account_tabs, banner, bar};
use crate::pages::load::load;
use crate::paths;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;

/// Between the password and the first code: what the authenticator app is given.
#[component]
pub fn SecondFactorSetupPage() -> impl IntoView {
    load(async { Ok((viewer()?, pending_enrollment().await?)) }, |(viewer, pending)| {
        let body = match pending {
            Some(pending) => view! { <Setup pending/> }.into_any(),
            None => view! {
                <EmptyState glyph=Glyph::Smartphone title="Nothing to set up" sentence="Begin on the security page: it asks for your password first.">
                    <ButtonLink href=paths::ACCOUNT_SECURITY>"Security and sessions"</ButtonLink>
                </EmptyState>
            }
            .into_any(),
        };
        view! {
            <Title text="Set up a second factor"/>
            <ConsoleLayout bar=bar(&viewer, Vec::new()) tabs_label="Account" tabs=account_tabs(At::Security) banner=banner() narrow=true>
                <PageHeader title="Set up a second factor" sentence="Scan the code with an authenticator app, then type what it shows."/>
                {body}
            </ConsoleLayout>
        }
    })
}

#[component]
fn Setup(pending: Enrollment) -> impl IntoView {
    view! {
        <Card>
            <div class="form">
                <div class="qr" role="img" aria-label="QR code for your authenticator app" inner_html=pending.qr></div>
                <div>
                    <p class="help">"Or type this key:"</p>
                    <CopyableId text=pending.secret name="Key"/>
                </div>
                <Form id="account/confirm-second-factor" action=ConfirmSecondFactor::url()>
                    <TextField name="code" label="Code" autocomplete="one-time-code" help="Six digits, from the app." autofocus=true/>
                    <FormActions>
                        <SubmitButton>"Turn on"</SubmitButton>
                        <ButtonLink href=paths::ACCOUNT_SECURITY>"Cancel"</ButtonLink>
                    </FormActions>
                </Form>
            </div>
        </Card>
    }
}
