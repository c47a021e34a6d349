//! xtask against programs of this machine.

mod server;
