use super::invite::InviteForm;
use super::leave::{LEAVE, LeaveFields};
use crate::calls::members::{LeaveOrg, RevokeInvitation, invitation_rows, member_rows, take_new_invitation};
use crate::calls::place::at_org;
use crate::kit::ButtonSize;
use crate::kit::{
    ActionsCell, Badge, ButtonKind, ButtonLink, Card, Cell, Column, ConfirmDialog, ConsoleLayout, DateOnly, Dialog,
    DialogLink, EmptyState, Form, Glyph, HeadCell, HiddenField, IconButton, PageHeader, Pagination, RelativeTime, Row,
    SearchField, SecretBox, Section, StoredButton, SubmitButton, Table, Tone, confirm_dialog_id,
};
use crate::model::member::{InvitationRow, MemberRow, NewLink};
use crate::model::place::OrgPlace;
use crate::pages::chrome::{At, banner, bar, org_crumb, org_tabs};
use crate::pages::load::{by_name, by_time, list_url, load, page_request, param, query, section, show};
use crate::paths;
use kernel::page::{Page, Sort};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;

#[component]
pub fn MembersPage() -> impl IntoView {
    let (id, search, invited, request) = (param("org"), query("q"), query("invited"), page_request());
    let asked = search.clone();
    let data = async move {
        let (viewer, org) = at_org(&id).await?;
        let may = org.may.manage_members.is_none();
        let (members, invitations, new) = tokio::try_join!(
            section(member_rows(org.id, &search, request)),
            section(async { if may { invitation_rows(org.id).await } else { Ok(Vec::new()) } }),
            take_new_invitation(&invited),
        )?;
        Ok((viewer, org, members, invitations, new))
    };
    load(data, move |(viewer, org, members, invitations, new)| {
        let may = org.may.manage_members.is_none();
        let invite = may.then(|| {
            view! { <DialogLink href=paths::invite_member(org.id) dialog="invite-member" kind=ButtonKind::Primary icon=Glyph::UserPlus>"Invite member"</DialogLink> }
        });
        let place = org.clone();
        let dialog = may.then(move || view! { <Dialog id="invite-member" title="Invite member" form="members/invite"><InviteForm org=place/></Dialog> });
        let back = paths::org_members(org.id);
        view! {
            <Title text=format!("Members of {}", org.name)/>
            <ConsoleLayout bar=bar(&viewer, vec![org_crumb(&org)]) tabs_label="Organization" tabs=org_tabs(org.id, At::Members) banner=banner()>
                <PageHeader title="Members" sentence="Who belongs to this organization, and what they may do.">{invite}</PageHeader>
                {show("The members", members, |members| view! { <Members org=org.clone() members search=asked/> })}
                {show("The invitations", invitations, |invitations| view! { <Invitations org=org.clone() invitations/> })}
                <Leave org/>
                {dialog}
                {new.map(|new| view! { <NewInvitation new back/> })}
            </ConsoleLayout>
        }
    })
}

#[component]
fn Members(org: OrgPlace, members: Page<MemberRow>, search: String) -> impl IntoView {
    let path = paths::org_members(org.id);
    let (request, total) = (members.request, members.total);
    let may = org.may.manage_members.is_none();
    let field = (total > 10 || !search.is_empty())
        .then(|| view! { <SearchField action=path.clone() label="Search members" value=search.clone()/> });
    if members.items.is_empty() {
        return view! {
            {field}
            <EmptyState glyph=Glyph::Search title="Nobody matches" sentence="Search by name or address."><ButtonLink href=path>"Show all members"</ButtonLink></EmptyState>
        }
        .into_any();
    }
    let rows = members.items.into_iter().map(|member| member_row(&org, member, may)).collect_view();
    let url = move |sort: Sort, page: u32| list_url(&path, &search, sort, page);
    let mut columns = vec![
        by_name(request.sort, &url),
        Column::text("Role"),
        by_time("Joined", request.sort, &url),
        Column::text("Last seen"),
    ];
    if may {
        columns.push(Column::actions("Action"));
    }
    view! {
        {field}
        <Table caption="Members" columns>{rows}</Table>
        <Pagination request total noun="members" href=move |page| url(request.sort, page)/>
    }
    .into_any()
}

