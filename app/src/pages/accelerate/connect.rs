use crate::islands::FirstQuery;
use crate::kit::{ButtonLink, ButtonSize, Card, CodeBlock, Glyph, Notice};
use crate::model::accelerate::Gateway;
use crate::model::place::ResourcePlace;
use crate::paths;
use leptos::prelude::*;

const INSTALL: &str = "npm install @prisma/client @prisma/extension-accelerate";
pub const CLIENT_7: &str = "import { PrismaClient } from '@prisma/client'
import { withAccelerate } from '@prisma/extension-accelerate'

const prisma = new PrismaClient({
  accelerateUrl: process.env.ACCELERATE_URL,
}).$extends(withAccelerate())";
const CLIENT_6: &str = "// schema.prisma: generator client { provider = \"prisma-client-js\"; engineType = \"client\" }
import { PrismaClient } from '@prisma/client'
import { withAccelerate } from '@prisma/extension-accelerate'

const prisma = new PrismaClient({
  datasourceUrl: process.env.ACCELERATE_URL,
}).$extends(withAccelerate())";
/// By `prisma://` the extension sends invalidations to the hosted service.
const INVALIDATE: &str = "const gateway = process.env.ACCELERATE_URL.replace('prisma:', 'https:')

// In the place of withAccelerate():
withAccelerate({
  fetch: (url, init) => fetch(new URL(new URL(url).pathname, gateway), init),
})";
const QUERY: &str = "const users = await prisma.user.findMany({
  cacheStrategy: { ttl: 60, swr: 60 },
})";

/// How an application connects, step by step, each to copy, and whether it has: to the gateway of the chosen region, or to another while there is none.
#[component]
pub fn Connect(
    resource: ResourcePlace,
    gateway: Gateway,
    #[prop(into)] region: String,
    first_query: String,
) -> impl IntoView {
    let (src, again) = (paths::first_query(resource.id), paths::resource_accelerate(resource.id));
    let key = match resource.keys {
        0 => view! {
            <p>"Put an API key of this environment in the place of YOUR_API_KEY. There is none yet."</p>
            <div><ButtonLink href=paths::new_resource_key(resource.id) size=ButtonSize::Small icon=Glyph::KeyRound>"Create API Key"</ButtonLink></div>
        }
        .into_any(),
        _ => view! {
            <p>"Put an API key of this environment in the place of YOUR_API_KEY. A key is shown once, when it is made."</p>
            <div><ButtonLink href=paths::resource_keys(resource.id) size=ButtonSize::Small icon=Glyph::KeyRound>"API keys"</ButtonLink></div>
        }
        .into_any(),
    };
    let elsewhere = (gateway.region != region).then(|| {
        view! { <Notice>{format!("No gateway runs in {region} at the moment. This is the address of one in {}.", gateway.region)}</Notice> }
    });
    let invalidate = gateway.misses_invalidations().then(|| {
        view! {
            <li>
                <h3>"If you use $accelerate.invalidate, lead it here"</h3>
                <p>"The extension sends it to the hosted Accelerate otherwise."</p>
                <CodeBlock label="Invalidations" code=INVALIDATE/>
            </li>
        }
    });
    view! {
        <Card title="Connect your application">
            {elsewhere}
            <ol class="steps">
                <li><h3>"Add the Accelerate connection string"</h3>{key}<CodeBlock label=".env" code=gateway.env_line("YOUR_API_KEY")/></li>
                <li><h3>"Install the client and the extension"</h3><CodeBlock label="Terminal" code=INSTALL/></li>
                <li>
                    <h3>"Set up Accelerate in your application"</h3>
                    <CodeBlock label="Prisma Client 7" code=CLIENT_7/>
                    <details><summary>"Show the code for Prisma Client 6.16 or later"</summary><CodeBlock label="Prisma Client 6" code=CLIENT_6/></details>
                </li>
                <li><h3>"Send a query whose answer is kept for a minute"</h3><CodeBlock label="First cached query" code=QUERY/></li>
                {invalidate}
            </ol>
            <FirstQuery src seen=first_query again/>
        </Card>
    }
}
