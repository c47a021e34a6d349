use crate::calls::pulse::{PrepareProject, PreparePulse, SurveyOf};
use crate::kit::{
    Badge, ButtonLink, ButtonSize, Card, CodeBlock, Form, FormActions, Glyph, HiddenField, Icon, Notice, SubmitButton,
    Tone,
};
use crate::model::place::ResourcePlace;
use crate::model::pulse::{Line, Ready, Survey, lines};
use crate::pages::resources::ConnectionField;
use crate::paths;
use kernel::{ProjectId, ResourceId};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

const SENTENCE: &str = "Pulse reads the changes that your database writes to its log. This is what it needs for that, as your database answers now.";

/// The checklist before Pulse is enabled, or the form for the database that is to be looked at.
#[component]
pub fn Prepare(resource: ResourcePlace, survey: SurveyOf) -> impl IntoView {
    let (id, body) = (
        resource.id,
        match survey {
            Some(survey) => view! { <Looked resource=resource.id survey/> }.into_any(),
            None => view! {
                <Form id="pulse/prepare" action=PreparePulse::url() class="mt-6 max-w-[480px]">
                    <HiddenField name="resource" value=resource.id.to_string()/>
                    <ConnectionField/>
                    <FormActions><SubmitButton>"Check database"</SubmitButton></FormActions>
                </Form>
            }
            .into_any(),
        },
    );
    let stored = resource.connection.map(|masked| {
        view! { <p class="min-w-0 font-mono text-s text-muted break-all">{masked}</p> }
    });
    let again = stored.is_some().then(|| view! { <CheckAgain href=paths::resource_pulse(id)/> });
    view! {
        <Card title="Prepare your database" sentence=SENTENCE>
            <Databases/>
            <div class="mt-4 flex flex-wrap items-center justify-between gap-x-4 gap-y-2">{stored}{again}</div>
            {body}
        </Card>
    }
}

/// The same for a project without resources: `Production` is made.
#[component]
pub fn PrepareProjectForm(project: ProjectId) -> impl IntoView {
    view! {
        <Card title="Prepare your database" sentence="The environment Production is made for your database. What it needs for Pulse is shown then.">
            <Databases/>
            <Form id="pulse/prepare-project" action=PrepareProject::url() class="mt-6 max-w-[480px]">
                <HiddenField name="project" value=project.to_string()/>
                <ConnectionField/>
                <FormActions><SubmitButton>"Check database"</SubmitButton></FormActions>
            </Form>
        </Card>
    }
}

/// The checklist once Pulse is enabled, folded while nothing is missing.
#[component]
pub fn Database(resource: ResourceId, survey: Result<Survey, String>) -> impl IntoView {
    view! {
        <Card title="Your database" sentence="What Pulse needs in it, as it answers now.">
            <div class="flex flex-wrap justify-end"><CheckAgain href=paths::resource_pulse(resource)/></div>
            <Looked resource survey/>
        </Card>
    }
}

#[component]
fn Databases() -> impl IntoView {
    view! {
        <ul class="flex flex-wrap items-center gap-x-6 gap-y-2" aria-label="Databases">
            <li class="flex items-center gap-2"><Icon glyph=Glyph::Database/>"PostgreSQL"</li>
            <li class="flex items-center gap-2 text-muted"><Icon glyph=Glyph::Database/>"MySQL"<Badge>"coming soon"</Badge></li>
        </ul>
    }
}

#[component]
pub fn CheckAgain(#[prop(into)] href: String) -> impl IntoView {
    view! { <ButtonLink href size=ButtonSize::Small icon=Glyph::RotateCw>"Check again"</ButtonLink> }
}

#[component]
fn Looked(resource: ResourceId, survey: Result<Survey, String>) -> impl IntoView {
    match survey {
        Ok(survey) => view! { <Checklist lines=lines(&survey.items)/> }.into_any(),
        Err(why) => view! { <NotLooked resource why/> }.into_any(),
    }
}

/// Why nothing can be said of the database.
#[component]
pub fn NotLooked(resource: ResourceId, why: String) -> impl IntoView {
    view! {
        <div class="mt-4">
            <Notice tone=Tone::Warn title="The database could not be looked at.">
                <p>{why}</p>
                <p><a class="link" href=paths::resource_pulse(resource)>"Try again"</a></p>
            </Notice>
        </div>
    }
}

#[component]
fn Checklist(lines: Vec<Line>) -> impl IntoView {
    let missing = lines.iter().filter(|line| line.ready == Ready::Missing).count();
    let summary = match missing {
        0 => view! { <Notice tone=Tone::Ok>"The database is prepared."</Notice> }.into_any(),
        1 => view! { <Notice tone=Tone::Warn>"One point is missing. Run its statement, then check again."</Notice> }.into_any(),
        more => view! { <Notice tone=Tone::Warn>{format!("{more} points are missing. Run their statements, then check again.")}</Notice> }.into_any(),
    };
    let lines = lines.into_iter().map(|line| view! { <Point line/> }).collect_view();
    view! { <div class="mt-4">{summary}</div><ul class="checklist" aria-label="What Pulse needs">{lines}</ul> }
}

#[component]
fn Point(line: Line) -> impl IntoView {
    let (glyph, class, word) = match line.ready {
        Ready::Ready => (Glyph::CircleCheck, "text-ok", "Ready"),
        Ready::Advised => (Glyph::Info, "text-muted", "Advised"),
        Ready::Missing => (Glyph::CircleX, "text-danger", "Missing"),
    };
    let help = (!line.help.is_empty()).then(|| view! { <p class="text-muted">{line.help}</p> });
    let code = line.statement.map(|code| match line.ready {
        Ready::Missing => view! { <CodeBlock label=line.title code/> }.into_any(),
        _ => view! { <details><summary>"Show the statement"</summary><CodeBlock label=line.title code/></details> }
            .into_any(),
    });
    view! {
        <li>
            <span class=class><Icon glyph/></span>
            <div class="grid min-w-0 gap-2">
                <p class="flex flex-wrap items-baseline gap-x-3">
                    <span class="font-medium">{line.title}</span>
                    <span class="min-w-0 text-s text-muted break-words">{line.found}</span>
                    <span class="sr-only">{word}</span>
                </p>
                {help}
                {code}
            </div>
        </li>
    }
}
