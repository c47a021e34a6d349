//! How a page waits for its data.

use super::message::ProblemPage;
use crate::calls::respond::set_status;
use kernel::Problem;
use leptos::prelude::*;

/// Renders the page once its data is there; a problem becomes the page that tells of it, with its status.
pub fn load<T, V>(
    data: impl Future<Output = Result<T, Problem>> + Send + 'static,
    page: impl FnOnce(T) -> V + Send + 'static,
) -> impl IntoView
where
    T: Send + 'static,
    V: IntoView + 'static,
{
    let page = Suspend::new(async move {
        match data.await {
            Ok(data) => page(data).into_any(),
            Err(problem) => {
                set_status(&problem);
                view! { <ProblemPage problem/> }.into_any()
            }
        }
    });
    view! { <Suspense>{page}</Suspense> }
}

/// A parameter of the route: `:org`. The router has matched it, so it is there.
pub fn param(name: &'static str) -> String {
    leptos_router::hooks::use_params_map().with_untracked(|params| params.get(name)).unwrap_or_default()
}

/// A parameter of the query, empty when it is not there.
pub fn query(name: &'static str) -> String {
    leptos_router::hooks::use_query_map().with_untracked(|query| query.get(name)).unwrap_or_default()
}

/// The page of a list that the URL asks for.
pub fn page_request() -> kernel::page::PageRequest {
    kernel::page::PageRequest::new(query("page").parse().unwrap_or(1))
}
