//! What the console asks of gateways.

use super::{Measured, Nodes};
use app::calls::Gateways;
use control::Error;
use control::gateways::Gateway;
use futures::future::BoxFuture;
use secrecy::{ExposeSecret, SecretString};

impl Gateways for Nodes {
    fn own(&self) -> Gateway {
        Self::own(self)
    }

    fn live(&self) -> BoxFuture<'_, Result<Vec<Gateway>, Error>> {
        Box::pin(self.all())
    }

    fn round_trip<'a>(&'a self, gateway: &'a Gateway, target: &'a SecretString) -> BoxFuture<'a, Result<f64, String>> {
        Box::pin(async move {
            match self.measure(gateway, target.expose_secret()).await {
                Measured::RoundTripMs(ms) => Ok(ms),
                Measured::Failed(why) => Err(why),
            }
        })
    }
}
