//! The audit log read from its beginning: what it says there is must be what there is.
//!
//! Every operation writes its rows and its entry in one transaction, so a row without its entry, or an entry without
//! its row, is an operation that was half done.

use std::collections::BTreeMap;

use super::ledger::{Event, Row, Rows, Snapshot};

/// Something that an entry made and none has removed.
#[derive(Clone, Debug)]
struct Live {
    /// The noun of its entries.
    kind: String,
    name: String,
    disabled: bool,
    /// A key that was rotated.
    ends: bool,
    org: Option<String>,
    /// For a resource its project, for a key its project and its resource.
    above: Vec<String>,
}

/// What the log leaves.
#[derive(Debug, Default)]
struct Told {
    live: BTreeMap<String, Live>,
    wrong: Vec<String>,
}

/// What the log tells otherwise than the rows.
pub fn differences(snapshot: &Snapshot) -> Vec<String> {
    let mut told = Told::default();
    snapshot.audit.iter().for_each(|event| told.hear(event));
    let kinds = [&snapshot.orgs, &snapshot.projects, &snapshot.resources, &snapshot.keys, &snapshot.invitations];
    let rows: Rows =
        kinds.into_iter().flatten().chain(&snapshot.users).map(|row| (row.id.clone(), row.clone())).collect();
    let mut found = told.wrong;
    for (id, row) in &rows {
        match told.live.get(id) {
            None => found.push(format!("{id} ({}) is there and no entry made it", row.name)),
            Some(live) if !same(live, row) => found.push(format!("{id} is {row:?} and the log says {live:?}")),
            Some(_) => {}
        }
    }
    let missing = told.live.iter().filter(|(id, _)| !rows.contains_key(*id));
    found.extend(missing.map(|(id, live)| format!("{id} ({}) was made and is not there", live.name)));
    found
}

fn same(live: &Live, row: &Row) -> bool {
    live.name == row.name && live.disabled == row.disabled && live.ends == row.ends
}

impl Told {
    fn hear(&mut self, event: &Event) {
        let Some(id) = uuid(&event.target) else { return };
        match event.action.as_str() {
            "user.sign_up" | "invitation.create" => self.make(id, event, "email"),
            "organization.create" | "project.create" | "resource.create" | "api_key.create" => {
                self.make(id, event, "name");
            }
            "organization.rename" | "project.rename" | "resource.rename" | "api_key.edit" => {
                self.change(&id, event, |live, event| live.name = event.after("name").unwrap_or_default().to_owned());
            }
            "api_key.disable" => self.change(&id, event, |live, _| live.disabled = true),
            "api_key.enable" => self.change(&id, event, |live, _| live.disabled = false),
            "api_key.rotate" => self.rotate(&id, event),
            "organization.delete" | "project.delete" | "resource.delete" => self.delete(&id, event),
            "api_key.remove" | "invitation.revoke" | "invitation.accept" => self.delete(&id, event),
            _ => {}
        }
    }

    fn make(&mut self, id: String, event: &Event, named: &str) {
        let above = ["project", "resource"].iter().filter_map(|field| uuid(event.after(field)?)).collect();
        let name = event.after(named).unwrap_or_default().to_owned();
        let kind = event.action.split('.').next().unwrap_or_default().to_owned();
        let live = Live { kind, name, disabled: false, ends: false, org: event.org_id.clone(), above };
        if self.live.insert(id.clone(), live).is_some() {
            self.wrong.push(format!("{id} was made twice"));
        }
    }

    fn change(&mut self, id: &str, event: &Event, how: impl FnOnce(&mut Live, &Event)) {
        match self.live.get_mut(id) {
            Some(live) => how(live, event),
            None => self.wrong.push(format!("{} of {id}, which is not there", event.action)),
        }
    }

    fn rotate(&mut self, old: &str, event: &Event) {
        let new = event.after("new_key").and_then(uuid);
        match (self.live.get_mut(old), new) {
            (Some(key), Some(new)) => {
                let copy = Live { disabled: false, ends: false, ..key.clone() };
                key.ends = true;
                self.live.insert(new, copy);
            }
            _ => self.wrong.push(format!("rotation of {old}, which is not there or has no successor")),
        }
    }

