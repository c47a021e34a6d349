//! Pages that say one thing.

use crate::calls::request::current_path;
use crate::calls::respond::{set_status, status};
use crate::kit::{ButtonKind, ButtonLink, MessagePage};
use crate::pages::chrome::banner;
use crate::paths;
use kernel::{Problem, ProblemCode};
use leptos::prelude::*;
use leptos_meta::Title;

/// What went wrong, instead of the page.
#[component]
pub fn ProblemPage(problem: Problem) -> impl IntoView {
    let code = status(problem.code).as_str().to_owned();
    let title = title(problem.code);
    let retry = matches!(problem.code, ProblemCode::Unavailable | ProblemCode::TooMany | ProblemCode::Internal);
    view! {
        <Title text=title/>
        {banner()}
        <MessagePage code title sentence=problem.detail>
            {retry.then(|| view! { <ButtonLink href=current_path() kind=ButtonKind::Primary>"Try again"</ButtonLink> })}
            <ButtonLink href=paths::HOME>"Back to the console"</ButtonLink>
        </MessagePage>
    }
}

const fn title(code: ProblemCode) -> &'static str {
    match code {
        ProblemCode::Invalid => "Not accepted",
        ProblemCode::Unauthenticated | ProblemCode::SecondFactor => "Signed out",
        ProblemCode::Forbidden => "Not allowed",
        ProblemCode::NotFound => "Not found",
        ProblemCode::Conflict => "Not possible now",
        ProblemCode::TooMany => "Too many requests",
        ProblemCode::Unavailable => "Not available right now",
        ProblemCode::Unsure => "Perhaps done",
        ProblemCode::Internal => "Something failed",
    }
}

/// Where no route leads.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    let problem =
        Problem::new(ProblemCode::NotFound, "There is no page at this address. It may have been moved or deleted.");
    set_status(&problem);
    view! { <ProblemPage problem/> }
}
