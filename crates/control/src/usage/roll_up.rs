//! Adds up what nodes have said since the last time: to minutes of each scope, and these to hours, days and months.

use super::store::{self, Span};
use super::{ALL, Grain};
use crate::{Ctx, Error, commit};
use std::collections::BTreeSet;

/// The way from minutes up.
const STEPS: [(Grain, Grain); 3] =
    [(Grain::Minute, Grain::Hour), (Grain::Hour, Grain::Day), (Grain::Day, Grain::Month)];

/// Rolls up all that is new, unless another node does it right now. Each sum is made anew from the sums below it, so it is the same however often and
/// in whatever order this runs; what is said meanwhile is for the next time.
pub async fn roll_up(ctx: &Ctx) -> Result<(), Error> {
    let mut tx = ctx.db.begin().await?;
    if !store::lock(&mut tx).await? {
        return Ok(());
    }
    let touched = store::take_fresh(&mut tx).await?;
    if touched.is_empty() {
        return Ok(());
    }
    let mut spans: BTreeSet<Span> = touched.into_iter().flat_map(scopes).collect();
    store::sum_said(&mut tx, &spans).await?;
    for (from, to) in STEPS {
        spans = spans.into_iter().map(|span| span.widened(to)).collect();
        store::sum(&mut tx, from, to, &spans).await?;
    }
    commit(tx).await
}

/// A key's span, and those of all that the key is part of.
fn scopes(key: Span) -> [Span; 4] {
    let resource = Span { key: ALL, ..key.clone() };
    let project = Span { resource: ALL, ..resource.clone() };
    let org = Span { project: ALL, ..project.clone() };
    [key, resource, project, org]
}
