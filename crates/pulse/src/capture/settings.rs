//! Bounds.

use std::{path::PathBuf, time::Duration};

use crate::source::Pace;

/// What capture of one resource may take.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Feedback to the database.
    pub pace: Pace,
    /// Bytes of one change; a larger one is left out, counted and logged.
    pub change_most: usize,
    /// Changes in one batch. Two batches at most are in memory beside what subscribers have not read.
    pub batch_changes: usize,
    /// Bytes of changes in one batch; a single change may be larger.
    pub batch_bytes: usize,
    /// The least time between two batches, unless one is full: a change that comes alone is handed on at once.
    pub linger: Duration,
    /// Where large transactions wait for their commit.
    pub spill: PathBuf,
    /// Bytes of each that stay in memory.
    pub spill_memory: usize,
    /// Bytes of them all, in memory and in files.
    pub spill_most: u64,
    /// How often the journal hears that nothing happened, so that an idle database may forget its log.
    pub advance: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            pace: Pace::default(),
            change_most: 64 * 1024 * 1024,
            batch_changes: 1000,
            batch_bytes: 256 * 1024,
            linger: Duration::from_millis(1),
            spill: std::env::temp_dir(),
            spill_memory: 256 * 1024,
            spill_most: 10 * 1024 * 1024 * 1024,
            advance: Duration::from_secs(10),
        }
    }
}
