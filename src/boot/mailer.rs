//! The control plane's mail port over SMTP.

use super::config::Mail;
use anyhow::Context;
use control::mail::mailer::{Mailer, Message, SendError};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::AsyncSmtpTransportBuilder;
use lettre::transport::smtp::Error as SmtpError;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message as Mime, Tokio1Executor};

/// One connection pool to the configured server.
pub struct SmtpMailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl SmtpMailer {
    /// None without `mail.smtp_url`.
    pub fn configured(mail: &Mail) -> anyhow::Result<Option<Self>> {
        let (Some(url), Some(from)) = (&mail.smtp_url, &mail.from) else { return Ok(None) };
        Ok(Some(Self { transport: transport(url)?.build(), from: sender(from)? }))
    }
}

/// # Errors
/// Names the key whose value is none.
pub fn check(mail: &Mail) -> anyhow::Result<()> {
    mail.from.as_deref().map(sender).transpose()?;
    mail.smtp_url.as_deref().map(transport).transpose()?;
    Ok(())
}

fn sender(from: &str) -> anyhow::Result<Mailbox> {
    from.parse().context("mail.from: not an address like \"Pentaprism <console@example.com>\"")
}

fn transport(url: &str) -> anyhow::Result<AsyncSmtpTransportBuilder> {
    // What is wrong with it may be quoted by the cause, which is left out: the URL holds a password.
    AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
        .map_err(|_| anyhow::anyhow!("mail.smtp_url: not a URL like smtps://user:password@mail.example.com"))
}

impl Mailer for SmtpMailer {
    async fn send(&self, message: &Message) -> Result<(), SendError> {
        self.transport.send(mime(&self.from, message)?).await.map(drop).map_err(classify)
    }
}

fn mime(from: &Mailbox, message: &Message) -> Result<Mime, SendError> {
    let to: Mailbox = message.to.as_str().parse().map_err(|_| SendError::Final("the address is not one".into()))?;
    let body = MultiPart::alternative_plain_html(message.text.clone(), message.html.clone());
    let mime = Mime::builder().from(from.clone()).to(to).subject(&message.subject).multipart(body);
    mime.map_err(|error| SendError::Final(error.to_string()))
}

/// A permanent refusal (5xx) will not change; everything else may pass.
fn classify(error: SmtpError) -> SendError {
    if error.is_permanent() { SendError::Final(error.to_string()) } else { SendError::Passing(error.to_string()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_a_message_says_adds_no_header_and_no_command() {
        let hostile = "x\r\nBcc: eve@example.com\r\n\r\n.\r\nMAIL FROM:<eve@example.com>\r\n";
        let message = Message {
            to: "ada@example.com".parse().unwrap(),
            subject: hostile.into(),
            text: hostile.into(),
            html: hostile.into(),
        };
        let sent = mime(&sender("Pentaprism <console@example.com>").unwrap(), &message).unwrap();
        let text = String::from_utf8(sent.formatted()).unwrap();
        let (head, _) = text.split_once("\r\n\r\n").unwrap();
        let names: Vec<_> = head.split("\r\n").filter(|line| !line.starts_with([' ', '\t'])).collect();
        assert!(names.iter().all(|line| !line.to_lowercase().starts_with("bcc") && line.contains(": ")), "{head}");
        let recipients = sent.envelope().to();
        assert_eq!(recipients.iter().map(ToString::to_string).collect::<Vec<_>>(), ["ada@example.com"]);
    }
}
