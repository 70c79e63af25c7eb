//! Rows 57 and 58 at the facade: 25 certificates switched in three batches, of which the second is refused, or
//! lost. Virtual time, over the sandbox.

use crate::{TALLY, one};
use certfleet::{
    Applied, Certificate, CertificateId, Change, Effect, Error, How, ListOptions, ProviderId,
    Scope,
    change::{ItemOutcome, SetActive},
};
use certfleet_changes::{ConsequenceKind, Journal, Writer, journal::Ending};
use certfleet_http::{Class, Reason};
use certfleet_sandbox::{Clock, Provider, Sample, Sandbox};
use certfleet_tests::{
    Clients, Keys, Reply,
    faults::{Faulty, Step, facade, matrix::Layer, run},
    start, writes,
};
use futures_util::TryStreamExt;
use libtest_mimic::Trial;
use std::{sync::Arc, time::Duration};

/// How many certificates are switched. A batch has ten.
const MANY: usize = 25;

/// How one of the batches ends.
struct Fate {
    row: u8,
    name: &'static str,
    steps: Vec<Step>,
    carried_out: bool,
    blind: bool,
    /// How many requests arrive in all.
    arrived: usize,
    /// What is done, unknown or failed, and not tried; `Err` where nothing is.
    end: Result<(How, [usize; 4]), Effect>,
}

fn fates() -> Vec<Fate> {
    let fate = |row, name, steps, arrived, end| Fate {
        row,
        name,
        steps,
        carried_out: false,
        blind: false,
        arrived,
        end,
    };
    let answer = |status| Step::Answer(Reply::json(status, ""));
    let refused = |name, step, arrived| {
        let end = Ok((How::Confirmed, [10, 10, 0, 5]));
        fate(57, name, vec![Step::Done, step, Step::Done], arrived, end)
    };
    let all = |how| Ok((how, [MANY, 0, 0, 0]));
    let unknown = || Ok((How::Confirmed, [10, 0, 10, 5]));
    let lost = || vec![Step::Done, Step::Lost];
    let once = || vec![Step::Done, Step::Lost, Step::Done];
    vec![
        refused("400", answer(400), 2),
        refused("403", answer(403), 2),
        refused("409", answer(409), 2),
        refused(
            "no connection",
            Step::Unsent(Reason::Tls, Duration::ZERO),
            1,
        ),
        fate(57, "the first", vec![answer(400)], 1, Err(Effect::None)),
        fate(58, "the first", vec![Step::Lost], 4, Err(Effect::Unknown)),
        fate(58, "once, not done", once(), 4, all(How::Confirmed)),
        fate(58, "for ever, not done", lost(), 5, unknown()),
        Fate {
            carried_out: true,
            ..fate(58, "done", once(), 3, all(How::Recovered))
        },
        Fate {
            blind: true,
            ..fate(58, "for ever, blind", lost(), 5, unknown())
        },
        Fate {
            blind: true,
            carried_out: true,
            ..fate(58, "done, blind", lost(), 5, unknown())
        },
        fate(
            58,
            "500 for ever",
            vec![Step::Done, answer(500)],
            5,
            unknown(),
        ),
    ]
}

pub(crate) fn trials() -> Vec<Trial> {
    let scopes = [
        Scope::Organization,
        Scope::Project {
            id: "proj_sandboxresearch".to_owned(),
        },
    ];
    let switch = |on, scope: Scope| {
        let verb = if on { "activate" } else { "deactivate" };
        one(
            format!("facade::bulk_{verb}_{scope}").replace(' ', "_"),
            move || {
                fates().into_iter().try_for_each(|fate| {
                    TALLY.count(fate.row, Layer::Facade, Class::Idempotent, 1);
                    run::virtually(switched(on, &scope, &fate))
                        .map_err(|why| format!("row {} ({}): {why}", fate.row, fate.name))
                })
            },
        )
    };
    scopes
        .into_iter()
        .flat_map(|scope| [switch(true, scope.clone()), switch(false, scope)])
        .collect()
}

/// A sandbox with so many certificates of OpenAI's and no others.
async fn filled() -> Sandbox {
    let sandbox = Sandbox::builder()
        .clock(Clock::fixed(start()))
        .without_certificates()
        .build();
    let transport = Arc::new(sandbox.clone());
    let clients = Clients::set_up(
        "http://localhost",
        Provider::base_path,
        &Keys::from_sandbox(&sandbox),
        |builder| builder.transport(transport.clone()),
    );
    for number in 0..MANY {
        let name = format!("bulk-{number:02}");
        let pem = sandbox.sample(Sample::Authority, &name, 90);
        let call = clients.openai.upload_certificate();
        let call = call.body_map(|body| body.name(name).certificate(pem));
        call.send().await.expect("an upload");
    }
    sandbox
}

