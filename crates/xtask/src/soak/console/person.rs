//! Somebody who works with the console, remembers what they were told, and expects it to be so.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Result, bail};

use super::browser::{Browser, Posted};
use super::ledger::Acknowledged;
use super::moves::{self, Effect, Kind, Move, Thing};
use crate::soak::dice::Dice;

/// Of everybody; what it is matters to nobody.
pub const PASSWORD: &str = "looms and engines of soak";
/// Before something is tried again.
pub const PAUSE: Duration = Duration::from_millis(20);

/// Whether an answer came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    Yes,
    /// Nobody knows whether it was done.
    No,
    /// To try again.
    Later,
}

#[derive(Debug)]
pub struct Person {
    pub browser: Browser,
    pub email: String,
    pub acknowledged: Vec<Acknowledged>,
    /// Whether a refusal says that nothing was done, and is a fault of its own.
    pub believe_refusals: bool,
    things: Vec<Thing>,
    dice: Dice,
    /// How many names were given.
    names: usize,
}

impl Person {
    /// Signs up.
    pub fn new(address: SocketAddr, email: String, mut dice: Dice) -> Result<Self> {
        let browser = Browser::new(address, network(&mut dice));
        let mut person = Self {
            browser,
            email,
            acknowledged: Vec::new(),
            believe_refusals: true,
            things: Vec::new(),
            dice,
            names: 0,
        };
        let mut browser = Browser::new(address, network(&mut person.dice));
        let email = person.email.clone();
        loop {
            match person.sign_up(&mut browser, &email)? {
                Heard::Yes => break,
                Heard::Later => std::thread::sleep(PAUSE),
                Heard::No => bail!("the server hung up on {email}"),
            }
        }
        person.browser = browser;
        Ok(person)
    }

    /// Does one thing.
    pub fn act(&mut self) -> Result<Heard> {
        let address = self.browser.client.address();
        match self.dice.below(100) {
            0..3 => {
                let mut browser = Browser::new(address, network(&mut self.dice));
                let email = format!("{}@example.com", self.word());
                self.sign_up(&mut browser, &email)
            }
            3..6 => self.sign_in(),
            6..8 => self.accept(),
            _ => self.change(),
        }
    }

    /// Whether the session that was begun last still lives.
    pub fn is_signed_in(&mut self) -> Result<bool> {
        Ok(self.browser.get("/orgs")?.status == 200)
    }

    /// Calls the server anew; it was started again.
    pub fn reconnect(&mut self) {
        self.browser.client.hang_up();
    }

    fn sign_up(&mut self, browser: &mut Browser, email: &str) -> Result<Heard> {
        let fields = [("name", "Ada Lovelace"), ("email", email), ("password", PASSWORD)];
        let posted = browser.post("identity/sign-up", &fields);
        self.note(posted, "user.sign_up", email, Some("Ada Lovelace")).map(|(heard, _)| heard)
    }

    fn sign_in(&mut self) -> Result<Heard> {
        let mut browser = Browser::new(self.browser.client.address(), network(&mut self.dice));
        let email = self.email.clone();
        let posted = browser.post("identity/sign-in", &[("email", &email), ("password", PASSWORD)]);
        let (heard, _) = self.note(posted, "user.sign_in", &email, None)?;
        if heard == Heard::Yes {
            self.browser = browser;
        }
        Ok(heard)
    }

    /// Somebody new follows the link of an invitation.
    fn accept(&mut self) -> Result<Heard> {
        let Some(org) = self.things.iter().find(|thing| thing.kind == Kind::Org).map(|thing| thing.id.clone()) else {
            return self.change();
        };
        let email = format!("{}@example.com", self.word());
        let fields = [("org", org.as_str()), ("email", &email), ("role", "viewer")];
        let posted = self.browser.post("members/invite", &fields);
        let (heard, next) = self.note_new(posted, "invitation.create", None)?;
        if heard != Heard::Yes {
            return Ok(heard);
        }
        let Ok(page) = self.browser.get(&next) else { return Ok(Heard::No) };
        let token = after(&page.text(), "/invitations/");
        let mut guest = Browser::new(self.browser.client.address(), network(&mut self.dice));
        let heard = self.sign_up(&mut guest, &email)?;
        if heard != Heard::Yes {
            return Ok(heard);
        }
        let posted = guest.post("members/accept-invitation", &[("token", &token)]);
        let invitation = last(&next);
        self.note(posted, "invitation.accept", &invitation, None).map(|(heard, _)| heard)
    }

