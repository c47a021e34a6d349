//! Radios and checkboxes.

use super::field::Frame;
use super::{Choice, FieldError, FormState};
use leptos::prelude::*;

/// One of a few, all of them in view.
#[component]
pub fn RadioGroup(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    options: Vec<Choice>,
    #[prop(into, optional)] value: String,
    #[prop(into, optional)] help: String,
) -> impl IntoView {
    let frame = Frame::new(&name, help);
    let chosen = frame.kept.clone().unwrap_or(value);
    // The summary's link leads to the first radio, which carries the id of the field.
    let radios = options
        .into_iter()
        .enumerate()
        .map(|(index, option)| {
            let id = if index == 0 { frame.id.clone() } else { format!("{}-{index}", frame.id) };
            let checked = option.value == chosen;
            let help = (!option.help.is_empty()).then(|| view! { <span class="choice-help">{option.help}</span> });
            view! {
                <label class="choice" for=id>
                    <input type="radio" id=id.clone() name=name.clone() value=option.value checked=checked/>
                    <span class="min-w-0"><span class="choice-label">{option.label}</span>{help}</span>
                </label>
            }
        })
        .collect_view();
    view! {
        <fieldset class="field" role="radiogroup" aria-invalid=frame.invalid() aria-describedby=frame.described_by()>
            <legend class="label">{label}</legend>
            <div class="grid gap-2">{radios}</div>
            {frame.below()}
        </fieldset>
    }
    .into_any()
}

/// Yes or no. Sends `value` (`on` unless told) when checked, nothing when not.
#[component]
pub fn Checkbox(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(into, optional)] help: String,
    #[prop(into, optional)] value: String,
    #[prop(optional)] checked: bool,
) -> impl IntoView {
    let state = FormState::current();
    let value = if value.is_empty() { "on".to_owned() } else { value };
    let checked = state.kept_choice(&name, &value).unwrap_or(checked);
    let suffix = if value == "on" { name.clone() } else { format!("{name}-{value}") };
    let id = state.element_id(&suffix);
    let error = state.error(&name);
    let error_id = format!("{id}-error");
    let described_by = error.is_some().then(|| error_id.clone());
    view! {
        <div class="field">
            <label class="choice" for=id>
                <input
                    type="checkbox"
                    id=id.clone()
                    name=name
                    value=value
                    checked=checked
                    aria-invalid=error.is_some().then_some("true")
                    aria-describedby=described_by
                />
                <span class="min-w-0">
                    <span class="choice-label">{label}</span>
                    {(!help.is_empty()).then(|| view! { <span class="choice-help">{help}</span> })}
                </span>
            </label>
            {error.map(|message| view! { <FieldError id=error_id message/> })}
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flash::Flash;
    use crate::kit::testing::{html, html_after};
    use crate::kit::{Form, SelectField};
    use kernel::Problem;

    fn sample() -> impl IntoView {
        let options = || vec![Choice::new("full", "Full access"), Choice::new("read_only", "Read only").help("No writes.")];
        view! {
            <Form id="f" action="/">
                <RadioGroup name="rights" label="Rights" options=options() value="full"/>
                <SelectField name="role" label="Role" options=options() value="full"/>
                <Checkbox name="agree" label="Agree" checked=true/>
            </Form>
        }
    }

    #[test]
    fn the_given_choice_is_on_at_first() {
        let html = html(sample);
        assert!(html.contains("value=\"full\" checked"), "{html}");
        assert!(html.contains("value=\"full\" selected"), "{html}");
        assert!(html.contains("value=\"on\" checked"), "{html}");
        assert!(html.contains("<legend") && html.contains("for=\"f-rights-1\""), "{html}");
    }

    #[test]
    fn the_kept_choice_wins_and_an_unchecked_box_stays_so() {
        let kept = vec![("rights".into(), "read_only".into()), ("role".into(), "read_only".into())];
        let html = html_after(Flash::failure("f", Problem::field("agree", "Agree first."), kept), sample);
        assert!(html.contains("value=\"read_only\" checked") && !html.contains("value=\"full\" checked"), "{html}");
        assert!(html.contains("value=\"read_only\" selected") && !html.contains("value=\"on\" checked"), "{html}");
        assert!(html.contains("id=\"f-agree-error\"") && html.contains("href=\"#f-agree\""), "{html}");
    }
}
