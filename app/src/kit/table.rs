//! Tables of 44 px rows under a header that stays in view.

use leptos::prelude::*;

/// A column's heading.
#[derive(Debug, Clone)]
pub struct Column {
    label: String,
    class: &'static str,
    sort: Option<Sort>,
}

/// How a column sorts: the link that does it, and the order the rows are in now.
#[derive(Debug, Clone)]
pub struct Sort {
    pub href: String,
    pub order: Option<Order>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    Ascending,
    Descending,
}

impl Column {
    pub fn text(label: impl Into<String>) -> Self {
        Self { label: label.into(), class: "text", sort: None }
    }

    /// Right-aligned, in figures of one width.
    pub fn number(label: impl Into<String>) -> Self {
        Self { class: "num", ..Self::text(label) }
    }

    /// The row's actions, at its end.
    pub fn actions(label: impl Into<String>) -> Self {
        Self { class: "actions", ..Self::text(label) }
    }

    pub fn sort(self, sort: Sort) -> Self {
        Self { sort: Some(sort), ..self }
    }

    fn view(self) -> AnyView {
        let Self { label, class, sort } = self;
        let (order, arrow) = match sort.as_ref().and_then(|sort| sort.order) {
            Some(Order::Ascending) => (Some("ascending"), "\u{2191}"),
            Some(Order::Descending) => (Some("descending"), "\u{2193}"),
            None => (None, ""),
        };
        let label = match sort {
            Some(sort) => view! {
                <a class="th-sort" href=sort.href>{label}<span aria-hidden="true">{arrow}</span></a>
            }
            .into_any(),
            None => label.into_any(),
        };
        view! { <th scope="col" class=class aria-sort=order>{label}</th> }.into_any()
    }
}

/// A table. Its children are `Row`s; on a narrow screen it scrolls inside its own frame.
#[component]
pub fn Table(
    /// What the table lists, for screen readers: "API keys of this project".
    #[prop(into)]
    caption: String,
    columns: Vec<Column>,
    children: Children,
) -> impl IntoView {
    let label = caption.clone();
    let head = columns.into_iter().map(Column::view).collect_view();
    view! {
        <div class="table-frame" role="region" aria-label=label tabindex="0">
            <table class="table">
                <caption class="sr-only">{caption}</caption>
                <thead><tr>{head}</tr></thead>
                <tbody>{children()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

#[component]
pub fn Row(
    /// Grey: disabled, expired.
    #[prop(optional)]
    quiet: bool,
    children: Children,
) -> impl IntoView {
    view! { <tr data-quiet=quiet.then_some("")>{children()}</tr> }.into_any()
}

/// The cell that names its row. With `href` the name is a link.
#[component]
pub fn HeadCell(
    #[prop(into, optional)] href: String,
    /// A second, grey line.
    #[prop(into, optional)]
    note: String,
    children: Children,
) -> impl IntoView {
    let name = if href.is_empty() {
        view! { <span class="row-name">{children()}</span> }.into_any()
    } else {
        view! { <a class="row-name row-link" href=href>{children()}</a> }.into_any()
    };
    view! {
        <th scope="row">
            {name}
            {(!note.is_empty()).then(|| view! { <span class="row-note">{note}</span> })}
        </th>
    }
    .into_any()
}

#[component]
pub fn Cell(children: Children) -> impl IntoView {
    view! { <td>{children()}</td> }.into_any()
}

/// Ids, prefixes of keys, addresses.
#[component]
pub fn MonoCell(children: Children) -> impl IntoView {
    view! { <td class="mono">{children()}</td> }.into_any()
}

#[component]
pub fn NumberCell(children: Children) -> impl IntoView {
    view! { <td class="num">{children()}</td> }.into_any()
}

/// The row's actions, each with a name that says what it acts on.
#[component]
pub fn ActionsCell(children: Children) -> impl IntoView {
    view! { <td class="actions"><div class="row-actions">{children()}</div></td> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::testing::html;

    #[test]
    fn a_table_owns_its_body_and_names_its_parts() {
        let html = html(|| {
            let order = Sort { href: "?sort=-name".into(), order: Some(Order::Ascending) };
            let columns =
                vec![Column::text("Name").sort(order), Column::number("Operations"), Column::actions("Action")];
            view! {
                <Table caption="API keys" columns>
                    <Row><HeadCell href="/k">"<b>"</HeadCell><NumberCell>"12"</NumberCell><ActionsCell>"x"</ActionsCell></Row>
                </Table>
            }
        });
        assert!(html.contains("<caption class=\"sr-only\">API keys</caption>"), "{html}");
        assert!(html.contains("<tbody><tr>") && html.contains("scope=\"row\""), "{html}");
        assert!(html.contains("aria-sort=\"ascending\"") && html.contains("href=\"?sort=-name\""), "{html}");
        assert!(html.contains("&lt;b&gt;") && html.contains("<td class=\"num\">"), "{html}");
    }
}
