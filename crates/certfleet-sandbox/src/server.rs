//! The sandbox on a loopback port.

use std::io;
use std::net::SocketAddr;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request};
use axum::response::Response;
use axum::routing::put;
use bytes::Bytes;
use http::StatusCode;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::call::LARGEST_BODY;
use crate::connection::{Breakable, Cut};
use crate::{FaultPoint, Provider, Sandbox};

impl Sandbox {
    /// The same as a service, to be served or called by the caller's own means.
    pub fn router(&self) -> Router {
        router(self)
    }

    /// Serves on a loopback address; port 0 is any free one.
    ///
    /// # Errors
    ///
    /// When the address is not a loopback address, or cannot be listened on.
    pub async fn serve(&self, address: SocketAddr) -> io::Result<Server> {
        Server::start(self, address).await
    }
}

/// A sandbox being served. It stops when this is dropped.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl Server {
    async fn start(sandbox: &Sandbox, address: SocketAddr) -> io::Result<Self> {
        if !address.ip().is_loopback() {
            let text = format!(
                "{address} is not a loopback address: the sandbox's credentials are public"
            );
            return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
        }
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let service = router(sandbox).into_make_service_with_connect_info::<Cut>();
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(async move {
            // Neither a failed accept nor a dropped sender ends the sandbox any differently.
            let stopped = async move { drop(stopped.await) };
            drop(
                axum::serve(Breakable(listener), service)
                    .with_graceful_shutdown(stopped)
                    .await,
            );
        });
        Ok(Self {
            address,
            stop: Some(stop),
            task,
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The base URL to give a client of this vendor.
    #[must_use]
    pub fn base_url(&self, provider: Provider) -> String {
        format!("http://{}{}", self.address, provider.base_path())
    }

    /// Stops accepting, and waits until open requests are answered.
    pub async fn stop(mut self) {
        if let Some(stop) = self.stop.take() {
            // Where the receiver is gone, it has stopped.
            let _ = stop.send(());
        }
        drop((&mut self.task).await);
    }

    /// Serves for as long as the process lives.
    pub async fn run(mut self) {
        drop((&mut self.task).await);
    }
}

fn router(sandbox: &Sandbox) -> Router {
    let (providers, control) = (sandbox.clone(), sandbox.clone());
    Router::new()
        .route(
            "/control/failing-environments",
            put(move |names: String| async move { fail_environments(&control, &names) }),
        )
        .fallback(move |request: Request| {
            let sandbox = providers.clone();
            async move { answer(&sandbox, request).await }
        })
}

/// Sets the environments that cannot be deployed to, from outside: names with commas between them.
fn fail_environments(sandbox: &Sandbox, names: &str) -> StatusCode {
    let names = names.split(',').map(str::trim);
    let names = names.filter(|name| !name.is_empty()).map(str::to_owned);
    let failing = names.collect();
    sandbox.change_behaviour(|behaviour| behaviour.apinizer.failing_environments = failing);
    StatusCode::NO_CONTENT
}

async fn answer(sandbox: &Sandbox, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    // Only a connection of the sandbox's own port can be broken.
    let cut = parts.extensions.get::<ConnectInfo<Cut>>().cloned();
    let fault = cut.and_then(|ConnectInfo(cut)| {
        let point = sandbox.fault_of(&parts.method, parts.uri.path())?;
        Some((point, cut))
    });
    if let Some((FaultPoint::BeforeRead, cut)) = &fault {
        cut.after(0);
        return Response::default();
    }
    // One byte more than the largest body is enough for the vendor to see that it is too large.
    let body = match to_bytes(body, LARGEST_BODY + 1).await {
        Ok(body) => body,
        Err(_) => Bytes::from(vec![b' '; LARGEST_BODY + 1]),
    };
    match fault {
        Some((FaultPoint::AfterRead | FaultPoint::BeforeRead, cut)) => {
            cut.after(0);
            return Response::default();
        }
        Some((FaultPoint::AfterCommit, cut)) => cut.after(0),
        Some((FaultPoint::AfterBytes(bytes), cut)) => cut.after(bytes),
        None => {}
    }
    let answer = sandbox.handle(http::Request::from_parts(parts, body)).await;
    // What was received is carried out, whether or not the client waits for the answer.
    tokio::time::sleep(sandbox.behaviour().latency).await;
    answer.map(Body::from)
}