    fn change(&mut self) -> Result<Heard> {
        let word = self.word();
        let Move { action, endpoint, fields, subject, effect } = moves::choose(&mut self.dice, &self.things, &word);
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let posted = self.browser.post(endpoint, &fields);
        let name = match &effect {
            Effect::Make(Kind::Invitation, _) => None,
            Effect::Make(_, name) | Effect::Rename(name) => Some(name.clone()),
            _ => None,
        };
        let (heard, next) = match (&effect, &subject) {
            (Effect::Make(..), _) => self.note_new(posted, action, name.as_deref())?,
            (_, Some(subject)) => self.note(posted, action, subject, name.as_deref())?,
            (_, None) => self.note(posted, action, &self.email.clone(), name.as_deref())?,
        };
        match heard {
            Heard::Yes => self.follow(effect, subject, &next),
            // Whether it was changed nobody knows; it is left alone from now on.
            _ => subject.iter().for_each(|subject| self.leave_alone(subject)),
        }
        Ok(heard)
    }

    fn follow(&mut self, effect: Effect, subject: Option<String>, next: &str) {
        let found = self.things.iter_mut().find(|thing| Some(&thing.id) == subject.as_ref());
        match effect {
            Effect::Make(kind, name) => {
                // A key of a resource hangs below it, and goes with it.
                self.things.push(Thing { kind, id: last(next), name, above: subject, disabled: false });
            }
            Effect::Rename(name) => found.into_iter().for_each(|thing| thing.name.clone_from(&name)),
            Effect::Switch => found.into_iter().for_each(|thing| thing.disabled = !thing.disabled),
            Effect::Replace => found.into_iter().for_each(|thing| thing.id = last(next)),
            Effect::Remove => subject.iter().for_each(|subject| self.forget(subject)),
            Effect::Change => {}
        }
    }

    /// A resource with its project, whose other resources can go only if one knows whether this one is there.
    fn leave_alone(&mut self, id: &str) {
        let project = self.things.iter().find(|thing| thing.id == id && thing.kind == Kind::Resource);
        let whole = project.and_then(|thing| thing.above.clone()).unwrap_or_else(|| id.to_owned());
        self.forget(&whole);
    }

    /// It and all below it.
    fn forget(&mut self, id: &str) {
        let Some(at) = self.things.iter().position(|thing| thing.id == id) else { return };
        let gone = self.things.remove(at);
        let is_beside = |thing: &Thing| thing.kind == Kind::Resource && thing.above == gone.above;
        if gone.kind == Kind::Resource && !self.things.iter().any(is_beside) {
            // With a project's last resource its keys are disabled.
            let keys = self.things.iter_mut().filter(|thing| thing.kind == Kind::Key && thing.above == gone.above);
            keys.for_each(|key| key.disabled = true);
        }
        let below = self.things.iter().filter(|thing| thing.above.as_deref() == Some(id)).map(|thing| thing.id.clone());
        below.collect::<Vec<_>>().iter().for_each(|id| self.forget(id));
    }

    /// The id of something new stands in the address of the next page.
    fn note_new(
        &mut self,
        posted: io::Result<Posted>,
        action: &'static str,
        name: Option<&str>,
    ) -> Result<(Heard, String)> {
        let id = match &posted {
            Ok(Posted::Done(next)) => last(next),
            _ => String::new(),
        };
        self.note(posted, action, &id, name)
    }

    fn note(
        &mut self,
        posted: io::Result<Posted>,
        action: &'static str,
        target: &str,
        name: Option<&str>,
    ) -> Result<(Heard, String)> {
        match posted {
            Ok(Posted::Done(next)) => {
                self.acknowledged.push(Acknowledged {
                    action,
                    target: target.to_owned(),
                    name: name.map(str::to_owned),
                });
                Ok((Heard::Yes, next))
            }
            Ok(Posted::Later) => Ok((Heard::Later, String::new())),
            Ok(Posted::Refused(why)) if self.believe_refusals => bail!("{action} of {target} was refused: {why}"),
            _ => Ok((Heard::No, String::new())),
        }
    }

    fn word(&mut self) -> String {
        self.names += 1;
        let (who, _) = self.email.split_once('@').unwrap_or_default();
        format!("{who}-{}", self.names)
    }
}

/// A network that nobody else has: limits on tries are not what is tested here.
pub fn network(dice: &mut Dice) -> String {
    let [a, b, c, ..] = dice.next().to_le_bytes();
    format!("10.{a}.{b}.{c}")
}

/// What follows `mark` in a page, up to the end of the word.
pub fn after(page: &str, mark: &str) -> String {
    let rest = page.split_once(mark).map(|(_, rest)| rest).unwrap_or_default();
    rest.chars().take_while(|char| char.is_ascii_alphanumeric() || "_-".contains(*char)).collect()
}

/// The id at the end of an address.
pub fn last(path: &str) -> String {
    path.rsplit(['/', '=']).next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::{after, last};

    #[test]
    fn ids_and_tokens_are_found() {
        assert_eq!(last("/projects/proj_1"), "proj_1");
        assert_eq!(last("/projects/proj_1/settings/keys?created=key_2"), "key_2");
        assert_eq!(after("<code>http://a/invitations/a-b_C</code>", "/invitations/"), "a-b_C");
    }
}
