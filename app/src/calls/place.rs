//! Where a page is. Each answer holds all that the top bar, the tabs and the buttons of the page need.

use super::orgs::permissions;
use super::request::signed_in;
use super::{identity, read};
use crate::model::place::{OrgPlace, ProjectPlace, ResourcePlace, Sibling, Viewer};
use control::projects::Project;
use control::{Actor, Ctx, Error, orgs, projects, resources};
use kernel::{OrgId, Problem, ProjectId, ResourceId};

/// An id out of a URL. One that does not parse names nothing.
pub fn parse<T: std::str::FromStr>(text: &str, what: &str) -> Result<T, Problem> {
    text.parse().map_err(|_| Problem::not_found(what))
}

pub async fn at_org(id: &str) -> Result<(Viewer, OrgPlace), Problem> {
    let id = parse::<OrgId>(id, "organization")?;
    let (server, signed) = signed_in()?;
    let org = read(org(&server.ctx, &signed.actor, id)).await?;
    Ok((identity::viewer()?, org))
}

pub async fn at_project(id: &str) -> Result<(Viewer, OrgPlace, ProjectPlace), Problem> {
    let id = parse::<ProjectId>(id, "project")?;
    let (server, signed) = signed_in()?;
    let (ctx, actor) = (&server.ctx, &signed.actor);
    let place = read(async {
        let project = projects::get::get(ctx, actor, id).await?;
        Ok((org(ctx, actor, project.org).await?, self::project(ctx, actor, project).await?))
    });
    let (org, project) = place.await?;
    Ok((identity::viewer()?, org, project))
}

pub async fn at_resource(id: &str) -> Result<(Viewer, OrgPlace, ProjectPlace, ResourcePlace), Problem> {
    let id = parse::<ResourceId>(id, "resource")?;
    let (server, signed) = signed_in()?;
    let (ctx, actor) = (&server.ctx, &signed.actor);
    let place = read(async {
        let (resource, project) = resources::get::get(ctx, actor, id).await?;
        let siblings = resources::list::list(ctx, actor, project.id).await?;
        let resource = ResourcePlace {
            id: resource.id,
            name: resource.name.to_string(),
            connection: resource.connection,
            is_default: resource.is_default,
            keys: resource.keys,
            created_at: resource.created_at,
            siblings: siblings.into_iter().map(|r| Sibling { id: r.id, name: r.name.to_string() }).collect(),
        };
        Ok((org(ctx, actor, project.org).await?, self::project(ctx, actor, project).await?, resource))
    });
    let (org, project, resource) = place.await?;
    Ok((identity::viewer()?, org, project, resource))
}

async fn org(ctx: &Ctx, actor: &Actor, id: OrgId) -> Result<OrgPlace, Error> {
    let org = orgs::get::get(ctx, actor, id).await?;
    let siblings = orgs::list::list(ctx, actor).await?;
    Ok(OrgPlace {
        id: org.id,
        name: org.name.to_string(),
        role: org.role,
        may: permissions(org.role),
        accelerate: org.accelerate,
        pulse: org.pulse,
        siblings: siblings.into_iter().map(|org| Sibling { id: org.id, name: org.name.to_string() }).collect(),
    })
}

async fn project(ctx: &Ctx, actor: &Actor, project: Project) -> Result<ProjectPlace, Error> {
    let siblings = projects::list::names(ctx, actor, project.org).await?;
    Ok(ProjectPlace {
        id: project.id,
        name: project.name.to_string(),
        created_at: project.created_at,
        siblings: siblings.into_iter().map(|(id, name)| Sibling { id, name }).collect(),
    })
}
