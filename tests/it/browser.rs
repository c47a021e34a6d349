//! A browser without a script: cookies, forms, redirects.

use crate::answer::Answer;
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use http::request::Builder;
use http::{HeaderMap, Method, Request};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use tower::ServiceExt;

pub const FORM: &str = "application/x-www-form-urlencoded";

#[derive(Clone)]
pub struct Browser {
    router: Router,
    host: String,
    address: SocketAddr,
    pub cookies: BTreeMap<String, String>,
    /// The page that is shown: where forms say that they come from.
    pub at: String,
}

impl Browser {
    pub fn new(router: Router, host: &str, address: SocketAddr) -> Self {
        Self { router, host: host.to_owned(), address, cookies: BTreeMap::new(), at: "/".into() }
    }

    pub fn with_cookie(mut self, name: &str, value: &str) -> Self {
        self.cookies.insert(name.into(), value.into());
        self
    }

    /// A request with the browser's cookies and the right `Host`.
    pub fn request(&self, method: Method, path: &str) -> Builder {
        let request =
            Request::builder().method(method).uri(path).header("host", &self.host).header("user-agent", "Test/1");
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if cookies.is_empty() { request } else { request.header("cookie", cookies.join("; ")) }
    }

    /// Sends it as it is, and keeps the cookies of the answer.
    pub async fn send(&mut self, mut request: Request<Body>) -> Answer {
        request.extensions_mut().insert(ConnectInfo(self.address));
        let answer = Answer::of(self.router.clone().oneshot(request).await.unwrap()).await;
        self.keep_cookies(&answer.headers);
        answer
    }

    fn keep_cookies(&mut self, headers: &HeaderMap) {
        for cookie in headers.get_all("set-cookie") {
            let cookie = cookie.to_str().unwrap();
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            if cookie.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.into(), value.into());
            }
        }
    }

    /// One page, no redirect followed.
    pub async fn get(&mut self, path: &str) -> Answer {
        let request = self.request(Method::GET, path).header("accept", "text/html");
        self.at = path.to_owned();
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// One page, and where it leads to.
    pub async fn visit(&mut self, path: &str) -> Answer {
        let mut answer = self.get(path).await;
        for _ in 0..5 {
            if !answer.status.is_redirection() {
                return answer;
            }
            let next = answer.location().to_owned();
            answer = self.get(&next).await;
        }
        panic!("{path} leads in circles: {}", self.at);
    }

    /// A form of the page that is shown; the redirect is not followed.
    pub async fn post(&mut self, function: &str, fields: &[(&str, &str)]) -> Answer {
        let body = serde_urlencoded::to_string(fields).unwrap();
        let origin = format!("http://{}{}", self.host, self.at);
        let request = self.request(Method::POST, &format!("/api/{function}")).header("content-type", FORM);
        let request =
            request.header("accept", "text/html").header("referer", origin).header("sec-fetch-site", "same-origin");
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    /// A form of the page that is shown, and the page it leads to.
    pub async fn submit(&mut self, function: &str, fields: &[(&str, &str)]) -> Answer {
        let answer = self.post(function, fields).await;
        assert!(answer.status.is_redirection(), "{function}: {} {}", answer.status, answer.body());
        let next = answer.location().to_owned();
        self.visit(&next).await
    }

    /// A server function as a program calls it. `body` is written as a form has it.
    pub async fn call(&mut self, function: &str, body: &str) -> Answer {
        let request = self.request(Method::POST, &format!("/api/{function}")).header("content-type", FORM);
        let request = request.header("accept", "application/json").header("sec-fetch-site", "same-origin");
        self.send(request.body(Body::from(body.to_owned())).unwrap()).await
    }

    /// The same of a function that only reads.
    pub async fn read(&mut self, function: &str) -> Answer {
        let request = self.request(Method::GET, &format!("/api/{function}")).header("accept", "application/json");
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// Makes an account and is signed in with it.
    pub async fn sign_up(&mut self, name: &str) -> Answer {
        let email = format!("{}@example.com", name.to_lowercase());
        self.get("/sign-up").await;
        self.submit("identity/sign-up", &[("name", name), ("email", &email), ("password", crate::world::PASSWORD)])
            .await
    }

    pub async fn sign_in(&mut self, email: &str) -> Answer {
        self.get("/sign-in").await;
        self.post("identity/sign-in", &[("email", email), ("password", crate::world::PASSWORD)]).await
    }

    /// Whether pages below the login are shown.
    pub async fn is_signed_in(&mut self) -> bool {
        self.get("/account").await.status == 200
    }
}
