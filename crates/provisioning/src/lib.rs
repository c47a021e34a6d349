//! Databases that Pentaprism itself runs. For now: [`cluster`], the private Postgres of the control plane.

pub mod cluster;
