//! The program itself, in a folder of its own, over one database.

use pentaprism::boot::config::{Config, DEFAULTS};
use serde_json::Value;
use sqlx::{ConnectOptions, PgPool};
use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::{ExitStatus, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

pub struct Program {
    folder: PathBuf,
    url: String,
    /// Further variables.
    pub env: Vec<(&'static str, String)>,
    /// Nobody reads what it says, and its writes fail.
    pub unheard: bool,
}

impl Program {
    pub fn new(db: &PgPool) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("pentaprism-it-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir(&folder).unwrap();
        Self { folder, url: db.connect_options().to_url_lossy().to_string(), env: Vec::new(), unheard: false }
    }

    /// A file of the data folder.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.join("data").join(name)
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.file(name)).unwrap()
    }

    /// The same configuration for parts of the program in this process.
    pub fn config(&self) -> Config {
        let mut config: Config = toml::from_str(DEFAULTS).unwrap();
        config.storage.data_dir = self.folder.join("data");
        config.database.url = Some(self.url.clone());
        config
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pentaprism"));
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("PENTAPRISM_")) {
            command.env_remove(name);
        }
        command.args(arguments).current_dir(&self.folder).kill_on_drop(true).stdin(Stdio::null());
        command.env("DATABASE_URL", &self.url).env("PENTAPRISM__STORAGE__DATA_DIR", self.folder.join("data"));
        command.envs(self.env.iter().map(|(name, value)| (*name, value)));
        command
    }

    pub async fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().await.unwrap()
    }

    /// What a command that succeeds prints.
    pub async fn succeed(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments).await;
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// What a command that fails complains of.
    pub async fn fail(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments).await;
        assert!(!output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stdout));
        String::from_utf8(output.stderr).unwrap()
    }

    /// A demo organization, as `seed --json` tells of it.
    pub async fn seed(&self) -> Value {
        serde_json::from_str(&self.succeed(&["seed", "--json"]).await).unwrap()
    }

    pub async fn serve(&self) -> Serving {
        // Held together, so that none is given out twice.
        let held = [(); 3].map(|()| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap());
        let [console, data, metrics] = held.each_ref().map(|listener| listener.local_addr().unwrap());
        drop(held);
        let mut command = self.command(&["serve"]);
        for (section, address) in [("CONSOLE", console), ("DATA", data), ("METRICS", metrics)] {
            command.env(format!("PENTAPRISM__{section}__LISTEN"), address.to_string());
        }
        // A file, since nobody reads a pipe while the server runs.
        let said = self.folder.join("said");
        let out = File::create(&said).unwrap();
        let err = if self.unheard { Stdio::piped() } else { out.try_clone().unwrap().into() };
        let mut child = command.stdout(out).stderr(err).spawn().unwrap();
        drop(child.stderr.take());
        let mut serving = Serving { child, said, console, data, metrics };
        let begun = Instant::now();
        while TcpStream::connect(console).await.is_err() || !serving.ready().await {
            assert!(begun.elapsed() < Duration::from_secs(60) && serving.child.try_wait().unwrap().is_none());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        serving
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.folder).unwrap();
    }
}

/// A server that answers.
pub struct Serving {
    child: Child,
    said: PathBuf,
    pub console: SocketAddr,
    pub data: SocketAddr,
    pub metrics: SocketAddr,
}

impl Serving {
    async fn ready(&self) -> bool {
        request(self.console, "GET /readyz", "", "").await.starts_with("HTTP/1.1 200")
    }

    /// Asks it to end, and waits until it has; all that it has printed.
    pub async fn end(mut self) -> (ExitStatus, String) {
        let id = self.child.id().unwrap().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().await.unwrap().success());
        let ended = tokio::time::timeout(Duration::from_secs(60), self.child.wait()).await;
        (ended.expect("it ends").unwrap(), std::fs::read_to_string(&self.said).unwrap())
    }

    /// Kills it; all that it has printed.
    pub async fn stop(mut self) -> String {
        self.child.kill().await.unwrap();
        std::fs::read_to_string(&self.said).unwrap()
    }
}

/// One request as it is written, and the whole answer.
pub async fn request(to: SocketAddr, line: &str, headers: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(to).await.unwrap();
    let length = body.len();
    let text = format!(
        "{line} HTTP/1.1\r\nhost: {to}\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
    );
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}