fn over(sandbox: &Sandbox, journal: Journal) -> Writer {
    let transport = Arc::new(sandbox.clone());
    Writer::new(
        writes::reader(sandbox, ProviderId::OPENAI, transport),
        journal,
    )
    .acknowledging(ConsequenceKind::ALL.iter().copied())
}

/// Which of them the sandbox has switched on at a place, in the order of `ids`.
fn is_on(sandbox: &Sandbox, ids: &[CertificateId], scope: &Scope) -> Vec<bool> {
    let place = match scope {
        Scope::Project { id } => id.as_str(),
        _ => "organization",
    };
    let snapshot = sandbox.snapshot();
    ids.iter()
        .map(|id| {
            let record = snapshot.record(Provider::OpenAi, &id.native).expect("it");
            record.placements.iter().any(|one| one == place)
        })
        .collect()
}

async fn switched(on: bool, scope: &Scope, fate: &Fate) -> Result<(), String> {
    let sandbox = filled().await;
    let listed: Vec<Certificate> = over(&sandbox, Journal::memory())
        .account()
        .list(ListOptions::default())
        .try_collect()
        .await
        .map_err(|error| error.to_string())?;
    let ids: Vec<_> = listed.into_iter().map(|one| one.id).collect();
    let set = SetActive::new(ids.clone(), scope.clone()).allow_partial();
    let change = if on {
        Change::Activate(set)
    } else {
        over(&sandbox, Journal::memory())
            .apply(Change::Activate(set.clone()))
            .await
            .map_err(|error| error.to_string())?;
        Change::Deactivate(set)
    };

    let mut network = Faulty::before(&sandbox, &fate.steps, fate.carried_out);
    if fate.blind {
        network = network.blind();
    }
    let writer = facade::writer(&sandbox, ProviderId::OPENAI, &network);
    let result = writer.apply(change.clone()).await;
    let attempts = network.attempts();
    let arrived = attempts.iter().filter(|one| one.arrived).count();
    if end(&result) != fate.end || arrived != fate.arrived {
        return Err(format!("{arrived} arrived: {result:?}"));
    }

    // What is said to be done is done, what is said not to be is not, and nothing is taken back.
    let states = is_on(&sandbox, &ids, scope);
    if let Ok(applied) = &result {
        for (state, item) in states.iter().zip(&applied.items) {
            let is_so = match item.outcome {
                ItemOutcome::Done => *state == on,
                ItemOutcome::Unknown => (*state == on) == fate.carried_out,
                _ => *state != on,
            };
            if !is_so {
                return Err(format!("{item:?}, and it is on: {state}"));
            }
        }
    }

    // What is open is settled by reading, and another run finishes.
    let later = over(&sandbox, writer.journal().clone()).with_in_flight_window(Duration::ZERO);
    let resumed = later.resume().await.map_err(|error| error.to_string())?;
    let open = match &fate.end {
        Ok((_, counts)) => usize::from(counts[2] > 0),
        Err(effect) => usize::from(*effect == Effect::Unknown),
    };
    let settled = resumed
        .iter()
        .all(|one| one.settled && matches!(one.ending, Ending::Applied { .. }) == fate.carried_out);
    if resumed.len() != open || !settled {
        return Err(format!("resumed {resumed:?}"));
    }
    let again = later
        .apply(change)
        .await
        .map_err(|error| error.to_string())?;
    if !again.is_complete() || is_on(&sandbox, &ids, scope) != [on; MANY] {
        return Err(format!("another run does not finish: {again:?}"));
    }
    Ok(())
}

/// How a switch ended: how many are done, failed, unknown and not tried.
fn end(result: &Result<Applied, Error>) -> Result<(How, [usize; 4]), Effect> {
    let applied = result.as_ref().map_err(Error::effect)?;
    let count = |outcome| {
        let items = applied.items.iter();
        items.filter(|one| one.outcome == outcome).count()
    };
    let counts = [
        ItemOutcome::Done,
        ItemOutcome::Failed,
        ItemOutcome::Unknown,
        ItemOutcome::NotTried,
    ];
    Ok((applied.how, counts.map(count)))
}
