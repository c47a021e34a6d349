//! How a page waits for its data.
//!
//! Where the reader is ([`crate::calls::place`]) decides whether there is a page at all; what fills a section of it may come late, and then that
//! section alone says so.

use super::message::ProblemPage;
use crate::calls::request::current_path;
use crate::calls::respond::set_status;
use crate::kit::{Column, InlineError, Order};
use crate::paths;
use kernel::page::{PageRequest, Sort};
use kernel::{Problem, ProblemCode};
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

/// What one section shows: its data, or why that did not come in time.
pub type Late<T> = Result<T, Problem>;

/// Waits for the data of one section. A database that is slow or failing is the section's matter; whatever else is wrong is the page's.
pub async fn section<T>(data: impl Future<Output = Result<T, Problem>>) -> Result<Late<T>, Problem> {
    match data.await {
        Err(problem) if matches!(problem.code, ProblemCode::Unavailable | ProblemCode::Internal) => Ok(Err(problem)),
        other => other.map(Ok),
    }
}

/// The section, or in its place an error with another try; `what` is missing, in the plural: "The projects". The answer's status tells of it too, so that no browser keeps the page as fetched ahead.
pub fn show<T, V: IntoView + 'static>(what: &str, data: Late<T>, section: impl FnOnce(T) -> V) -> AnyView {
    match data {
        Ok(data) => section(data).into_any(),
        Err(problem) => {
            set_status(&problem);
            view! { <InlineError title=format!("{what} could not be loaded.") problem retry=current_path()/> }
                .into_any()
        }
    }
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

/// The column of names, by which a click sorts or turns the order around. `url` leads to a page of the list in an order.
pub fn by_name(now: Sort, url: impl Fn(Sort, u32) -> String) -> Column {
    sorted(Column::text("Name"), [Sort::Name, Sort::NameDescending], now, url)
}

/// The same of the time that makes one newer than the other: "Created", "Joined".
pub fn by_time(label: &str, now: Sort, url: impl Fn(Sort, u32) -> String) -> Column {
    sorted(Column::text(label), [Sort::Oldest, Sort::Newest], now, url)
}

fn sorted(column: Column, by: [Sort; 2], now: Sort, url: impl Fn(Sort, u32) -> String) -> Column {
    let [first, second] = by;
    let order = match now {
        sort if sort == first => Some(Order::Ascending),
        sort if sort == second => Some(Order::Descending),
        _ => None,
    };
    let next = if now == first { second } else { first };
    column.sort(crate::kit::Sort { href: url(next, 1), order })
}
