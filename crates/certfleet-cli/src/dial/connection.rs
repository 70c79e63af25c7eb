//! One connection: name lookup, TCP, the dialogue before TLS, the handshake, all before one deadline.

use super::{
    recorder::{KeyProof, Recorder},
    starttls::{self, StartTls},
    target::{Target, name_text, server_name},
    verification::{Roots, unix_time},
    words,
};
use chrono::{DateTime, Utc};
use std::{io, net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    io::AsyncWriteExt as _,
    net::{TcpStream, lookup_host},
    time::{Instant, timeout_at},
};
use tokio_rustls::{
    TlsConnector,
    rustls::{
        ClientConfig,
        pki_types::{CertificateDer, ServerName},
    },
};

/// How servers are dialled.
pub(crate) struct Dialling {
    pub(crate) roots: Roots,
    /// The name to ask for and to verify, where that is not the target's host.
    pub(crate) name: Option<ServerName<'static>>,
    pub(crate) starttls: Option<StartTls>,
    /// For everything together.
    pub(crate) timeout: Duration,
    /// The time at which chains have to be valid.
    pub(crate) now: DateTime<Utc>,
}

/// What a server presented.
pub(crate) struct Dialled {
    pub(crate) address: SocketAddr,
    /// The name that it was asked for.
    pub(crate) name: String,
    /// The certificates as they came, the server's own first.
    pub(crate) chain: Vec<CertificateDer<'static>>,
    /// Why it does not verify; empty where it does.
    pub(crate) problems: Vec<String>,
    /// How the handshake ended after a good chain, where it did not end well.
    pub(crate) note: Option<String>,
}

impl Dialling {
    /// Dials a server. An error says what happened, at which address, and what to do.
    pub(crate) async fn dial(&self, target: &Target) -> Result<Dialled, String> {
        let name = match &self.name {
            Some(name) => name.clone(),
            None => server_name(&target.host)?,
        };
        let deadline = Instant::now() + self.timeout;
        let (stream, address) = self.connect(target, deadline).await?;
        self.talk(stream, address, name, deadline).await
    }

    /// Connects to the first address that accepts. Each gets its share of the time, so that one that is silent leaves
    /// some for the others.
    async fn connect(
        &self,
        target: &Target,
        deadline: Instant,
    ) -> Result<(TcpStream, SocketAddr), String> {
        let host = &target.host;
        let addresses: Vec<_> = match timeout_at(
            deadline,
            lookup_host((host.as_str(), target.port)),
        )
        .await
        {
            Ok(Ok(addresses)) => addresses.collect(),
            Ok(Err(error)) => {
                return Err(format!(
                    "the name {host} cannot be resolved: {error}; check its spelling and this machine's DNS"
                ));
            }
            Err(_) => {
                return Err(format!(
                    "the name {host} could not be resolved within {:?}; check this machine's DNS",
                    self.timeout
                ));
            }
        };
        let mut failures = Vec::new();
        let mut left = u32::try_from(addresses.len()).unwrap_or(u32::MAX);
        for address in addresses {
            let now = Instant::now();
            let share = deadline.saturating_duration_since(now) / left.max(1);
            match timeout_at(now + share, TcpStream::connect(address)).await {
                Ok(Ok(stream)) => return Ok((stream, address)),
                Ok(Err(error)) if error.kind() == io::ErrorKind::ConnectionRefused => {
                    failures.push(format!("{address} refused the connection"));
                }
                Ok(Err(error)) => failures.push(format!("{address} cannot be reached: {error}")),
                Err(_) => failures.push(format!("{address} did not answer in time")),
            }
            left = left.saturating_sub(1);
        }
        if failures.is_empty() {
            failures.push(format!("the name {host} has no address"));
        }
        Err(format!(
            "{}; check host and port, that the server runs, and that no firewall is between",
            failures.join(", ")
        ))
    }

    /// Talks to a server until it has presented its chain, or has not.
    async fn talk(
        &self,
        mut stream: TcpStream,
        address: SocketAddr,
        name: ServerName<'static>,
        deadline: Instant,
    ) -> Result<Dialled, String> {
        if let Some(protocol) = self.starttls {
            timeout_at(deadline, starttls::lead(protocol, &mut stream))
                .await
                .unwrap_or_else(|_| {
                    Err(format!(
                        "the server did not go on to TLS within {:?}",
                        self.timeout
                    ))
                })
                .map_err(|why| {
                    format!(
                        "{address}: {why}; check the port and the protocol given with --starttls"
                    )
                })?;
        }
        let recorder = Arc::new(Recorder::new(
            Arc::clone(&self.roots.provider),
            self.roots.verifier.clone(),
            unix_time(self.now),
        ));
        let shaken = self.shake(stream, Arc::clone(&recorder), name.clone());
        let ended = match timeout_at(deadline, shaken).await {
            Ok(ended) => ended.map_err(|error| words::handshake(&error)),
            Err(_) => Err(format!(
                "did not finish the TLS handshake within {:?}; check the port, give it longer with --timeout, and \
                 where the protocol begins in plain text, name it with --starttls",
                self.timeout
            )),
        };
        let Some(recorded) = recorder.recorded() else {
            let why = ended
                .err()
                .unwrap_or_else(|| "presents no certificate".to_owned());
            return Err(format!("{address} {why}"));
        };
        let problems = self.roots.problems(&recorded, &name, self.now);
        // What is refused here ends the handshake by itself.
        let is_refused = recorded.verified.is_err()
            || matches!(recorded.proof, Some(KeyProof::Wrong | KeyProof::Unknown));
        let note = ended.err().filter(|_| !is_refused);
        Ok(Dialled {
            address,
            name: name_text(&name),
            chain: recorded.chain,
            problems,
            note: note.map(|why| format!("after it presented its certificates, {address} {why}")),
        })
    }

    async fn shake(
        &self,
        stream: TcpStream,
        recorder: Arc<Recorder>,
        name: ServerName<'static>,
    ) -> io::Result<()> {
        let config = ClientConfig::builder_with_provider(Arc::clone(&self.roots.provider))
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?
            .dangerous()
            .with_custom_certificate_verifier(recorder)
            .with_no_client_auth();
        let connector = TlsConnector::from(Arc::new(config));
        let mut stream = connector.connect(name, stream).await?;
        // A server that is not told so logs a broken connection. That it hears it decides nothing.
        drop(stream.shutdown().await);
        Ok(())
    }
}
