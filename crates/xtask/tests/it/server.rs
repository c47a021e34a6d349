//! Starting and stopping a server.

use std::os::unix::process::ExitStatusExt;

use anyhow::Result;
use xtask::server::{Options, Server, Storage};
use xtask::workspace::Workspace;

fn options(storage: Storage) -> Result<Options> {
    Options::throwaway(Workspace::find()?.path("crates/xtask/tests/it/fake-server.mjs"), storage)
}

fn start(options: &Options) -> Result<Server> {
    Server::start(&Workspace::find()?, options)
}

#[test]
fn it_is_ready_when_start_returns_and_stops_when_asked() {
    let mut server = start(&options(Storage::Temporary).unwrap()).unwrap();
    assert!(server.console().starts_with("http://127.0.0.1:"));
    assert_eq!(server.stop().unwrap().code(), Some(7));
}

#[test]
fn it_can_be_killed_and_started_again_on_the_same_data() {
    let options = options(Storage::Database("postgres://elsewhere".to_owned())).unwrap();
    let mut server = start(&options).unwrap();
    assert_eq!(server.kill9().unwrap().signal(), Some(9));
    let again = start(&options).unwrap();
    assert!(again.log().contains("postgres://elsewhere"), "{}", again.log());
}

#[test]
fn the_reason_of_an_early_end_is_told() {
    let mut options = options(Storage::Temporary).unwrap();
    options.env.push(("FAKE_PROBLEM".to_owned(), "the data folder is of Postgres 14".to_owned()));
    let error = format!("{:#}", start(&options).unwrap_err());
    assert!(error.contains("ended before it answered") && error.contains("of Postgres 14"), "{error}");
}
