//! The conformance suite of writes over every account of the sandbox, and over accounts that lie.

use crate::rotations::Ticking;
use certfleet::{ProviderId, Scope};
use certfleet_conformance::{Outcome, WriteOptions, writes};
use certfleet_http::{BoxFuture, Method, RawResponse, Request, SendError, Transport};
use certfleet_sandbox::{Sample, Sandbox};
use certfleet_tests::{
    accounts_over, sandbox,
    writes::{connector, environment},
};
use std::{sync::Arc, time::Duration};

/// Answers every write as a success would, and does nothing.
#[derive(Debug)]
struct Forgetful(Sandbox);

impl Transport for Forgetful {
    fn send<'a>(
        &'a self,
        request: &'a Request,
        body_limit: usize,
        deadline: Duration,
    ) -> BoxFuture<'a, Result<RawResponse, SendError>> {
        if request.operation().method == Method::GET {
            return self.0.send(request, body_limit, deadline);
        }
        Box::pin(async move {
            let copy = sandbox();
            copy.send(request, body_limit, deadline).await
        })
    }
}

fn options(sandbox: &Sandbox, kind: ProviderId) -> WriteOptions {
    let mut options = WriteOptions::default();
    options.certificate = Some(sandbox.sample(Sample::Authority, "conformance", 90));
    options.other = Some(sandbox.sample(Sample::Authority, "conformance 2", 90));
    options.generate = true;
    (options.scopes, options.activate) = match kind {
        ProviderId::OPENAI => (Vec::new(), Some(Scope::Organization)),
        ProviderId::CLOUDFLARE => (Vec::new(), Some(Scope::Edge)),
        ProviderId::PATCHWORKS => (vec![connector("306")], None),
        ProviderId::APINIZER => (vec![environment("test"), environment("dev")], None),
        // Nothing to name, nothing to activate.
        _ => (Vec::new(), None),
    };
    options
}

#[tokio::test(start_paused = true)]
async fn every_account_keeps_to_the_rules() {
    let sandbox = sandbox();
    // What is on its way arrives.
    sandbox.clock().advance(Duration::from_secs(60));
    for account in accounts_over(
        &sandbox,
        Arc::new(Ticking(sandbox.clone(), sandbox.clone())),
    ) {
        let options = options(&sandbox, account.provider());
        let report = writes(&account, &options).await;
        println!("{report}");
        report.assert();
        let made = report.outcome("one record is made");
        assert_eq!(made, Some(&Outcome::Kept(1)), "{report}");
    }
}

#[tokio::test(start_paused = true)]
async fn without_being_asked_nothing_is_written() {
    let sandbox = sandbox();
    for account in accounts_over(&sandbox, Arc::new(sandbox.clone())) {
        let report = writes(&account, &WriteOptions::default()).await;
        report.assert();
    }
    assert!(sandbox.requests().iter().all(|seen| seen.method == "GET"));
}

#[tokio::test(start_paused = true)]
async fn an_account_that_only_says_so_is_caught() {
    let sandbox = sandbox();
    for account in accounts_over(&sandbox, Arc::new(Forgetful(sandbox.clone()))) {
        let options = options(&sandbox, account.provider());
        let report = writes(&account, &options).await;
        assert!(!report.is_kept(), "{report}");
    }
}
