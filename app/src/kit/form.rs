//! Forms: plain posts that come back with their input and their errors.

use super::{Glyph, Icon};
use crate::flash::Flash;
use kernel::Problem;
use leptos::context::Provider;
use leptos::prelude::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What a form's fields need to know of it. `Form` provides it to everything inside.
#[derive(Debug, Clone, Default)]
pub struct FormState {
    /// The form's id, as in its hidden field `_form`.
    pub id: String,
    pub problem: Option<Problem>,
    pub input: Vec<(String, String)>,
}

impl FormState {
    /// The state of the form with this id after the last post.
    pub fn of(id: String) -> Self {
        match use_context::<Flash>() {
            Some(flash) if flash.failed(&id) => Self { id, problem: flash.problem, input: flash.input },
            _ => Self { id, ..Self::default() },
        }
    }

    /// The state of the form around the caller; an empty one outside of any form.
    pub fn current() -> Self {
        use_context().unwrap_or_default()
    }

    pub fn error(&self, name: &str) -> Option<String> {
        self.problem.as_ref()?.of_field(name).map(str::to_owned)
    }

    /// What had been typed, if the post failed.
    pub fn kept(&self, name: &str) -> Option<String> {
        self.input.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone())
    }

    /// Whether a checkbox or one of many was on when the post failed; none if there was no failed post.
    pub fn kept_choice(&self, name: &str, value: &str) -> Option<bool> {
        self.problem.as_ref()?;
        Some(self.input.iter().any(|(key, kept)| key == name && kept == value))
    }

    /// The element id of a field: one page may hold many forms with the same fields.
    pub fn element_id(&self, name: &str) -> String {
        element_id(&format!("{}-{name}", if self.id.is_empty() { "field" } else { &self.id }))
    }
}

/// Letters, digits and single signs that an id and a `#link` can hold.
pub(super) fn element_id(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' }).collect()
}

/// A form that posts to `action` and says who it is in `_form`. After a failure it comes back with the summary on top and each error at its field.
///
/// The browser's own bubbles are off: the server's sentences say the same everywhere, in one voice.
#[component]
pub fn Form(
    /// Names the form within the whole console: `keys/create`, or `keys/remove:key_123` where a page repeats it.
    #[prop(into)]
    id: String,
    #[prop(into)] action: String,
    #[prop(into, optional)] class: String,
    /// Where the form is a single button: no gaps, no summary. The page's frame tells of its failure.
    #[prop(optional)]
    bare: bool,
    children: Children,
) -> impl IntoView {
    let state = FormState::of(id.clone());
    let problem = state.problem.clone();
    // A dialog likes to have the form's own name, so the element takes a longer one.
    let dom_id = element_id(&format!("{id}-form"));
    let class = if bare { class } else { format!("form {class}") };
    let summary = problem.filter(|_| !bare).map(|problem| view! { <ErrorSummary problem state=state.clone()/> });
    view! {
        <form method="post" action=action class=class.trim_end().to_owned() id=dom_id novalidate>
            <input type="hidden" name="_form" value=id/>
            {summary}
            <Provider value=state>{children()}</Provider>
        </form>
    }
    .into_any()
}

/// What went wrong, on top of the form: each wrong field is a link to it.
#[component]
pub fn ErrorSummary(problem: Problem, #[prop(optional)] state: FormState) -> impl IntoView {
    Told::tell();
    let links = problem
        .fields
        .iter()
        .map(|field| {
            let href = format!("#{}", state.element_id(&field.name));
            view! { <li><a class="link-danger" href=href>{field.message.clone()}</a></li> }
        })
        .collect_view();
    let heading = match problem.fields.len() {
        0 => problem.detail,
        1 => "Correct one field:".to_owned(),
        count => format!("Correct {count} fields:"),
    };
    view! {
        <Alert>
            <p class="font-medium">{heading}</p>
            <ul>{links}</ul>
        </Alert>
    }
}

/// Whether a part of the page has told of the last post's failure. Comes with the flash.
#[derive(Debug, Clone, Default)]
pub struct Told(Arc<AtomicBool>);

impl Told {
    fn tell() {
        if let Some(Self(told)) = use_context() {
            told.store(true, Ordering::Relaxed);
        }
    }

