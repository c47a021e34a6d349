//! `cargo x up`: from a fresh checkout to a console that answers.

use anyhow::{Result, bail};

use crate::build::Profile;
use crate::server::{Options, Server, Storage, configured, port};
use crate::tools::postgres;
use crate::ui::Ui;
use crate::workspace::Workspace;
use crate::{build, web};

/// Installs and builds what is missing, starts the server, and stays until Ctrl-C.
pub fn run(workspace: &Workspace, ui: &Ui) -> Result<()> {
    // First what can be known at once: nobody wants to read after minutes of building that a port is taken.
    let listen = configured::listen(workspace)?;
    for (section, address) in [("CONSOLE", listen.console), ("DATA", listen.data), ("METRICS", listen.metrics)] {
        port::must_be_free(address, &configured::variable(section))?;
    }
    if std::env::var_os("DATABASE_URL").is_none() {
        postgres::ensure(ui)?;
    }
    web::make(workspace, ui)?;
    let binary = build::server(workspace, ui, Profile::Debug)?;

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
