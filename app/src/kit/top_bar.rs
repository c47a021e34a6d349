//! The bar across every page of the console.

use super::{Avatar, Breadcrumb, Crumb, Form, Glyph, Icon, Mark, Menu, MenuLink, MenuLinks, MenuSubmit};
use crate::islands::{CommandPalette, ThemeSwitch};
use crate::model::theme::Theme;
use leptos::prelude::*;

/// What the top bar shows, on every page below the login.
#[derive(Debug, Clone, Default)]
pub struct Bar {
    /// Where the mark leads.
    pub home: String,
    pub crumbs: Vec<Crumb>,
    pub account: Account,
    /// Where the palette's items come from: a GET that answers a JSON array of `model::palette::Item`.
    pub palette: String,
    /// Where help leads.
    pub help: String,
    pub theme: Theme,
    /// Whether people reach the console by https, which names the theme's cookie.
    pub https: bool,
    /// Where the theme is posted without a script, as the field `theme`.
    pub theme_action: String,
    /// Where signing out is posted.
    pub sign_out_action: String,
}

/// Who is signed in.
#[derive(Debug, Clone, Default)]
pub struct Account {
    pub name: String,
    pub email: String,
    /// "Account settings", and "Administration" for operators.
    pub links: Vec<MenuLink>,
}

#[component]
pub fn TopBar(bar: Bar) -> impl IntoView {
    let Bar { home, crumbs, account, palette, help, theme, https, theme_action, sign_out_action } = bar;
    let switch = view! { <ThemeSwitch action=theme_action current=theme https/> }.into_any();
    view! {
        <header class="topbar">
            <a class="topbar-mark" href=home aria-label="Pentaprism home"><Mark/></a>
            <Breadcrumb crumbs/>
            <div class="ml-auto flex shrink-0 items-center gap-1">
                <CommandPalette src=palette/>
                <a class="btn-icon" href=help aria-label="Help" title="Help"><Icon glyph=Glyph::CircleQuestionMark/></a>
                <AccountMenu account switch sign_out_action/>
            </div>
            <div class="progress" aria-hidden="true"></div>
        </header>
    }
    .into_any()
}

#[component]
fn AccountMenu(account: Account, switch: AnyView, sign_out_action: String) -> impl IntoView {
    let Account { name, email, links } = account;
    let trigger = view! { <Avatar name=name.clone()/> }.into_any();
    view! {
        <Menu label=format!("Account of {name}") trigger class="avatar-button">
            <div class="menu-group">
                <div class="px-2 py-1">
                    <p class="truncate font-medium">{name}</p>
                    <p class="truncate text-xs text-muted">{email}</p>
                </div>
            </div>
            <MenuLinks links/>
            <div class="menu-group">{switch}</div>
            <Form id="sign-out" action=sign_out_action class="menu-group" bare=true>
                <MenuSubmit icon=Glyph::LogOut>"Sign out"</MenuSubmit>
            </Form>
        </Menu>
    }
    .into_any()
}
