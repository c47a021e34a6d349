//! What tests share; for tests and `xtask` only.

mod cluster;

pub use cluster::{Cluster, ClusterError};
