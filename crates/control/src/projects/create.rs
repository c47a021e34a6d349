use super::{name_taken, store};
use crate::audit::Entry;
use crate::rights::Right;
use crate::{Actor, Ctx, Error};
use kernel::{Name, OrgId, Problem, ProjectId};
use serde_json::json;

/// Projects of one organization at most, give or take who creates at the same moment: a bound on what a script can leave behind.
const MOST_PROJECTS: i64 = 1000;

/// Makes an empty project in the organization.
pub async fn create(ctx: &Ctx, actor: &Actor, org: OrgId, name: &str) -> Result<ProjectId, Error> {
    let mut tx = ctx.db.begin().await?;
    Right::CreateProject.require(&mut tx, actor, org).await?;
    let name = name.parse::<Name>().map_err(|error| Problem::field("name", error))?;
    if store::count(&mut tx, org).await? >= MOST_PROJECTS {
        return Err(Problem::conflict(format!(
            "An organization has at most {MOST_PROJECTS} projects. Delete one first."
        ))
        .into());
    }
    let id: ProjectId = ctx.new_id();
    store::insert(&mut tx, id, org, &name, ctx.now()).await.map_err(name_taken)?;
    Entry { action: "project.create", org: Some(org), target: &id, before: None, after: Some(json!({ "name": name })) }
        .record(ctx, &mut tx, actor)
        .await?;
    crate::commit(tx).await?;
    Ok(id)
}
