//! Dialogs: native `<dialog>`, opened by a link whose page holds the same form.
//!
//! With the script the link opens the dialog; without it the link leads to the page. Leaving needs no script either: an open dialog is closed by a
//! form of `method="dialog"`.

use super::button::button_class;
use super::form::element_id;
use super::{ButtonKind, ButtonSize, ErrorSummary, Form, FormState, Glyph, Icon, SubmitButton};
use crate::flash::Flash;
use leptos::context::Provider;
use leptos::either::Either;
use leptos::prelude::*;

/// The dialog around the caller, by its element id; its cancel button closes it.
#[derive(Debug, Clone)]
struct Inside(String);

/// A link that opens the dialog `dialog`; `href` is the page with the same form.
#[component]
pub fn DialogLink(
    #[prop(into)] href: String,
    /// The id given to `Dialog`.
    #[prop(into)]
    dialog: String,
    #[prop(optional)] kind: ButtonKind,
    #[prop(optional)] size: ButtonSize,
    #[prop(optional)] icon: Option<Glyph>,
    #[prop(into, optional)] label: String,
    children: Children,
) -> impl IntoView {
    view! {
        <a
            class=button_class(kind, size)
            href=href
            data-dialog=element_id(&dialog)
            data-no-prefetch=""
            aria-label=(!label.is_empty()).then_some(label)
        >
            {icon.map(|glyph| view! { <Icon glyph/> })}
            <span>{children()}</span>
        </a>
    }
}

/// The same as an icon alone, for the last cell of a row.
#[component]
pub fn DialogIconLink(
    #[prop(into)] href: String,
    #[prop(into)] dialog: String,
    glyph: Glyph,
    /// What it does to what: "Remove API key production".
    #[prop(into)]
    label: String,
    #[prop(optional)] danger: bool,
) -> impl IntoView {
    view! {
        <a
            class=if danger { "btn-icon btn-icon-danger" } else { "btn-icon" }
            href=href
            data-dialog=element_id(&dialog)
            data-no-prefetch=""
            aria-label=label.clone()
            title=label
        >
            <Icon glyph/>
        </a>
    }
}

/// A dialog of 480 px. When the form `form` failed in the last post, the server renders it open.
#[component]
pub fn Dialog(
    /// Names the dialog in its page; `DialogLink` uses the same text.
    #[prop(into)]
    id: String,
    /// The question: "Remove API key?"
    #[prop(into)]
    title: String,
    /// The id of the form inside, if there is one.
    #[prop(into, optional)]
    form: String,
    /// Opens with the page, for a result that has to be seen.
    #[prop(optional)]
    open: bool,
    /// Holds a `StoredButton`, the only way out: there is nothing to close it by mistake.
    #[prop(optional)]
    kept: bool,
    children: Children,
) -> impl IntoView {
    let failed = !form.is_empty() && use_context::<Flash>().is_some_and(|flash| flash.failed(&form));
    let open = open || failed;
    let id = element_id(&id);
    let dismiss = format!("{id}-dismiss");
    let heading = format!("{id}-title");
    let close = (!kept).then(|| {
        view! {
            <button class="btn-icon -mr-2" type="submit" form=dismiss.clone() aria-label="Close" title="Close">
                <Icon glyph=Glyph::X/>
            </button>
        }
    });
    view! {
        <dialog class="dialog" id=id aria-labelledby=heading open=open data-modal=open.then_some("")>
            {(!kept).then(|| view! { <form method="dialog" id=dismiss></form> })}
            <header class="dialog-head">
                <h2 class="dialog-title" id=heading.clone()>{title}</h2>
                {close}
            </header>
            <div class="dialog-body"><Provider value=Inside(id.clone())>{children()}</Provider></div>
        </dialog>
    }
    .into_any()
}

/// The buttons at the end of a dialog or of its page: the verb first, then `Cancel`.
#[component]
pub fn DialogActions(children: Children) -> impl IntoView {
    view! { <div class="dialog-actions">{children()}</div> }
}

/// Closes the dialog around it. On the page that holds the same form it is a link to `href`, where the visitor came from.
#[component]
pub fn Cancel(
    #[prop(into)] href: String,
    /// Takes the focus when the dialog opens, so that Enter destroys nothing.
    #[prop(optional)]
    autofocus: bool,
) -> impl IntoView {
    let class = button_class(ButtonKind::Secondary, ButtonSize::Medium);
    match use_context::<Inside>() {
        Some(Inside(id)) => Either::Left(view! {
            <button class=class type="submit" form=format!("{id}-dismiss") autofocus=autofocus>"Cancel"</button>
        }),
        None => Either::Right(view! { <a class=class href=href>"Cancel"</a> }),
    }
}

