use crate::accelerate::bounds;
use crate::plans::{Limits, Rate};
use kernel::problem::Fields;
use kernel::{Name, Problem};
use std::ops::RangeInclusive;

/// In ten seconds.
const REQUESTS: RangeInclusive<u32> = 1..=1_000_000;
const QUEUED: RangeInclusive<u32> = 0..=10_000;

/// What the form asks: numbers as typed, empty for no limit.
#[derive(Debug, Clone, Default)]
pub struct PlanInput {
    pub name: String,
    /// In ten seconds, on average.
    pub requests: String,
    /// How many more wait; needed with `requests`, and only there.
    pub queued: String,
    pub connections: String,
    pub query_timeout_ms: String,
    pub transaction_timeout_ms: String,
    pub response_bytes: String,
}

impl PlanInput {
    /// # Errors
    /// The fields that are wrong.
    pub(super) fn check(&self) -> Result<(Name, Limits), Problem> {
        let mut fields = Fields::default();
        let name = fields.check("name", self.name.parse::<Name>());
        let mut number = |name: &str, text: &str, range| fields.check(name, parse(text, range)).flatten();
        let requests = number("requests", &self.requests, REQUESTS);
        let queued = number("queued", &self.queued, QUEUED);
        let limits = Limits {
            rate: requests.zip(queued).map(|(requests, queued)| Rate { requests, queued }),
            connections: number("connections", &self.connections, bounds::CONNECTIONS),
            query_timeout_ms: number("query_timeout_ms", &self.query_timeout_ms, bounds::TIMEOUT_MS),
            transaction_timeout_ms: number("transaction_timeout_ms", &self.transaction_timeout_ms, bounds::TIMEOUT_MS),
            response_bytes: number("response_bytes", &self.response_bytes, bounds::RESPONSE_BYTES),
        };
        match (self.requests.trim().is_empty(), self.queued.trim().is_empty()) {
            (false, true) => fields.push("queued", "Enter how many queries may wait, or 0 for none."),
            (true, false) => fields.push("queued", "Leave this empty: without a limit of queries nobody waits."),
            _ => {}
        }
        fields.done()?;
        Ok((name.ok_or_else(Problem::internal)?, limits))
    }
}

fn parse(text: &str, range: RangeInclusive<u32>) -> Result<Option<u32>, String> {
    match text.trim() {
        "" => Ok(None),
        text => match text.parse() {
            Ok(number) if range.contains(&number) => Ok(Some(number)),
            _ => Err(format!("Enter a number from {} to {}, or nothing for no limit.", range.start(), range.end())),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(input: PlanInput) -> Vec<String> {
        let input = PlanInput { name: "Team".into(), ..input };
        input.check().unwrap_err().fields.into_iter().map(|field| field.name).collect()
    }

    #[test]
    fn numbers_are_bounded_and_a_rate_is_whole() {
        let text = |text: &str| text.to_owned();
        let input = PlanInput { name: text("Team"), requests: text(" 50 "), queued: text("0"), ..PlanInput::default() };
        let (_, limits) = input.check().unwrap();
        assert_eq!(limits, Limits { rate: Some(Rate { requests: 50, queued: 0 }), ..Limits::default() });
        assert_eq!(wrong(PlanInput { requests: text("5"), ..PlanInput::default() }), ["queued"]);
        assert_eq!(wrong(PlanInput { queued: text("5"), ..PlanInput::default() }), ["queued"]);
        assert_eq!(
            wrong(PlanInput { requests: text("0"), queued: text("-1"), ..PlanInput::default() }),
            ["requests", "queued"]
        );
        assert_eq!(
            wrong(PlanInput { connections: text("501"), response_bytes: text("1k"), ..PlanInput::default() }),
            ["connections", "response_bytes"]
        );
        assert!(PlanInput::default().check().is_err(), "a plan has a name");
    }
}
