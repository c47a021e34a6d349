//! The part of a cuid that tells processes and hosts apart.

use std::sync::LazyLock;

use super::push_base_36;

/// Two digits for the process and two for the host name, the last ones where there are more.
pub(super) fn fingerprint() -> &'static str {
    static FINGERPRINT: LazyLock<String> = LazyLock::new(|| of(std::process::id(), &host_name()));
    &FINGERPRINT
}

pub(super) fn of(process: u32, host: &str) -> String {
    // Counted in UTF-16 units, as JavaScript does.
    let length = host.encode_utf16().count() as u64;
    let sum: u64 = host.encode_utf16().map(u64::from).sum();
    let mut print = String::with_capacity(4);
    push_base_36(&mut print, u64::from(process) % (36 * 36), 2);
    push_base_36(&mut print, (length + 36 + sum) % (36 * 36), 2);
    print
}

fn host_name() -> String {
    let name =
        std::fs::read_to_string("/proc/sys/kernel/hostname").or_else(|_| std::env::var("HOSTNAME").map_err(drop));
    name.map_or_else(|()| "hostname".to_owned(), |name| name.trim_end().to_owned())
}
