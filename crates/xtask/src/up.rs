//! `cargo x up`: from a fresh checkout to a console that answers.

use std::net::{Ipv4Addr, SocketAddr};

use anyhow::{Context, Result, bail};

use crate::server::{Listen, Options, Server, Storage, port};
use crate::tools::postgres;
use crate::ui::Ui;
use crate::workspace::Workspace;
use crate::{build, web};

const CONSOLE: (&str, u16) = ("PENTAPRISM__CONSOLE__LISTEN", 3000);
const DATA: (&str, u16) = ("PENTAPRISM__DATA__LISTEN", 3001);

/// Installs and builds what is missing, starts the server, and stays until Ctrl-C.
pub fn run(workspace: &Workspace, ui: &Ui) -> Result<()> {
    // First what can be known at once: nobody wants to read after minutes of building that a port is taken.
    let listen = Listen { console: address(CONSOLE)?, data: address(DATA)?, metrics: None };
    port::must_be_free(listen.console, CONSOLE.0)?;
    port::must_be_free(listen.data, DATA.0)?;
    if std::env::var_os("DATABASE_URL").is_none() {
        postgres::ensure(ui)?;
    }
    web::make(workspace, ui)?;
    let binary = build::server(workspace, ui)?;

    let step = ui.step("Start");
    let options = Options { binary, listen, storage: Storage::Configured, env: Vec::new() };
    let mut server = Server::start(workspace, &options)?;
    step.done();
    println!("\n  Console  {}\n  Data     {}\n\n  Ctrl-C stops it.\n", server.console(), server.data());
    server.follow();
    match server.wait()? {
        Some(status) => bail!("the server ended by itself ({status}); its last words are above"),
        None => {
            eprintln!("\nStopping ...");
            server.stop()?;
            Ok(())
        }
    }
}

/// Where a listener will be: what the variable says, else the usual place.
fn address((variable, usual): (&str, u16)) -> Result<SocketAddr> {
    match std::env::var(variable) {
        Ok(text) => text.parse().with_context(|| format!("{variable}={text} is no address like 127.0.0.1:{usual}")),
        Err(_) => Ok(SocketAddr::from((Ipv4Addr::LOCALHOST, usual))),
    }
}
