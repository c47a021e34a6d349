//! The way in: resolve once, check every answer, dial what was checked.

use std::{
    fmt,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use arc_swap::{ArcSwap, ArcSwapOption};
use rustls::pki_types::CertificateDer;
use socket2::{SockRef, TcpKeepalive};
use tokio::{
    net::TcpStream,
    time::{Instant, timeout, timeout_at},
};

use crate::{
    CancelKey, Connected, ConnectionString, ControlDatabase, DialError, Guard, Host, Resolver, Session, SystemResolver,
    session::ByHand, ssl_mode::Encryption, startup::Driven, tls::Tls, way::Way, wire::Wire,
};

/// How long a whole dial may take, unless said otherwise.
const TIMEOUT: Duration = Duration::from_secs(10);
/// How many addresses of one host are tried.
const ADDRESSES: usize = 8;
/// How long a connection may be silent before it is asked whether it still stands, how often it is asked, and after how many questions it is given up:
/// a server that is gone without a word is noticed within a minute.
const SILENT: Duration = Duration::from_secs(30);
const ASKED_EVERY: Duration = Duration::from_secs(10);
const ASKED_TIMES: u32 = 3;
/// How long a server may take to read a request to cancel.
const CANCELLING: Duration = Duration::from_secs(5);

/// Opens connections to customers' servers. One for the whole program; shared by reference.
pub struct Dialer {
    guard: ArcSwap<Guard>,
    control: ArcSwapOption<ControlDatabase>,
    resolver: Arc<dyn Resolver>,
    tls: Tls,
    timeout: Duration,
    sockets: AtomicU64,
}

impl fmt::Debug for Dialer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dialer")
            .field("guard", &self.guard())
            .field("control", &self.control.load_full())
            .field("timeout", &self.timeout)
            .field("sockets", &self.sockets)
            .finish_non_exhaustive()
    }
}

impl Default for Dialer {
    fn default() -> Self {
        Self::new()
    }
}

impl Dialer {
    /// With the default guard, the system's resolver, the public authorities and 10 seconds for a whole dial.
    #[must_use]
    pub fn new() -> Self {
        let tls = Tls::new([]).expect("the built-in authorities and cipher suites are sound");
        Self {
            guard: ArcSwap::default(),
            control: ArcSwapOption::empty(),
            resolver: Arc::new(SystemResolver::default()),
            tls,
            timeout: TIMEOUT,
            sockets: AtomicU64::new(0),
        }
    }

    /// Resolves names by another resolver.
    #[must_use]
    pub fn with_resolver(mut self, resolver: impl Resolver + 'static) -> Self {
        self.resolver = Arc::new(resolver);
        self
    }

    /// Trusts these certificate authorities beside the public ones, for `verify-ca` and `verify-full`.
    ///
    /// # Errors
    /// If one of them is no certificate.
    pub fn with_authorities(
        mut self,
        authorities: impl IntoIterator<Item = CertificateDer<'static>>,
    ) -> Result<Self, rustls::Error> {
        self.tls = Tls::new(authorities)?;
        Ok(self)
    }

    /// Gives a whole dial this long, from the look-up to the last check. A `connect_timeout` can shorten it only.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Denies other ranges from now on. Dials that are under way keep theirs.
    pub fn set_guard(&self, guard: Guard) {
        self.guard.store(Arc::new(guard));
    }

    /// The denied ranges of now.
    #[must_use]
    pub fn guard(&self) -> Arc<Guard> {
        self.guard.load_full()
    }

    /// Refuses connections that lead to this database from now on.
    pub fn protect(&self, control: ControlDatabase) {
        self.control.store(Some(Arc::new(control)));
    }

    /// How many sockets were opened so far, or tried to: a counter for metrics, and for proofs that none was.
    #[must_use]
    pub fn sockets_opened(&self) -> u64 {
        self.sockets.load(Ordering::Relaxed)
    }

    /// Opens a session: resolves, checks, dials, does TLS, signs in, and makes sure it is not our own database.
    ///
    /// # Errors
    /// See [`DialError`]; it says which of these steps failed and how.
    pub async fn connect(&self, target: &ConnectionString) -> Result<Connected, DialError> {
        let connected = self.connect_bounded(target).await?;
        connected.allowance.lift();
        Ok(connected)
    }

    /// As [`Dialer::connect`], but hands out the stream itself, right behind the first `ReadyForQuery`.
    ///
    /// `parameters` are startup parameters (`TimeZone`, say) beside user, database, `application_name`,
    /// `client_encoding` and the connection string's `options`, none of which they can replace.
    ///
    /// # Errors
    /// See [`DialError`]; [`DialError::Other`] also for a parameter with a zero byte.
    pub async fn open_session(
        &self,
        target: &ConnectionString,
        parameters: &[(&str, &str)],
    ) -> Result<Session, DialError> {
        let session = self.dial(target, &ByHand { parameters }).await?;
        session.stream.lift();
        Ok(session)
    }

    /// Asks the server to cancel what the session of this key is doing, over a new socket to the very address of the
    /// session, encrypted as it was. `Ok` where the server has read it: whether it found anything to cancel, only the
    /// session itself will tell.
    ///
    /// # Errors
    /// See [`DialError`]; [`DialError::Denied`] where the guard has changed since, and [`DialError::TimedOut`] where
    /// the server does not hang up within 5 seconds.
    pub async fn cancel(&self, target: &ConnectionString, key: &CancelKey) -> Result<(), DialError> {
        self.check(&[key.address])?;
        let encryption = if key.tls { Encryption::Required } else { Encryption::Plain };
        let settled = timeout(self.time_for(target), self.settle(target, key.address, encryption)).await;
        let wire = settled.unwrap_or(Err(DialError::TimedOut))?;
        timeout(CANCELLING, key.present(wire)).await.unwrap_or(Err(DialError::TimedOut))
    }

