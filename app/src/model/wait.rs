//! How an open page asks again for something that it waits for.

use std::time::Duration;

const AT_FIRST: Duration = Duration::from_secs(2);
/// Who waits for so long waits for longer.
const LATER: Duration = Duration::from_secs(10);
const LATER_FROM: u32 = 150;
/// After about an hour somebody has left the page open: then a link asks.
const MOST: u32 = 480;
const LONGEST: Duration = Duration::from_secs(64);

/// How long to wait for the next try, after so many tries, the last `failures` of which had no answer; none to give up.
pub fn wait(tries: u32, failures: u32) -> Option<Duration> {
    let usual = if tries < LATER_FROM { AT_FIRST } else { LATER };
    (tries < MOST).then(|| usual.saturating_mul(1 << failures.min(5)).min(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_asks_every_two_seconds_then_less_often_and_at_last_no_more() {
        let seconds = |tries, failures| wait(tries, failures).map(|wait| wait.as_secs());
        assert_eq!((seconds(0, 0), seconds(149, 0), seconds(150, 0)), (Some(2), Some(2), Some(10)));
        assert_eq!([1, 2, 5, 99].map(|failures| seconds(9, failures)), [Some(4), Some(8), Some(64), Some(64)]);
        assert_eq!((seconds(479, 0), seconds(480, 0)), (Some(10), None));
    }
}
