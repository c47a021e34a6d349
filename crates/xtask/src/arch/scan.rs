//! What a Rust file mentions: paths, and `usize` where it would cross the wire.
//!
//! It works on tokens: comments and texts do not count, macros do, and nothing needs to be resolved. Items marked
//! `#[cfg(test)]` are left out.

use std::iter::Peekable;

use anyhow::{Result, anyhow};
use proc_macro2::token_stream::IntoIter;
use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// A path such as `tokio::net::TcpStream::connect`, from an import or an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    pub line: usize,
    pub path: Vec<String>,
    /// Called as a macro: `sqlx::query!`.
    pub is_macro: bool,
    /// Written as an element of a view: `<textarea`.
    pub is_element: bool,
}

impl Mention {
    /// The path as it would be written.
    pub fn shown(&self) -> String {
        let path = self.path.join("::");
        if self.is_macro { format!("{path}!") } else { path }
    }

    /// Whether these parts stand in it side by side.
    pub fn contains(&self, parts: &[&str]) -> bool {
        self.path.windows(parts.len()).any(|window| window.iter().zip(parts).all(|(found, wanted)| found == wanted))
    }

    /// Whether it is a path into that crate.
    pub fn is_into(&self, krate: &str) -> bool {
        self.path.len() > 1 && self.path[0] == krate
    }
}

/// A machine-sized number in a function's signature or in a type that serde reads and writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Usage {
    pub line: usize,
    pub name: String,
    /// In a type, and not in a signature.
    pub in_type: bool,
}

/// The findings of one file.
#[derive(Debug, Default)]
pub struct Scanned {
    pub mentions: Vec<Mention>,
    pub usages: Vec<Usage>,
}

/// Scans one file.
pub fn scan(text: &str) -> Result<Scanned> {
    let tokens: TokenStream = text.parse().map_err(|error| anyhow!("{error}"))?;
    let mut scanned = Scanned::default();
    scanned.walk(tokens);
    Ok(scanned)
}

impl Scanned {
    fn walk(&mut self, tokens: TokenStream) {
        let mut tokens = tokens.into_iter().peekable();
        let (mut after_angle, mut serialised) = (false, false);
        while let Some(token) = tokens.next() {
            let angle = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '<');
            match token {
                TokenTree::Punct(punct) if punct.as_char() == '#' => match attribute(&mut tokens) {
                    Attribute::Test => skip_item(&mut tokens),
                    Attribute::Serde => serialised = true,
                    Attribute::Other(inner) => self.walk(inner),
                },
                TokenTree::Ident(ident) if ident == "fn" => self.signature(&mut tokens),
                TokenTree::Ident(ident) if (ident == "struct" || ident == "enum") && serialised => {
                    self.numbers_of_item(&tokens);
                    serialised = false;
                }
                TokenTree::Ident(ident) => {
                    let line = ident.span().start().line;
                    self.path(vec![ident.to_string()], line, after_angle, &mut tokens);
                }
                TokenTree::Group(group) => self.walk(group.stream()),
                _ => {}
            }
            after_angle = angle;
        }
    }

    /// Follows `::` as far as it goes, and into the braces of an import.
    fn path(&mut self, mut path: Vec<String>, line: usize, is_element: bool, tokens: &mut Peekable<IntoIter>) {
        while take_colons(tokens) {
            match tokens.peek() {
                Some(TokenTree::Ident(ident)) => {
                    path.push(ident.to_string());
                    tokens.next();
                }
                Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                    let branches = group.stream();
                    tokens.next();
                    self.branches(&path, branches);
                    return;
                }
                _ => break,
            }
        }
        let is_macro = matches!(tokens.peek(), Some(TokenTree::Punct(punct)) if punct.as_char() == '!');
        self.mentions.push(Mention { line, path, is_macro, is_element });
    }

    /// `{b::c, d as e}` after `a::`.
    fn branches(&mut self, stem: &[String], tokens: TokenStream) {
        let mut tokens = tokens.into_iter().peekable();
        let mut begins = true;
        while let Some(token) = tokens.next() {
            match token {
                TokenTree::Ident(ident) if begins => {
                    let path = stem.iter().cloned().chain([ident.to_string()]).collect();
                    self.path(path, ident.span().start().line, false, &mut tokens);
                    begins = false;
                }
                TokenTree::Punct(punct) if punct.as_char() == ',' => begins = true,
                _ => {}
            }
        }
    }

    /// From the name of a function to its body.
    fn signature(&mut self, tokens: &mut Peekable<IntoIter>) {
        let signature: TokenStream = std::iter::from_fn(|| tokens.next_if(|token| !ends_signature(token))).collect();
        self.numbers(signature.clone(), false);
        self.walk(signature);
    }

    fn numbers_of_item(&mut self, tokens: &Peekable<IntoIter>) {
        for token in tokens.clone() {
            let ends = ends_signature(&token);
            self.numbers(TokenStream::from(token), true);
            if ends {
                return;
            }
        }
    }

    fn numbers(&mut self, tokens: TokenStream, in_type: bool) {
        for token in tokens {
            match token {
                TokenTree::Ident(ident) if ident == "usize" || ident == "isize" => {
                    let (line, name) = (ident.span().start().line, ident.to_string());
                    self.usages.push(Usage { line, name, in_type });
                }
                TokenTree::Group(group) => self.numbers(group.stream(), in_type),
                _ => {}
            }
        }
    }
}

