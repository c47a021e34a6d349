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
use tokio::{
    net::TcpStream,
    time::{Instant, timeout, timeout_at},
};

use crate::{
    Connected, ConnectionString, ControlDatabase, DialError, Guard, Host, Resolver, SystemResolver,
    ssl_mode::Encryption, startup, tls::Tls,
};

/// How long a whole dial may take, unless said otherwise.
const TIMEOUT: Duration = Duration::from_secs(10);
/// How many addresses of one host are tried.
const ADDRESSES: usize = 8;

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

    /// As [`Dialer::connect`], but the server may still send a bounded number of bytes only.
    pub(crate) async fn connect_bounded(&self, target: &ConnectionString) -> Result<Connected, DialError> {
        let timeout = target.connect_timeout().map_or(self.timeout, |given| given.min(self.timeout));
        let deadline = Instant::now() + timeout;
        timeout_at(deadline, self.connect_until(target, deadline)).await.unwrap_or(Err(DialError::TimedOut))
    }

    /// Bounds one exchange with a server by the time of a whole dial.
    pub(crate) async fn bounded<T>(
        &self,
        exchange: impl Future<Output = Result<T, DialError>>,
    ) -> Result<T, DialError> {
        timeout(self.timeout, exchange).await.unwrap_or(Err(DialError::TimedOut))
    }

    async fn connect_until(&self, target: &ConnectionString, deadline: Instant) -> Result<Connected, DialError> {
        let mut addresses = self.checked_addresses(target).await?;
        let last = addresses.pop().ok_or(DialError::Unresolvable)?;
        let mut left = u32::try_from(addresses.len()).unwrap_or(u32::MAX);
        for address in addresses {
            // A silent address must not use up the time of those behind it.
            let share = deadline.saturating_duration_since(Instant::now()) / (left + 1);
            left -= 1;
            match timeout(share, self.session(target, address)).await.unwrap_or(Err(DialError::TimedOut)) {
                Err(error) if error.is_of_address() => {}
                outcome => return outcome,
            }
        }
        self.session(target, last).await
    }

    /// The addresses of the host, in the resolver's order, if not one of them is denied.
    async fn checked_addresses(&self, target: &ConnectionString) -> Result<Vec<SocketAddr>, DialError> {
        let mut addresses = match target.host() {
            Host::Address(address) => vec![SocketAddr::new(*address, target.port())],
            Host::Name(name) => {
                self.resolver.resolve(name, target.port()).await.map_err(|_| DialError::Unresolvable)?
            }
        };
        let guard = self.guard.load();
        if let Some(denied) = addresses.iter().find(|address| guard.denied_by(address.ip()).is_some()) {
            return Err(DialError::Denied { address: denied.ip() });
        }
        addresses.truncate(ADDRESSES);
        Ok(addresses)
    }

    /// A session with one address, by whichever encryption `sslmode` allows and the server accepts.
    async fn session(&self, target: &ConnectionString, address: SocketAddr) -> Result<Connected, DialError> {
        let mut outcome = Err(DialError::TlsNotOffered);
        for (index, encryption) in target.ssl_mode().attempts().iter().enumerate() {
            let next = self.attempt(target, address, *encryption).await;
            // A second attempt without TLS says less than the refusal that led to it.
            if index == 0 || !matches!(next, Err(DialError::TlsNotOffered)) {
                outcome = next;
            }
            if !outcome.as_ref().is_err_and(DialError::is_of_encryption) {
                break;
            }
        }
        let connected = outcome?;
        self.refuse_control(&connected).await?;
        Ok(connected)
    }

    async fn attempt(
        &self,
        target: &ConnectionString,
        address: SocketAddr,
        encryption: Encryption,
    ) -> Result<Connected, DialError> {
        let socket = self.open(address).await?;
        let wire = self.tls.settle(socket, target, encryption).await?;
        startup::start(wire, address, target).await
    }

    /// The one place where a socket is opened.
    async fn open(&self, address: SocketAddr) -> Result<TcpStream, DialError> {
        self.sockets.fetch_add(1, Ordering::Relaxed);
        let socket = TcpStream::connect(address).await.map_err(|error| DialError::of_socket(&error))?;
        socket.set_nodelay(true).map_err(|error| DialError::of_socket(&error))?;
        Ok(socket)
    }

    async fn refuse_control(&self, connected: &Connected) -> Result<(), DialError> {
        let Some(control) = self.control.load_full() else { return Ok(()) };
        let seen = ControlDatabase::identify(&connected.client).await?;
        if control.is(&seen) { Err(DialError::ControlDatabase) } else { Ok(()) }
    }
}
