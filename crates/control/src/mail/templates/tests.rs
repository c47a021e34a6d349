use super::*;
use time::macros::datetime;

fn name(text: &str) -> Name {
    text.parse().unwrap()
}

fn all() -> Vec<Content> {
    let to: Email = "ada@example.com".parse().unwrap();
    let link = "https://db.example.com/x/TOKEN";
    let notices = [
        Notice::PasswordChanged,
        Notice::SecondFactorOn,
        Notice::SecondFactorOff,
        Notice::RecoveryCodeUsed,
        Notice::AccountDeleted,
    ];
    let mut all = vec![
        verify_email(&name("Ada"), link),
        already_registered(&name("Ada"), link),
        reset_password(&name("Ada"), link),
        invitation(&name("Acme"), Role::Admin, &name("Grace"), datetime!(2026-01-27 10:00 UTC), link),
    ];
    all.extend(notices.map(|kind| notice(kind, &to, link)));
    all
}

#[test]
fn every_letter_reads_as_written() {
    let shown: Vec<_> =
        all().iter().map(|content| format!("Subject: {}\n\n{}", content.subject, render::text(content))).collect();
    let shown = shown.join("\n=====\n\n");
    snapshot("letters.txt", &shown);
    snapshot("reset_password.html", &render::html(&reset_password(&name("Ada"), "https://db.example.com/x/TOKEN")));
}

#[test]
fn every_element_is_styled() {
    for content in all() {
        assert!(!render::html(&content).contains("style=\"\""), "{}: a class could not be inlined", content.subject);
    }
}

#[test]
fn names_cannot_write_html() {
    let evil = name("<img src=x onerror=alert(1)> & \"Co\"");
    let content = invitation(&evil, Role::Viewer, &evil, datetime!(2026-01-27 10:00 UTC), "https://x/\"><script>");
    let html = render::html(&content);
    assert!(!html.contains("<img") && !html.contains("<script"));
    assert!(html.contains("&lt;img src=x onerror=alert(1)&gt; &amp; &quot;Co&quot;"));
}

/// Compares with the file beside this one; `UPDATE_DOCS=1` writes it.
fn snapshot(file: &str, shown: &str) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/mail/templates/snapshots").join(file);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, shown).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(written == shown, "{file} is out of date: run `UPDATE_DOCS=1 cargo test -p control` and read the change");
}
