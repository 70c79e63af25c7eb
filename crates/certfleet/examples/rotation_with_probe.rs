//! A rotation that waits for a probe of your own: no old certificate is retired before the new one works.
//! The probe fails at first, as before a deployment of the clients; the rotation stops, and is taken further later.
#![allow(clippy::print_stdout, reason = "a program prints its result")]

use certfleet::{Certificate, ContentFetch, ListOptions};
use certfleet_changes::{
    FleetWriter, Journal,
    rotation::{Probe, ProbeResult, Replacement, RotationEvent, RotationOptions},
};
use certfleet_sandbox::{Sample, Sandbox};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Calls the service with a client certificate of the new authority. It fails the first time.
#[derive(Default)]
struct Canary {
    calls: AtomicUsize,
}

impl Probe for Canary {
    async fn probe(&self, new: Certificate) -> ProbeResult {
        // A real probe opens a TLS connection, or asks the monitoring.
        if self.calls.fetch_add(1, Ordering::Relaxed) == 0 {
            return ProbeResult::Failed(format!("no client has a certificate of {} yet", new.id));
        }
        ProbeResult::Passed
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::new();
    let fleet = sandbox.fleet()?;
    let contents = ListOptions::content(ContentFetch::Fetch);
    let records = fleet.inventory(contents).await.certificates;
    let old = records
        .iter()
        .find(|one| one.name.as_deref() == Some("payments-mtls-2026"))
        .ok_or("no such certificate")?;
    let sha256 = old.contents.iter().find_map(|one| one.sha256);
    let sha256 = sha256.ok_or("its content is not known")?;
    let replacement = Replacement::new(sandbox.sample(Sample::Authority, "payments 2028", 700));

    let writer = FleetWriter::new(fleet.clone(), Journal::memory());
    let plan = writer.plan_rotation(sha256, &replacement).await?;
    let agreed = writer.acknowledging(plan.kinds());
    let mut rotation = agreed.begin_rotations(plan.parts).await?;
    let (canary, options) = (Canary::default(), RotationOptions::default());

    let stopped = rotation.run(&canary, options, |_| {}).await?;
    for part in &stopped.parts {
        if let Some(error) = &part.error {
            println!("stopped at {}: {error}", part.rotation.step);
        }
    }
    // Both are there now, and the old one is still accepted.
    assert!(!stopped.is_over() && fleet.get(&old.id).await?.state == old.state);

    let told = |event: RotationEvent<'_>| {
        if let RotationEvent::Taken { old, step } = event {
            println!("{old}: {step} is done");
        }
    };
    let report = rotation.run(&canary, options, told).await?;
    assert!(report.is_over());
    let gone = fleet.get(&old.id).await;
    assert!(gone.is_err_and(|error| error.kind() == certfleet::ErrorKind::NotFound));
    Ok(())
}
