//! Steps and their times on a terminal, plain lines elsewhere.

mod step;

pub use step::{Step, Ui};

use std::time::Duration;

/// A duration as people say it: `0.4 s`, `12.0 s`, `3 min 5 s`.
pub fn duration(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds < 60 {
        format!("{}.{} s", seconds, time.subsec_millis() / 100)
    } else {
        format!("{} min {} s", seconds / 60, seconds % 60)
    }
}

/// A size in thousands of bytes, as the budget counts them: `99.6 kB`.
pub fn size(bytes: u64) -> String {
    format!("{}.{} kB", bytes / 1000, bytes % 1000 / 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_grow_into_minutes() {
        assert_eq!(duration(Duration::from_millis(449)), "0.4 s");
        assert_eq!(duration(Duration::from_secs(185)), "3 min 5 s");
    }

    #[test]
    fn sizes_are_in_kilobytes() {
        assert_eq!(size(99_573), "99.5 kB");
    }
}
