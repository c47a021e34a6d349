//! Starting and stopping a server.

use std::net::TcpStream;
use std::os::unix::process::ExitStatusExt;
use std::thread;
use std::time::Duration;

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
fn it_ends_with_whoever_started_it() {
    let options = options(Storage::Temporary).unwrap();
    let console = options.listen.console;
    thread::spawn(move || std::mem::forget(start(&options).unwrap())).join().unwrap();
    for _ in 0..500 {
        if TcpStream::connect(console).is_err() {
            return;
        }
        thread::sleep(Duration::from_millis(20));
    }
    panic!("it still listens");
}

#[test]
fn the_reason_of_an_early_end_is_told() {
    let mut options = options(Storage::Temporary).unwrap();
    options.env.push(("FAKE_PROBLEM".to_owned(), "the data folder is of Postgres 14".to_owned()));
    let error = format!("{:#}", start(&options).unwrap_err());
    assert!(error.contains("ended before it answered") && error.contains("of Postgres 14"), "{error}");
}
