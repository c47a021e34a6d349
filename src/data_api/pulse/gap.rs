//! Changes that no stream will ever tell, and how that is told: what clients read are events of rows alone, so the connection is closed at the gap, and the
//! next one is refused once, with the reason, which the client throws.

use super::Data;
use super::refusal::Refused;
use control::pulse::consumers::{self, Opened};
use control::pulse::directory::Served;
use control::pulse::journal;
use kernel::ResourceId;
use pulse::Lsn;
use pulse::events::EventId;

/// Refuses a stream that stands in front of a gap, and moves it behind.
pub async fn told_once(
    data: &Data,
    resource: ResourceId,
    name: &str,
    opened: &Opened,
    served: &Served,
) -> Result<(), Refused> {
    let cursor: Option<EventId> = opened.cursor.parse().ok();
    let (Some(cursor), Some(epoch)) = (cursor, served.epoch()) else { return Ok(()) };
    if cursor.epoch >= epoch {
        return Ok(());
    }
    let behind = EventId { epoch, commit: Lsn(0), index: 0 }.to_string();
    // What came before the gap comes first.
    if journal::has_between(&data.pulse.ctx, resource, &opened.cursor, &behind).await? {
        return Ok(());
    }
    consumers::acknowledge(&data.pulse.ctx, resource, name, opened, &behind).await?;
    Err(pulse::Error::Gap(why(served.gap_reason.as_deref())).into())
}

fn why(reason: Option<&str>) -> &'static str {
    match reason {
        Some("slot_missing") => "the replication slot was dropped",
        Some("slot_lost") => "the database did not keep its log for long enough",
        Some("slot_moved") => "somebody else has read from the replication slot",
        Some("other_server") => "another database server answers",
        Some("rewound") => "the database is behind where it was",
        _ => "capture had to begin anew",
    }
}
