//! The sandbox answers as the documents say, and takes what they allow: so neither it nor they can
//! change alone.

use crate::{COVERAGE, providers, trial, wait};
use certfleet_http::Error;
use certfleet_sandbox::{Account, Behaviour, Clock, Credential, Provider, RateLimit, Sandbox};
use certfleet_tests::{
    Clients, Keys,
    contract::{Arguments, Called, Contract, Exchange, Kind, Recorder, generate, operations},
    sandbox, start,
};
use libtest_mimic::Trial;
use serde_json::{Value, json};
use std::{collections::BTreeSet, sync::Arc, time::Duration};

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("sandbox::paths", paths),
        trial("sandbox::every_operation", every_operation),
        trial("sandbox::whatever_is_asked", whatever_is_asked),
        trial("sandbox::whoever_asks", whoever_asks),
        trial("sandbox::too_often", too_often),
        trial("sandbox::however_it_behaves", however_it_behaves),
    ]
}

/// The sandbox is where the documents' servers are.
fn paths() {
    for &provider in Provider::ALL {
        assert_eq!(
            Contract::get().document(provider.prefix()).base_path,
            provider.base_path()
        );
    }
}

/// A sandbox and clients of it, with everything that passes noted.
pub(crate) struct Watched {
    pub(crate) sandbox: Sandbox,
    /// Whether no switch of the sandbox is set.
    pub(crate) as_usual: bool,
    clients: Clients,
    recorder: Recorder,
}

impl Watched {
    fn new(sandbox: Sandbox) -> Self {
        let keys = Keys::from_sandbox(&sandbox);
        Self::with(sandbox, &keys)
    }

    fn with(sandbox: Sandbox, keys: &Keys) -> Self {
        let recorder = Recorder::noting(sandbox.clone());
        Self {
            clients: Clients::new(Arc::new(recorder.clone()), keys),
            as_usual: sandbox.behaviour() == Behaviour::default(),
            sandbox,
            recorder,
        }
    }

    fn try_call(
        &self,
        name: &str,
        parameters: Value,
        body: Option<Value>,
    ) -> Result<Called, Error> {
        let client = operations::TABLE
            .iter()
            .find(|client| format!("{client:?}") == name)
            .unwrap_or_else(|| panic!("{name} is not in the table"));
        let arguments = Arguments {
            parameters: parameters.as_object().cloned().unwrap_or_default(),
            body,
        };
        wait(client.call(&self.clients, &arguments))
    }

