//! Where to go on.

use std::time::Duration;

use super::{Capture, Failure, Gap, GapReason, Journal, Position, Tidings};
use crate::{
    Error, Lsn, SqlState,
    setup::{self, SlotStatus, WalStatus},
    source::{self, Replication, System},
};

/// The session of whoever had the slot before us takes a moment to end.
const TRIES: u32 = 50;
const BETWEEN: Duration = Duration::from_millis(100);

/// A stream that has begun.
pub(super) struct Begun {
    pub(super) source: Replication,
    pub(super) position: Position,
}

impl<J: Journal> Capture<J> {
    pub(super) async fn begin(&self) -> Result<Begun, Failure> {
        let system = source::identify(&self.dialer, &self.target).await?;
        let slot = setup::slot_status(&self.dialer, &self.target, &self.names.slot).await?;
        let stands = self.journal.position(self.fence).await?;
        let reason = stands.as_ref().and_then(|stands| gap(stands, &system, slot.as_ref()));
        let position = match (stands, reason) {
            (Some(stands), None) => stands,
            (stands, reason) => self.begin_epoch(stands, reason, system, slot).await?,
        };
        let source = self.start(position.through).await?;
        Ok(Begun { source, position })
    }

    async fn begin_epoch(
        &self,
        stands: Option<Position>,
        reason: Option<GapReason>,
        system: System,
        slot: Option<SlotStatus>,
    ) -> Result<Position, Failure> {
        let through = match slot.filter(|slot| slot.wal != WalStatus::Lost) {
            Some(slot) => slot.confirmed,
            None => {
                setup::drop_slot(&self.dialer, &self.target, &self.names.slot).await?;
                source::create_slot(&self.dialer, &self.target, &self.names.slot).await?
            }
        };
        let epoch = stands.as_ref().map_or(1, |stands| stands.epoch.saturating_add(1));
        let position = Position { epoch, system: system.identifier, through };
        let gap = stands.zip(reason);
        let gap = gap.map(|(stands, reason)| Gap { reason, epoch, after: stands.through, from: through });
        self.journal.begin(self.fence, &position, gap).await?;
        if let Some(gap) = gap {
            tracing::error!(slot = self.names.slot, ?gap, "changes are missing");
            self.status.send_modify(|status| status.gap = Some(gap));
            self.live.tell(Tidings::Gap(gap));
        }
        Ok(position)
    }

    /// The lease is ours, so the slot is: whoever reads it is sent away.
    async fn start(&self, from: Lsn) -> Result<Replication, Error> {
        let (slot, publication) = (&self.names.slot, &self.names.publication);
        let mut tries = 0;
        loop {
            let (pace, most) = (self.settings.pace, self.settings.change_most);
            match Replication::start(&self.dialer, &self.target, slot, publication, from, pace, most).await {
                Err(error) if error.is(SqlState::OBJECT_IN_USE) && tries < TRIES => {
                    tries += 1;
                    setup::end_walsender(&self.dialer, &self.target, slot).await?;
                    tokio::time::sleep(BETWEEN).await;
                }
                started => return started,
            }
        }
    }
}

/// Why the slot does not go on where the journal stands; `None` where it does.
fn gap(stands: &Position, system: &System, slot: Option<&SlotStatus>) -> Option<GapReason> {
    match slot {
        _ if stands.system != system.identifier => Some(GapReason::OtherServer),
        _ if stands.through > system.end => Some(GapReason::Rewound),
        None => Some(GapReason::SlotMissing),
        Some(slot) if slot.wal == WalStatus::Lost => Some(GapReason::SlotLost),
        // What we confirm is in the journal first.
        Some(slot) if slot.confirmed > stands.through => Some(GapReason::SlotMoved),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_is_seen_by_what_server_and_slot_say() {
        let stands = Position { epoch: 1, system: "7".into(), through: Lsn(50) };
        let system = |identifier: &str, end| System { identifier: identifier.into(), timeline: 1, end: Lsn(end) };
        let slot = |confirmed, wal| SlotStatus {
            is_active: false,
            confirmed: Lsn(confirmed),
            restart: None,
            lag: None,
            held: None,
            wal,
            safe: None,
        };
        let kept = slot(50, WalStatus::Extended);
        assert_eq!(gap(&stands, &system("7", 50), Some(&kept)), None);
        assert_eq!(gap(&stands, &system("7", 90), Some(&slot(10, WalStatus::Unreserved))), None);
        assert_eq!(gap(&stands, &system("8", 90), Some(&kept)), Some(GapReason::OtherServer));
        assert_eq!(gap(&stands, &system("7", 49), Some(&kept)), Some(GapReason::Rewound));
        assert_eq!(gap(&stands, &system("7", 90), None), Some(GapReason::SlotMissing));
        assert_eq!(gap(&stands, &system("7", 90), Some(&slot(50, WalStatus::Lost))), Some(GapReason::SlotLost));
        assert_eq!(gap(&stands, &system("7", 90), Some(&slot(51, WalStatus::Reserved))), Some(GapReason::SlotMoved));
    }
}
