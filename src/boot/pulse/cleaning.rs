//! Removing what Pulse has made in a database.

use control::Ctx;
use control::pulse::leases::Lease;
use control::pulse::leftovers;
use pulse::setup::{self, Names};
use secrecy::ExposeSecret;
use std::sync::Arc;
use upstream::{ConnectionString, Dialer};

/// A slot that nobody reads makes its server keep its log for ever, so this is tried until it is done.
pub async fn clean(ctx: Ctx, dialer: Arc<Dialer>, lease: Lease) {
    let (resource, names) = (lease.resource, Names::of(lease.resource));
    let cleaned = async {
        let Some(target) = leftovers::connection(&ctx, lease).await? else { return Ok(()) };
        let target = ConnectionString::parse(target.expose_secret())?;
        setup::drop_slot(&dialer, &target, &names.slot).await?;
        setup::drop_publication(&dialer, &target, &names.publication).await?;
        leftovers::removed(&ctx, lease).await?;
        tracing::info!(%resource, slot = names.slot, "the slot and the publication of a change stream are removed");
        anyhow::Ok(())
    };
    let Err(error) = cleaned.await else { return };
    tracing::warn!(%resource, slot = names.slot, %error, "a slot is left in a database whose Pulse was disabled");
    match leftovers::failed(&ctx, lease).await {
        Ok(true) => {}
        Ok(false) => {
            tracing::error!(%resource, slot = names.slot, "it is not tried again, since Pulse was enabled anew");
        }
        Err(error) => tracing::warn!(%error, "that was not noted"),
    }
}
