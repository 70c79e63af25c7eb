//! A transport, an observer and a source of credentials of your own, written with what `certfleet` exports alone.
//! The transport hands each request to the sandbox, where yours would use another HTTP stack or a message bus.
#![allow(clippy::print_stdout, reason = "a program prints its result")]

use certfleet::http::{self, Authorization, BoxFuture, Call, RawResponse, Request, SendError};
use certfleet::{Connection, ListOptions, openai::Credentials};
use certfleet_sandbox::{OPENAI_ADMIN_KEY, Sandbox};
use std::{sync::Arc, sync::mpsc, time::Duration};

type Answer<'a, T, E = http::Error> = BoxFuture<'a, Result<T, E>>;

#[derive(Debug)]
struct Own(Sandbox);

impl http::Transport for Own {
    fn send<'a>(
        &'a self,
        request: &'a Request,
        limit: usize,
        _deadline: Duration,
    ) -> Answer<'a, RawResponse, SendError> {
        Box::pin(async move {
            // An error of `to_http` says that nothing was sent: a write may be sent again too.
            let response = RawResponse::from(self.0.handle(request.to_http()?).await);
            request.head_arrived();
            if response.body.len() > limit {
                // It was sent: certfleet finds out whether it was carried out.
                return Err(SendError::maybe_sent("a long answer").because(http::Reason::TooLarge));
            }
            Ok(response)
        })
    }
}

#[derive(Debug)]
struct Log(mpsc::Sender<&'static str>);

impl http::Observer for Log {
    fn ended(&self, call: &Call) {
        // The receiver may be gone by then, which must not fail the call.
        let _ = self.0.send(call.operation);
    }
}

#[derive(Debug)]
struct Source;

impl http::CredentialsSource for Source {
    fn authorization<'a>(&'a self, _: Option<&'a Authorization>) -> Answer<'a, Authorization> {
        Box::pin(async { Credentials::AdminKey(OPENAI_ADMIN_KEY.into()).authorization() })
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> certfleet::Result<()> {
    let sandbox = Sandbox::new();
    let (log, calls) = mpsc::channel();
    let connection = Connection::default()
        .transport(Arc::new(Own(sandbox.clone())))
        .observer(Arc::new(Log(log)))
        .credentials(Arc::new(Source));
    let fleet = sandbox.fleet_with(&connection)?;
    let fleet = fleet.only(|one| one.name() == "openai");
    let inventory = fleet.inventory(ListOptions::default()).await;
    let calls: Vec<_> = calls.try_iter().collect();
    println!("{} certificates by {calls:?}", inventory.certificates.len());
    assert!(inventory.is_complete() && calls.contains(&"list_organization_certificates"));
    Ok(())
}
