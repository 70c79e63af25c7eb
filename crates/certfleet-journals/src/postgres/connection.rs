//! One connection to a server, made again where it is lost.

use crate::{
    address::{self, Address, wrong},
    options::Options,
};
use certfleet::{Error, ErrorKind, Result};
use certfleet_config::{ReferenceContext, SecretRef, read_roots};
use certfleet_http::{Bytes, server_verifier};
use certfleet_x509::X509;
use rustls::ClientConfig;
use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tokio::{
    sync::Mutex,
    time::{Instant, sleep, timeout, timeout_at},
};
use tokio_postgres::{
    Client, Config, NoTls, Row,
    config::{Host, SslMode, TargetSessionAttrs},
    error::SqlState,
    types::{ToSql, Type},
};
use tokio_postgres_rustls::MakeRustlsConnect;

/// How long a request is tried, with new connections: as long as a server takes to start again, or another to take its
/// place, and shorter than a lease.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long one attempt may take.
const ATTEMPT: Duration = Duration::from_secs(5);

/// The wait before the first new attempt; it doubles.
const AGAIN_AFTER: Duration = Duration::from_millis(100);

/// A value of a statement and its type.
pub(super) type Value = (Arc<dyn ToSql + Send + Sync>, Type);

/// A connection.
pub(super) struct Connection {
    place: String,
    config: Config,
    tls: Option<MakeRustlsConnect>,
    password: Option<SecretRef>,
    options: Options,
    folder: PathBuf,
    client: Mutex<Option<Arc<Client>>>,
}

/// Why an attempt failed.
enum Failed {
    /// Another attempt may end otherwise: the statements can be repeated.
    Lost(String),
    /// No attempt can.
    Final(Error),
}

impl Connection {
    /// Prepares a connection. Nothing is sent yet.
    pub(super) async fn new(
        address: &Address,
        postgres: &address::Postgres,
        options: &Options,
    ) -> Result<Self> {
        // What the parser says may repeat a part of what it cannot read.
        let mut config: Config = postgres.url.parse().map_err(|_| {
            wrong(
                "the journal's address cannot be read",
                "write postgres://USER@HOST/DATABASE",
            )
        })?;
        let is_local = |host: &Host| match host {
            Host::Tcp(name) => is_loopback(name),
            #[cfg(unix)]
            Host::Unix(_) => true,
        };
        let is_socket = |host: &Host| !matches!(host, Host::Tcp(_));
        let hosts = config.get_hosts();
        if hosts.is_empty() {
            return Err(wrong(
                "the journal's address names no host",
                "write postgres://USER@HOST/DATABASE",
            ));
        }
        if !postgres.tls && !hosts.iter().all(is_local) {
            return Err(wrong(
                "sslmode=disable of the journal's address would send the journal over the network unencrypted",
                "leave it out; it is for this machine's own server only",
            ));
        }
        let uses_tls = postgres.tls && !hosts.iter().all(is_socket);
        config
            .application_name("certfleet")
            .connect_timeout(ATTEMPT)
            .target_session_attrs(TargetSessionAttrs::ReadWrite)
            .ssl_mode(if uses_tls {
                SslMode::Require
            } else {
                SslMode::Disable
            });
        let folder = options.folder.clone();
        let tls = match uses_tls {
            true => Some(tls(postgres.roots.as_deref(), &folder)?),
            false => None,
        };
        Ok(Self {
            place: address.to_string(),
            config,
            tls,
            password: postgres.password.clone(),
            options: options.clone(),
            folder,
            client: Mutex::default(),
        })
    }

    /// Returns where it leads, without a secret.
    pub(super) fn place(&self) -> &str {
        &self.place
    }

    /// Runs a statement, again where its answer was lost: it has to come to the same then.
    pub(super) async fn query(&self, sql: &str, values: &[Value]) -> Result<Vec<Row>> {
        let until = Instant::now() + PATIENCE;
        let mut wait = AGAIN_AFTER;
        loop {
            let limit = until.min(Instant::now() + ATTEMPT);
            let attempt = timeout_at(limit, self.attempt(sql, values)).await;
            let why = match attempt {
                Ok(Ok(rows)) => return Ok(rows),
                Ok(Err(Failed::Final(error))) => return Err(error),
                Ok(Err(Failed::Lost(why))) => why,
                Err(_) => "it does not answer".to_owned(),
            };
            // The next attempt has a connection of its own.
            *self.client.lock().await = None;
            if Instant::now() + wait >= until {
                return Err(self.unreachable(&why));
            }
            sleep(wait).await;
            wait *= 2;
        }
    }

