//! The addresses of pages that a letter leads to. The console serves them; each asks for a click, because mail scanners open links.

/// Where an address is verified.
pub fn verify_email(public_url: &str, token: &str) -> String {
    under(public_url, &format!("verify-email/{token}"))
}

/// Where a new password is chosen.
pub fn reset_password(public_url: &str, token: &str) -> String {
    under(public_url, &format!("reset-password/{token}"))
}

/// Where an invitation is accepted or declined.
pub fn invitation(public_url: &str, token: &str) -> String {
    under(public_url, &format!("invitations/{token}"))
}

/// The console's sign-in page.
pub fn sign_in(public_url: &str) -> String {
    under(public_url, "sign-in")
}

fn under(public_url: &str, path: &str) -> String {
    format!("{}/{path}", public_url.trim_end_matches('/'))
}
