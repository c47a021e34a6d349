//! What the console answered.

use axum::body::to_bytes;
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use kernel::Problem;
use scraper::{ElementRef, Html, Selector};

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub async fn of(response: Response) -> Self {
        let (head, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap().to_vec();
        Self { status: head.status, headers: head.headers, bytes }
    }

    /// The body as text.
    pub fn body(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// Empty when the header is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub fn location(&self) -> &str {
        self.header("location")
    }

    /// The whole `Set-Cookie` of a cookie.
    pub fn set_cookie(&self, name: &str) -> Option<&str> {
        let all = self.headers.get_all("set-cookie").iter().filter_map(|value| value.to_str().ok());
        all.into_iter().find(|cookie| cookie.split('=').next() == Some(name))
    }

    /// The answer of a server function that refused.
    pub fn problem(&self) -> Problem {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|_| panic!("{}: no problem: {}", self.status, self.body()))
    }

    pub fn html(&self) -> Page {
        Page(Html::parse_document(&self.body()))
    }
}

/// A parsed page.
pub struct Page(Html);

impl Page {
    pub fn all(&self, selector: &str) -> Vec<ElementRef<'_>> {
        self.0.select(&Selector::parse(selector).unwrap()).collect()
    }

    pub fn has(&self, selector: &str) -> bool {
        !self.all(selector).is_empty()
    }

    /// The texts of the elements.
    pub fn texts(&self, selector: &str) -> Vec<String> {
        self.all(selector).into_iter().map(text).collect()
    }

    pub fn text(&self, selector: &str) -> String {
        self.texts(selector).join("\n")
    }

    pub fn title(&self) -> String {
        self.text("title")
    }

    /// One attribute of every element that has it.
    pub fn attrs(&self, selector: &str, name: &str) -> Vec<String> {
        self.all(selector).into_iter().filter_map(|element| element.attr(name)).map(str::to_owned).collect()
    }

    /// What a field holds.
    pub fn value(&self, selector: &str) -> Option<String> {
        self.all(selector).first()?.attr("value").map(str::to_owned)
    }

    /// Every element in document order.
    pub fn elements(&self) -> impl Iterator<Item = ElementRef<'_>> {
        self.0.root_element().descendent_elements()
    }
}

fn text(element: ElementRef<'_>) -> String {
    element.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}
