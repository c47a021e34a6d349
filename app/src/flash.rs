//! What a form post leaves for the page that follows it.
//!
//! The server seals one `Flash` in a cookie when it answers a post with a redirect, and provides it as context while it renders the next page.
//! `Form` finds its own failure there by its id, fields find their kept input, `Toasts` finds the notice.

use kernel::Problem;
use serde::{Deserialize, Serialize};

/// Of the last post: which form it was, what went wrong or what succeeded, and what had been typed. Secrets are never kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flash {
    /// The id of the form, as its hidden field `_form` carried it: `keys/create`, or `keys/remove:key_123` where a page repeats a form.
    pub form: String,
    /// Why the post failed; none after a success.
    pub problem: Option<Problem>,
    /// What was typed, in the form's own order; secrets excepted.
    pub input: Vec<(String, String)>,
    /// What succeeded, in one sentence, for a toast.
    pub notice: Option<String>,
}

impl Flash {
    /// The flash of a post that failed.
    pub fn failure(form: impl Into<String>, problem: Problem, input: Vec<(String, String)>) -> Self {
        Self { form: form.into(), problem: Some(problem), input, notice: None }
    }

    /// The flash of a post that succeeded.
    pub fn success(form: impl Into<String>, notice: impl Into<String>) -> Self {
        Self { form: form.into(), problem: None, input: Vec::new(), notice: Some(notice.into()) }
    }

    /// Whether this tells of a failure of the form with this id.
    pub fn failed(&self, form: &str) -> bool {
        self.problem.is_some() && self.form == form
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flash_fails_only_the_form_it_names() {
        let flash = Flash::failure("keys/remove:key_1", Problem::not_found("key"), Vec::new());
        assert!(flash.failed("keys/remove:key_1"));
        assert!(!flash.failed("keys/remove:key_2"));
        assert!(!Flash::success("keys/create", "Created.").failed("keys/create"));
        let text = serde_json::to_string(&flash).unwrap();
        assert_eq!(serde_json::from_str::<Flash>(&text).unwrap(), flash);
    }
}
