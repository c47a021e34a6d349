//! The members of the workspace and what they depend on, as `cargo metadata` tells it.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::Deserialize;

/// A crate of ours.
#[derive(Clone, Debug, Deserialize)]
pub struct Package {
    pub name: String,
    #[serde(default)]
    pub dependencies: Vec<Dependency>,
    #[serde(default)]
    pub features: BTreeMap<String, Vec<String>>,
    /// Absolute, as cargo says it.
    #[serde(default)]
    pub manifest_path: String,
}

/// A line of its manifest.
#[derive(Clone, Debug, Deserialize)]
pub struct Dependency {
    pub name: String,
    #[serde(default)]
    pub kind: Kind,
    #[serde(default)]
    pub optional: bool,
}

/// When it is needed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    #[default]
    Normal,
    Dev,
    Build,
}

impl<'de> Deserialize<'de> for Kind {
    /// Cargo writes `null` for a normal dependency.
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Option::<String>::deserialize(deserializer)?.as_deref() {
            Some("dev") => Self::Dev,
            Some("build") => Self::Build,
            _ => Self::Normal,
        })
    }
}

impl Package {
    /// What it needs to run: neither tests nor build scripts count.
    pub fn needs(&self) -> impl Iterator<Item = &Dependency> {
        self.dependencies.iter().filter(|dependency| dependency.kind == Kind::Normal)
    }
}

/// Reads the output of `cargo metadata --no-deps`.
pub fn parse(json: &str) -> Result<Vec<Package>> {
    #[derive(Deserialize)]
    struct Metadata {
        packages: Vec<Package>,
    }
    let metadata: Metadata = serde_json::from_str(json).context("cargo metadata speaks an unknown dialect")?;
    Ok(metadata.packages)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_apart() {
        let json = r#"{"packages":[{"name":"app","dependencies":[
            {"name":"kernel","kind":null,"optional":false},
            {"name":"control","kind":null,"optional":true},
            {"name":"testkit","kind":"dev"}]}]}"#;
        let packages = parse(json).unwrap();
        assert_eq!(packages[0].needs().map(|dependency| &*dependency.name).collect::<Vec<_>>(), ["kernel", "control"]);
        assert!(packages[0].dependencies[1].optional);
        assert_eq!(packages[0].dependencies[2].kind, Kind::Dev);
    }
}
