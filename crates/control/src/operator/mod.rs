//! What the operators of a server do: users, organizations, plans, the waiting list, settings, mail. To everybody else all of it is "not found".

pub mod master_key;
pub mod orgs;
pub mod outbox;
pub mod plans;
pub mod settings;
pub mod users;
pub mod waitlist;

use crate::{Actor, Error};
use kernel::Problem;

/// Operators only. Others do not learn that there is such a page.
fn require(actor: &Actor) -> Result<(), Error> {
    if actor.operator { Ok(()) } else { Err(Problem::not_found("page").into()) }
}
