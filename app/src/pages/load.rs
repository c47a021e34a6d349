//! How a page waits for its data.

use super::message::ProblemPage;
use crate::calls::respond::set_status;
use crate::kit::{Column, Order};
use crate::paths;
use kernel::Problem;
use kernel::page::{PageRequest, Sort};
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
pub fn page_request() -> PageRequest {
    PageRequest::new(query("page").parse().unwrap_or(1)).sorted(Sort::from_url(&query("sort")))
}

/// The URL of a page of a list with this order; the usual order and the first page stay out of it.
pub fn list_url(path: &str, search: &str, sort: Sort, page: u32) -> String {
    let mut url = path.to_owned();
    if !search.is_empty() {
        url = paths::with_query(&url, "q", search);
    }
    if sort != Sort::default() {
        url = paths::with_query(&url, "sort", sort.as_str());
    }
    if page > 1 {
        url = paths::with_query(&url, "page", &page.to_string());
    }
    url
}

/// A column by which the list sorts: a click turns the order around.
pub fn sorted_column(column: Column, by: [Sort; 2], now: Sort, url: impl Fn(Sort) -> String) -> Column {
    let [first, second] = by;
    let order = match now {
        sort if sort == first => Some(Order::Ascending),
        sort if sort == second => Some(Order::Descending),
        _ => None,
    };
    let next = if now == first { second } else { first };
    column.sort(crate::kit::Sort { href: url(next), order })
}