    /// Runs several statements, once.
    pub(super) async fn batch(&self, sql: &str) -> Result<()> {
        let client = self.client().await.map_err(|failed| self.error(failed))?;
        let ran = timeout(PATIENCE, client.batch_execute(sql)).await;
        let result = match ran {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(error)) => self.error(self.judge(&error)),
            Err(_) => self.unreachable("it does not answer"),
        };
        // A transaction that failed is over only with its connection.
        *self.client.lock().await = None;
        Err(result)
    }

    async fn attempt(&self, sql: &str, values: &[Value]) -> std::result::Result<Vec<Row>, Failed> {
        let client = self.client().await?;
        let values: Vec<_> = values
            .iter()
            .map(|(value, of)| (&**value as &(dyn ToSql + Sync), of.clone()))
            .collect();
        let rows = client.query_typed(sql, &values).await;
        rows.map_err(|error| self.judge(&error))
    }

    /// The connection, or a new one.
    async fn client(&self) -> std::result::Result<Arc<Client>, Failed> {
        let mut held = self.client.lock().await;
        if let Some(client) = held.as_ref().filter(|client| !client.is_closed()) {
            return Ok(Arc::clone(client));
        }
        let mut config = self.config.clone();
        if let Some(reference) = &self.password {
            let context = ReferenceContext::new(&self.folder).pass_env(&self.options.pass_env);
            let secret = self.options.secrets.fetch(reference, &context).await;
            let secret = secret.map_err(|why| {
                let message = format!("the journal's password: {why}");
                Failed::Final(Error::new(ErrorKind::Config, message))
            })?;
            config.password(secret.expose());
        }
        let client = match &self.tls {
            Some(tls) => {
                let (client, connection) = config
                    .connect(tls.clone())
                    .await
                    .map_err(|error| self.judge(&error))?;
                tokio::spawn(connection);
                client
            }
            None => {
                let (client, connection) = config
                    .connect(NoTls)
                    .await
                    .map_err(|error| self.judge(&error))?;
                tokio::spawn(connection);
                client
            }
        };
        let client = Arc::new(client);
        *held = Some(Arc::clone(&client));
        Ok(client)
    }

    /// Whether another attempt may end otherwise.
    fn judge(&self, error: &tokio_postgres::Error) -> Failed {
        let Some(said) = error.as_db_error() else {
            let cause = std::error::Error::source(error);
            let cause = cause.map_or_else(String::new, |cause| format!(": {cause}"));
            return Failed::Lost(format!("{error}{cause}"));
        };
        let code = said.code();
        let text = format!("{} ({})", said.message(), code.code());
        let passes = code.code().starts_with("08")
            || [
                SqlState::ADMIN_SHUTDOWN,
                SqlState::CRASH_SHUTDOWN,
                SqlState::CANNOT_CONNECT_NOW,
                SqlState::TOO_MANY_CONNECTIONS,
                SqlState::T_R_DEADLOCK_DETECTED,
                SqlState::T_R_SERIALIZATION_FAILURE,
                SqlState::READ_ONLY_SQL_TRANSACTION,
            ]
            .contains(code);
        if passes {
            return Failed::Lost(text);
        }
        let advice = match *code {
            SqlState::INSUFFICIENT_PRIVILEGE => {
                "give the user the rights that docs/guide/team.md lists"
            }
            SqlState::INVALID_PASSWORD | SqlState::INVALID_AUTHORIZATION_SPECIFICATION => {
                "check the user and the password of the journal's address"
            }
            _ => "look at the server's log",
        };
        let message = format!("the journal {}: {text}", self.place);
        Failed::Final(Error::new(ErrorKind::Journal, message).with_advice(advice))
    }

    fn error(&self, failed: Failed) -> Error {
        match failed {
            Failed::Lost(why) => self.unreachable(&why),
            Failed::Final(error) => error,
        }
    }

    /// Returns the error of tables that are not as certfleet makes them.
    pub(super) fn odd(&self, why: &dyn std::fmt::Display) -> Error {
        Error::new(
            ErrorKind::Journal,
            format!(
                "the journal {} holds something that certfleet did not write: {why}",
                self.place
            ),
        )
    }

    fn unreachable(&self, why: &str) -> Error {
        let message = format!("the journal {} cannot be reached: {why}", self.place);
        Error::new(ErrorKind::Journal, message).with_advice(
            "Look at the network and the server; at password= of the address; and where the server's certificate is not trusted, at sslrootcert=",
        )
    }
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Connection({})", self.place)
    }
}

fn is_loopback(name: &str) -> bool {
    let address: Option<std::net::IpAddr> = name.trim_matches(['[', ']']).parse().ok();
    name == "localhost" || address.is_some_and(|address| address.is_loopback())
}

/// What the server's certificate is verified with: as those of providers are.
fn tls(roots: Option<&Path>, folder: &Path) -> Result<MakeRustlsConnect> {
    let roots = match roots {
        Some(path) => read_roots(&folder.join(path)).map_err(|why| {
            Error::new(
                ErrorKind::Config,
                format!("sslrootcert of the journal's address: {why}"),
            )
        })?,
        None => Vec::new(),
    };
    let roots: Vec<Bytes> = roots.iter().filter_map(X509::der_bytes).collect();
    let failed = |why: rustls::Error| {
        Error::new(
            ErrorKind::Journal,
            format!("TLS to the journal cannot be set up: {why}"),
        )
    };
    let verifier = server_verifier(&roots).map_err(failed)?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(failed)?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}
