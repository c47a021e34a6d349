use crate::calls::place::at_resource;
use crate::calls::pulse::{DeleteStream, ReplayStream, streams_of};
use crate::kit::{
    ActionsCell, Cancel, Card, Cell, Column, ConfirmForm, ConsoleLayout, CopyableId, DialogActions, EmptyState, Form,
    Glyph, HeadCell, HiddenField, IconButton, MonoCell, Notice, NumberCell, PageHeader, RelativeTime, Row, Section,
    SubmitButton, Table, TextField,
};
use crate::model::pulse::{StreamRow, count};
use crate::pages::chrome::{At, banner, bar, resource_crumbs, resource_tabs};
use crate::pages::load::{load, param, query, section, show};
use crate::paths;
use kernel::ResourceId;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;

/// Named streams, and how far each has come.
#[component]
pub fn Streams(resource: ResourceId, streams: Vec<StreamRow>, persistence: bool, may: bool) -> impl IntoView {
    let list = if streams.is_empty() {
        let sentence = match persistence {
            true => "A stream is made when an application asks for it by its name.",
            false => "Event persistence is off, so there are no named streams.",
        };
        view! { <EmptyState glyph=Glyph::Radio title="No streams yet" sentence/> }.into_any()
    } else {
        let rows = streams.into_iter().map(|stream| view! { <StreamLine resource stream may/> }).collect_view();
        let mut columns = vec![
            Column::text("Stream"),
            Column::number("Unacknowledged"),
            Column::text("Waiting since"),
            Column::text("Last event acknowledged"),
            Column::text("Last seen"),
        ];
        if may {
            columns.push(Column::actions("Actions"));
        }
        view! { <Table caption="Named streams" columns>{rows}</Table> }.into_any()
    };
    view! { <Section title="Streams" sentence="Each keeps its place by name. Events wait until all streams have acknowledged them, or their retention is over.">{list}</Section> }
}

#[component]
fn StreamLine(resource: ResourceId, stream: StreamRow, may: bool) -> impl IntoView {
    let StreamRow { name, cursor, waiting, waiting_since, seen_at } = stream;
    let since = match waiting_since {
        Some(at) => view! { <RelativeTime at/> }.into_any(),
        None => view! { "Up to date" }.into_any(),
    };
    let cursor = match cursor {
        Some(id) => view! { <CopyableId text=id name="event id"/> }.into_any(),
        None => view! { "None" }.into_any(),
    };
    let (replay, delete) = (paths::replay_stream(resource, &name), paths::delete_stream(resource, &name));
    let labels = (format!("Replay {name}"), format!("Delete {name}"));
    let actions = may.then(|| {
        view! {
            <ActionsCell>
                <IconButton glyph=Glyph::RotateCw label=labels.0 href=replay/>
                <IconButton glyph=Glyph::Trash2 label=labels.1 href=delete danger=true/>
            </ActionsCell>
        }
    });
    view! {
        <Row>
            <HeadCell>{name}</HeadCell>
            <NumberCell>{count(waiting)}</NumberCell>
            <Cell>{since}</Cell>
            <MonoCell>{cursor}</MonoCell>
            <Cell><RelativeTime at=seen_at/></Cell>
            {actions}
        </Row>
    }
}

#[component]
pub fn DeleteStreamPage() -> impl IntoView {
    page("Delete", |resource, name| {
        view! {
            <Card danger=true>
                <ConfirmForm id="pulse/delete-stream" action=DeleteStream::url() verb="Delete stream" back=paths::resource_pulse(resource)>
                    <p>"Events are not kept for it any more. An application that asks for it by its name begins a new one, with the next event."</p>
                    <HiddenField name="resource" value=resource.to_string()/>
                    <HiddenField name="name" value=name/>
                </ConfirmForm>
            </Card>
        }
        .into_any()
    })
}

#[component]
pub fn ReplayStreamPage() -> impl IntoView {
    page("Replay", |resource, name| {
        view! {
            <Card>
                <Form id="pulse/replay-stream" action=ReplayStream::url()>
                    <p>"The stream is told again what came after an event. Its connections end within a second and come back; applications see those events twice, with the same ids."</p>
                    <HiddenField name="resource" value=resource.to_string()/>
                    <HiddenField name="name" value=name/>
                    <TextField name="after" label="After the event" placeholder="00000001-0000000001a2b3c4-000000000000" help="The id of an event, as the list of the last events shows it. Leave it empty to replay everything that is kept." mono=true optional=true/>
                    <DialogActions>
                        <SubmitButton>"Replay stream"</SubmitButton>
                        <Cancel href=paths::resource_pulse(resource)/>
                    </DialogActions>
                </Form>
            </Card>
        }
        .into_any()
    })
}

/// A page about one stream, which the query names.
fn page(verb: &'static str, form: impl Fn(ResourceId, String) -> AnyView + Send + 'static) -> impl IntoView {
    let (id, name) = (param("resource"), query("name"));
    let data = async move {
        let (viewer, org, project, resource) = at_resource(&id).await?;
        let streams = section(streams_of(resource.id)).await?;
        Ok((viewer, org, project, resource, streams))
    };
    load(data, move |(viewer, org, project, resource, streams)| {
        let title = if name.is_empty() { format!("{verb} a stream?") } else { format!("{verb} the stream {name}?") };
        let bar = bar(&viewer, resource_crumbs(&org, &project, &resource));
        let tabs = resource_tabs(resource.id, At::Pulse);
        let (id, reason) = (resource.id, org.may.manage_resource);
        let body = show("The streams", streams, move |streams| match reason {
            Some(reason) => view! { <Notice>{reason}</Notice> }.into_any(),
            None if streams.iter().any(|stream| stream.name == name) => form(id, name),
            None => {
                view! { <Notice>"There is no such stream. It was deleted, or nobody has asked for it yet."</Notice> }
                    .into_any()
            }
        });
        view! {
            <Title text=title.clone()/>
            <ConsoleLayout bar tabs_label="Resource" tabs banner=banner() narrow=true>
                <PageHeader title/>
                {body}
            </ConsoleLayout>
        }
    })
}
