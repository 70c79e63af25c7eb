//! How your own program is tested against connections that break: the sandbox loses requests and answers on demand.
//! Time is paused, so that waits between attempts take none.
#![allow(clippy::print_stdout, reason = "a program prints its result")]

use certfleet::{Account, Change, Effect, Upload};
use certfleet_changes::{Journal, Writer};
use certfleet_sandbox::{Fault, FaultPoint, Provider, Sample, Sandbox};

/// The code under test: adds an authority, and says in one word what became of it.
async fn add(account: Account, pem: &str) -> certfleet::Result<&'static str> {
    let writer = Writer::new(account, Journal::memory());
    let upload = Upload::new(pem.as_bytes())?.name("partners");
    let plan = writer.plan(Change::Upload(upload)).await?;
    match writer.acknowledging(plan.kinds()).apply_plan(plan).await {
        Ok(applied) => Ok(applied.how.as_str()),
        Err(error) if error.effect() == Effect::Unknown => Ok("unknown"),
        Err(error) => Err(error),
    }
}

/// What the vendor has in the end, and what the program says.
async fn with(fault: Option<FaultPoint>) -> certfleet::Result<(usize, &'static str)> {
    let sandbox = Sandbox::new();
    let fleet = sandbox.fleet()?.only(|one| one.name() == "openai");
    let pem = sandbox.sample(Sample::Authority, "partners", 400);
    if let Some(point) = fault {
        sandbox.inject(Fault::at(point).of("uploadCertificate"));
    }
    let mut said = "no account";
    for account in fleet.accounts() {
        said = add(account.clone(), &pem).await?;
    }
    let snapshot = sandbox.snapshot();
    let is_new = |name: &Option<String>| name.as_deref() == Some("partners");
    let there = snapshot
        .of(Provider::OpenAi)
        .filter(|one| is_new(&one.name));
    Ok((there.count(), said))
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() -> certfleet::Result<()> {
    for (fault, expected) in [
        (None, (1, "confirmed")),
        // The request is lost: it is not there, and may still come.
        (Some(FaultPoint::AfterRead), (0, "unknown")),
        // The answer is lost, or cut off in the middle: found by reading back, never sent twice.
        (Some(FaultPoint::AfterCommit), (1, "recovered")),
        (Some(FaultPoint::AfterBytes(400)), (1, "recovered")),
    ] {
        let (there, said) = with(fault).await?;
        println!("{fault:?}: {there} at the vendor, and the program says {said:?}");
        assert_eq!((there, said), expected, "{fault:?}");
    }
    Ok(())
}
