//! What people do in the console: which mutations there are, how often, and on what.

use crate::soak::dice::Dice;

/// A kind of thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Org,
    Project,
    Resource,
    Key,
    Invitation,
}

/// Something that a person has made and knows to be there.
#[derive(Clone, Debug)]
pub struct Thing {
    pub kind: Kind,
    pub id: String,
    pub name: String,
    pub above: Option<String>,
    pub disabled: bool,
}

/// One mutation of something.
#[derive(Clone, Debug)]
pub struct Move {
    /// As the audit log calls it.
    pub action: &'static str,
    pub endpoint: &'static str,
    pub fields: Vec<(&'static str, String)>,
    /// What is changed. Nobody knows how it is when no answer comes.
    pub subject: Option<String>,
    pub effect: Effect,
}

/// What a move does to what its person has.
#[derive(Clone, Debug)]
pub enum Effect {
    Make(Kind, String),
    Rename(String),
    Switch,
    Change,
    Replace,
    Remove,
}

/// How often each is tried, and what it needs.
const WEIGHTS: [(usize, &str, Option<Kind>); 19] = [
    (5, "organization.create", None),
    (5, "organization.rename", Some(Kind::Org)),
    (2, "organization.delete", Some(Kind::Org)),
    (14, "project.create", Some(Kind::Org)),
    (8, "project.rename", Some(Kind::Project)),
    (5, "project.delete", Some(Kind::Project)),
    (13, "resource.create", Some(Kind::Project)),
    (6, "resource.rename", Some(Kind::Resource)),
    (4, "resource.change_connection", Some(Kind::Resource)),
    (4, "resource.delete", Some(Kind::Resource)),
    (12, "api_key.create", Some(Kind::Project)),
    (6, "api_key.create of a resource", Some(Kind::Resource)),
    (6, "api_key.edit", Some(Kind::Key)),
    (9, "api_key.switch", Some(Kind::Key)),
    (6, "api_key.rotate", Some(Kind::Key)),
    (5, "api_key.remove", Some(Kind::Key)),
    (5, "invitation.create", Some(Kind::Org)),
    (3, "invitation.revoke", Some(Kind::Invitation)),
    (3, "user.rename", None),
];

/// Organizations of one person at most; the server has a limit too.
const MOST_ORGS: usize = 20;
pub const CONNECTION: &str = "postgres://app:a-password-of-nobody@db.example.com:5432/shop";

/// The next mutation of somebody who has these things. `word` makes its names unlike all others.
pub fn choose(dice: &mut Dice, things: &[Thing], word: &str) -> Move {
    loop {
        let mut ticket = dice.below(WEIGHTS.iter().map(|(weight, ..)| weight).sum());
        let drawn = WEIGHTS.iter().find(|(weight, ..)| {
            let hit = ticket < *weight;
            ticket = ticket.saturating_sub(*weight);
            hit
        });
        let Some((_, what, needs)) = drawn else { continue };
        let fits = |thing: &&Thing| Some(thing.kind) == *needs && !(thing.disabled && *what == "api_key.rotate");
        let candidates: Vec<_> = things.iter().filter(fits).collect();
        let orgs = things.iter().filter(|thing| thing.kind == Kind::Org).count();
        match (dice.pick(&candidates), needs) {
            (None, Some(_)) => continue,
            _ if *what == "organization.create" && orgs >= MOST_ORGS => continue,
            (subject, _) => return describe(what, subject.copied(), things, word),
        }
    }
}

fn describe(what: &'static str, subject: Option<&Thing>, things: &[Thing], word: &str) -> Move {
    let (id, old) = subject.map(|thing| (thing.id.clone(), thing.name.clone())).unwrap_or_default();
    let name = format!("soak {word}");
    let named = |field| vec![(field, id.clone()), ("name", name.clone())];
    let confirmed = |field| vec![(field, id.clone()), ("confirmation", old.clone())];
    let above = subject.and_then(|thing| thing.above.clone()).unwrap_or_default();
    let make = |kind| Effect::Make(kind, name.clone());
    let (action, endpoint, fields, effect) = match what {
        "organization.create" => (what, "orgs/create", vec![("name", name.clone())], make(Kind::Org)),
        "organization.rename" => (what, "orgs/rename", named("org"), Effect::Rename(name.clone())),
        "organization.delete" => (what, "orgs/delete", confirmed("org"), Effect::Remove),
        "project.create" => (what, "projects/create", named("org"), make(Kind::Project)),
        "project.rename" => (what, "projects/rename", named("project"), Effect::Rename(name.clone())),
        "project.delete" => (what, "projects/delete", confirmed("project"), Effect::Remove),
        "resource.create" => {
            let fields = [named("project"), vec![("connection_string", CONNECTION.to_owned())]].concat();
            (what, "resources/create", fields, make(Kind::Resource))
        }
        "resource.rename" => (what, "resources/rename", named("resource"), Effect::Rename(name.clone())),
        "resource.change_connection" => {
            let fields = vec![("resource", id.clone()), ("connection_string", CONNECTION.to_owned())];
            (what, "resources/change-connection", fields, Effect::Change)
        }
        "resource.delete" => {
            // Any other of the project will do; the server asks for it where the default goes.
            let siblings = things.iter().filter(|thing| thing.kind == Kind::Resource && thing.id != id);
            let successor = siblings.into_iter().find(|thing| thing.above.as_ref() == Some(&above));
            let successor = successor.map(|thing| thing.id.clone()).unwrap_or_default();
            let fields = [confirmed("resource"), vec![("successor", successor)]].concat();
            (what, "resources/delete", fields, Effect::Remove)
        }
        "api_key.create" => (what, "keys/create", named("project"), make(Kind::Key)),
        "api_key.create of a resource" => {
            let fields = vec![("project", above), ("resource", id.clone()), ("name", name.clone())];
            ("api_key.create", "keys/create", fields, make(Kind::Key))
        }
        "api_key.edit" => {
            let fields = [named("key"), vec![("rights", "read_only".to_owned())]].concat();
            (what, "keys/edit", fields, Effect::Rename(name.clone()))
        }
        "api_key.switch" => {
            let enable = subject.is_some_and(|thing| thing.disabled);
            let action = if enable { "api_key.enable" } else { "api_key.disable" };
            (action, "keys/set-enabled", vec![("key", id.clone()), ("enabled", enable.to_string())], Effect::Switch)
        }
        "api_key.rotate" => {
            (what, "keys/rotate", vec![("key", id.clone()), ("overlap", "1h".to_owned())], Effect::Replace)
        }
        "api_key.remove" => (what, "keys/remove", vec![("key", id.clone())], Effect::Remove),
        "invitation.create" => {
            let email = format!("{}@example.com", name.replace(' ', "-"));
            let fields = vec![("org", id.clone()), ("email", email.clone()), ("role", "developer".to_owned())];
            (what, "members/invite", fields, Effect::Make(Kind::Invitation, email))
        }
        "invitation.revoke" => {
            let fields = vec![("org", above), ("invitation", id.clone())];
            (what, "members/revoke-invitation", fields, Effect::Remove)
        }
        _ => ("user.rename", "account/rename", vec![("name", name.clone())], Effect::Rename(name.clone())),
    };
    Move { action, endpoint, fields, subject: subject.map(|thing| thing.id.clone()), effect }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_nothing_makes_an_organization_or_changes_their_name() {
        let mut dice = Dice::new(1, 1);
        for _ in 0..50 {
            let action = choose(&mut dice, &[], "word").action;
            assert!(["organization.create", "user.rename"].contains(&action), "{action}");
        }
    }
}
