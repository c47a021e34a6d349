//! Fields of one line: label above, help below, the error in place of the help.

use super::button::some;
use super::{FormState, Glyph, Icon};
use leptos::prelude::*;

/// What stands around every field.
pub(super) struct Frame {
    /// The element id of the control.
    pub id: String,
    pub error: Option<String>,
    pub kept: Option<String>,
    help: String,
}

impl Frame {
    pub fn new(name: &str, help: String) -> Self {
        let state = FormState::current();
        Self { id: state.element_id(name), error: state.error(name), kept: state.kept(name), help }
    }

    /// The id of the help or of the error that describes the control.
    pub fn described_by(&self) -> Option<String> {
        match (&self.error, self.help.is_empty()) {
            (Some(_), _) => Some(format!("{}-error", self.id)),
            (None, false) => Some(format!("{}-help", self.id)),
            (None, true) => None,
        }
    }

    pub fn invalid(&self) -> Option<&'static str> {
        self.error.is_some().then_some("true")
    }

    /// The line below the control.
    pub fn below(&self) -> AnyView {
        let Self { id, error, help, .. } = self;
        match error {
            Some(message) => view! { <FieldError id=format!("{id}-error") message/> }.into_any(),
            None if help.is_empty() => ().into_any(),
            None => view! { <p class="help" id=format!("{id}-help")>{help.clone()}</p> }.into_any(),
        }
    }
}

/// A label, and "Optional" beside it where the field may stay empty.
#[component]
pub(super) fn Label(target: String, text: String, optional: bool, hidden: bool) -> impl IntoView {
    view! {
        <label class=if hidden { "sr-only" } else { "label" } for=target>
            {text}
            {optional.then(|| view! { <span class="font-normal text-muted">" Optional"</span> })}
        </label>
    }
}

/// One wrong field's sentence, with its icon.
#[component]
pub fn FieldError(#[prop(into)] id: String, #[prop(into)] message: String) -> impl IntoView {
    view! {
        <p class="field-error" id=id>
            <Icon glyph=Glyph::CircleAlert/>
            <span>{message}</span>
        </p>
    }
}

/// A field of one line.
#[component]
pub fn TextField(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    /// What it holds at first; what had been typed before a failure wins over it.
    #[prop(into, optional)]
    value: String,
    #[prop(into, optional)] help: String,
    #[prop(into, optional)] placeholder: String,
    /// The browser's hint: `name`, `organization`, `one-time-code`; `off` where nothing is to be remembered.
    #[prop(into, optional)]
    autocomplete: String,
    /// `text` unless told: `url`, `search`, `number` ...
    #[prop(into, optional)]
    kind: String,
    /// The keyboard of a phone: `numeric`, `url` ...
    #[prop(into, optional)]
    inputmode: String,
    /// May stay empty.
    #[prop(optional)]
    optional: bool,
    #[prop(optional)] maxlength: Option<u32>,
    /// For ids, keys and addresses.
    #[prop(optional)]
    mono: bool,
    /// Takes the focus when its page or its dialog opens.
    #[prop(optional)]
    autofocus: bool,
    #[prop(optional)] disabled: bool,
    /// The label is for screen readers alone.
    #[prop(optional)]
    hide_label: bool,
) -> impl IntoView {
    let frame = Frame::new(&name, help);
    let value = frame.kept.clone().unwrap_or(value);
    let kind = if kind.is_empty() { "text".to_owned() } else { kind };
    view! {
        <div class="field">
            <Label target=frame.id.clone() text=label optional hidden=hide_label/>
            <input
                class=if mono { "input font-mono" } else { "input" }
                type=kind
                id=frame.id.clone()
                name=name
                value=value
                placeholder=some(placeholder)
                autocomplete=some(autocomplete)
                inputmode=some(inputmode)
                maxlength=maxlength
                required=!optional
                autofocus=autofocus
                disabled=disabled
                spellcheck=mono.then_some("false")
                aria-invalid=frame.invalid()
                aria-describedby=frame.described_by()
            />
            {frame.below()}
        </div>
    }
    .into_any()
}

/// A mail address.
#[component]
pub fn EmailField(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(into, optional)] value: String,
    #[prop(into, optional)] help: String,
    /// `email` unless told; `username` where it signs in.
    #[prop(into, optional)]
    autocomplete: String,
    #[prop(into, optional)] placeholder: String,
    #[prop(optional)] autofocus: bool,
) -> impl IntoView {
    let autocomplete = if autocomplete.is_empty() { "email".to_owned() } else { autocomplete };
    view! { <TextField name label value help autocomplete placeholder autofocus kind="email" maxlength=254/> }
}

/// A password or another secret: never given a value, never kept after a failure.
#[component]
pub fn PasswordField(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(into, optional)] help: String,
    /// `current-password` unless told; `new-password` where one is chosen.
    #[prop(into, optional)]
    autocomplete: String,
    #[prop(into, optional)] placeholder: String,
    #[prop(optional)] optional: bool,
    #[prop(optional)] autofocus: bool,
    /// A link at the end of the label's line, such as "Forgot password?".
    #[prop(optional)]
    aside: Option<AnyView>,
) -> impl IntoView {
    let frame = Frame::new(&name, help);
    let autocomplete = if autocomplete.is_empty() { "current-password".to_owned() } else { autocomplete };
    view! {
        <div class="field">
            <div class="flex items-baseline justify-between gap-4">
                <Label target=frame.id.clone() text=label optional hidden=false/>
                {aside}
            </div>
            <input
                class="input"
                type="password"
                id=frame.id.clone()
                name=name
                placeholder=some(placeholder)
                autocomplete=autocomplete
                required=!optional
                autofocus=autofocus
                aria-invalid=frame.invalid()
                aria-describedby=frame.described_by()
            />
            {frame.below()}
        </div>
    }
    .into_any()
}