    /// As [`Dialer::connect`], but the server may still send a bounded number of bytes only.
    pub(crate) async fn connect_bounded(&self, target: &ConnectionString) -> Result<Connected, DialError> {
        self.dial(target, &Driven).await
    }

    /// Bounds one exchange with a server by the time of a whole dial.
    pub(crate) async fn bounded<T>(
        &self,
        exchange: impl Future<Output = Result<T, DialError>>,
    ) -> Result<T, DialError> {
        timeout(self.timeout, exchange).await.unwrap_or(Err(DialError::TimedOut))
    }

    fn time_for(&self, target: &ConnectionString) -> Duration {
        target.connect_timeout().map_or(self.timeout, |given| given.min(self.timeout))
    }

    async fn dial<W: Way>(&self, target: &ConnectionString, way: &W) -> Result<W::Session, DialError> {
        let deadline = Instant::now() + self.time_for(target);
        timeout_at(deadline, self.dial_until(target, way, deadline)).await.unwrap_or(Err(DialError::TimedOut))
    }

    async fn dial_until<W: Way>(
        &self,
        target: &ConnectionString,
        way: &W,
        deadline: Instant,
    ) -> Result<W::Session, DialError> {
        let mut addresses = self.checked_addresses(target).await?;
        let last = addresses.pop().ok_or(DialError::Unresolvable)?;
        let mut left = u32::try_from(addresses.len()).unwrap_or(u32::MAX);
        for address in addresses {
            // A silent address must not use up the time of those behind it.
            let share = deadline.saturating_duration_since(Instant::now()) / (left + 1);
            left -= 1;
            match timeout(share, self.session(target, way, address)).await.unwrap_or(Err(DialError::TimedOut)) {
                Err(error) if error.is_of_address() => {}
                outcome => return outcome,
            }
        }
        self.session(target, way, last).await
    }

    /// The addresses of the host, in the resolver's order, if not one of them is denied.
    async fn checked_addresses(&self, target: &ConnectionString) -> Result<Vec<SocketAddr>, DialError> {
        let mut addresses = match target.host() {
            Host::Address(address) => vec![SocketAddr::new(*address, target.port())],
            Host::Name(name) => {
                self.resolver.resolve(name, target.port()).await.map_err(|_| DialError::Unresolvable)?
            }
        };
        self.check(&addresses)?;
        addresses.truncate(ADDRESSES);
        Ok(addresses)
    }

    fn check(&self, addresses: &[SocketAddr]) -> Result<(), DialError> {
        let guard = self.guard.load();
        match addresses.iter().find(|address| guard.denied_by(address.ip()).is_some()) {
            Some(denied) => Err(DialError::Denied { address: denied.ip() }),
            None => Ok(()),
        }
    }

    /// A session with one address, by whichever encryption `sslmode` allows and the server accepts.
    async fn session<W: Way>(
        &self,
        target: &ConnectionString,
        way: &W,
        address: SocketAddr,
    ) -> Result<W::Session, DialError> {
        let mut outcome = Err(DialError::TlsNotOffered);
        for (index, encryption) in target.ssl_mode().attempts().iter().enumerate() {
            let next = self.attempt(target, way, address, *encryption).await;
            // A second attempt without TLS says less than the refusal that led to it.
            if index == 0 || !matches!(next, Err(DialError::TlsNotOffered)) {
                outcome = next;
            }
            if !outcome.as_ref().is_err_and(DialError::is_of_encryption) {
                break;
            }
        }
        let mut session = outcome?;
        self.refuse_control::<W>(&mut session).await?;
        Ok(session)
    }

    async fn attempt<W: Way>(
        &self,
        target: &ConnectionString,
        way: &W,
        address: SocketAddr,
        encryption: Encryption,
    ) -> Result<W::Session, DialError> {
        let wire = self.settle(target, address, encryption).await?;
        way.sign_in(wire, address, target).await
    }

    async fn settle(
        &self,
        target: &ConnectionString,
        address: SocketAddr,
        encryption: Encryption,
    ) -> Result<Wire, DialError> {
        let socket = self.open(address).await?;
        self.tls.settle(socket, target, encryption).await
    }

    /// The one place where a socket is opened.
    async fn open(&self, address: SocketAddr) -> Result<TcpStream, DialError> {
        self.sockets.fetch_add(1, Ordering::Relaxed);
        let socket = TcpStream::connect(address).await.map_err(|error| DialError::of_socket(&error))?;
        socket.set_nodelay(true).map_err(|error| DialError::of_socket(&error))?;
        let keepalive = TcpKeepalive::new().with_time(SILENT).with_interval(ASKED_EVERY).with_retries(ASKED_TIMES);
        SockRef::from(&socket).set_tcp_keepalive(&keepalive).map_err(|error| DialError::of_socket(&error))?;
        Ok(socket)
    }

    async fn refuse_control<W: Way>(&self, session: &mut W::Session) -> Result<(), DialError> {
        let Some(control) = self.control.load_full() else { return Ok(()) };
        let seen = W::identify(session).await?;
        if control.is(&seen) { Err(DialError::ControlDatabase) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_socket_notices_when_the_other_end_is_gone() {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let socket = Dialer::new().open(listener.local_addr().unwrap()).await.unwrap();
        let socket = SockRef::from(&socket);
        assert!(socket.keepalive().unwrap());
        assert_eq!(socket.tcp_keepalive_time().unwrap(), SILENT);
        assert_eq!(socket.tcp_keepalive_interval().unwrap(), ASKED_EVERY);
        assert_eq!(socket.tcp_keepalive_retries().unwrap(), ASKED_TIMES);
    }
}
