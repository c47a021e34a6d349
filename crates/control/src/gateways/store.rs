use super::{Gateway, NodeId};
use crate::Error;
use sqlx::PgConnection;

/// Times are the database's: servers whose clocks differ must agree on who lives.
pub async fn upsert(db: &mut PgConnection, gateway: &Gateway) -> Result<(), Error> {
    sqlx::query!(
        "insert into gateway (id, number, region, node_url, certificate, public_url, started_at, seen_at)
         values ($1, $2, $3, $4, $5, $6, now(), now())
         on conflict (id) do update set region = excluded.region, node_url = excluded.node_url, certificate = excluded.certificate,
             public_url = excluded.public_url, seen_at = now()",
        gateway.id.0,
        i64::from(gateway.number),
        gateway.region,
        gateway.node_url,
        gateway.certificate.as_ref().map(<[u8; 32]>::as_slice),
        gateway.public_url
    )
    .execute(db)
    .await?;
    Ok(())
}

pub async fn live(db: &mut PgConnection) -> Result<Vec<Gateway>, Error> {
    let rows = sqlx::query!(
        "select id, number, region, node_url, certificate, public_url from gateway where seen_at > now() - interval '10 seconds'
         order by region, started_at, id"
    )
    .fetch_all(db)
    .await?;
    let gateway = |id, number: i64, certificate: Option<Vec<u8>>| {
        let fault = |column| Error::inconsistent("gateway", column, id);
        let number = u32::try_from(number).map_err(|_| fault("number"))?;
        let certificate = certificate.map(<[u8; 32]>::try_from).transpose().map_err(|_| fault("certificate"))?;
        Ok::<_, Error>((number, certificate))
    };
    let rows = rows.into_iter().map(|row| {
        let (number, certificate) = gateway(row.id, row.number, row.certificate)?;
        let (id, region, node_url, public_url) = (NodeId(row.id), row.region, row.node_url, row.public_url);
        Ok(Gateway { id, number, region, node_url, certificate, public_url })
    });
    rows.collect()
}

pub async fn delete(db: &mut PgConnection, id: NodeId) -> Result<(), Error> {
    sqlx::query!("delete from gateway where id = $1", id.0).execute(db).await?;
    Ok(())
}

pub async fn delete_old(db: &mut PgConnection) -> Result<(), Error> {
    sqlx::query!("delete from gateway where seen_at < now() - interval '1 hour'").execute(db).await?;
    Ok(())
}
