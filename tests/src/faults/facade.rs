//! The matrix at the facade: every write of [`writes::all`] meets the rows that its operation meets, over a
//! sandbox that has carried out what arrived, or has not.
//!
//! Nothing is expected here that is not derived: what the request itself ends with is the [`Case`]'s; what the
//! facade makes of it follows from whether the effect can be read back and whether the write may be sent twice.

use super::{Case, Expected, Faulty, Step, network::Attempt, rows, run};
use crate::{
    contract::{Client, operations},
    sandbox,
    writes::{self, Write},
};
use certfleet::{Applied, Change, Connection, Error, How, ProviderId, http::Retry};
use certfleet_changes::{ConsequenceKind, Journal, Writer};
use certfleet_http::Effect;
use certfleet_sandbox::{Fault, FaultPoint, Sandbox, Snapshot};
use std::{collections::BTreeSet, sync::Arc, time::Duration};
use tokio::time::Instant;

/// How often an idempotent write is sent.
const MOST_SENT: usize = 4;

/// A fault that a write of the facade meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fate {
    /// Whether the vendor has carried out what arrived.
    pub carried_out: bool,
    /// Whether nothing can be read after the write was tried.
    pub blind: bool,
}

/// The operation that carries a write out.
///
/// # Panics
/// No client has it.
pub fn client(write: &Write) -> &'static Client {
    operations::TABLE
        .iter()
        .filter(|client| client.provider == write.kind.as_str())
        .find(|client| match &client.documented().vendor_id {
            Some(id) => id == write.operation,
            // Patchworks names none; the sandbox calls them as the clients do.
            None => client.id.replace('_', "") == write.operation.to_lowercase(),
        })
        .unwrap_or_else(|| panic!("{} has no {}", write.kind, write.operation))
}

/// The cases that a write meets, each with what the vendor may have made of it. Of those that end alike, of one
/// row, one stands for all: the facade sees how a request ended, not the bytes of it.
pub fn cases(write: &Write) -> Vec<(Case, Fate)> {
    let client = client(write);
    let mut met = Vec::new();
    let mut ends = BTreeSet::new();
    for case in rows::cases(client) {
        let end = direct(&case, client);
        let is_new = ends.insert(format!(
            "{} {:?} {:?} {:?} {:?} {}",
            case.row,
            end.failure,
            end.status,
            end.reason,
            end.retry_after,
            case.steps.len()
        ));
        if !is_new || is_done(&case, &end) {
            continue;
        }
        let fates: &[(bool, bool)] = match end.failure {
            None | Some((_, Effect::None)) => &[(false, false)],
            // A vendor who says that it is done has done it.
            Some((_, Effect::Applied)) => &[(true, false), (true, true)],
            Some((_, Effect::Unknown)) => {
                &[(true, false), (true, true), (false, false), (false, true)]
            }
        };
        let fates = fates
            .iter()
            .map(|&(carried_out, blind)| Fate { carried_out, blind });
        met.extend(fates.map(|fate| (case.clone(), fate)));
    }
    met
}

/// Whether it ends as documented, at once, with the document's example for an answer: what is read from that is
/// for the adapters' tests, since no vendor here holds what it says.
fn is_done(case: &Case, end: &Expected) -> bool {
    end.failure.is_none()
        && end.attempts == 1
        && matches!(case.steps[0], Step::Answer(_) | Step::Done)
}

/// What the request itself ends with, sent once.
fn direct(case: &Case, client: &Client) -> Expected {
    case.of(client.constants().class).clone()
}

/// What a write amounts to.
#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    result: Result<How, Effect>,
    /// Whether the vendor has it.
    done: bool,
    /// How many requests arrived.
    arrived: usize,
    /// How many entries the journal has open.
    open: usize,
}

/// Through a network, with more repetitions than looks that fail can use up: how often a write is sent is asked
/// here, not for how long.
///
/// # Panics
/// The sandbox has no account there.
pub fn writer(sandbox: &Sandbox, kind: ProviderId, network: &Faulty) -> Writer {
    let mut retry = Retry::default();
    retry.budget = 100;
    let connection = Connection::default()
        .clock(Arc::new(sandbox.clock().clone()))
        .transport(Arc::new(network.clone()))
        .retry(retry);
    let account = crate::accounts_of(sandbox, connection)
        .into_iter()
        .find(|account| account.provider() == kind);
    Writer::new(account.expect("an account"), Journal::memory())
        .acknowledging(ConsequenceKind::ALL.iter().copied())
}

