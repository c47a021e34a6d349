//! Pages that say one thing.

use crate::calls::request::current_path;
use crate::kit::{ButtonKind, ButtonLink, MessagePage};
use crate::paths;
use kernel::{Problem, ProblemCode};
use leptos::prelude::*;
use leptos_meta::Title;

/// What went wrong, instead of the page.
#[component]
pub fn ProblemPage(problem: Problem) -> impl IntoView {
    let (code, title) = match problem.code {
        ProblemCode::NotFound => ("404", "Not found"),
        ProblemCode::Forbidden => ("403", "Not allowed"),
        ProblemCode::Unauthenticated | ProblemCode::SecondFactor => ("401", "Signed out"),
        ProblemCode::Unavailable | ProblemCode::TooMany => ("503", "Not available right now"),
        _ => ("500", "Something failed"),
    };
    let retry = matches!(problem.code, ProblemCode::Unavailable | ProblemCode::TooMany | ProblemCode::Internal);
    view! {
        <Title text=title/>
        <MessagePage code title sentence=problem.detail>
            {retry.then(|| view! { <ButtonLink href=current_path() kind=ButtonKind::Primary>"Try again"</ButtonLink> })}
            <ButtonLink href=paths::HOME>"Back to the console"</ButtonLink>
        </MessagePage>
    }
}

/// Where no route leads.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    let problem =
        Problem::new(ProblemCode::NotFound, "There is no page at this address. It may have been moved or deleted.");
    crate::calls::respond::set_status(&problem);
    view! { <ProblemPage problem/> }
}
