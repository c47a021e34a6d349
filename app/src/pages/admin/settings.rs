use super::{At, tabs};
use crate::calls::admin::{ResetSetting, SetSetting, setting_rows};
use crate::calls::identity::viewer;
use crate::calls::links::sends_mail;
use crate::kit::{
    ButtonKind, ButtonSize, Card, Choice, Code, ConsoleLayout, Form, FormActions, HiddenField, Notice, PageHeader,
    RelativeTime, SelectField, SubmitButton, TextArea,
};
use crate::model::admin::SettingRow;
use crate::pages::chrome::{banner, bar};
use crate::pages::load::{load, section, show};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;

/// What operators change while the server runs, each with the configuration key it stands for.
#[component]
pub fn AdminSettingsPage() -> impl IntoView {
    load(async { Ok((viewer()?, section(setting_rows()).await?)) }, |(viewer, settings)| {
        let mail = if sends_mail() {
            "Mail is sent by the configured server."
        } else {
            "No mail server is configured: addresses are not verified, and links are copied by hand."
        };
        view! {
            <Title text="Settings"/>
            <ConsoleLayout bar=bar(&viewer, Vec::new()) tabs_label="Administration" tabs=tabs(At::Settings) banner=banner() narrow=true>
                <PageHeader title="Settings" sentence="A change counts on every node within a second, and survives a restart."/>
                {show("The settings", settings, |settings| settings.into_iter().map(|setting| view! { <Setting setting/> }).collect_view())}
                <Card title="Mail">
                    <Notice>{mail}" It is set by "<Code text="mail.smtp_url"/>" and "<Code text="mail.from"/>" in the configuration."</Notice>
                </Card>
            </ConsoleLayout>
        }
    })
}

/// Title, sentence and choices of a setting by its key; without choices it is a list of address ranges.
fn describe(key: &str) -> (&'static str, &'static str, Vec<Choice>) {
    let access =
        || vec![Choice::new("on", "On"), Choice::new("early_access", "Early access"), Choice::new("off", "Off")];
    match key {
        "identity.sign_up" => (
            "Sign-up",
            "Who may make an account.",
            vec![
                Choice::new("open", "Open: everybody"),
                Choice::new("invite", "Invite: invited addresses"),
                Choice::new("closed", "Closed: nobody"),
            ],
        ),
        "products.accelerate" => ("Accelerate", "What a new organization may use.", access()),
        "products.pulse" => ("Pulse", "What a new organization may use.", access()),
        _ => (
            "Denied address ranges",
            "No connection string may lead there. Cloud metadata services are always denied.",
            Vec::new(),
        ),
    }
}

#[component]
fn Setting(setting: SettingRow) -> impl IntoView {
    let (title, sentence, options) = describe(&setting.key);
    let form = format!("admin/set-setting:{}", setting.key);
    // Made inside of its form, which names it and tells it of its error.
    let field = move || {
        if options.is_empty() {
            view! { <TextArea name="value" label="Ranges" value=setting.value help="One range a line, such as 10.0.0.0/8." rows=3 mono=true optional=true/> }.into_any()
        } else {
            view! { <SelectField name="value" label=title options value=setting.value/> }.into_any()
        }
    };
    let (key, shown) = (setting.key.clone(), setting.key.clone());
    let reset = setting.overridden.map(|(at, by)| {
        let by = by.map(|name| format!(" by {name}"));
        let default = if setting.default.is_empty() { "none".to_owned() } else { setting.default.clone() };
        view! {
            <Form id=format!("admin/reset-setting:{}", setting.key) action=ResetSetting::url() bare=true class="mt-4 flex flex-wrap items-center gap-2">
                <HiddenField name="key" value=setting.key.clone()/>
                <span class="help">"Changed "<RelativeTime at/>{by}"; the configuration says "<Code text=default/>"."</span>
                <SubmitButton kind=ButtonKind::Ghost size=ButtonSize::Small label=format!("Use the configuration's value of {}", setting.key)>"Use that"</SubmitButton>
            </Form>
        }
    });
    view! {
        <Card title sentence>
            <Form id=form action=SetSetting::url()>
                <HiddenField name="key" value=key/>
                {field()}
                <p class="help">"Configuration key: "<Code text=shown/></p>
                <FormActions><SubmitButton>"Update"</SubmitButton></FormActions>
            </Form>
            {reset}
        </Card>
    }
}
