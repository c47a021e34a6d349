//! A choice from a list that folds.

use super::field::{Frame, Label};
use super::{Glyph, Icon};
use leptos::prelude::*;

/// One of the choices of a `SelectField` or `RadioGroup`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choice {
    pub value: String,
    pub label: String,
    /// One sentence below the label; shown by radios alone.
    pub help: String,
    /// Shown, but not to be chosen; of folding lists alone.
    pub disabled: bool,
}

impl Choice {
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into(), help: String::new(), disabled: false }
    }

    pub fn disabled(self) -> Self {
        Self { disabled: true, ..self }
    }

    pub fn help(self, help: impl Into<String>) -> Self {
        Self { help: help.into(), ..self }
    }
}

#[component]
pub fn SelectField(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    options: Vec<Choice>,
    /// The value chosen at first.
    #[prop(into, optional)]
    value: String,
    #[prop(into, optional)] help: String,
    #[prop(optional)] optional: bool,
    #[prop(optional)] hide_label: bool,
) -> impl IntoView {
    let frame = Frame::new(&name, help);
    let chosen = frame.kept.clone().unwrap_or(value);
    let options = options
        .into_iter()
        .map(|option| {
            let selected = option.value == chosen;
            view! { <option value=option.value selected=selected disabled=option.disabled>{option.label}</option> }
        })
        .collect_view();
    view! {
        <div class="field">
            <Label target=frame.id.clone() text=label optional hidden=hide_label/>
            <div class="relative">
                <select
                    class="input select"
                    id=frame.id.clone()
                    name=name
                    required=!optional
                    aria-invalid=frame.invalid()
                    aria-describedby=frame.described_by()
                >
                    {options}
                </select>
                <Icon glyph=Glyph::ChevronDown class="select-icon"/>
            </div>
            {frame.below()}
        </div>
    }
    .into_any()
}
