//! `pentaprism migrate`

use crate::boot::config::Config;
use crate::boot::parts::Parts;

pub async fn run(config: &Config) -> anyhow::Result<()> {
    let parts = Parts::for_command(config).await?;
    eprintln!("The control database is up to date.");
    parts.stop().await;
    Ok(())
}
