//! The two forms of a letter.

use super::Content;
use super::style::inline;
use std::fmt::Write as _;

/// Mail programs know neither our fonts nor `system-ui`.
const FONT: &str = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;";

/// A column that fits a phone and does not grow beyond what reads well.
const WIDTH: &str = "max-width:560px;";

pub fn text(content: &Content) -> String {
    let mut out = format!("{}\n", content.greeting);
    for paragraph in &content.paragraphs {
        let _ = write!(out, "\n{paragraph}\n");
    }
    if let Some((label, url)) = &content.button {
        let _ = write!(out, "\n{label}:\n{url}\n");
    }
    let _ = write!(out, "\n-- \n{}\n", content.footer);
    out
}

pub fn html(content: &Content) -> String {
    let paragraph = inline("mt-4 mb-4 leading-6 text-zinc-800");
    let mut body = String::new();
    for sentence in std::iter::once(&content.greeting).chain(&content.paragraphs) {
        let _ = write!(body, "<p style=\"{paragraph}\">{}</p>", escape(sentence));
    }
    if let Some((label, url)) = &content.button {
        let (button, small, link) = (
            inline("inline-block rounded-md bg-zinc-900 px-4 py-2 text-white font-semibold no-underline"),
            inline("mt-4 mb-4 text-sm text-zinc-500"),
            inline("text-zinc-500 break-all"),
        );
        let url = escape(url);
        let _ = write!(
            body,
            "<p style=\"{paragraph}\"><a href=\"{url}\" style=\"{button}\">{}</a></p><p style=\"{small}\">Or open this address: <a href=\"{url}\" style=\"{link}\">{url}</a></p>",
            escape(label)
        );
    }
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <meta name=\"color-scheme\" content=\"light\"><title>{title}</title></head>\
         <body style=\"{page}{FONT}\"><table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\"><tr><td align=\"center\">\
         <table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" style=\"{card}{WIDTH}\"><tr><td style=\"{inner}\">\
         <h1 style=\"{heading}\">{title}</h1>{body}<p style=\"{footer}\">{why}</p></td></tr></table></td></tr></table></body></html>\n",
        title = escape(&content.subject),
        why = escape(&content.footer),
        page = inline("m-0 p-6 bg-zinc-100"),
        card = inline("bg-white border border-solid border-zinc-200 rounded-lg"),
        inner = inline("p-8 text-left"),
        heading = inline("m-0 text-xl font-semibold text-zinc-900"),
        footer = inline("mt-8 mb-0 text-sm text-zinc-500"),
    )
}

/// The five characters that mean something in HTML, in text and in quoted attributes.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}
