use super::{require, store};
use crate::audit::Entry;
use crate::rights::Right;
use crate::{Actor, Ctx, Error, keys, projects};
use kernel::{Problem, ResourceId};
use serde_json::json;

/// What the form asks.
#[derive(Debug)]
pub struct DeleteResourceInput {
    /// Must be the resource's name.
    pub confirmation: String,
    /// The next default, asked when the default goes and others stay: the project's keys never move silently.
    pub successor: Option<ResourceId>,
}

/// Deletes the resource with its stored connection string and its own keys. With the last one the project's keys are disabled: they never move silently.
pub async fn delete(ctx: &Ctx, actor: &Actor, id: ResourceId, input: DeleteResourceInput) -> Result<(), Error> {
    let mut tx = ctx.db.begin().await?;
    let (_, project) = require(&mut tx, actor, id, Right::DeleteResource).await?;
    projects::store::lock(&mut tx, project.id).await?;
    let (resource, _) = require(&mut tx, actor, id, Right::DeleteResource).await?;
    if input.confirmation.trim() != resource.name.as_str() {
        return Err(
            Problem::field("confirmation", "This is not the resource's name. Type it exactly as it is shown.").into()
        );
    }
    let (mut next, mut disabled) = (None, 0);
    if resource.is_default {
        let others = store::list(&mut tx, project.id)
            .await?
            .into_iter()
            .filter(|other| other.id != id)
            .map(|other| other.id)
            .collect::<Vec<_>>();
        next = match (others.as_slice(), input.successor) {
            ([], _) => {
                // They would come to lead to whatever is made next.
                disabled = keys::store::disable_of_project(&mut tx, project.id, ctx.now()).await?;
                None
            }
            (others, Some(successor)) if others.contains(&successor) => Some(successor),
            _ => {
                return Err(Problem::field(
                    "successor",
                    "Choose which resource the project's keys lead to from now on.",
                )
                .into());
            }
        };
        projects::store::set_default_resource(&mut tx, project.id, next).await?;
    }
    store::delete(&mut tx, id).await?;
    let before = json!({ "name": resource.name, "default": resource.is_default });
    let after = match (next, disabled) {
        (Some(next), _) => Some(json!({ "default": next })),
        (None, 0) => None,
        (None, disabled) => Some(json!({ "disabled_keys": disabled })),
    };
    Entry { action: "resource.delete", org: Some(project.org), target: &id, before: Some(before), after }
        .record(ctx, &mut tx, actor)
        .await?;
    crate::commit(tx).await?;
    Ok(())
}