fn member_row(org: &OrgPlace, member: MemberRow, may: bool) -> impl IntoView + use<> {
    let name = member.name.clone();
    let action = may.then(|| {
        let action = (!member.own).then(|| {
            view! { <IconButton glyph=Glyph::Pencil label=format!("Change or remove {name}") href=paths::member(org.id, member.user)/> }
        });
        view! { <ActionsCell>{action}</ActionsCell> }
    });
    let seen = member.last_seen_at.map_or_else(
        || view! { <span class="text-muted">"Never"</span> }.into_any(),
        |at| view! { <RelativeTime at/> }.into_any(),
    );
    view! {
        <Row>
            <HeadCell note=member.email>{member.name}{member.own.then(|| view! { " "<Badge tone=Tone::Accent>"You"</Badge> })}</HeadCell>
            <Cell>{member.role.label()}</Cell>
            <Cell><RelativeTime at=member.since/></Cell>
            <Cell>{seen}</Cell>
            {action}
        </Row>
    }
}

#[component]
fn Invitations(org: OrgPlace, invitations: Vec<InvitationRow>) -> impl IntoView {
    if invitations.is_empty() {
        return ().into_any();
    }
    let columns = vec![
        Column::text("Address"),
        Column::text("Role"),
        Column::text("Invited by"),
        Column::text("Ends"),
        Column::actions("Action"),
    ];
    let rows = invitations
        .into_iter()
        .map(|invitation| {
            let form = format!("members/revoke-invitation:{}", invitation.id);
            let label = format!("Revoke the invitation of {}", invitation.email);
            view! {
                <Row>
                    <HeadCell>{invitation.email}</HeadCell>
                    <Cell>{invitation.role.label()}</Cell>
                    <Cell>{invitation.invited_by.unwrap_or_else(|| "a former member".into())}</Cell>
                    <Cell><DateOnly at=invitation.expires_at/></Cell>
                    <ActionsCell>
                        <Form id=form action=RevokeInvitation::url() bare=true>
                            <HiddenField name="org" value=org.id.to_string()/>
                            <HiddenField name="invitation" value=invitation.id.to_string()/>
                            <SubmitButton kind=ButtonKind::Ghost size=ButtonSize::Small label>"Revoke"</SubmitButton>
                        </Form>
                    </ActionsCell>
                </Row>
            }
        })
        .collect_view();
    view! {
        <Section title="Open invitations" sentence="A link works for seven days, for the invited address alone.">
            <Table caption="Open invitations" columns>{rows}</Table>
        </Section>
    }
    .into_any()
}

#[component]
fn Leave(org: OrgPlace) -> impl IntoView {
    view! {
        <Card title="Leave organization" sentence="You lose access at once; coming back needs an invitation." danger=true>
            <DialogLink href=paths::leave_org(org.id) dialog=confirm_dialog_id(LEAVE) kind=ButtonKind::Danger>"Leave organization"</DialogLink>
            <ConfirmDialog id=LEAVE title=format!("Leave {}?", org.name) action=LeaveOrg::url() verb="Leave organization" back=paths::org_members(org.id)>
                <LeaveFields org=org.id/>
            </ConfirmDialog>
        </Card>
    }
}

#[component]
fn NewInvitation(new: NewLink, back: String) -> impl IntoView {
    let sentence = if new.mailed {
        "It is on its way by mail. You can pass the link on yourself, too."
    } else {
        "This server sends no mail: pass the link on yourself."
    };
    view! {
        <Dialog id="invitation-created" title="Invitation link" open=true kept=true>
            <div class="form">
                <p>{sentence}</p>
                <SecretBox id="invitation-link" name="invitation link" secret=new.link/>
                <div class="dialog-actions"><StoredButton href=back>"Done"</StoredButton></div>
            </div>
        </Dialog>
    }
}
