//! Who may do what: every server function and every page, for everybody.

mod calls;
mod forms;
mod functions;
mod pages;
mod routes;
mod served;

use crate::world::Who;
use http::StatusCode;
use kernel::Role;

pub use functions::FUNCTIONS;
pub use routes::{ROUTES, template};

/// Whom a function or a page is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum For {
    Everybody,
    SignedIn,
    /// Members of the organization with this role or a higher one.
    Members(Role),
    Operators,
}

pub const VIEWERS: For = For::Members(Role::Viewer);
pub const DEVELOPERS: For = For::Members(Role::Developer);
pub const ADMINS: For = For::Members(Role::Admin);
pub const OWNERS: For = For::Members(Role::Owner);

impl For {
    /// Whoever sees most of a page.
    pub fn visitor(self) -> Who {
        [Who::Owner, Who::Operator].into_iter().find(|who| self.refusal(*who).is_none()).unwrap_or(Who::Anonymous)
    }

    /// How somebody is refused; none for whom it is for.
    pub fn refusal(self, who: Who) -> Option<StatusCode> {
        match (self, who) {
            (Self::Everybody, _) => None,
            (_, Who::Anonymous) => Some(StatusCode::UNAUTHORIZED),
            (Self::SignedIn, _) | (Self::Operators, Who::Operator) => None,
            (Self::Operators, _) => Some(StatusCode::NOT_FOUND),
            (Self::Members(least), who) => match who.role() {
                None => Some(StatusCode::NOT_FOUND),
                Some(role) if role > least => Some(StatusCode::FORBIDDEN),
                Some(_) => None,
            },
        }
    }
}