/// The form of a question about something destructive: the consequence, what has to be typed if anything, the red verb, Cancel.
///
/// Used twice: inside a `Dialog`, and on the page behind it.
#[component]
pub fn ConfirmForm(
    /// The form's id, such as `keys/remove:key_123`.
    #[prop(into)]
    id: String,
    #[prop(into)] action: String,
    /// What the red button says: "Remove API key".
    #[prop(into)]
    verb: String,
    /// Where Cancel leads on the page behind the dialog.
    #[prop(into)]
    back: String,
    /// The consequence, and fields if something has to be typed.
    children: Children,
) -> impl IntoView {
    view! {
        <Form id action>
            <div class="form">{children()}</div>
            <DialogActions>
                <SubmitButton kind=ButtonKind::Danger>{verb}</SubmitButton>
                <Cancel href=back autofocus=true/>
            </DialogActions>
        </Form>
    }
}

/// A `Dialog` around a `ConfirmForm`; opens again when the form failed. The dialog's id is the form's id.
#[component]
pub fn ConfirmDialog(
    #[prop(into)] id: String,
    #[prop(into)] title: String,
    #[prop(into)] action: String,
    #[prop(into)] verb: String,
    #[prop(into)] back: String,
    children: Children,
) -> impl IntoView {
    let dialog = confirm_dialog_id(&id);
    view! {
        <Dialog id=dialog title form=id.clone()>
            <ConfirmForm id=id.clone() action=action.clone() verb=verb.clone() back=back.clone()>{children()}</ConfirmForm>
        </Dialog>
    }
}

/// What a `DialogLink` names to open the `ConfirmDialog` of this form.
pub fn confirm_dialog_id(form: &str) -> String {
    format!("{form}-dialog")
}

/// The failure of a bare form, where its place matters; elsewhere the page's frame tells of it.
#[component]
pub fn FormFailure(#[prop(into)] form: String) -> impl IntoView {
    let state = FormState::of(form);
    state.problem.clone().map(|problem| view! { <ErrorSummary problem state/> })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::TextField;
    use crate::kit::testing::{html, html_after};
    use kernel::Problem;

    fn page() -> impl IntoView {
        view! {
            <DialogLink href="/keys/new" dialog="keys/create">"New API Key"</DialogLink>
            <Dialog id="keys/create" title="Create API key" form="keys/create">
                <Form id="keys/create" action="/keys">
                    <TextField name="name" label="Name"/>
                    <DialogActions><SubmitButton>"Create"</SubmitButton><Cancel href="/keys"/></DialogActions>
                </Form>
            </Dialog>
        }
    }

    #[test]
    fn a_closed_dialog_has_its_link_its_name_and_a_way_out_without_a_script() {
        let html = html(page);
        assert!(html.contains("href=\"/keys/new\"") && html.contains("data-dialog=\"keys-create\""), "{html}");
        assert!(html.contains("aria-labelledby=\"keys-create-title\"") && html.contains("id=\"keys-create-title\""), "{html}");
        assert!(html.contains("<form method=\"dialog\" id=\"keys-create-dismiss\">"), "{html}");
        assert_eq!(html.matches("form=\"keys-create-dismiss\"").count(), 2, "close and cancel: {html}");
        assert_eq!(html.matches("id=\"keys-create\"").count(), 1, "{html}");
        assert!(!html.contains(" open") && !html.contains("data-modal"), "{html}");
    }

    #[test]
    fn the_failure_of_its_form_opens_it_and_of_another_does_not() {
        let after = |form: &str| html_after(Flash::failure(form, Problem::field("name", "Enter a name."), Vec::new()), page);
        let open = after("keys/create");
        assert!(open.contains(" open") && open.contains("data-modal") && open.contains("Enter a name."), "{open}");
        assert_eq!(after("keys/remove:key_1"), html(page));
    }

    #[test]
    fn a_kept_dialog_offers_nothing_that_closes_it() {
        let html = html(|| view! { <Dialog id="new" title="Key created" open=true kept=true>"ppk_x"</Dialog> });
        assert!(!html.contains("Close") && !html.contains("dismiss") && !html.contains("<button"), "{html}");
    }

    #[test]
    fn outside_of_a_dialog_cancel_leads_back() {
        let page = || view! { <ConfirmForm id="keys/remove:1" action="/k" verb="Remove API key" back="/keys"><p>"Gone."</p></ConfirmForm> };
        let html = html(page);
        assert!(html.contains("<a ") && html.contains("href=\"/keys\""), "{html}");
        assert!(html.contains("btn-danger") && html.contains("Remove API key"), "{html}");
    }

    #[test]
    fn a_question_of_each_row_has_ids_of_its_own() {
        let dialog = |id: &'static str| view! { <ConfirmDialog id title="Remove?" action="/k" verb="Remove" back="/">"Gone."</ConfirmDialog> };
        let html = html(move || view! { {dialog("keys/remove:key_1")}{dialog("keys/remove:key_2")} });
        let ids: Vec<_> = html.match_indices(" id=\"").map(|(at, _)| html[at + 5..].split('"').next()).collect();
        assert_eq!(ids.iter().collect::<std::collections::HashSet<_>>().len(), ids.len(), "{ids:?}");
    }
}
