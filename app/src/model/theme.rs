//! The theme a visitor chose.

use serde::{Deserialize, Serialize};

/// Light, dark, or what the system says; kept in a cookie so that the first byte of a page already knows it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];
    /// How long the choice is kept, in seconds: a year.
    const MAX_AGE: u32 = 31_536_000;

    /// The name of the cookie; with https it is bound to this host and to TLS.
    pub const fn cookie(https: bool) -> &'static str {
        if https { "__Host-theme" } else { "theme" }
    }

    /// What remembers the choice, as `Set-Cookie` and a script say it.
    pub fn set_cookie(self, https: bool) -> String {
        let (name, value, age) = (Self::cookie(https), self.as_str(), Self::MAX_AGE);
        let secure = if https { "; Secure" } else { "" };
        format!("{name}={value}; Path=/; Max-Age={age}; SameSite=Lax{secure}")
    }

    /// The value of the cookie, of the form field, and of `data-theme` on the root element.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    pub const fn label(self) -> &'static str {
        match self {
            Self::System => "System",
            Self::Light => "Light",
            Self::Dark => "Dark",
        }
    }

    /// A cookie holds whatever a visitor put there: anything unknown is the system's theme.
    pub fn from_cookie(value: &str) -> Self {
        Self::ALL.into_iter().find(|theme| theme.as_str() == value).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn with_https_the_cookie_is_of_this_host_alone() {
        let age = Theme::MAX_AGE;
        assert_eq!(Theme::Dark.set_cookie(false), format!("theme=dark; Path=/; Max-Age={age}; SameSite=Lax"));
        let secure = format!("__Host-theme=dark; Path=/; Max-Age={age}; SameSite=Lax; Secure");
        assert_eq!(Theme::Dark.set_cookie(true), secure);
    }

    #[test]
    fn unknown_cookies_mean_the_system() {
        for theme in Theme::ALL {
            assert_eq!(Theme::from_cookie(theme.as_str()), theme);
        }
        assert_eq!(Theme::from_cookie("\"><script>"), Theme::System);
    }
}