    /// The answer of a call that succeeds.
    pub(crate) fn answer(&self, name: &str, parameters: Value, body: Option<Value>) -> Called {
        self.try_call(name, parameters, body)
            .unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// The value of a call that succeeds.
    pub(crate) fn call(&self, name: &str, parameters: Value, body: Option<Value>) -> Value {
        let called = self.answer(name, parameters, body);
        called.value.unwrap_or_else(|| json!(called.body.len()))
    }

    /// Asserts that the sandbox saw so many operations of a vendor, and refused none.
    pub(crate) fn saw(&self, provider: &str, operations: usize) {
        let seen = self.sandbox.requests();
        let own = || {
            seen.iter()
                .filter(|seen| seen.provider.is_some_and(|seen| seen.prefix() == provider))
        };
        assert!(own().all(|seen| seen.status.is_success()), "{seen:#?}");
        let calls: BTreeSet<_> = own().filter_map(|seen| seen.operation).collect();
        assert_eq!(calls.len(), operations, "{calls:#?}");
        let client = operations::APIS.iter().find(|api| api.provider == provider);
        assert_eq!(client.unwrap().operations.len(), operations);
    }

    /// Everything that passed, and in what it was not as documented.
    fn problems(&self) -> Vec<String> {
        self.recorder
            .exchanges()
            .into_iter()
            .flat_map(|exchange| exchange.problems)
            .collect()
    }

    /// Counts what passed, as long as it was as documented.
    fn count(&self) {
        assert!(self.problems().is_empty(), "{:#?}", self.problems());
        for exchange in self.recorder.exchanges() {
            if let Some(operation) = Contract::get()
                .operations()
                .find(|one| Some(one.key()) == exchange.operation)
            {
                COVERAGE.count(operation, Kind::Sandbox(exchange.status));
            }
        }
    }

    /// A certificate's life at every vendor, through every operation.
    fn live(&self) {
        for provider in providers::all() {
            (provider.live)(self);
        }
    }
}

fn every_operation() {
    let watched = Watched::new(sandbox());
    watched.live();
    watched.count();
}

/// Requests of every kind that the documents allow, of which the sandbox refuses most for a reason.
fn whatever_is_asked() {
    let watched = Watched::new(sandbox());
    for client in operations::TABLE {
        generate::run(
            &format!("{client:?}"),
            &generate::arguments(client.documented()),
            40,
            |arguments| {
                let _ = wait(client.call(&watched.clients, &arguments));
                Ok(())
            },
        );
        // The same of things that are there.
        let known = (providers::by_name(client.provider).known)(&watched.sandbox);
        generate::run(
            &format!("{client:?}"),
            &generate::arguments(client.documented()),
            25,
            |mut arguments| {
                for (name, value) in &known {
                    if arguments.parameters.contains_key(*name) {
                        arguments
                            .parameters
                            .insert((*name).to_owned(), value.clone());
                    }
                }
                let _ = wait(client.call(&watched.clients, &arguments));
                Ok(())
            },
        );
    }
    watched.count();
    assert_eq!(undocumented(&watched.recorder.exchanges()), [""; 0]);
}

/// The id of a vendor's first record, in an account if that is given.
pub(crate) fn record(sandbox: &Sandbox, prefix: &str, account: Option<&str>) -> Value {
    let snapshot = sandbox.snapshot();
    let records = snapshot.records.iter();
    let id = records
        .filter(|record| record.provider.prefix() == prefix)
        .find(|record| account.is_none_or(|account| record.account == account))
        .map(|record| record.id.clone());
    json!(id.expect("the sandbox has a record there"))
}

/// Failures with a status that the operation does not document, each once, sorted.
fn undocumented(exchanges: &[Exchange]) -> Vec<String> {
    let all: BTreeSet<String> = exchanges
        .iter()
        .filter(|exchange| exchange.documented.is_none())
        .map(|exchange| {
            format!(
                "{} {}",
                exchange.operation.as_deref().unwrap_or("nothing"),
                exchange.status
            )
        })
        .collect();
    all.into_iter().collect()
}

/// Each credential of each account, one without rights, and a wrong one.
fn whoever_asks() {
    let sandbox = sandbox();
    let accounts = sandbox.accounts();
    let keys = |choose: fn(&Account) -> Credential| {
        let mut keys = Keys::all(|_| "a-wrong-key".to_owned());
        for provider in providers::all() {
            let account = accounts
                .iter()
                .find(|account| account.provider.prefix() == provider.provider);
            (provider.credential)(&mut keys, choose(account.expect("an account")));
        }
        keys
    };
    let last = |account: &Account| *account.credentials.last().unwrap();
    Watched::with(self::sandbox(), &keys(last)).live();
    for keys in [
        Keys::all(|_| "a-wrong-key".to_owned()),
        keys(|account| account.powerless),
    ] {
        let watched = Watched::with(sandbox.clone(), &keys);
        for client in operations::TABLE {
            let outcome =
                wait(client.call(&watched.clients, &generate::plain(client.documented())));
            let error = outcome.expect_err("nothing is let in");
            let status = error.status().map_or(0, |status| status.as_u16());
            // Apinizer says a missing permission in words.
            let words = error.vendor().message.clone().unwrap_or_default();
            assert!(
                matches!(status, 401 | 403) || words.contains("permission"),
                "{client:?}: {error}"
            );
        }
        watched.count();
        assert_eq!(undocumented(&watched.recorder.exchanges()), [""; 0]);
    }
}

/// What a rate limit answers.
fn too_often() {
    let once = RateLimit {
        requests: 1,
        window: Duration::from_secs(60),
    };
    let limited = || providers::all().filter_map(|provider| Some((provider, provider.limited?)));
    let mut behaviour = Behaviour::default();
    for (_, (limit, _)) in limited() {
        limit(&mut behaviour, once);
    }
    let watched = Watched::new(behaving(behaviour));
    for (provider, (_, operation)) in limited() {
        let name = format!("{}.{operation}", provider.provider);
        let known = (provider.known)(&watched.sandbox);
        let parameters: Value = known
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        let call = || watched.try_call(&name, parameters.clone(), None);
        call().unwrap();
        let error = call().unwrap_err();
        assert_eq!(
            error.status().map(|status| status.as_u16()),
            Some(429),
            "{name}"
        );
        assert!(error.retry_after().is_some(), "{name}: {error}");
    }
    watched.count();
    assert_eq!(undocumented(&watched.recorder.exchanges()), [""; 0]);
}

fn behaving(behaviour: Behaviour) -> Sandbox {
    Sandbox::builder()
        .seed(7)
        .clock(Clock::fixed(start()))
        .behaviour(behaviour)
        .build()
}

/// Every switch. What a document allows has to pass; what it does not allow has to be noticed, or
/// the switch is not what it says.
fn however_it_behaves() {
    for (name, change, problem) in providers::all().flat_map(|provider| provider.ways) {
        let mut behaviour = Behaviour::default();
        change(&mut behaviour);
        let watched = Watched::new(behaving(behaviour));
        watched.live();
        for client in operations::TABLE {
            // Things that are not there.
            let _ = wait(client.call(&watched.clients, &generate::plain(client.documented())));
        }
        let problems = watched.problems();
        match problem.is_empty() {
            true => assert!(problems.is_empty(), "{name}: {problems:#?}"),
            false => {
                assert!(!problems.is_empty(), "{name} is as documented");
                let other: Vec<_> = problems
                    .iter()
                    .filter(|one| !one.contains(problem) && !one.contains("'anyOf'"))
                    .collect();
                assert!(other.is_empty(), "{name}: {other:#?}");
            }
        }
    }
}
