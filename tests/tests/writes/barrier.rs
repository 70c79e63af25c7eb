//! The barrier of rotations, as a property: whatever fails, whoever goes on, and however often the process dies
//! on the way, no old certificate is retired or removed while a new one of its group is unverified anywhere.

use crate::rotations::{TestTime, Ticking, passes, spec};
use certfleet::{Certificate, CertificateId, ContentFetch, Fleet, ListOptions};
use certfleet_changes::{
    ConsequenceKind, FleetWriter, Journal,
    rotation::{ProbeResult, RotationOptions, RotationStep},
};
use certfleet_http::{BoxFuture, Method, RawResponse, Request, SendError, Transport};
use certfleet_tests::{
    accounts_over, sandbox,
    writes::{Fault, Faulty},
};
use futures_util::TryStreamExt;
use proptest::prelude::*;
use std::{
    fmt,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::time::Instant;

/// One attempt to get on: which of the rotations are driven, as one group or each alone, what their probes say,
/// and what happens to the writes on the way.
#[derive(Clone, Debug)]
struct Attempt {
    driven: [bool; 5],
    alone: bool,
    probes: [u8; 5],
    faults: Vec<Fault>,
}

fn attempts() -> impl Strategy<Value = Vec<Attempt>> {
    let fault = prop_oneof![
        4 => Just(Fault::Nothing),
        1 => Just(Fault::LostAnswer),
        1 => Just(Fault::LostRequest),
        1 => Just(Fault::UnreadableAnswer),
        1 => Just(Fault::Hangs),
        1 => Just(Fault::NeverArrives),
        1 => Just(Fault::Status(400)),
        1 => Just(Fault::Status(500)),
    ];
    let attempt = (
        any::<[bool; 5]>(),
        any::<bool>(),
        proptest::array::uniform5(0..4_u8),
        proptest::collection::vec(fault, 0..8),
    );
    let attempt = attempt.prop_map(|(driven, alone, probes, faults)| Attempt {
        driven,
        alone,
        probes,
        faults,
    });
    proptest::collection::vec(attempt, 0..6)
}

/// Sees every request, and holds those that end something old against the journal.
struct Watch<T> {
    inner: T,
    journal: Journal,
    olds: Arc<Mutex<Vec<CertificateId>>>,
    violations: Arc<Mutex<Vec<String>>>,
}

impl<T> fmt::Debug for Watch<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Watch")
    }
}

impl<T> Watch<T> {
    async fn see(&self, method: &Method, url: &str, body: &[u8]) {
        if *method != Method::DELETE && !url.contains("deactivate") {
            return;
        }
        let olds = self.olds.lock().unwrap().clone();
        let body = String::from_utf8_lossy(body);
        let ends = |old: &CertificateId| url.contains(&old.native) || body.contains(&old.native);
        if !olds.iter().any(ends) {
            return;
        }
        let rotations = self.journal.read().await.unwrap().all_rotations();
        for old in &olds {
            let rotation = rotations.iter().find(|one| one.spec.old == *old);
            let step = rotation.map(|one| one.step);
            let is_verified = step
                .is_some_and(|step| (RotationStep::Retire..=RotationStep::Done).contains(&step));
            if !is_verified {
                let mut violations = self.violations.lock().unwrap();
                violations.push(format!("{method} {url} while {old} is at {step:?}"));
            }
        }
    }
}

impl<T: Transport> Transport for Watch<T> {
    fn send<'a>(
        &'a self,
        request: &'a Request,
        body_limit: usize,
        deadline: Duration,
    ) -> BoxFuture<'a, Result<RawResponse, SendError>> {
        Box::pin(async move {
            self.see(
                &request.operation().method,
                request.url().as_str(),
                request.body(),
            )
            .await;
            self.inner.send(request, body_limit, deadline).await
        })
    }
}

