//! Where a server will listen, known before it is built: the environment, then `pentaprism.toml`, then the defaults.

use std::net::{Ipv4Addr, SocketAddr};

use anyhow::{Context, Result};

use super::Listen;
use crate::workspace::Workspace;

/// The addresses that `pentaprism serve` will take in this checkout.
pub fn listen(workspace: &Workspace) -> Result<Listen> {
    let file = std::fs::read_to_string(workspace.path("pentaprism.toml")).unwrap_or_default();
    Ok(Listen {
        console: address(&file, "CONSOLE", 3000)?,
        data: address(&file, "DATA", 3001)?,
        metrics: address(&file, "METRICS", 3002)?,
    })
}

/// The variable that sets a section's address.
pub fn variable(section: &str) -> String {
    format!("PENTAPRISM__{section}__LISTEN")
}

fn address(file: &str, section: &str, usual: u16) -> Result<SocketAddr> {
    let variable = variable(section);
    let given = std::env::var(&variable).ok().or_else(|| in_file(file, &section.to_lowercase()));
    match given {
        Some(text) => text.parse().with_context(|| format!("{variable}={text} is no address like 127.0.0.1:{usual}")),
        None => Ok(SocketAddr::from((Ipv4Addr::LOCALHOST, usual))),
    }
}

/// `listen` of a section. The server reads the file properly and complains; here a line in the usual form is enough.
fn in_file(file: &str, section: &str) -> Option<String> {
    let lines = file.lines().map(str::trim).skip_while(|line| *line != format!("[{section}]")).skip(1);
    let mut pairs = lines.take_while(|line| !line.starts_with('[')).filter_map(|line| line.split_once('='));
    let (_, value) = pairs.find(|(key, _)| key.trim() == "listen")?;
    value.split('"').nth(1).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "[console]\n# listen = \"1\"\nlisten = \"127.0.0.1:4000\" # here\n\n[data]\npublic_url = \"x\"\n[metrics]\nlisten=\"[::1]:5\"";

    #[test]
    fn the_file_is_read_section_by_section() {
        assert_eq!(in_file(FILE, "console").as_deref(), Some("127.0.0.1:4000"));
        assert_eq!(in_file(FILE, "data"), None);
        assert_eq!(in_file(FILE, "metrics").as_deref(), Some("[::1]:5"));
    }

    #[test]
    fn what_nobody_sets_has_its_usual_place() {
        assert_eq!(address("", "NOSUCH", 3000).unwrap().to_string(), "127.0.0.1:3000");
    }
}
