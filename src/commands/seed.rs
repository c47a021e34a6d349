//! `pentaprism seed`

use crate::boot::config::{Config, Data};
use crate::boot::parts::Parts;
use anyhow::{Context, ensure};
use clap::Args;
use control::accelerate::configure::{self, ConfigureInput};
use control::keys::create::CreateKeyInput;
use control::operator::users::create::{self, CreateUserInput};
use control::pulse as streams;
use control::resources::PlainConnection;
use control::{Actor, Ctx, Origin, keys, orgs, projects, resources};
use kernel::{ProjectId, ResourceId};
use secrecy::SecretString;
use serde::Serialize;
use upstream::ConnectionString;

#[derive(Debug, Args)]
pub struct Seed {
    /// Print one JSON object for programs: where, who, and one API key for each resource.
    #[arg(long)]
    json: bool,
    /// Make the Production environment on this database.
    #[arg(long, value_name = "URL")]
    database_url: Option<String>,
    /// Enable Pulse on that database too, which makes a publication and a replication slot there.
    #[arg(long, requires = "database_url")]
    pulse: bool,
}

/// What programs need to go on.
#[derive(Debug, Serialize)]
struct Report {
    console: String,
    data: String,
    email: String,
    password: String,
    organization: String,
    project: String,
    resources: Vec<SeededResource>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct SeededResource {
    id: ResourceId,
    name: String,
    api_key: String,
    /// Only where it is configured: on the given database.
    #[serde(skip_serializing_if = "Option::is_none")]
    accelerate: Option<ConnectionStrings>,
    /// Only where it is enabled: on the given database.
    #[serde(skip_serializing_if = "Option::is_none")]
    pulse: Option<Endpoint>,
}

/// What the extension takes as its endpoint.
#[derive(Debug, Serialize)]
struct Endpoint {
    url: String,
}

/// The connection strings of Accelerate, in both forms that clients know.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ConnectionStrings {
    /// Always by TLS.
    prisma: String,
    /// By plain http where the host is this machine.
    prisma_postgres: String,
}

/// The demo organization: a shop with a few applications, as a small team would have them.
const PROJECTS: [(&str, &[&str]); 4] = [
    ("Storefront", &["Production", "Staging", "Preview"]),
    ("Back office", &["Production", "Staging"]),
    ("Mobile app", &["Production"]),
    ("Reports", &["Production"]),
];

impl Seed {
    pub async fn run(self, config: &Config) -> anyhow::Result<()> {
        let given = self.database_url.as_deref().map(ConnectionString::parse).transpose().context("--database-url")?;
        let parts = Parts::for_command(config).await?;
        let given = match &given {
            Some(target) => {
                ensure!(
                    !self.pulse || is_prepared(&parts, target).await,
                    "--pulse: the database is not prepared. It needs wal_level = logical, a free replication slot, and a role that may replicate"
                );
                Some(Given { target, pulse: self.pulse })
            }
            None => None,
        };
        let report = fill(&parts.ctx, config, given).await;
        parts.stop().await;
        let report = report?;
        if self.json {
            println!("{}", serde_json::to_string(&report)?);
        } else {
            println!("Sign in at {} as {} with the password {}", report.console, report.email, report.password);
        }
        Ok(())
    }
}

/// The given database.
#[derive(Debug, Clone, Copy)]
struct Given<'a> {
    target: &'a ConnectionString,
    pulse: bool,
}

/// Whether it has all that change streams need.
async fn is_prepared(parts: &Parts, target: &ConnectionString) -> bool {
    use pulse::setup::{Check, State, Tables, checklist};
    let found = checklist(&parts.dialer, target, &Tables::All, false).await.unwrap_or_default();
    // What the tables tell is for each of them to say.
    let mut needed = found.iter().filter(|item| item.check != Check::ReplicaIdentity).peekable();
    needed.peek().is_some() && needed.all(|item| item.state != State::Missing)
}

/// Plain http by the very address, which no program has to look up.
fn data_url(data: &Data) -> String {
    if data.is_https() { data.url() } else { format!("http://{}", data.listen) }
}

async fn fill(ctx: &Ctx, config: &Config, given: Option<Given<'_>>) -> anyhow::Result<Report> {
    let (email, password) = (format!("demo-{}@example.com", ctx.rng.base62(6).to_lowercase()), ctx.rng.base62(16));
    let input = CreateUserInput {
        name: "Demo".into(),
        email: email.clone(),
        password: SecretString::from(password.clone()),
        operator: false,
    };
    let user = create::create(ctx, &Actor::command_line(), input).await?;
    let actor = Actor::fresh(user, Origin::default());
    let org = orgs::create::create(ctx, &actor, "Corner Shop").await?;
    let mut first = None;
    for (name, environments) in PROJECTS {
        let project = projects::create::create(ctx, &actor, org, name).await?;
        let seeded =
            environments_of(ctx, config, &actor, project, environments, given.filter(|_| first.is_none())).await?;
        first.get_or_insert((project, seeded));
    }
    let (project, resources) = first.context("the demo has projects")?;
    Ok(Report {
        console: config.console.url(),
        data: data_url(&config.data),
        email,
        password,
        organization: org.to_string(),
        project: project.to_string(),
        resources,
    })
}

/// The first environment of the first project takes the given database; the others have believable strings that lead nowhere.
async fn environments_of(
    ctx: &Ctx,
    config: &Config,
    actor: &Actor,
    project: ProjectId,
    names: &[&str],
    given: Option<Given<'_>>,
) -> anyhow::Result<Vec<SeededResource>> {
    let mut seeded = Vec::new();
    for (index, name) in names.iter().enumerate() {
        let example = format!("postgres://app:{}@{}.db.example.com:5432/shop", ctx.rng.base62(12), name.to_lowercase());
        let example = ConnectionString::parse(&example).context("an example string")?;
        let target = given.filter(|_| index == 0).map_or(&example, |given| given.target);
        let connection = PlainConnection { secret: target.expose_url(), masked: target.masked() };
        let id = resources::create::create(ctx, actor, project, name, Some(connection)).await?;
        let key = |name: &str| CreateKeyInput {
            name: name.to_lowercase(),
            resource: Some(id),
            rights: "full".into(),
            expires_in_days: String::new(),
            allowed_ranges: String::new(),
        };
        let new = keys::create::create(ctx, actor, project, key(name)).await?;
        let api_key = new.plain.expose().to_owned();
        let accelerate = match given.filter(|_| index == 0) {
            Some(_) => {
                let input = ConfigureInput { connection: None, region: config.data.region.clone() };
                configure::configure(ctx, actor, id, input).await?;
                let rest = format!("{}/?api_key={api_key}", config.data.host());
                Some(ConnectionStrings {
                    prisma: format!("prisma://{rest}"),
                    prisma_postgres: format!("prisma+postgres://{rest}"),
                })
            }
            None => None,
        };
        let pulse = match given.filter(|given| index == 0 && given.pulse) {
            Some(_) => {
                streams::enable::enable(ctx, actor, id, streams::Settings::default()).await?;
                Some(Endpoint { url: data_url(&config.data).replacen("http", "ws", 1) })
            }
            None => None,
        };
        seeded.push(SeededResource { id, name: (*name).to_owned(), api_key, accelerate, pulse });
    }
    Ok(seeded)
}
