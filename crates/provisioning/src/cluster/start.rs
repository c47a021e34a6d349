//! From a configuration to a cluster that accepts connections.

use std::{
    thread,
    time::{Duration, Instant},
};

use super::{
    Cluster, Role,
    config::{ClusterConfig, Notice},
    error::ClusterError,
    find, init, leftover,
    lock::{self, Attempt, Lock},
    parts::{ConnectParts, SUPERUSER},
    password,
    place::Place,
    privilege, probe,
    run::{self, Recipe},
    socket,
    watch::{Status, Watch},
};

/// How often a lock that another process holds is tried again.
const RETRY: Duration = Duration::from_millis(50);

/// See [`Cluster::start`].
pub(super) fn as_owner(config: ClusterConfig) -> Result<Cluster, ClusterError> {
    begin(config, |_, _| Ok(None))
}

/// See [`Cluster::attach_or_start`].
pub(super) fn as_owner_or_guest(config: ClusterConfig) -> Result<Cluster, ClusterError> {
    begin(config, as_guest)
}

/// Takes the lock and starts the cluster; while another process has the lock, asks `meanwhile` for a way without.
fn begin(
    config: ClusterConfig,
    meanwhile: impl Fn(&Place, &ClusterConfig) -> Result<Option<Cluster>, ClusterError>,
) -> Result<Cluster, ClusterError> {
    let mut notices = Vec::new();
    privilege::check()?;
    let place = Place::prepare(&config.data_dir, &mut notices)?;
    let deadline = Instant::now() + config.lock_timeout;
    let mut cluster = loop {
        match lock::attempt(&place.home)? {
            Attempt::Owned(lock) => break own(config, place, lock, &mut notices)?,
            Attempt::Held(owner) => {
                if let Some(cluster) = meanwhile(&place, &config)? {
                    break cluster;
                }
                if Instant::now() > deadline {
                    return Err(ClusterError::InUse { home: place.home, owner });
                }
                thread::sleep(RETRY);
            }
        }
    };
    notices.dedup();
    for notice in &notices {
        tracing::warn!("{notice}");
    }
    cluster.notices = notices;
    Ok(cluster)
}

fn own(config: ClusterConfig, place: Place, lock: Lock, notices: &mut Vec<Notice>) -> Result<Cluster, ClusterError> {
    let binaries = find::find(config.bin_dir.as_deref(), &place.data, place.user.as_ref())?;
    init::ensure(&place, &binaries, config.durable)?;
    leftover::clear(&place.data, config.stop_timeout, notices)?;
    let port = run::port(config.tcp);
    let parts = ConnectParts {
        socket_dir: socket::ensure_dir(&place, port)?,
        port,
        user: SUPERUSER.to_owned(),
        password: password::read(&place)?,
        tcp: config.tcp,
    };
    let data = place.data.clone();
    let recipe = Recipe { place, binaries, socket_dir: parts.socket_dir.clone(), port, config };
    let role = Role::Owner(Watch::start(recipe, lock)?);
    Ok(Cluster { parts, data, notices: Vec::new(), role })
}

/// A handle on what another process owns, once that accepts connections; where its socket is, Postgres says.
fn as_guest(place: &Place, config: &ClusterConfig) -> Result<Option<Cluster>, ClusterError> {
    let Some(running) = leftover::read(&place.data)? else { return Ok(None) };
    if !probe::accepts(&running) {
        return Ok(None);
    }
    let parts = ConnectParts {
        socket_dir: running.socket_dir,
        port: running.port,
        user: SUPERUSER.to_owned(),
        password: password::read(place)?,
        tcp: config.tcp,
    };
    let (_, status) = tokio::sync::watch::channel(Status::Running { pid: running.pid });
    Ok(Some(Cluster { parts, data: place.data.clone(), notices: Vec::new(), role: Role::Guest(status) }))
}
