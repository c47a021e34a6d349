//! Every part in every state, one section each.

use app::flash::Flash;
use app::kit::*;
use kernel::{Problem, ProblemCode};
use leptos::prelude::*;
use time::macros::datetime;

/// One form of the gallery failed, so that its fields show their errors.
pub fn flash() -> Flash {
    let mut problem = Problem::field("name", "Enter a name.");
    problem.fields.push(kernel::Field { name: "role".into(), message: "Choose a role below your own.".into() });
    problem.fields.push(kernel::Field { name: "agree".into(), message: "Confirm before you go on.".into() });
    Flash {
        notice: Some("Project renamed to Storefront.".into()),
        ..Flash::failure("gallery/bad", problem, vec![("email".into(), "ada@".into())])
    }
}

pub fn gallery() -> AnyView {
    view! {
        <main class="page">
            <PageHeader title="The kit" sentence="Every part in every state." aside=view! { <Badge tone=Tone::Accent>"Gallery"</Badge> }.into_any()>
                <ButtonLink href="#">"A link"</ButtonLink>
                <Button kind=ButtonKind::Primary icon=Glyph::Plus>"Main action"</Button>
            </PageHeader>
            {buttons()}
            {states()}
            {forms()}
            {content()}
            {marks()}
        </main>
        <Toasts/>
    }
    .into_any()
}

fn buttons() -> AnyView {
    let kinds = [ButtonKind::Primary, ButtonKind::Secondary, ButtonKind::Ghost, ButtonKind::Danger];
    let sizes = [ButtonSize::Small, ButtonSize::Medium, ButtonSize::Large];
    let rows = sizes
        .map(|size| {
            let buttons = kinds
                .map(|kind| view! { <Button kind size icon=Glyph::KeyRound>{format!("{kind:?}")}</Button> })
                .collect_view();
            view! { <ButtonRow>{buttons}<Button size disabled=true>"Disabled"</Button></ButtonRow> }
        })
        .collect_view();
    view! {
        <Section title="Buttons">
            {rows}
            <ButtonRow>
                <span><button class="btn btn-primary" type="button" aria-busy="true"><span>"Pending"</span><span class="spinner"></span></button></span>
                <ButtonLink href="https://example.com" external=true>"Leads out"</ButtonLink>
                <IconButton glyph=Glyph::Pencil label="Edit"/>
                <IconButton glyph=Glyph::Trash2 label="Remove" danger=true/>
                <Menu label="More" start=true><MenuLinks heading="Actions" links=vec![MenuLink::new("Edit", "#").icon(Glyph::Pencil)]/></Menu>
            </ButtonRow>
        </Section>
    }
    .into_any()
}

fn states() -> AnyView {
    let tones = [Tone::Neutral, Tone::Accent, Tone::Ok, Tone::Warn, Tone::Danger];
    let badges =
        tones.map(|tone| view! { <Badge tone icon=Glyph::CircleDashed>{format!("{tone:?}")}</Badge> }).collect_view();
    let dots = tones.map(|tone| view! { <StatusDot tone label=format!("{tone:?}")/> }).collect_view();
    let notices = tones
        .map(|tone| view! { <Notice tone title=format!("{tone:?}")>"What it is about, in one sentence, and "<a class="link" href="#">"where to go"</a>"."</Notice> })
        .collect_view();
    view! {
        <Section title="States">
            <div class="flex flex-wrap gap-2">{badges}</div>
            <div class="flex flex-wrap gap-4">{dots}</div>
            <div class="grid gap-2">{notices}</div>
            <InlineError title="The projects could not be loaded." problem=Problem::new(ProblemCode::Unavailable, "The database does not answer. Wait a moment and try again.") retry="#"/>
            <EmptyState glyph=Glyph::Folder title="No projects yet" sentence="A project holds the databases and keys of one application.">
                <Button kind=ButtonKind::Primary icon=Glyph::Plus>"Create project"</Button>
            </EmptyState>
        </Section>
    }
    .into_any()
}

fn forms() -> AnyView {
    let roles = || {
        vec![
            Choice::new("admin", "Admin"),
            Choice::new("developer", "Developer"),
            Choice::new("viewer", "Viewer").help("Sees everything, changes nothing."),
        ]
    };
    let sample = move |id: &'static str| {
        view! {
            <Form id action="#">
                <TextField name="name" label="Name" help="Up to 64 characters." placeholder="Storefront"/>
                <EmailField name="email" label="Email" value="ada@example.com"/>
                <PasswordField name="password" label="Password" help="At least 12 characters."/>
                <TextField name="host" label="Host" mono=true value="db.example.com:5432" optional=true/>
                <TextField name="off" label="Project id" mono=true value="proj_03hbvt2" disabled=true/>
                <SelectField name="role" label="Role" options=roles() value="developer"/>
                <RadioGroup name="kind" label="Kind" options=roles() value="viewer"/>
                <TextArea name="note" label="Note" optional=true/>
                <Checkbox name="agree" label="Revoke the sessions of this member" help="They have to sign in again." checked=true/>
                <FormActions><SubmitButton>"Save"</SubmitButton><Button kind=ButtonKind::Ghost>"Reset"</Button></FormActions>
            </Form>
        }
    };
    view! {
        <Section title="Forms">
            <div class="grid gap-8 md:grid-cols-2">{sample("gallery/good")}{sample("gallery/bad")}</div>
        </Section>
    }
    .into_any()
}

fn content() -> AnyView {
    let footer =
        view! { <span>"Renaming changes no key."</span><SubmitButton size=ButtonSize::Small>"Update"</SubmitButton> }
            .into_any();
    view! {
        <Section title="Content">
            <Card title="Project name" sentence="Shown in the console and in invitations." footer>
                <TextField name="project" label="Project name" value="Storefront"/>
            </Card>
            <Card title="Delete project" sentence="Removes its resources, keys and stored connection strings for good." danger=true>
                <Button kind=ButtonKind::Danger>"Delete project"</Button>
            </Card>
            <Card>
                <DefinitionList>
                    <Fact term="Server">"PostgreSQL 15.14"</Fact>
                    <Fact term="Round trip">"1.8 ms"</Fact>
                    <Fact term="Created"><RelativeTime at=datetime!(2026-11-19 12:00 UTC)/></Fact>
                    <Fact term="Expires"><DateOnly at=datetime!(2027-01-31 00:00 UTC)/></Fact>
                    <Fact term="Id"><CopyableId text="proj_03hbvt2xk1m9" name="project id"/></Fact>
                    <Fact term="Variable"><Code text="DATABASE_URL"/></Fact>
                </DefinitionList>
            </Card>
            <SecretBox id="secret" name="API key" secret="ppk_4f9AQwErTyUiOpAsDfGhJkLzXcVbNm0123x7Qe"/>
            <ButtonRow><StoredButton href="#">"I've stored it securely"</StoredButton></ButtonRow>
            <CodeBlock label="prisma.ts" code="import { PrismaClient } from \"@prisma/client/edge\";\n\nexport const prisma = new PrismaClient();"/>
            <Skeleton/>
        </Section>
    }
    .into_any()
}

fn marks() -> AnyView {
    let icons = Glyph::ALL.iter().map(|glyph| view! { <Icon glyph=*glyph/> }).collect_view();
    view! {
        <Section title="Mark and icons">
            <div class="flex items-center gap-6"><Mark class="size-4"/><Mark/><Mark class="size-16"/><Logo/><Avatar name="Ada Lovelace"/><Avatar name="Analytical" square=true/></div>
            <div class="flex flex-wrap gap-4">{icons}</div>
        </Section>
    }
    .into_any()
}
