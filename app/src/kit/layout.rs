//! The frames of a page.

use super::form::Told;
use super::{Bar, Logo, Tab, Tabs, Toasts, TopBar};
use leptos::prelude::*;

/// A page of the console: top bar, tabs of the place, and 1120 px for the rest.
#[component]
pub fn ConsoleLayout(
    bar: Bar,
    /// Whose tabs, for screen readers: "Project". Unused without tabs.
    #[prop(into, optional)]
    tabs_label: String,
    #[prop(optional)] tabs: Vec<Tab>,
    /// A `Banner` over everything.
    #[prop(optional)]
    banner: Option<AnyView>,
    /// 640 px instead: a page that is one form.
    #[prop(optional)]
    narrow: bool,
    children: Children,
) -> impl IntoView {
    let tabs = (!tabs.is_empty()).then(|| view! { <Tabs label=tabs_label tabs/> });
    let content = children();
    view! {
        <a class="skip-link" href="#content">"Skip to content"</a>
        {banner}
        <TopBar bar/>
        {tabs}
        <main class=if narrow { "page page-narrow" } else { "page" } id="content" tabindex="-1">{Told::rest()}{content}</main>
        <Toasts/>
    }
    .into_any()
}

/// A page before the login: one card in the middle.
#[component]
pub fn AuthLayout(
    #[prop(into)] title: String,
    #[prop(into, optional)] sentence: String,
    #[prop(optional)] banner: Option<AnyView>,
    /// Below the card: "New here? Create an account".
    #[prop(optional)]
    below: Option<AnyView>,
    children: Children,
) -> impl IntoView {
    let content = children();
    view! {
        <a class="skip-link" href="#content">"Skip to content"</a>
        {banner}
        <main class="auth">
            <a class="auth-logo" href="/" aria-label="Pentaprism"><Logo/></a>
            <div class="auth-card" id="content" tabindex="-1">
                <header class="mb-6">
                    <h1 class="text-lg font-semibold tracking-tight text-balance">{title}</h1>
                    {(!sentence.is_empty()).then(|| view! { <p class="mt-1 text-muted">{sentence}</p> })}
                </header>
                {Told::rest().map(|alert| view! { <div class="mb-6">{alert}</div> })}
                {content}
            </div>
            {below.map(|below| view! { <div class="mt-6 text-center text-muted">{below}</div> })}
        </main>
        <div class="progress" aria-hidden="true"></div>
        <Toasts/>
    }
    .into_any()
}

/// A page that says one thing: 404, 403, 500.
#[component]
pub fn MessagePage(
    /// "404", small, above the title.
    #[prop(into)]
    code: String,
    #[prop(into)] title: String,
    #[prop(into)] sentence: String,
    /// The way out.
    children: Children,
) -> impl IntoView {
    view! {
        <main class="auth">
            <a class="auth-logo" href="/" aria-label="Pentaprism"><Logo/></a>
            <div class="max-w-[480px] text-center">
                <p class="font-mono text-s text-muted">{code}</p>
                <h1 class="mt-2 text-xl font-semibold tracking-tight text-balance">{title}</h1>
                <p class="mt-2 text-muted text-balance">{sentence}</p>
                <div class="mt-6 flex flex-wrap justify-center gap-2">{children()}</div>
            </div>
        </main>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flash::Flash;
    use crate::kit::testing::{html, html_after};
    use crate::kit::{Account, Crumb, Form, FormFailure, MenuLink};
    use kernel::Problem;

    fn bar() -> Bar {
        let crumb = |kind, label: &str| Crumb {
            kind,
            label: label.to_owned(),
            href: format!("/{label}"),
            choices: vec![MenuLink::new(label, "#").current(true)],
            more: Vec::new(),
        };
        let account = Account { name: "Ada".into(), email: "ada@example.com".into(), links: Vec::new() };
        let crumbs = vec![crumb("Organization", "<Acme>"), crumb("Project", "shop")];
        Bar { crumbs, account, theme_action: "/theme".into(), sign_out_action: "/sign-out".into(), ..Bar::default() }
    }

    #[test]
    fn the_console_has_its_landmarks_and_says_where_the_visitor_is() {
        let tabs = vec![Tab::new("Dashboard", "/shop", true), Tab::new("Settings", "/shop/settings", false)];
        let html = html(|| view! { <ConsoleLayout bar=bar() tabs_label="Project" tabs>"x"</ConsoleLayout> });
        for part in ["<main", "href=\"#content\"", "id=\"content\"", "aria-label=\"Project\"", "aria-label=\"Place\"", "role=\"status\""] {
            assert!(html.contains(part), "{part} in {html}");
        }
        assert_eq!(html.matches("aria-current=\"page\"").count(), 1, "{html}");
        assert_eq!(html.matches("aria-current=\"location\"").count(), 1, "{html}");
        assert!(html.contains("Switch project") && html.contains("&lt;Acme&gt;"), "{html}");
    }

    #[test]
    fn a_failure_that_no_form_shows_is_told_by_the_frame_and_told_once() {
        let page = || {
            view! {
                <ConsoleLayout bar=bar()>
                    <Form id="large" action="/a">"x"</Form>
                    <Form id="small" action="/b" bare=true>"x"</Form>
                    <FormFailure form="placed"/>
                </ConsoleLayout>
            }
        };
        let auth = || view! { <AuthLayout title="Join"><Form id="small" action="/b" bare=true>"x"</Form></AuthLayout> };
        let failed = |form: &str| Flash::failure(form, Problem::conflict("It is <gone>."), Vec::new());
        for form in ["large", "small", "placed", "of another page"] {
            let html = html_after(failed(form), page);
            assert_eq!(html.matches("role=\"alert\"").count(), 1, "{form}: {html}");
            assert_eq!(html.matches("It is &lt;gone&gt;.").count(), 1, "{form}: {html}");
        }
        assert!(html_after(failed("small"), auth).contains("role=\"alert\""));
        assert!(!html_after(Flash::success("small", "Done."), page).contains("role=\"alert\""));
    }

    #[test]
    fn theme_and_sign_out_are_plain_posts() {
        let html = html(|| view! { <ConsoleLayout bar=bar()>"x"</ConsoleLayout> });
        assert!(html.contains("action=\"/theme\"") && html.contains("name=\"theme\" value=\"dark\""), "{html}");
        assert!(html.contains("action=\"/sign-out\"") && html.contains("value=\"sign-out\""), "{html}");
        assert_eq!(html.matches("method=\"post\"").count(), 2, "{html}");
    }
}
