//! Whole pages, as the console has them.

use app::flash::Flash;
use app::kit::*;
use app::model::theme::Theme;
use kernel::page::PageRequest;
use kernel::{Field, Problem};
use leptos::prelude::*;
use time::macros::datetime;

fn bar() -> Bar {
    let crumb = |kind, label: &str, choices: &[&str]| Crumb {
        kind,
        label: label.to_owned(),
        href: "#".to_owned(),
        choices: choices.iter().map(|name| MenuLink::new(*name, "#").current(*name == label)).collect(),
        more: vec![MenuLink::new(format!("Create {}", kind.to_lowercase()), "#").icon(Glyph::Plus)],
    };
    Bar {
        home: "#".into(),
        crumbs: vec![
            crumb("Organization", "Analytical Engines", &["Analytical Engines", "Personal"]),
            crumb("Project", "Storefront", &["Grey fish", "Storefront", "Warehouse"]),
            crumb("Resource", "Production", &["Production", "Staging"]),
        ],
        account: Account {
            name: "Ada Lovelace".into(),
            email: "ada@example.com".into(),
            links: vec![
                MenuLink::new("Account settings", "#").icon(Glyph::Settings),
                MenuLink::new("Administration", "#").icon(Glyph::ShieldCheck),
            ],
        },
        palette: "/palette.json".into(),
        help: "#".into(),
        theme: Theme::System,
        https: false,
        theme_action: "/theme".into(),
        sign_out_action: "/sign-out".into(),
    }
}

fn tabs() -> Vec<Tab> {
    ["Overview", "API Keys", "Accelerate", "Pulse", "Settings"]
        .map(|label| Tab::new(label, "#", label == "API Keys"))
        .into()
}

fn warning() -> AnyView {
    view! { <Banner tone=Tone::Warn>"This server is reached over plain http. Passwords and keys can be read on the way. "<a href="#">"Set up https"</a></Banner> }
        .into_any()
}

fn header() -> impl IntoView {
    view! {
        <PageHeader title="API keys" sentence="An API key lets an application send queries to this resource.">
            <DialogLink href="#" dialog="keys/create" kind=ButtonKind::Primary icon=Glyph::Plus>"Create API Key"</DialogLink>
        </PageHeader>
    }
}

pub fn list() -> AnyView {
    let columns = vec![
        Column::text("Name").sort(Sort { href: "?sort=-name".into(), order: Some(Order::Ascending) }),
        Column::text("Key"),
        Column::text("Rights"),
        Column::text("Status"),
        Column::number("Operations"),
        Column::text("Last used"),
        Column::actions("Action"),
    ];
    let rows = [
        ("production", "ppk_4f9A\u{2026}x7Qe", Tone::Ok, "Active", "1,204,551", datetime!(2026-11-21 03:48 UTC)),
        ("staging-api", "ppk_1b2C\u{2026}09zz", Tone::Ok, "Active", "88,120", datetime!(2026-11-20 22:10 UTC)),
        (
            "nightly import of the warehouse in Rotterdam",
            "ppk_Zz81\u{2026}kkP0",
            Tone::Warn,
            "Expires in 3 days",
            "4,010",
            datetime!(2026-11-18 01:00 UTC),
        ),
        ("old laptop", "ppk_77aQ\u{2026}1eR5", Tone::Neutral, "Disabled", "0", datetime!(2026-09-02 09:30 UTC)),
    ];
    let rows = rows
        .map(|(name, key, tone, state, count, at)| {
            view! {
                <Row quiet=tone == Tone::Neutral>
                    <HeadCell href="#">{name}</HeadCell>
                    <MonoCell>{key}</MonoCell>
                    <Cell><Badge>"Full access"</Badge></Cell>
                    <Cell><StatusDot tone label=state/></Cell>
                    <NumberCell>{count}</NumberCell>
                    <Cell><RelativeTime at/></Cell>
                    <ActionsCell>
                        <Menu label=format!("Actions of {name}")>
                            <MenuLinks links=vec![MenuLink::new("Edit", "#").icon(Glyph::Pencil), MenuLink::new("Rotate", "#").icon(Glyph::RefreshCw)]/>
                        </Menu>
                        <DialogIconLink href="#" dialog="keys/remove-dialog" glyph=Glyph::Trash2 label=format!("Remove API key {name}") danger=true/>
                    </ActionsCell>
                </Row>
            }
        })
        .collect_view();
    view! {
        <ConsoleLayout bar=bar() tabs_label="Resource" tabs=tabs() banner=warning()>
            {header()}
            <div class="grid gap-4">
                <div class="flex flex-wrap items-center justify-between gap-3">
                    <SearchField action="#" label="Search API keys" value="prod"/>
                    <SegmentedLinks label="State" tabs=vec![Tab::new("All", "#", true), Tab::new("Active", "#", false), Tab::new("Disabled", "#", false)]/>
                </div>
                <Table caption="API keys of Production" columns>{rows}</Table>
                <Pagination request=PageRequest::new(2) total=61 noun="API keys" href=|page| format!("?page={page}")/>
            </div>
            <Section title="Use it" sentence="Put the connection string where your application reads its environment.">
                <CodeBlock label=".env" code="DATABASE_URL=\"prisma://accelerate.example.com/?api_key=ppk_4f9A\u{2026}\"\n# read by prisma/schema.prisma"/>
            </Section>
            {remove_dialog()}
            {create_dialog()}
        </ConsoleLayout>
    }
    .into_any()
}

