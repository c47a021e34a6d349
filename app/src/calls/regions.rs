//! Where gateways run, and how far it is from each to a database.

use super::request::{Server, signed_in};
use super::{read, time_left, time_to_look};
use crate::model::accelerate::{self as model, Measured, NEAREST, Regions, milliseconds};
use control::gateways::Gateway;
use control::{Actor, resources};
use kernel::{Problem, ResourceId};
use secrecy::{ExposeSecret, SecretString};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::timeout;
use upstream::ConnectionString;

/// How long a form waits for measurements; longer than a gateway tries to connect.
const LONG_PATIENCE: Duration = Duration::from_secs(25);

/// Where Accelerate of a resource is going to run.
pub(super) struct Chosen {
    pub region: String,
    /// From a statement to its answer, where it was chosen for that.
    nearest: Option<f64>,
}

impl Chosen {
    pub fn sentence(&self) -> String {
        match self.nearest {
            Some(ms) => format!(
                "Accelerate is configured in {}, the nearest gateway: {} from the database. Connect your application next.",
                self.region,
                milliseconds(ms)
            ),
            None => "Accelerate is configured. Connect your application next.".into(),
        }
    }
}

/// The region of this name, or the nearest; a gateway there has reached the database.
pub(super) async fn choose(
    server: &Server,
    actor: &Actor,
    target: &SecretString,
    region: &str,
) -> Result<Chosen, Problem> {
    ConnectionString::parse(target.expose_secret()).map_err(|error| Problem::field("connection_string", error))?;
    let live = server.gateways.live().await.map_err(control::Error::into_problem)?;
    let asked: Vec<_> = live.into_iter().filter(|gateway| region == NEAREST || gateway.region == region).collect();
    if asked.is_empty() {
        return Err(Problem::field("region", "No gateway runs in this region."));
    }
    let _place = server.tests.begin(actor.user.uuid().as_u128()).ok_or_else(|| {
        Problem::too_many("Many connections are being tested right now. Try again in a few seconds.", 5)
    })?;
    let measured = measure(server, asked, target, LONG_PATIENCE).await;
    let reached = measured.iter().filter_map(|(gateway, outcome)| Some((gateway, *outcome.as_ref().ok()?)));
    match reached.min_by(|(_, one), (_, other)| one.total_cmp(other)) {
        Some((gateway, ms)) => {
            Ok(Chosen { region: gateway.region.clone(), nearest: (region == NEAREST).then_some(ms) })
        }
        None => {
            let own = server.gateways.own().id;
            let failure = measured.iter().find(|(gateway, _)| gateway.id == own).or(measured.first());
            let why = failure.and_then(|(_, outcome)| outcome.as_ref().err().cloned());
            Err(Problem::field(
                "connection_string",
                why.unwrap_or_else(|| "No gateway reached the database in time.".into()),
            ))
        }
    }
}

/// What these gateways measure, as far as they have in time.
async fn measure(
    server: &Server,
    gateways: Vec<Gateway>,
    target: &SecretString,
    within: Duration,
) -> Vec<(Gateway, Result<f64, String>)> {
    let mut running = JoinSet::new();
    for gateway in gateways {
        let (all, target) = (server.gateways.clone(), target.clone());
        running.spawn(async move {
            let outcome = all.round_trip(&gateway, &target).await;
            (gateway, outcome)
        });
    }
    let mut done = Vec::new();
    let collecting = async {
        while let Some(ended) = running.join_next().await {
            done.extend(ended.ok());
        }
    };
    let _late = timeout(within, collecting).await;
    done
}

/// The regions of a form; with what gateways measure to the stored database of a resource, if they do in time. Nothing of it fails the page.
pub async fn regions(resource: Option<ResourceId>) -> Result<Regions, Problem> {
    let (server, signed) = signed_in()?;
    let live = read(server.gateways.live()).await.unwrap_or_else(|_| vec![server.gateways.own()]);
    let unmeasured = |measured| Regions::new(measured, live.iter().map(|gateway| (gateway.region.clone(), None)));
    let Some(resource) = resource else { return Ok(unmeasured(Measured::Nothing)) };
    let stored = resources::connection::to_measure(&server.ctx, &signed.actor, resource);
    let target = match timeout(time_left(), stored).await {
        Ok(Ok(Some(target))) => target,
        Ok(Ok(None)) => return Ok(unmeasured(Measured::Nothing)),
        _ => return Ok(unmeasured(Measured::Late)),
    };
    let Some(_place) = server.tests.begin(signed.actor.user.uuid().as_u128()) else {
        return Ok(unmeasured(Measured::Late));
    };
    let done = measure(&server, live.clone(), &target, time_to_look()).await;
    let ms = |gateway: &Gateway| {
        let own = done.iter().find(|(measured, _)| measured.id == gateway.id);
        own.and_then(|(_, outcome)| outcome.as_ref().ok().copied())
    };
    let all = live.iter().all(|gateway| ms(gateway).is_some());
    let measured = if all { Measured::Done } else { Measured::Late };
    Ok(Regions::new(measured, live.iter().map(|gateway| (gateway.region.clone(), ms(gateway)))))
}

/// This server's gateway.
pub fn own_gateway() -> Result<model::Gateway, Problem> {
    let own = signed_in()?.0.gateways.own();
    Ok(model::Gateway { url: own.public_url, region: own.region })
}

/// A gateway of the region; this server's where there is none.
pub async fn gateway_in(region: &str) -> Result<model::Gateway, Problem> {
    let (server, _) = signed_in()?;
    let own = server.gateways.own();
    let gateway = match own.region == region {
        true => own,
        false => {
            let live = read(server.gateways.live()).await?;
            live.into_iter().find(|gateway| gateway.region == region).unwrap_or(own)
        }
    };
    Ok(model::Gateway { url: gateway.public_url, region: gateway.region })
}
