//! Statements about publications, slots and what they need.

use super::{TableName, Tables};
use crate::{
    Error,
    wire::{Connection, Row, identifier, literal},
};

/// Settings and privileges, one row: see [`super::checklist`].
pub(super) async fn facts(connection: &mut Connection) -> Result<Row, Error> {
    let rows = connection
        .ask(
            "select current_setting('server_version_num'),
                    current_setting('wal_level'),
                    pg_is_in_recovery()::text,
                    current_setting('max_replication_slots'),
                    (select count(*) from pg_replication_slots),
                    current_setting('max_wal_senders'),
                    (select count(*) from pg_stat_replication),
                    current_user,
                    (rolsuper or rolreplication)::text,
                    exists (select from pg_roles granted where granted.rolname in ('rds_replication', 'rds_superuser')
                                and pg_has_role(current_user, granted.oid, 'member'))::text,
                    rolsuper::text,
                    current_database(),
                    has_database_privilege(current_database(), 'CREATE')::text,
                    current_setting('max_slot_wal_keep_size', true)
               from pg_roles where rolname = current_user",
        )
        .await?;
    rows.into_iter().next().ok_or(Error::NotPostgres)
}

/// Tables that can be published: schema, name, replica identity, whether there is a primary key, whether the user owns it.
pub(super) async fn tables(connection: &mut Connection) -> Result<Vec<Row>, Error> {
    connection
        .ask(
            "select nspname, relname, relreplident,
                    exists (select from pg_index where indrelid = pg_class.oid and indisprimary and indisvalid)::text,
                    pg_has_role(current_user, relowner, 'usage')::text
               from pg_class join pg_namespace on pg_namespace.oid = relnamespace
              where relkind in ('r', 'p') and relpersistence = 'p'
                and nspname <> 'information_schema' and nspname !~ '^pg_' and nspname <> 'crdb_internal'
              order by nspname, relname",
        )
        .await
}

/// One row if there is such a slot of this database; see [`super::slot_status`].
pub(super) async fn slot(connection: &mut Connection, slot: &str) -> Result<Option<Row>, Error> {
    // Version 12 knows no WAL status.
    let lost = if connection.version() >= 13 { "wal_status, safe_wal_size" } else { "'reserved', null" };
    let rows = connection
        .ask(&format!(
            "select active::text, active_pid, restart_lsn, confirmed_flush_lsn, {lost},
                    case when pg_is_in_recovery() then null
                         else greatest(pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn), 0)::bigint end,
                    case when pg_is_in_recovery() then null
                         else greatest(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn), 0)::bigint end
               from pg_replication_slots where slot_name = {} and slot_type = 'logical' and database = current_database()",
            literal(slot)
        ))
        .await?;
    Ok(rows.into_iter().next())
}

/// Ends the session that reads the slot; whether there was one.
pub(super) async fn end_walsender(connection: &mut Connection, slot: &str) -> Result<bool, Error> {
    let rows = connection
        .ask(&format!(
            "select pg_terminate_backend(active_pid) from pg_replication_slots where slot_name = {} and active_pid is not null",
            literal(slot)
        ))
        .await?;
    Ok(!rows.is_empty())
}

pub(super) async fn drop_slot(connection: &mut Connection, slot: &str) -> Result<(), Error> {
    connection.ask(&format!("select pg_drop_replication_slot({})", literal(slot))).await.map(drop)
}

/// Whether there is a publication, and its tables.
pub(super) async fn publication(connection: &mut Connection, name: &str) -> Result<(bool, Vec<TableName>), Error> {
    let name = literal(name);
    let exists = connection.ask(&format!("select from pg_publication where pubname = {name}")).await?;
    let rows = connection
        .ask(&format!("select schemaname, tablename from pg_publication_tables where pubname = {name} order by 1, 2"))
        .await?;
    let table = |row: Row| match <[_; 2]>::try_from(row) {
        Ok([Some(schema), Some(name)]) => Ok(TableName { schema, name }),
        _ => Err(Error::NotPostgres),
    };
    Ok((!exists.is_empty(), rows.into_iter().map(table).collect::<Result<_, _>>()?))
}

/// Makes the publication, in place of one that is there; readers of the slot see either.
pub(super) async fn publish(connection: &mut Connection, name: &str, tables: &Tables) -> Result<(), Error> {
    let create = super::publication::statement(name, tables, connection.version());
    let drop = super::publication::drop_statement(name);
    // Several statements of one simple query are one transaction.
    connection.ask(&format!("{drop}; {create}")).await.map(std::mem::drop)
}

pub(super) async fn unpublish(connection: &mut Connection, name: &str) -> Result<(), Error> {
    connection.ask(&format!("drop publication if exists {}", identifier(name))).await.map(drop)
}
