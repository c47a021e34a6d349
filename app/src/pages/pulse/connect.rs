use crate::kit::{ButtonLink, ButtonSize, Card, CodeBlock, Glyph};
use crate::model::accelerate::Gateway;
use crate::model::place::ResourcePlace;
use crate::model::pulse::endpoint;
use crate::paths;
use kernel::ProjectId;
use leptos::prelude::*;

const ENV: &str = "PRISMA_API_KEY=\"YOUR_API_KEY\"";
const INSTALL: &str = "npm install @prisma/client @prisma/adapter-pg @prisma/extension-pulse";
const STREAM: &str = "const stream = await prisma.user.stream({ name: 'all-users' })

for await (const event of stream) {
  console.log('New event:', event)
}";
const SUBSCRIBE: &str = "const subscription = await prisma.user.subscribe()

for await (const event of subscription) {
  console.log('New event:', event)
}";

/// Connects to this server. What the hosted service would be asked for is asked here by `endpoint`.
fn client(gateway: &Gateway) -> String {
    format!(
        "import {{ PrismaClient }} from '@prisma/client'
import {{ PrismaPg }} from '@prisma/adapter-pg'
import {{ withPulse }} from '@prisma/extension-pulse'

const adapter = new PrismaPg({{ connectionString: process.env.DATABASE_URL }})
const prisma = new PrismaClient({{ adapter }}).$extends(
  withPulse({{
    apiKey: process.env.PRISMA_API_KEY,
    endpoint: new URL('{}'),
  }}),
)",
        endpoint(gateway)
    )
}

/// How an application listens, step by step, each to copy.
#[component]
pub fn Connect(
    project: ProjectId,
    resource: ResourcePlace,
    gateway: Gateway,
    persistence: bool,
    /// May make a key.
    may: bool,
) -> impl IntoView {
    // A project's key leads to its default resource.
    let (list, new) = match resource.is_default {
        true => (paths::project_keys(project), paths::new_project_key(project)),
        false => (paths::resource_keys(resource.id), paths::new_resource_key(resource.id)),
    };
    let whose = if resource.is_default { "project" } else { "environment" };
    let key =
        format!("Put an API key of this {whose} in the place of YOUR_API_KEY. A key is shown once, when it is made.");
    let (first, label) = if persistence { (STREAM, "First stream") } else { (SUBSCRIBE, "First subscription") };
    let first_help = match persistence {
        true => {
            "In the place of user stands a model of your schema. The stream goes on where it was acknowledged, also after a restart."
        }
        false => {
            "In the place of user stands a model of your schema. Events that come while nobody listens are not told."
        }
    };
    let create = may.then(|| {
        view! { <ButtonLink href=new size=ButtonSize::Small icon=Glyph::Plus>"Create API Key"</ButtonLink> }
    });
    view! {
        <Card title="Connect your application">
            <ol class="steps">
                <li>
                    <h3>"Add an API key"</h3>
                    <p>{key}</p>
                    <div class="flex flex-wrap gap-2">
                        {create}
                        <ButtonLink href=list size=ButtonSize::Small icon=Glyph::KeyRound>"API keys"</ButtonLink>
                    </div>
                    <CodeBlock label=".env" code=ENV/>
                </li>
                <li><h3>"Install the client and the extension"</h3><CodeBlock label="Terminal" code=INSTALL/></li>
                <li><h3>"Set up Pulse in your application"</h3><p>"It works with Prisma Client 6.16 or later. DATABASE_URL is your database, as before."</p><CodeBlock label="Prisma Client" code=client(&gateway)/></li>
                <li><h3>"Listen to the changes of a model"</h3><p>{first_help}</p><CodeBlock label code=first/></li>
            </ol>
        </Card>
    }
}
