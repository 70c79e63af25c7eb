//! A transport that holds everything passing it against the documents.

use super::{
    Arguments, Contract,
    validate::{self, Wire},
};
use certfleet_http::{Answer, BoxFuture, Request, SendError, Transport};
use std::{
    fmt,
    sync::{Arc, Mutex},
    time::Duration,
};

/// One request and its answer.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// The operation, as [`Operation::key`](super::Operation::key); `None` if it is none.
    pub operation: Option<String>,
    /// What the request carries, if it is as documented.
    pub arguments: Option<Arguments>,
    /// The answer's status.
    pub status: u16,
    /// The documented status that describes it, if one does.
    pub documented: Option<String>,
    /// In what request and answer are not as documented.
    pub problems: Vec<String>,
}

/// A layer before another transport, usually a sandbox. Every answer has to be as its document
/// describes it, and every request that is accepted (answered 2xx) too: so neither a client nor a
/// sandbox can drift from the documents in any test that has this layer.
///
/// An undocumented failure (4xx, 5xx) is not a problem: vendors have them, and a client has to bear
/// them; [`Exchange::documented`] tells. An undocumented success is one.
///
/// ```no_run
/// # use std::sync::Arc;
/// # use certfleet_tests::{Clients, contract::Recorder};
/// let sandbox = certfleet_sandbox::Sandbox::new();
/// // Panics at the first problem, as `Clients::from_sandbox` does.
/// let clients = Clients::over(Arc::new(Recorder::strict(sandbox.clone())));
/// // Or: only notes them, to be asked for.
/// let recorder = Recorder::noting(sandbox);
/// let clients = Clients::over(Arc::new(recorder.clone()));
/// assert!(recorder.exchanges().iter().all(|exchange| exchange.problems.is_empty()));
/// ```
#[derive(Clone)]
pub struct Recorder {
    inner: Arc<dyn Transport>,
    strict: bool,
    exchanges: Arc<Mutex<Vec<Exchange>>>,
}

impl Recorder {
    /// A layer that panics at the first problem.
    pub fn strict(inner: impl Transport) -> Self {
        Self {
            inner: Arc::new(inner),
            strict: true,
            exchanges: Arc::default(),
        }
    }

    /// A layer that notes problems.
    pub fn noting(inner: impl Transport) -> Self {
        Self {
            strict: false,
            ..Self::strict(inner)
        }
    }

    /// What passed so far.
    ///
    /// # Panics
    /// A test panicked while it held the list.
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.exchanges.lock().expect("no panic while held").clone()
    }

    fn judge(request: &Request, answer: &Answer) -> Exchange {
        let wire = Wire::from_request(request);
        let provider = wire.path.split('/').nth(1).unwrap_or_default();
        let document = Contract::get().document(provider);
        let checked = validate::request(document, &wire);
        let mut exchange = Exchange {
            operation: document
                .find(wire.method, wire.path)
                .map(|(operation, _)| operation.key()),
            arguments: checked
                .as_ref()
                .ok()
                .map(|(_, arguments)| arguments.clone()),
            status: answer.status.as_u16(),
            documented: None,
            problems: Vec::new(),
        };
        if answer.status.is_success() {
            exchange
                .problems
                .extend(checked.err().into_iter().flatten());
        }
        if let Some((operation, _)) = document.find(wire.method, wire.path) {
            let verdict =
                validate::answer(operation, exchange.status, &answer.headers, &answer.body);
            exchange.problems.extend(verdict.problems);
            if verdict.documented.is_none() && exchange.status < 400 {
                exchange.problems.push(format!(
                    "{} answered {}, which is not documented",
                    operation.key(),
                    exchange.status
                ));
            }
            exchange.documented = verdict.documented;
        }
        exchange
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Recorder({:?})", self.inner)
    }
}

impl Transport for Recorder {
    fn send<'a>(
        &'a self,
        request: &'a Request,
        body_limit: usize,
        deadline: Duration,
    ) -> BoxFuture<'a, Result<Answer, SendError>> {
        Box::pin(async move {
            let answer = self.inner.send(request, body_limit, deadline).await?;
            let exchange = Self::judge(request, &answer);
            assert!(
                !self.strict || exchange.problems.is_empty(),
                "not as documented:\n{}",
                exchange.problems.join("\n")
            );
            self.exchanges
                .lock()
                .expect("no panic while held")
                .push(exchange);
            Ok(answer)
        })
    }
}
