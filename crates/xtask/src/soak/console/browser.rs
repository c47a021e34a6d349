//! A browser without scripts: it keeps its session's cookie, posts forms and looks where they lead.

use std::io;
use std::net::SocketAddr;

use crate::soak::client::{Answer, Client};

/// Where a form seems to stand. The server leads back there when it refuses, and nowhere else.
const FORM: &str = "/a-form-that-failed";

/// What became of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Posted {
    /// It was done, and this page is next.
    Done(String),
    /// It was refused: nothing was done.
    Refused(String),
    /// The server is too busy, or cannot reach its database: to be tried again.
    Later,
}

/// One browser of one person somewhere.
#[derive(Debug)]
pub struct Browser {
    pub client: Client,
    session: Option<String>,
    /// What the proxy in front says of the person's network.
    network: String,
}

impl Browser {
    pub fn new(address: SocketAddr, network: String) -> Self {
        Self { client: Client::new(address), session: None, network }
    }

    /// Another window: the same session over a connection of its own.
    pub fn beside(&self) -> Self {
        Self {
            client: Client::new(self.client.address()),
            session: self.session.clone(),
            network: self.network.clone(),
        }
    }

    /// From here on a request comes from elsewhere.
    pub fn move_to(&mut self, network: String) {
        self.network = network;
    }

    pub fn get(&mut self, path: &str) -> io::Result<Answer> {
        self.request(&format!("GET {path}"), &[("accept", "text/html")], "")
    }

    /// Posts the form of a server function.
    pub fn form(&mut self, endpoint: &str, fields: &[(&str, &str)]) -> io::Result<Answer> {
        self.call(endpoint, fields, "text/html")
    }

    fn call(&mut self, endpoint: &str, fields: &[(&str, &str)], accept: &str) -> io::Result<Answer> {
        let origin = format!("http://{}", self.client.address());
        let referer = format!("{origin}{FORM}");
        let headers = [
            ("accept", accept),
            ("content-type", "application/x-www-form-urlencoded"),
            ("origin", origin.as_str()),
            ("referer", referer.as_str()),
        ];
        self.request(&format!("POST /api/{endpoint}"), &headers, &encoded(fields))
    }

    /// Posts a form and says what became of it. An error is the third outcome: nobody knows.
    pub fn post(&mut self, endpoint: &str, fields: &[(&str, &str)]) -> io::Result<Posted> {
        let answer = self.form(endpoint, fields)?;
        Ok(match answer.header("location") {
            Some(next) if answer.status == 303 && next != FORM => Posted::Done(next.to_owned()),
            _ if answer.header("retry-after").is_some() => Posted::Later,
            _ => {
                // A program is told why; a browser would have to look for it on the next page.
                let again = self.call(endpoint, fields, "application/json")?;
                let (why, status) = (again.text(), again.status);
                Posted::Refused(format!("{endpoint} was answered with {}, and then with {status} {why}", answer.status))
            }
        })
    }

    fn request(&mut self, line: &str, headers: &[(&str, &str)], body: &str) -> io::Result<Answer> {
        let cookie = self.session.as_ref().map(|session| format!("session={session}"));
        let mut all = headers.to_vec();
        all.push(("x-forwarded-for", &self.network));
        all.extend(cookie.as_deref().map(|cookie| ("cookie", cookie)));
        let answer = self.client.send(line, &all, body)?;
        if let Some(session) = answer.cookie("session") {
            self.session = Some(session.to_owned());
        }
        Ok(answer)
    }
}

/// `application/x-www-form-urlencoded`.
pub fn encoded(fields: &[(&str, &str)]) -> String {
    let pairs = fields.iter().map(|(name, value)| format!("{name}={}", percent(value)));
    pairs.collect::<Vec<_>>().join("&")
}

fn percent(text: &str) -> String {
    let one = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    text.bytes().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::encoded;

    #[test]
    fn fields_are_encoded() {
        assert_eq!(encoded(&[("a", "x y"), ("b", "é&=")]), "a=x%20y&b=%C3%A9%26%3D");
    }
}
