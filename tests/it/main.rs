//! The console in one process: the real router, a real Postgres, a clock that tests move.
//!
//! `DATABASE_URL` names a server on which databases may be made, one for each test.

#![expect(clippy::unwrap_used, reason = "clippy knows tests, not what they share")]

mod answer;
mod browser;
mod console;
mod data_listener;
mod exchanges;
mod failures;
mod forms;
mod hardening;
mod headers;
mod hosts;
mod inspect;
mod keys;
mod lists;
mod logs;
mod matrix;
mod nodes;
mod operations;
mod outage;
mod palette;
mod problems;
mod products;
mod program;
mod pulse;
mod pulse_pages;
mod render;
mod rotation;
mod sessions;
mod stop;
mod tls;
mod typed;
mod world;
mod xss;
