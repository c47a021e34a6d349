//! How long it is kept, and where: days of minutes are tables of their own.

use super::{Grain, store};
use crate::{Ctx, Error, commit};
use time::{Date, Duration};

/// Minutes are kept for so many whole days, and so old may be what a node says that was cut off.
pub const DAYS_OF_MINUTES: i64 = 3;
/// Hours of keys are many, and are kept for so many days; those of resources, projects and organizations for longer.
const DAYS_OF_KEYS_HOURS: i64 = 35;
const DAYS_OF_HOURS: i64 = 400;

/// Makes a place for today's and tomorrow's minutes, and drops what is too old. A node does so before it says anything, and every hour.
pub async fn keep(ctx: &Ctx) -> Result<(), Error> {
    let today = Grain::Day.span(ctx.now()).0;
    let mut tx = ctx.db.begin().await?;
    store::lock_days(&mut tx).await?;
    let wanted: Vec<Date> = (-DAYS_OF_MINUTES..=1).map(|day| (today + Duration::days(day)).date()).collect();
    let there = store::days(&mut tx).await?;
    for day in wanted.iter().filter(|day| !there.contains(day)) {
        store::add_day(&mut tx, *day).await?;
    }
    for day in there.iter().filter(|day| **day < wanted[0]) {
        store::drop_day(&mut tx, *day).await?;
    }
    let (keys, all) = (today - Duration::days(DAYS_OF_KEYS_HOURS), today - Duration::days(DAYS_OF_HOURS));
    store::drop_hours(&mut tx, keys, all).await?;
    commit(tx).await
}
