//! What the console asks of change streams.

use super::surveys::Wanted;
use super::{Pulse, tables};
use app::calls::Streams;
use app::model::events::{Action, SeenEvent};
use app::model::pulse::{Item, Point, Ready, Slot, Statements, Survey, TableName};
use bytes::Bytes;
use control::pulse::{leases, shown};
use futures::future::BoxFuture;
use kernel::ResourceId;
use pulse::events::{Change, Table};
use pulse::setup::{self, Check, Names, State, Tables, WalStatus};
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::sleep;
use upstream::ConnectionString;

/// Characters of a value.
const LONGEST: usize = 200;
/// Who captures hears of the pause within a second; who has died holds its lease for a little longer.
const TRIES: u32 = 40;
const BETWEEN: Duration = Duration::from_millis(200);

impl Streams for Pulse {
    fn survey<'a>(
        &'a self,
        resource: ResourceId,
        target: &'a SecretString,
        chosen: Option<&'a [TableName]>,
    ) -> BoxFuture<'a, Result<Survey, String>> {
        let tables = tables(chosen.map(<[_]>::to_vec));
        Box::pin(async move {
            let wanted = Wanted { target: target.clone(), tables: tables.clone() };
            let look = wanted.clone().look(Arc::clone(&self.dialer), resource);
            let found = self.surveys.of(resource, wanted, look).await?;
            Ok(shown_survey(found, resource, &tables))
        })
    }

    fn remove<'a>(&'a self, resource: ResourceId, target: &'a SecretString) -> BoxFuture<'a, Result<(), String>> {
        Box::pin(async move {
            let target = ConnectionString::parse(target.expose_secret()).map_err(|error| error.to_string())?;
            let lease = self.take_lease(resource).await?;
            let names = Names::of(resource);
            let removed = async {
                setup::drop_slot(&self.dialer, &target, &names.slot).await?;
                setup::drop_publication(&self.dialer, &target, &names.publication).await
            };
            let removed = removed.await;
            if let Err(error) = leases::give_up(&self.ctx, lease).await {
                tracing::warn!(%resource, %error, "a lease was not given up; it ends by itself");
            }
            removed.map_err(|error| format!("{error}. Check again what is left, and run its statement."))
        })
    }

    fn show(&self, event: &shown::SeenEvent) -> SeenEvent {
        let action = match event.action.as_str() {
            "I" => Action::Create,
            "U" => Action::Update,
            "D" => Action::Delete,
            _ => Action::Truncate,
        };
        let (table, row) = row(event).unwrap_or_default();
        let time = event.arrived_at.to_offset(time::UtcOffset::UTC);
        let at = format!("{:02}:{:02}:{:02} UTC", time.hour(), time.minute(), time.second());
        SeenEvent { id: event.id.clone(), action, table, row, at }
    }
}

impl Pulse {
    /// Waits until nobody captures.
    async fn take_lease(&self, resource: ResourceId) -> Result<leases::Lease, String> {
        for _ in 0..TRIES {
            match leases::take(&self.ctx, resource, self.node).await {
                Ok(Some(lease)) => return Ok(lease),
                Ok(None) => sleep(BETWEEN).await,
                Err(error) => {
                    tracing::warn!(%resource, %error, "the lease of a change stream was not taken");
                    break;
                }
            }
        }
        Err("Capture has not ended yet. Try again in a few seconds.".to_owned())
    }
}

/// Table and row; none where the journal holds what nobody can read.
fn row(event: &shown::SeenEvent) -> Option<(String, String)> {
    let table = Arc::new(Table::decode(Bytes::copy_from_slice(&event.table)).ok()?);
    let relation = table.relation();
    let name = format!("{}.{}", relation.schema, relation.name);
    let Some(change) = &event.change else { return Some((name, "This change is too large to be shown.".to_owned())) };
    let tag = event.action.bytes().next()?;
    let change = Change::new(event.id.parse().ok()?, table, tag, Bytes::copy_from_slice(change)).ok()?;
    Some((name, change.shown(LONGEST).ok()?))
}

fn shown_survey(found: setup::Survey, resource: ResourceId, tables: &Tables) -> Survey {
    let statements = setup::Statements::of(&Names::of(resource), tables, found.version);
    let slot = found.slot.map(|slot| Slot {
        is_active: slot.is_active,
        is_lost: slot.wal == WalStatus::Lost,
        lag: slot.lag,
        held: slot.held,
    });
    Survey {
        items: found.items.into_iter().map(shown_item).collect(),
        tables: found.tables.into_iter().map(|table| (table.schema, table.name)).collect(),
        slot,
        is_published: found.published.is_some(),
        statements: Statements {
            publish: statements.publish,
            create_slot: statements.create_slot,
            end_walsender: statements.end_walsender,
            drop_slot: statements.drop_slot,
            drop_publication: statements.drop_publication,
        },
    }
}

fn shown_item(item: setup::Item) -> Item {
    Item {
        point: match item.check {
            Check::Version => Point::Version,
            Check::Primary => Point::Primary,
            Check::WalLevel => Point::WalLevel,
            Check::Slots => Point::Slots,
            Check::Senders => Point::Senders,
            Check::ReplicationRole => Point::ReplicationRole,
            Check::Publishing => Point::Publishing,
            Check::ReplicaIdentity => Point::ReplicaIdentity,
            Check::WalKept => Point::WalKept,
        },
        table: item.table.map(|table| format!("{}.{}", table.schema, table.name)),
        ready: match item.state {
            State::Ready => Ready::Ready,
            State::Advised => Ready::Advised,
            State::Missing => Ready::Missing,
        },
        found: item.found,
        statement: item.statement,
        restart: item.restart,
    }
}
