//! What the stages share: the checkout, and one cluster for all that need a database.

use anyhow::Result;

use crate::cluster::Cluster;
use crate::ui::{Step, Ui};
use crate::workspace::Workspace;

/// Lives as long as the test run; what it started stops with it.
#[derive(Debug)]
pub struct Context<'a> {
    pub workspace: &'a Workspace,
    pub ui: &'a Ui,
    cluster: Option<Cluster>,
}

impl<'a> Context<'a> {
    pub fn new(workspace: &'a Workspace, ui: &'a Ui) -> Self {
        Self { workspace, ui, cluster: None }
    }

    /// The URL of the throwaway cluster, as superuser; it is started for the first who asks.
    pub fn database_url(&mut self, step: &Step) -> Result<String> {
        if let Some(cluster) = &self.cluster {
            return Ok(cluster.url().to_owned());
        }
        let cluster = Cluster::start(self.workspace, step)?;
        let url = cluster.url().to_owned();
        self.cluster = Some(cluster);
        Ok(url)
    }
}
