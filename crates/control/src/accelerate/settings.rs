use super::{Settings, bounds, store};
use crate::audit::Entry;
use crate::rights::Right;
use crate::{Actor, Ctx, Error, plans, resources};
use kernel::problem::Fields;
use kernel::{Problem, ResourceId};
use serde_json::json;
use std::ops::RangeInclusive;

/// What the form asks: numbers as typed, empty for the default.
#[derive(Debug, Default)]
pub struct SettingsInput {
    pub connections: String,
    pub query_timeout_ms: String,
    pub transaction_timeout_ms: String,
    pub response_bytes: String,
    pub cache: bool,
}

/// Changes what the resource may use, within what its project's plan allows. Gateways follow within a second.
pub async fn change(ctx: &Ctx, actor: &Actor, id: ResourceId, input: SettingsInput) -> Result<(), Error> {
    let mut tx = ctx.db.begin().await?;
    let (_, project) = resources::require(&mut tx, actor, id, Right::ManageResource).await?;
    let most = plans::store::of_project(&mut tx, project.id).await?.limits;
    let mut fields = Fields::default();
    let mut number = |name: &'static str, text: &str, range: RangeInclusive<u32>, most: Option<u32>| {
        let end = most.map_or(*range.end(), |most| most.min(*range.end()));
        fields.check(name, parse(text, *range.start()..=end)).flatten()
    };
    let (timeout, transaction) = (most.query_timeout_ms, most.transaction_timeout_ms);
    let settings = Settings {
        connections: number("connections", &input.connections, bounds::CONNECTIONS, most.connections),
        query_timeout_ms: number("query_timeout_ms", &input.query_timeout_ms, bounds::TIMEOUT_MS, timeout),
        transaction_timeout_ms: number(
            "transaction_timeout_ms",
            &input.transaction_timeout_ms,
            bounds::TIMEOUT_MS,
            transaction,
        ),
        response_bytes: number("response_bytes", &input.response_bytes, bounds::RESPONSE_BYTES, most.response_bytes),
        cache: input.cache,
    };
    fields.done()?;
    let Some(before) = store::find(&mut tx, id).await? else {
        return Err(Problem::conflict("Accelerate is not configured for this resource.").into());
    };
    store::set(&mut tx, id, &settings).await?;
    let (before, after) = (Some(shown(&before.settings)), Some(shown(&settings)));
    Entry { action: "accelerate.change_settings", org: Some(project.org), target: &id, before, after }
        .record(ctx, &mut tx, actor)
        .await?;
    crate::commit(tx).await
}

fn parse(text: &str, range: RangeInclusive<u32>) -> Result<Option<u32>, String> {
    match text.trim() {
        "" => Ok(None),
        text => match text.parse() {
            Ok(number) if range.contains(&number) => Ok(Some(number)),
            _ => Err(format!("Enter a number from {} to {}, or nothing for the default.", range.start(), range.end())),
        },
    }
}

fn shown(settings: &Settings) -> serde_json::Value {
    json!({
        "connections": settings.connections,
        "query_timeout_ms": settings.query_timeout_ms,
        "transaction_timeout_ms": settings.transaction_timeout_ms,
        "response_bytes": settings.response_bytes,
        "cache": settings.cache,
    })
}