/// What has to come of it.
fn expected(write: &Write, client: &Client, case: &Case, fate: Fate, deploys: bool) -> Outcome {
    let direct = direct(case, client);
    let of = |result, done, arrived, open| Outcome {
        result,
        done,
        arrived,
        open,
    };
    let effect = match direct.failure {
        None => return of(Ok(How::Confirmed), true, direct.seen, 0),
        Some((_, Effect::None)) => return of(Err(Effect::None), false, direct.seen, 0),
        Some((_, effect)) => effect,
    };
    if fate.carried_out && write.readable && !fate.blind {
        // Whether it was deployed, only the answer would have told: that stays pending.
        return of(Ok(How::Recovered), true, direct.seen, usize::from(deploys));
    }
    let open = |arrived| of(Err(effect), fate.carried_out, arrived, 1);
    if !write.repeatable {
        return open(direct.seen);
    }
    if asks_too_much(&direct) {
        return open(direct.seen);
    }
    match case.steps.get(1) {
        // Sent again, and answered: where it was done already, a delete finds nothing left to do.
        Some(Step::Done) => {
            let how = if fate.carried_out && write.again == writes::Again::NotFound {
                How::Recovered
            } else {
                How::Confirmed
            };
            if how == How::Confirmed && !write.confirms && fate.blind {
                // The answer carries nothing, and nothing can be read.
                return of(Err(Effect::Unknown), true, 2, 1);
            }
            of(Ok(how), true, 2, 0)
        }
        _ => open(MOST_SENT),
    }
}

/// Whether the vendor asks to wait longer than anybody here waits.
fn asks_too_much(direct: &Expected) -> bool {
    direct
        .retry_after
        .is_some_and(|asked| asked > Duration::from_secs(120))
}

/// A write before it is sent: its change, and a vendor to whom nothing was done yet. Seeding one is most of what
/// a case costs, so one that a fault left untouched serves again.
pub struct Ready {
    write: Write,
    change: Change,
    untouched: Option<(Sandbox, Snapshot)>,
}

impl Ready {
    /// The change is the same for every sandbox of [`sandbox`]: they hold the same.
    pub fn new(write: Write) -> Self {
        let sandbox = sandbox();
        let writer = writes::writer(&sandbox, write.kind, Arc::new(sandbox.clone()));
        let change = run::virtually(async {
            (write.change)(
                &sandbox,
                writer.account(),
                &writes::listed(writer.account()).await,
            )
        });
        let snapshot = sandbox.snapshot();
        Self {
            write,
            change,
            untouched: Some((sandbox, snapshot)),
        }
    }

    /// The write.
    pub fn write(&self) -> &Write {
        &self.write
    }

    fn take(&mut self) -> (Sandbox, Snapshot) {
        self.untouched.take().unwrap_or_else(|| {
            let sandbox = sandbox();
            let snapshot = sandbox.snapshot();
            (sandbox, snapshot)
        })
    }

    fn give_back(&mut self, sandbox: Sandbox, before: Snapshot) {
        if sandbox.snapshot() == before {
            self.untouched = Some((sandbox, before));
        }
    }
}

/// Carries a write out through a fault, and holds what comes of it against what has to.
///
/// # Errors
/// What is not as expected.
pub fn met(ready: &mut Ready, case: &Case, fate: Fate) -> Result<(), String> {
    let (sandbox, before) = ready.take();
    let write = &ready.write;
    let client = client(write);
    let mut network = Faulty::before(&sandbox, &case.steps, fate.carried_out);
    if fate.blind {
        network = network.blind();
    }
    let writer = writer(&sandbox, write.kind, &network);
    let (result, took) = run::virtually(async {
        let began = Instant::now();
        let result = writer.apply(ready.change.clone()).await;
        (result, began.elapsed())
    });
    let attempts = network.attempts();
    let got = Outcome {
        result: result
            .as_ref()
            .map(|applied| applied.how)
            .map_err(Error::effect),
        done: (write.is_done)(&sandbox, &ready.change),
        arrived: attempts.iter().filter(|one| one.arrived).count(),
        open: run::virtually(writer.journal().pending())
            .map_err(|error| error.to_string())?
            .len(),
    };
    let deploys = matches!(ready.change, Change::Upload(_) | Change::Replace(_))
        && ready.change.scopes().iter().any(|scope| {
            let rules = writer.account().rules().scope(scope.kind());
            rules.is_some_and(|rules| rules.deploys)
        });
    let wanted = expected(write, client, case, fate, deploys);
    if got != wanted {
        return Err(format!("{got:?}, expected {wanted:?}: {result:?}"));
    }
    always(fate, &result, took)?;
    if let (Change::Replace(_), Ok(applied), false) = (&ready.change, &result, fate.blind)
        && applied.items.is_empty()
    {
        return Err(format!("it was not read back: {applied:?}"));
    }
    if let Some(asked) = direct(case, client).retry_after {
        heeded(asked, &result, &attempts)?;
    }
    ready.give_back(sandbox, before);
    Ok(())
}

