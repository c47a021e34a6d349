//! The server of Pentaprism: one program, many faces.
//!
//! `boot` makes the parts and wires them, `web` is the console's face, `commands` is what the command line offers.

pub mod boot;
pub mod commands;
pub mod web;
