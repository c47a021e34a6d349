//! A browser's name for people, out of its user agent.

/// "Firefox on Linux". A guess that is good enough to recognise one's own machine; nothing depends on it.
pub fn name(user_agent: Option<&str>) -> String {
    let Some(text) = user_agent else { return "Unknown browser".to_owned() };
    // The order matters: Edge and Opera also say Chrome, and Chrome also says Safari.
    let browsers = [
        ("Edg", "Edge"),
        ("OPR", "Opera"),
        ("Firefox", "Firefox"),
        ("Chrome", "Chrome"),
        ("Safari", "Safari"),
        ("curl", "curl"),
    ];
    let systems = [
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ];
    let find =
        |table: &[(&str, &'static str)]| table.iter().find(|(mark, _)| text.contains(mark)).map(|(_, name)| *name);
    match (find(&browsers), find(&systems)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(browser), None) => browser.to_owned(),
        _ => "Unknown browser".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_told_apart() {
        let chrome =
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36";
        assert_eq!(name(Some(chrome)), "Chrome on Linux");
        assert_eq!(name(Some(&format!("{chrome} Edg/156.0"))), "Edge on Linux");
        assert_eq!(name(Some("Mozilla/5.0 (Macintosh; Intel Mac OS X 15_0) Version/18 Safari/605")), "Safari on macOS");
        assert_eq!(name(Some("curl/8.5")), "curl");
        assert_eq!(name(None), "Unknown browser");
    }
}
