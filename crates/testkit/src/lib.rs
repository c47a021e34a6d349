//! What tests share; for tests and `xtask` only.

mod cache_server;
mod cluster;

pub use cache_server::{CacheServer, CacheServerError};
pub use cluster::{Cluster, ClusterError};