async fn holds(accounts: [bool; 5], attempts: Vec<Attempt>) -> Result<(), TestCaseError> {
    let sandbox = sandbox();
    sandbox.clock().advance(Duration::from_secs(60));
    let faulty = Faulty::new(&sandbox, &[]);
    let journal = Journal::memory();
    let (olds, violations) = (Arc::default(), Arc::default());
    let watch = Watch {
        inner: Ticking(sandbox.clone(), faulty.clone()),
        journal: journal.clone(),
        olds: Arc::clone(&olds),
        violations: Arc::clone(&violations),
    };
    let fleet = Fleet::new(accounts_over(&sandbox, Arc::new(watch))).unwrap();
    let writer = FleetWriter::new(fleet, journal.clone())
        .acknowledging(ConsequenceKind::ALL.iter().copied())
        .with_clock(Arc::new(TestTime(Instant::now())))
        .with_in_flight_window(Duration::ZERO);
    let mut plans = Vec::new();
    for (account, chosen) in writer.fleet().accounts().iter().zip(accounts) {
        if !chosen {
            continue;
        }
        let options = ListOptions::content(ContentFetch::Fetch);
        let listed: Vec<Certificate> = account.list(options).try_collect().await.unwrap();
        let spec = spec(account.provider(), &sandbox, &listed);
        let one = writer.writer(&spec.old).unwrap();
        plans.push(one.plan_rotation(spec).await.unwrap());
    }
    let all: Vec<_> = plans.iter().map(|plan| plan.spec.old.clone()).collect();
    olds.lock().unwrap().clone_from(&all);
    drop(writer.begin_rotations(plans).await.unwrap());

    for attempt in attempts {
        faulty.set(&attempt.faults);
        let work = get_on(&writer, &all, &attempt);
        // A request that hangs is the end of the process.
        let _ = faulty.until_it_hangs(work).await;
        prop_assert_eq!(&*violations.lock().unwrap(), &Vec::<String>::new());
    }
    // In the end, all go well, however far they had come.
    faulty.set(&[]);
    for _ in 0..2 {
        let left = journal.rotations().await.unwrap();
        for mut group in writer.resume_rotations(left).unwrap() {
            let options = RotationOptions::default();
            let report = group.run(&passes, options, |_| ()).await.unwrap();
            let errors: Vec<_> = report
                .parts
                .iter()
                .filter_map(|part| part.error.as_ref())
                .collect();
            prop_assert!(errors.is_empty(), "{:#?}", errors);
        }
    }
    prop_assert_eq!(journal.rotations().await.unwrap().len(), 0);
    prop_assert_eq!(&*violations.lock().unwrap(), &Vec::<String>::new());
    Ok(())
}

async fn get_on(writer: &FleetWriter, all: &[CertificateId], attempt: &Attempt) {
    let probes = attempt.probes;
    let left = writer.journal().rotations().await.unwrap();
    let position = |old: &CertificateId| all.iter().position(|one| one == old).unwrap_or_default();
    let driven: Vec<_> = left
        .into_iter()
        .filter(|one| attempt.driven[position(&one.spec.old)])
        .collect();
    let journal = writer.journal().clone();
    let probe = |new: Certificate| {
        let (journal, all) = (journal.clone(), all.to_vec());
        async move {
            let rotations = journal.rotations().await.unwrap();
            let rotation = rotations
                .iter()
                .find(|one| one.new.as_ref() == Some(&new.id));
            let old = rotation.map(|one| one.spec.old.clone());
            let which = all.iter().position(|one| Some(one) == old.as_ref());
            match probes[which.unwrap_or_default()] {
                0 => ProbeResult::Failed("no".to_owned()),
                1 => ProbeResult::Later("not yet".to_owned()),
                _ => ProbeResult::Passed,
            }
        }
    };
    let options = RotationOptions::default();
    if attempt.alone {
        for rotation in driven {
            let one = writer.writer(&rotation.spec.old).unwrap();
            let _ = one.rotate(rotation, &probe, options, |_| ()).await;
        }
    } else {
        for mut group in writer.resume_rotations(driven).unwrap() {
            let _ = group.run(&probe, options, |_| ()).await;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn nothing_old_ends_before_every_new_one_is_verified(
        accounts in any::<[bool; 5]>(),
        attempts in attempts(),
    ) {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build()
            .unwrap()
            .block_on(holds(accounts, attempts))?;
    }
}
