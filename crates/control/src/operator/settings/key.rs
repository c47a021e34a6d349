use super::Settings;
use crate::keys::ranges;
use serde::Deserialize;
use serde_json::{Value, json};

/// One setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SettingKey {
    SignUp,
    DeniedRanges,
    Accelerate,
    Pulse,
}

impl SettingKey {
    pub const ALL: [Self; 4] = [Self::SignUp, Self::DeniedRanges, Self::Accelerate, Self::Pulse];

    /// Its name in the configuration, and in the database.
    pub const fn config_key(self) -> &'static str {
        match self {
            Self::SignUp => "identity.sign_up",
            Self::DeniedRanges => "network.denied_ranges",
            Self::Accelerate => "products.accelerate",
            Self::Pulse => "products.pulse",
        }
    }

    /// The setting of a configuration key.
    pub fn of(config_key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|key| key.config_key() == config_key)
    }

    /// The stored form of what a form field says; the error is shown beside the field.
    pub(super) fn parse(self, text: &str) -> Result<Value, String> {
        match self {
            Self::SignUp => check(json!(text.trim()), "Choose open, invite or closed.", self),
            Self::Accelerate | Self::Pulse => check(json!(text.trim()), "Choose on, early_access or off.", self),
            Self::DeniedRanges => ranges::parse(text).map(|ranges| json!(ranges)).map_err(|error| error.to_string()),
        }
    }

    /// The value as a form field shows it.
    pub(super) fn text(self, settings: &Settings) -> String {
        match self.value(settings) {
            Value::Array(items) => items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("\n"),
            value => value.as_str().unwrap_or_default().to_owned(),
        }
    }

    /// The stored form of the value.
    pub(super) fn value(self, settings: &Settings) -> Value {
        match self {
            Self::SignUp => json!(settings.sign_up),
            Self::DeniedRanges => json!(settings.denied_ranges),
            Self::Accelerate => json!(settings.accelerate),
            Self::Pulse => json!(settings.pulse),
        }
    }

    /// Puts a stored value in its place.
    pub(super) fn put(self, settings: &mut Settings, value: Value) -> Result<(), serde_json::Error> {
        match self {
            Self::SignUp => settings.sign_up = Deserialize::deserialize(value)?,
            Self::DeniedRanges => settings.denied_ranges = Deserialize::deserialize(value)?,
            Self::Accelerate => settings.accelerate = Deserialize::deserialize(value)?,
            Self::Pulse => settings.pulse = Deserialize::deserialize(value)?,
        }
        Ok(())
    }
}

/// The value itself if it can be put in the key's place.
fn check(value: Value, message: &str, key: SettingKey) -> Result<Value, String> {
    key.put(&mut Settings::default(), value.clone()).map(|()| value).map_err(|_| message.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_survives_its_text() {
        for (key, text) in [
            (SettingKey::SignUp, "closed"),
            (SettingKey::DeniedRanges, "10.0.0.0/8\n2001:db8::/32"),
            (SettingKey::Accelerate, "early_access"),
            (SettingKey::Pulse, "off"),
        ] {
            let mut settings = Settings::default();
            key.put(&mut settings, key.parse(text).unwrap()).unwrap();
            assert_eq!(key.text(&settings), text);
            assert_eq!(SettingKey::of(key.config_key()), Some(key));
            assert!(key.parse("nonsense").is_err());
        }
    }
}
