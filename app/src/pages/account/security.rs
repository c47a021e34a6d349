use crate::calls::identity::{ChangePassword, EndOtherSessions, session_rows, viewer};
use crate::kit::{Badge, Card, Cell, Column, ConsoleLayout, Form, HeadCell, MonoCell, PageHeader, PasswordField, RelativeTime, Row, Section, SubmitButton, Table, Tone};
use crate::kit::{ButtonKind, ButtonSize};
use crate::model::place::SessionRow;
use crate::pages::chrome::{At, account_tabs, banner, bar};
use crate::pages::load::load;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;

#[component]
pub fn SecurityPage() -> impl IntoView {
    load(async { Ok((viewer()?, session_rows().await?)) }, |(viewer, sessions)| {
        let others = sessions.len() > 1;
        let action = others.then(|| {
            view! {
                <Form id="identity/end-other-sessions" action=EndOtherSessions::url() bare=true>
                    <SubmitButton kind=ButtonKind::Secondary size=ButtonSize::Small>"Sign out everywhere else"</SubmitButton>
                </Form>
            }
            .into_any()
        });
        view! {
            <Title text="Security and sessions"/>
            <ConsoleLayout bar=bar(&viewer, Vec::new()) tabs_label="Account" tabs=account_tabs(At::Security) banner=banner()>
                <PageHeader title="Security and sessions" sentence="Your password, and where you are signed in."/>
                <Card title="Password" sentence="A new password signs out every other session.">
                    <Form id="identity/change-password" action=ChangePassword::url() class="max-w-[480px]">
                        <PasswordField name="current_password" label="Current password"/>
                        <PasswordField name="new_password" label="New password" autocomplete="new-password" help="At least 10 characters."/>
                        <SubmitButton>"Change password"</SubmitButton>
                    </Form>
                </Card>
                <Sessions sessions action/>
            </ConsoleLayout>
        }
    })
}

#[component]
fn Sessions(sessions: Vec<SessionRow>, action: Option<AnyView>) -> impl IntoView {
    let rows = sessions.into_iter().map(session).collect_view();
    let columns = vec![Column::text("Browser"), Column::text("Address"), Column::text("Signed in"), Column::text("Last seen")];
    view! {
        <Section title="Active sessions" sentence="Browsers that are signed in to your account." action=action.unwrap_or_else(|| ().into_any())>
            <Table caption="Active sessions" columns>{rows}</Table>
        </Section>
    }
}

fn session(session: SessionRow) -> impl IntoView {
    let browser = crate::model::browser::name(session.user_agent.as_deref());
    view! {
        <Row>
            <HeadCell>{browser}{session.current.then(|| view! { " "<Badge tone=Tone::Ok>"This browser"</Badge> })}</HeadCell>
            <MonoCell>{session.address.unwrap_or_else(|| "unknown".into())}</MonoCell>
            <Cell><RelativeTime at=session.created_at/></Cell>
            <Cell><RelativeTime at=session.last_seen_at/></Cell>
        </Row>
    }
}