/// What the vendor asked for: to come back no earlier, and to be told of where nobody comes back.
fn heeded(
    asked: Duration,
    result: &Result<Applied, Error>,
    attempts: &[Attempt],
) -> Result<(), String> {
    for pair in attempts.windows(2) {
        let ended = pair[0].ended.ok_or("an attempt did not end")?;
        let waited = pair[1].began - ended;
        if waited < asked {
            return Err(format!("waited {waited:?} where {asked:?} were asked for"));
        }
    }
    match result {
        // An answer that came later, and carries nothing, asks for nothing either.
        Err(error) if error.http().is_some() && error.retry_after() != Some(asked) => {
            Err(format!("the hint is lost: {error:?}"))
        }
        _ => Ok(()),
    }
}

/// Carries a write out whose connection breaks at a point, and holds what comes of it against what the sandbox
/// holds: there once or not at all, and the facade says which.
///
/// # Errors
/// What is not so.
pub fn broken(ready: &mut Ready, point: FaultPoint) -> Result<End, String> {
    let (sandbox, before) = ready.take();
    let write = &ready.write;
    let network = Faulty::before(&sandbox, &[Step::Done], false);
    let writer = writer(&sandbox, write.kind, &network);
    sandbox.inject(Fault::at(point).of(write.operation));
    let (result, took) = run::virtually(async {
        let began = Instant::now();
        let result = writer.apply(ready.change.clone()).await;
        (result, began.elapsed())
    });
    if !sandbox.faults().is_empty() {
        return Err("the fault did not happen".to_owned());
    }
    let done = (write.is_done)(&sandbox, &ready.change);
    let sent = network.attempts().len();
    let fate = Fate {
        carried_out: !matches!(point, FaultPoint::BeforeRead | FaultPoint::AfterRead),
        blind: false,
    };
    always(fate, &result, took)?;
    let end = match (&result, fate.carried_out) {
        (Ok(applied), true) if applied.how == How::Confirmed && sent == 1 => End::Whole,
        (Ok(applied), true) if write.readable || write.repeatable => {
            let again = 1 + usize::from(!write.readable);
            if applied.how != How::Recovered || sent != again {
                return Err(format!("sent {sent} times: {applied:?}"));
            }
            End::Cut
        }
        (Ok(applied), false) if write.repeatable && applied.how == How::Confirmed && sent == 2 => {
            End::Cut
        }
        (Err(error), carried_out) if sent == 1 && error.effect() != Effect::None => {
            let expected = carried_out && !write.readable || !carried_out && !write.repeatable;
            if !expected || done != carried_out {
                return Err(format!("done: {done}, and the facade says {error}"));
            }
            End::Cut
        }
        (result, _) => return Err(format!("sent {sent} times, done: {done}: {result:?}")),
    };
    if result.is_ok() && !done {
        return Err(format!("it is not done, and the facade says {result:?}"));
    }
    ready.give_back(sandbox, before);
    Ok(end)
}

/// Whether the answer came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It did not.
    Cut,
    /// It came whole.
    Whole,
}

/// What holds whatever happens.
fn always(fate: Fate, result: &Result<Applied, Error>, took: Duration) -> Result<(), String> {
    if took > run::DEADLINE + Duration::from_millis(100) {
        return Err(format!("took {took:?}"));
    }
    let mut shown = format!("{result:?} {result:#?}");
    if let Err(error) = result {
        shown.push_str(&error.to_string());
        shown.push_str(&serde_json::to_string(&error.report()).map_err(|error| error.to_string())?);
    }
    // A page is kept, but not shown.
    for secret in ["canary-passphrase", "page-canary"] {
        if shown.contains(secret) {
            return Err(format!("{secret} is shown: {shown}"));
        }
    }
    let Err(error) = result else {
        return Ok(());
    };
    let says = error.to_string();
    let unknown = matches!(error.effect(), Effect::Unknown | Effect::Applied);
    if unknown && fate.blind && !says.contains("Looking for it failed too") {
        return Err(format!("why looking failed is not said: {says}"));
    }
    if unknown && !says.contains("resume") && !says.contains("dismiss") {
        return Err(format!("what to do is not said: {says}"));
    }
    Ok(())
}
