//! The server of Pentaprism: one program, many faces.
//!
//! `boot` makes the parts and wires them, `web` is the console's face, `data_api` the applications', `nodes` the
//! other servers', `commands` is what the command line offers.

pub mod boot;
pub mod commands;
pub mod data_api;
pub mod nodes;
pub mod web;