    fn delete(&mut self, id: &str, event: &Event) {
        let Some(gone) = self.live.remove(id) else {
            return self.wrong.push(format!("{} of {id}, which is not there", event.action));
        };
        if event.after.as_ref().is_some_and(|after| after.get("disabled_keys").is_some()) {
            // The project's own, with its last resource.
            let own = self.live.values_mut().filter(|live| live.kind == "api_key" && live.above == gone.above);
            own.for_each(|key| key.disabled = true);
        }
        match event.action.as_str() {
            "organization.delete" => self.live.retain(|_, live| live.org.as_deref() != Some(id)),
            "project.delete" | "resource.delete" => {
                self.live.retain(|_, live| !live.above.iter().any(|above| above == id));
            }
            _ => {}
        }
    }
}

/// The UUID of an id as the console writes it: a prefix and 25 digits to the base of 36.
pub fn uuid(id: &str) -> Option<String> {
    let (_, body) = id.rsplit_once('_')?;
    if body.len() != 25 {
        return None;
    }
    let value = body
        .chars()
        .try_fold(0_u128, |value, digit| value.checked_mul(36)?.checked_add(u128::from(digit.to_digit(36)?)))?;
    let hex = format!("{value:032x}");
    let parts = [0..8, 8..12, 12..16, 16..20, 20..32].map(|part| hex.get(part).unwrap_or_default().to_owned());
    Some(parts.join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const ORG: &str = "org_0000000000000000000000001";
    const PROJECT: &str = "proj_0000000000000000000000002";
    const KEY: &str = "key_0000000000000000000000003";

    fn event(action: &str, target: &str, after: Value) -> Value {
        json!({ "action": action, "target": target, "org_id": uuid(ORG), "after": after })
    }

    fn found(projects: Value, keys: Value, audit: &[Value]) -> Vec<String> {
        let org = json!([{ "id": uuid(ORG), "name": "Acme" }]);
        let made = event("organization.create", ORG, json!({ "name": "Acme" }));
        let audit: Vec<_> = std::iter::once(&made).chain(audit).collect();
        let snapshot = json!({ "users": [], "orgs": org, "projects": projects, "resources": [], "keys": keys,
            "invitations": [], "torn": [], "audit": audit });
        differences(&serde_json::from_value(snapshot).unwrap())
    }

    #[test]
    fn ids_are_uuids() {
        assert_eq!(uuid("key_000000000000000000000000z").as_deref(), Some("00000000-0000-0000-0000-000000000023"));
        assert_eq!(uuid("console.sign_up"), None);
    }

    #[test]
    fn a_row_and_its_entry_come_and_go_together() {
        let project = json!([{ "id": uuid(PROJECT), "name": "shop" }]);
        let made = event("project.create", PROJECT, json!({ "name": "shop" }));
        assert!(found(project.clone(), json!([]), std::slice::from_ref(&made)).is_empty());
        assert_eq!(found(project.clone(), json!([]), &[]).len(), 1, "a row without its entry");
        assert_eq!(found(json!([]), json!([]), std::slice::from_ref(&made)).len(), 1, "an entry without its row");
        let renamed = event("project.rename", PROJECT, json!({ "name": "store" }));
        assert_eq!(found(project, json!([]), &[made, renamed]).len(), 1, "a name that did not change");
    }

    #[test]
    fn what_is_deleted_takes_what_is_below() {
        let audit = [
            event("project.create", PROJECT, json!({ "name": "shop" })),
            event("api_key.create", KEY, json!({ "name": "production", "project": PROJECT })),
            event("project.delete", PROJECT, Value::Null),
        ];
        assert!(found(json!([]), json!([]), &audit).is_empty());
        let key = json!([{ "id": uuid(KEY), "name": "production" }]);
        assert_eq!(found(json!([]), key, &audit).len(), 1, "a key that outlives its project");
    }

    #[test]
    fn the_keys_of_a_project_are_disabled_with_its_last_resource() {
        let (project, resource) = (json!([{ "id": uuid(PROJECT), "name": "shop" }]), "env_0000000000000000000000004");
        let audit = [
            event("project.create", PROJECT, json!({ "name": "shop" })),
            event("resource.create", resource, json!({ "name": "Production", "project": PROJECT })),
            event("api_key.create", KEY, json!({ "name": "production", "project": PROJECT })),
            event("resource.delete", resource, json!({ "disabled_keys": 1 })),
        ];
        let key = |disabled| json!([{ "id": uuid(KEY), "name": "production", "disabled": disabled }]);
        assert!(found(project.clone(), key(true), &audit).is_empty());
        assert_eq!(found(project, key(false), &audit).len(), 1, "a key that goes on working");
    }
}
