//! What was acknowledged, and whether the database has it.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::Value;

use super::replay;
use crate::database::Database;

/// One mutation whose success somebody was told.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Acknowledged {
    /// As the audit log calls it.
    pub action: &'static str,
    /// The id of what was changed; the address of an account.
    pub target: String,
    /// What it is called since.
    pub name: Option<String>,
}

/// An entry of the audit log.
#[derive(Clone, Debug, Deserialize)]
pub struct Event {
    pub action: String,
    pub target: String,
    pub org_id: Option<String>,
    pub after: Option<Value>,
}

impl Event {
    /// What it says of the state afterwards.
    pub fn after(&self, field: &str) -> Option<&str> {
        self.after.as_ref()?.get(field)?.as_str()
    }
}

/// All rows of one kind by id, each with its name.
pub type Rows = BTreeMap<String, Row>;

#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Row {
    pub id: String,
    pub name: String,
    #[serde(default)]
    pub disabled: bool,
    #[serde(default)]
    pub ends: bool,
}

/// The database at one moment.
#[derive(Clone, Debug, Deserialize)]
pub struct Snapshot {
    pub users: Vec<Row>,
    pub orgs: Vec<Row>,
    pub projects: Vec<Row>,
    pub resources: Vec<Row>,
    pub keys: Vec<Row>,
    pub invitations: Vec<Row>,
    /// What no single operation may leave behind, in words.
    pub torn: Vec<String>,
    pub audit: Vec<Event>,
}

const SNAPSHOT: &str = "
    with torn as (
        select 'organization without an owner: ' || id as what from organization o
          where not exists (select from member m where m.org_id = o.id and m.role = 'owner')
        union all select 'project without a default among its resources: ' || id from project p
          where default_resource_id is null and exists (select from resource r where r.project_id = p.id)
        union all select 'member whom nobody let in: ' || user_id from member m
          where not exists (select from audit_event a where a.org_id = m.org_id and (
            a.action = 'organization.create' and a.actor_id = m.user_id
            or a.action = 'invitation.accept' and a.actor_id = m.user_id))
        union all select 'accepted and no member: ' || actor_id from audit_event a where action = 'invitation.accept'
          and exists (select from organization o where o.id = a.org_id)
          and not exists (select from member m where m.org_id = a.org_id and m.user_id = a.actor_id)
        union all select 'connection string of which half is there: ' || id from resource
          where (connection_string is null) <> (connection_masked is null)
    )
    select json_build_object(
        'torn', (select coalesce(json_agg(what), '[]') from torn),
        'users', (select coalesce(json_agg(json_build_object('id', id, 'name', email)), '[]') from user_account),
        'orgs', (select coalesce(json_agg(json_build_object('id', id, 'name', name)), '[]') from organization),
        'projects', (select coalesce(json_agg(json_build_object('id', id, 'name', name)), '[]') from project),
        'resources', (select coalesce(json_agg(json_build_object('id', id, 'name', name)), '[]') from resource),
        'invitations', (select coalesce(json_agg(json_build_object('id', id, 'name', email)), '[]') from invitation),
        'keys', (select coalesce(json_agg(json_build_object(
            'id', id, 'name', name, 'disabled', disabled_at is not null, 'ends', expires_at is not null)), '[]')
            from api_key),
        'audit', (select coalesce(json_agg(json_build_object(
            'action', action, 'target', target, 'org_id', org_id, 'after', after) order by at, id), '[]')
            from audit_event))";

impl Snapshot {
    pub fn take(database: &Database) -> Result<Self> {
        serde_json::from_value(database.json(SNAPSHOT)?).context("the snapshot of the database")
    }

    /// Acknowledged mutations that the audit log does not know as often as they were acknowledged.
    pub fn lost(&self, acknowledged: &[Acknowledged]) -> Vec<String> {
        let users: BTreeMap<_, _> = self.users.iter().map(|user| (user.name.as_str(), user.id.as_str())).collect();
        let mut known: BTreeMap<(&str, String, Option<&str>), usize> = BTreeMap::new();
        for event in &self.audit {
            let id = replay::uuid(&event.target).unwrap_or_else(|| event.target.clone());
            *known.entry((&event.action, id.clone(), None)).or_default() += 1;
            if let Some(name) = event.after("name") {
                *known.entry((&event.action, id, Some(name))).or_default() += 1;
            }
        }
        let mut lost = Vec::new();
        for one in acknowledged {
            let id = users.get(one.target.as_str()).map(|id| (*id).to_owned());
            let id = id.or_else(|| replay::uuid(&one.target)).unwrap_or_default();
            match known.get_mut(&(one.action, id, one.name.as_deref())) {
                Some(left) if *left > 0 => *left -= 1,
                _ => lost.push(format!("{} of {}", one.action, one.target)),
            }
        }
        lost
    }

    /// Where rows and audit log say different things, or a row does not fit its neighbours.
    pub fn half_done(&self) -> Vec<String> {
        let mut found = self.torn.clone();
        found.extend(replay::differences(self));
        found
    }

    /// Fails with the first of what is wrong.
    pub fn check(&self, acknowledged: &[Acknowledged]) -> Result<()> {
        let (lost, half_done) = (self.lost(acknowledged), self.half_done());
        if !lost.is_empty() || !half_done.is_empty() {
            let some = lost.iter().chain(&half_done).take(20).map(String::as_str).collect::<Vec<_>>().join("\n  ");
            bail!("{} acknowledged mutations are lost, {} are half done:\n  {some}", lost.len(), half_done.len());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn snapshot(audit: Value) -> Snapshot {
        let user = json!([{ "id": "00000000-0000-0000-0000-000000000001", "name": "ada@example.com" }]);
        let rest = json!({ "users": user, "orgs": [], "projects": [], "resources": [], "keys": [], "invitations": [],
            "torn": [], "audit": audit });
        serde_json::from_value(rest).unwrap()
    }

    fn renamed(name: &str) -> Acknowledged {
        Acknowledged { action: "user.rename", target: "ada@example.com".into(), name: Some(name.into()) }
    }

    #[test]
    fn an_acknowledgement_counts_as_often_as_it_was_given() {
        let event = json!({ "action": "user.rename", "target": "user_0000000000000000000000001", "org_id": null,
            "after": { "name": "Ada" } });
        let snapshot = snapshot(json!([event]));
        assert_eq!(snapshot.lost(&[renamed("Ada")]), Vec::<String>::new());
        assert_eq!(snapshot.lost(&[renamed("Ada"), renamed("Ada")]).len(), 1);
        assert_eq!(snapshot.lost(&[renamed("Grace")]).len(), 1);
    }
}
