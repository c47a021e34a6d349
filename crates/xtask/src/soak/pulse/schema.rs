//! Tables change in the middle of a stream: every row comes, as the table was when it was written.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::stage::{Stage, until};
use crate::socket::{self, Heard};

const PATIENCE: Duration = Duration::from_secs(30);
/// Each leaves a table that still has what the model names.
const CHANGES: [&str; 8] = [
    r#"alter table "Item" add column note text default 'n'"#,
    r#"alter table "Item" alter column writer type bigint"#,
    r#"alter table "Item" rename column note to remark"#,
    r#"alter table "Item" drop column remark"#,
    r#"alter table "Item" add column extra jsonb not null default '{"a": [1, 2]}'"#,
    r#"alter table "Item" alter column writer type integer using writer::integer, drop column extra"#,
    r#"alter table "Item" replica identity default"#,
    r#"alter table "Item" replica identity full"#,
];
const ROWS: u64 = 20;

pub fn run(stage: &mut Stage<'_>) -> Result<Value> {
    let rounds = stage.sized(20, 1);
    let mut socket = Stage::open(&stage.wanted(Some("schema"))?)?;
    socket.set_patience(Duration::from_millis(100))?;
    let mut last = 0;
    for _ in 0..rounds {
        for change in CHANGES {
            // The change and rows on both sides of it, in one transaction and in the next.
            let rows = |from| {
                format!(
                    r#"insert into "Item" (id, writer, tx, seq) select 700000000000 + n, 70, 1, n from generate_series({}, {}) n"#,
                    from + 1,
                    from + ROWS
                )
            };
            let sql =
                format!("begin; {}; {change}; {}; commit; {}", rows(last), rows(last + ROWS), rows(last + 2 * ROWS));
            stage.source.run(&sql).with_context(|| change.to_owned())?;
            let end = last + 3 * ROWS;
            until(PATIENCE, "all rows around a change of the table came", || {
                let (mut wrong, mut ids) = (None, Vec::new());
                socket.read(|told| {
                    if let Heard::Event(event) = told {
                        last += 1;
                        if (socket::number(event, "seq"), socket::number(event, "writer")) != (Some(last), Some(70)) {
                            wrong = Some(String::from_utf8_lossy(event).into_owned());
                        }
                        ids.push(socket::id(event).to_vec());
                    }
                })?;
                ensure!(wrong.is_none(), "instead of row {last} came {wrong:?}");
                ids.iter().for_each(|id| socket.acknowledge(id));
                socket.flush()?;
                Ok(last >= end)
            })
            .with_context(|| change.to_owned())?;
        }
    }
    Ok(json!({ "schema_changes": rounds * CHANGES.len(), "rows_around_them": last }))
}
