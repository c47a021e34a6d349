use crate::calls::identity::viewer;
use crate::calls::members::{AcceptInvitation, DeclineInvitation, invited};
use crate::kit::{AuthLayout, ButtonKind, ButtonLink, Form, HiddenField, SubmitButton};
use crate::model::member::Invited;
use crate::pages::chrome::banner;
use crate::pages::load::{load, param};
use crate::paths;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;

/// Where an invitation's link leads, signed in or not.
#[component]
pub fn InvitationPage() -> impl IntoView {
    let token = param("token");
    let asked = token.clone();
    load(async move { invited(&asked).await }, move |invited| {
        let by = invited
            .invited_by
            .clone()
            .map(|name| format!("{name} invites you"))
            .unwrap_or_else(|| "You are invited".to_owned());
        let sentence = format!("{by} to {} as {}.", invited.org, invited.role.label().to_lowercase());
        view! {
            <Title text=format!("Join {}", invited.org)/>
            <AuthLayout title=format!("Join {}", invited.org) sentence banner=banner()>
                <Answer token invited/>
            </AuthLayout>
        }
    })
}

#[component]
fn Answer(token: String, invited: Invited) -> impl IntoView {
    let here = format!("/invitations/{token}");
    let Ok(viewer) = viewer() else {
        return view! {
            <p class="mb-4">"The invitation is for "<strong>{invited.email}</strong>"."</p>
            <div class="form">
                <ButtonLink href=paths::sign_up_then(&here) kind=ButtonKind::Primary>"Create an account"</ButtonLink>
                <ButtonLink href=paths::sign_in_then(&here)>"Sign in"</ButtonLink>
            </div>
        }
        .into_any();
    };
    if !viewer.email.eq_ignore_ascii_case(&invited.email) {
        return view! {
            <p class="mb-4">"The invitation is for "<strong>{invited.email}</strong>", and you are signed in as "<strong>{viewer.email}</strong>". Sign out and in again with the invited address."</p>
            <ButtonLink href=paths::HOME>"Back to the console"</ButtonLink>
        }
        .into_any();
    }
    let declined = token.clone();
    view! {
        <div class="form">
            <Form id="members/accept-invitation" action=AcceptInvitation::url() bare=true>
                <HiddenField name="token" value=token/>
                <SubmitButton wide=true>"Accept invitation"</SubmitButton>
            </Form>
            <Form id="members/decline-invitation" action=DeclineInvitation::url() bare=true>
                <HiddenField name="token" value=declined/>
                <SubmitButton kind=ButtonKind::Ghost wide=true>"Decline"</SubmitButton>
            </Form>
        </div>
    }
    .into_any()
}