pub fn empty() -> AnyView {
    view! {
        <ConsoleLayout bar=bar() tabs_label="Resource" tabs=tabs()>
            {header()}
            <EmptyState glyph=Glyph::KeyRound title="No API keys yet" sentence="Create the first one to let an application send queries to Production.">
                <DialogLink href="#" dialog="keys/create" icon=Glyph::Plus>"Create API Key"</DialogLink>
            </EmptyState>
            <InlineError
                title="The usage could not be loaded."
                problem=Problem::unavailable("The database did not answer within 1 s. Your keys keep working; only this view is missing.")
                retry="#"
            />
        </ConsoleLayout>
    }
    .into_any()
}

fn fields() -> impl IntoView {
    let rights = vec![
        Choice::new("full", "Full access").help("Reads and writes everything in the database."),
        Choice::new("read_only", "Read only").help("Queries that write are refused."),
    ];
    view! {
        <TextField name="name" label="Name" help="Such as production or staging-api." autocomplete="off" autofocus=true maxlength=64/>
        <RadioGroup name="rights" label="Rights" options=rights value="full"/>
        <TextArea name="ranges" label="Allowed address ranges" help="One range a line, such as 203.0.113.0/24. Empty means everywhere." mono=true optional=true rows=2/>
    }
}

pub fn failed() -> Flash {
    let mut problem = Problem::field("name", "Use at most 64 characters.");
    problem.fields.push(Field {
        name: "ranges".into(),
        message: "Line 2 is no address range: write it like 203.0.113.0/24.".into(),
    });
    let input = [("name", "A name that goes on and on"), ("rights", "read_only"), ("ranges", "203.0.113.0/24\nhome")];
    Flash::failure("keys/create", problem, input.map(|(k, v)| (k.to_owned(), v.to_owned())).to_vec())
}

fn create_dialog() -> impl IntoView {
    view! {
        <Dialog id="keys/create" title="Create API key" form="keys/create">
            <Form id="keys/create" action="/keys">
                {fields()}
                <DialogActions><SubmitButton>"Create"</SubmitButton><Cancel href="#"/></DialogActions>
            </Form>
        </Dialog>
    }
}

fn remove_dialog() -> impl IntoView {
    view! {
        <ConfirmDialog id="keys/remove" title="Remove API key production?" action="/keys/remove" verb="Remove API key" back="#">
            <p>"Applications that use this key stop working at once. This cannot be undone."</p>
            <Notice tone=Tone::Warn title="Used 3 min ago">"From 203.0.113.7, 1,204 operations in the last 24 hours."</Notice>
        </ConfirmDialog>
    }
}

pub fn form() -> AnyView {
    view! {
        <ConsoleLayout bar=bar() tabs_label="Resource" tabs=tabs() narrow=true>
            <PageHeader title="Create API key" sentence="An API key lets an application send queries to Production."/>
            <Form id="keys/create" action="/keys">
                {fields()}
                <FormActions><SubmitButton>"Create"</SubmitButton><Cancel href="#"/></FormActions>
            </Form>
        </ConsoleLayout>
    }
    .into_any()
}

pub fn dialog() -> AnyView {
    list()
}

pub fn auth() -> AnyView {
    let below = view! { <p>"New here? "<a href="#">"Create an account"</a></p> }.into_any();
    let forgot = view! { <a class="link text-s" href="#">"Forgot password?"</a> }.into_any();
    view! {
        <AuthLayout title="Sign in" sentence="to Pentaprism at localhost" below>
            <Form id="sign-in" action="/sign-in">
                <EmailField name="email" label="Email" autocomplete="username" autofocus=true/>
                <PasswordField name="password" label="Password" aside=forgot/>
                <SubmitButton size=ButtonSize::Large wide=true>"Sign in"</SubmitButton>
            </Form>
        </AuthLayout>
    }
    .into_any()
}

pub fn message() -> AnyView {
    view! {
        <MessagePage code="404" title="There is no such page" sentence="It may have been removed, or you have no access to it. Check the address, or go back to your projects.">
            <ButtonLink href="#" kind=ButtonKind::Primary>"All projects"</ButtonLink>
        </MessagePage>
    }
    .into_any()
}
