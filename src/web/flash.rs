//! The flash on its way from a form's answer to the next page: a sealed cookie of one minute, read once.

use app::flash::Flash;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use control::vault::Vault;
use http::header::{COOKIE, SET_COOKIE};
use http::{HeaderMap, HeaderValue, Method};
use secrecy::ExposeSecret;
use std::sync::Arc;

/// What the vault authenticates beside a flash.
const PURPOSE: &str = "flash";
/// Browsers keep 4,096 bytes of a cookie; a longer flash goes without the input.
const LONGEST: usize = 3_800;

/// Seals and opens flashes.
#[derive(Clone)]
pub struct Flashes {
    vault: Arc<Vault>,
    secure: bool,
}

impl Flashes {
    pub fn new(vault: Arc<Vault>, secure: bool) -> Self {
        Self { vault, secure }
    }

    fn name(&self) -> &'static str {
        if self.secure { "__Host-flash" } else { "flash" }
    }

    /// The `Set-Cookie` that carries the flash. A form whose input is too long comes back without it, and says why.
    pub fn cookie(&self, flash: &Flash) -> Option<HeaderValue> {
        let text = self
            .seal(flash)
            .filter(|text| text.len() <= LONGEST)
            .or_else(|| self.seal(&Flash { input: Vec::new(), ..flash.clone() }))?;
        self.header(&text, 60)
    }

    fn removal(&self) -> Option<HeaderValue> {
        self.header("", 0)
    }

    fn header(&self, value: &str, seconds: u32) -> Option<HeaderValue> {
        let secure = if self.secure { "; Secure" } else { "" };
        format!("{}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}", self.name()).parse().ok()
    }

    fn seal(&self, flash: &Flash) -> Option<String> {
        let plain = serde_json::to_string(flash).ok()?;
        Some(BASE64_URL_SAFE_NO_PAD.encode(self.vault.seal(PURPOSE, &plain).ok()?))
    }

    /// The flash of a request. A cookie that nobody here sealed is no flash.
    fn open(&self, headers: &HeaderMap) -> Option<Flash> {
        let cookies =
            headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(';'));
        let value =
            cookies.filter_map(|cookie| cookie.trim().split_once('=')).find(|(name, _)| *name == self.name())?.1;
        let sealed = BASE64_URL_SAFE_NO_PAD.decode(value).ok()?;
        let plain = self.vault.open(PURPOSE, &sealed).ok()?;
        serde_json::from_str(plain.expose_secret()).ok()
    }
}

/// Hands the flash to the page that is rendered, and takes it from the browser. A page that is only fetched ahead leaves it there.
pub async fn provide(State(flashes): State<Flashes>, mut request: Request, next: Next) -> Response {
    let ahead = request.headers().get("sec-purpose").is_some_and(|purpose| purpose.as_bytes().starts_with(b"prefetch"));
    let flash = (request.method() == Method::GET && !ahead).then(|| flashes.open(request.headers())).flatten();
    let Some(flash) = flash else { return next.run(request).await };
    request.extensions_mut().insert(flash);
    let mut response = next.run(request).await;
    // A redirect in between passes it on.
    if !response.status().is_redirection()
        && let Some(removal) = flashes.removal()
    {
        response.headers_mut().append(SET_COOKIE, removal);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use control::Rng;
    use kernel::Problem;

    fn flashes(key: u8) -> Flashes {
        let key = secrecy::SecretSlice::from(vec![key; 32]);
        Flashes::new(Arc::new(Vault::new(&key, Rng::seeded(1)).unwrap()), false)
    }

    fn request(cookie: &HeaderValue) -> HeaderMap {
        let pair = cookie.to_str().unwrap().split(';').next().unwrap().to_owned();
        HeaderMap::from_iter([(COOKIE, format!("theme=dark; {pair}").parse().unwrap())])
    }

    #[test]
    fn a_flash_survives_its_cookie_and_a_forged_one_does_not() {
        let flash =
            Flash::failure("keys/create", Problem::field("name", "Enter a name."), vec![("name".into(), "é\"".into())]);
        let cookie = flashes(1).cookie(&flash).unwrap();
        assert_eq!(flashes(1).open(&request(&cookie)), Some(flash));
        assert_eq!(flashes(2).open(&request(&cookie)), None);
        assert_eq!(flashes(1).open(&HeaderMap::from_iter([(COOKIE, HeaderValue::from_static("flash=AAAA"))])), None);
    }

    #[test]
    fn input_that_does_not_fit_is_left_out() {
        let flash = Flash::failure("f", Problem::field("a", "Wrong."), vec![("a".into(), "x".repeat(5_000))]);
        let cookie = flashes(1).cookie(&flash).unwrap();
        let kept = flashes(1).open(&request(&cookie)).unwrap();
        assert!(kept.input.is_empty() && kept.failed("f"));
    }
}