    /// For the page's frame, once its content is rendered: the failure that no form has shown, of a single button or of a form that is gone by now.
    pub(super) fn rest() -> Option<AnyView> {
        let Self(told) = use_context()?;
        let problem = use_context::<Flash>()?.problem.filter(|_| !told.load(Ordering::Relaxed))?;
        let sentences: Vec<_> = problem.fields.iter().map(|field| field.message.as_str()).collect();
        let text = if sentences.is_empty() { problem.detail.clone() } else { sentences.join(" ") };
        Some(view! { <Alert><p class="font-medium">{text}</p></Alert> }.into_any())
    }
}

/// The box of what went wrong. Takes the focus when the page arrives.
#[component]
fn Alert(children: Children) -> impl IntoView {
    view! {
        <div class="notice notice-danger" role="alert" tabindex="-1" data-focus="">
            <Icon glyph=Glyph::CircleAlert/>
            <div class="min-w-0">{children()}</div>
        </div>
    }
    .into_any()
}

/// A value that the form carries and nobody edits.
#[component]
pub fn HiddenField(#[prop(into)] name: String, #[prop(into)] value: String) -> impl IntoView {
    view! { <input type="hidden" name=name value=value/> }
}

/// The buttons at the end of a form.
#[component]
pub fn FormActions(children: Children) -> impl IntoView {
    view! { <div class="flex flex-wrap items-center gap-2 pt-1">{children()}</div> }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::testing::{html, html_after};
    use crate::kit::{EmailField, PasswordField, TextField};
    use kernel::ProblemCode;

    fn sample() -> impl IntoView {
        view! {
            <Form id="keys/create" action="/keys">
                <TextField name="name" label="Name" value="given" help="Up to 64 characters."/>
                <EmailField name="email" label="Email"/>
                <PasswordField name="password" label="Password"/>
            </Form>
        }
    }

    fn failed(form: &str) -> Flash {
        let mut problem = Problem::field("name", "Enter a name.");
        problem.fields.push(kernel::Field { name: "email".into(), message: "Enter an email address.".into() });
        let input = [("name", "<b>\"x"), ("password", "hunter2")].map(|(k, v)| (k.to_owned(), v.to_owned()));
        Flash::failure(form, problem, input.to_vec())
    }

    #[test]
    fn a_fresh_form_posts_and_binds_its_labels() {
        let html = html(sample);
        assert!(html.contains("method=\"post\"") && html.contains("action=\"/keys\""), "{html}");
        assert!(html.contains("name=\"_form\" value=\"keys/create\""), "{html}");
        assert!(html.contains("for=\"keys-create-name\"") && html.contains("id=\"keys-create-name\""), "{html}");
        assert!(html.contains("value=\"given\"") && html.contains("aria-describedby=\"keys-create-name-help\""), "{html}");
        assert!(!html.contains("aria-invalid") && !html.contains("role=\"alert\""), "{html}");
    }

    #[test]
    fn a_failed_form_keeps_its_input_and_shows_each_error_at_its_field() {
        let html = html_after(failed("keys/create"), sample);
        assert!(html.contains("value=\"&lt;b&gt;&quot;x\""), "kept and escaped: {html}");
        assert!(html.contains("aria-describedby=\"keys-create-name-error\""), "{html}");
        assert!(html.contains("href=\"#keys-create-name\"") && html.contains("href=\"#keys-create-email\""), "{html}");
        assert_eq!(html.matches("aria-invalid=\"true\"").count(), 2, "{html}");
        assert!(html.contains("Correct 2 fields:") && !html.contains("Up to 64"), "{html}");
        assert!(!html.contains("hunter2"), "a secret came back: {html}");
    }

    #[test]
    fn the_failure_of_another_form_changes_nothing() {
        assert_eq!(html_after(failed("keys/create:2"), sample), html(sample));
    }

    #[test]
    fn a_problem_without_fields_is_told_in_the_summary() {
        let problem = Problem::new(ProblemCode::Conflict, "This name is taken. Choose another.");
        let html = html_after(Flash::failure("keys/create", problem, Vec::new()), sample);
        assert!(html.contains("This name is taken. Choose another."), "{html}");
    }
}