enum Attribute {
    Test,
    Serde,
    Other(TokenStream),
}

/// Reads `[...]` or `![...]` after a `#`.
fn attribute(tokens: &mut Peekable<IntoIter>) -> Attribute {
    tokens.next_if(|token| matches!(token, TokenTree::Punct(punct) if punct.as_char() == '!'));
    let Some(TokenTree::Group(group)) = tokens.next_if(|token| matches!(token, TokenTree::Group(_))) else {
        return Attribute::Other(TokenStream::new());
    };
    let text: String = group.stream().to_string().split_whitespace().collect();
    if text == "cfg(test)" {
        Attribute::Test
    } else if text.starts_with("derive(") && (text.contains("Serialize") || text.contains("Deserialize")) {
        Attribute::Serde
    } else {
        Attribute::Other(group.stream())
    }
}

/// Skips to the end of the item that an attribute belongs to.
fn skip_item(tokens: &mut Peekable<IntoIter>) {
    for token in tokens.by_ref() {
        if ends_signature(&token) {
            return;
        }
    }
}

/// A body or a semicolon.
fn ends_signature(token: &TokenTree) -> bool {
    match token {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        TokenTree::Punct(punct) => punct.as_char() == ';',
        _ => false,
    }
}

fn take_colons(tokens: &mut Peekable<IntoIter>) -> bool {
    let colon = |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ':');
    let mut ahead = tokens.clone();
    if ahead.next().as_ref().is_some_and(colon) && ahead.next().as_ref().is_some_and(colon) {
        *tokens = ahead;
        return true;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(text: &str) -> Vec<String> {
        let tells = |path: &String| !["use", "const", "doc"].contains(&path.as_str());
        scan(text).unwrap().mentions.iter().map(Mention::shown).filter(tells).collect()
    }

    #[test]
    fn imports_are_flattened() {
        let found = paths("use tokio::{net::{TcpStream, UnixStream as U}, sync::Mutex};");
        assert_eq!(found, ["tokio::net::TcpStream", "tokio::net::UnixStream", "tokio::sync::Mutex"]);
    }

    #[test]
    fn comments_and_texts_do_not_count() {
        assert_eq!(paths("/// axum::Router\nconst A: &str = \"axum::Router\"; // axum::Router"), ["A", "str"]);
    }

    #[test]
    fn macros_and_what_is_inside_them_count() {
        assert_eq!(paths("view! { <textarea>{a::b()}</textarea> }"), ["view!", "textarea", "a::b", "textarea"]);
        assert!(scan("view! { <textarea/> }").unwrap().mentions[1].is_element);
    }

    #[test]
    fn test_modules_are_left_out() {
        assert_eq!(paths("#[cfg(test)] mod tests { use axum::Router; } use http::Uri;"), ["http::Uri"]);
    }

    #[test]
    fn numbers_count_in_signatures_and_serialised_types_only() {
        let lines = |text| scan(text).unwrap().usages.iter().map(|usage| usage.line).collect::<Vec<_>>();
        assert_eq!(lines("fn f(a: Vec<usize>) {}\nfn g() { let a: usize = 1; }"), [1]);
        assert_eq!(lines("#[derive(Clone, Serialize)]\npub struct A {\n b: usize }\nstruct B(usize);"), [3]);
    }
}
