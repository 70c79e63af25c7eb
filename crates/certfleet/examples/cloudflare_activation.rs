//! Activates a certificate at Cloudflare, which takes its time, and shows the progress until it is deployed.
//! The sandbox goes by a clock that stands still unless it is moved, so no real time passes.
#![allow(clippy::print_stdout, reason = "a program prints its result")]

use certfleet::{Change, ListOptions, Scope, State, change::SetActive};
use certfleet_changes::{Journal, WaitOptions, Writer};
use certfleet_sandbox::{Clock, Sandbox};
use std::time::Duration;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let clock = Clock::fixed("2026-06-01T09:30:00Z".parse()?);
    let sandbox = Sandbox::builder().clock(clock.clone()).build();
    let fleet = sandbox.fleet()?.only(|one| one.name() == "cloudflare-corp");
    let records = fleet.inventory(ListOptions::default()).await.certificates;
    let spare = records
        .iter()
        .find(|one| one.state == State::Inactive && one.is_expired(clock.now()) == Some(false))
        .ok_or("no spare certificate")?;

    let writer = Writer::new(fleet.account(&spare.id)?.clone(), Journal::memory());
    let change = Change::Activate(SetActive::new([spare.id.clone()], Scope::Edge));
    let plan = writer.plan(change).await?;
    let applied = writer.acknowledging(plan.kinds()).apply_plan(plan).await?;
    let states: Vec<_> = applied.certificates.iter().map(|one| &one.state).collect();
    println!("{}, and now it is {states:?}", applied.how.as_str());

    // Leave out the interval to look every two seconds.
    let options = WaitOptions::default().poll_interval(Duration::ZERO);
    let mut looks = 0;
    let ids = [spare.id.clone()];
    let ready = writer
        .wait(&ids, &Scope::Edge, State::Active, options, |progress| {
            for (id, state) in &progress.pending {
                println!("look {}: {id} is {state}", progress.looks);
            }
            looks = progress.looks;
            // The second that would pass until the next look.
            clock.advance(Duration::from_secs(1));
        })
        .await?;
    let deployed = ready.first().ok_or("no record")?;
    println!("look {looks}: {} is {}", deployed.id, deployed.state);
    assert_eq!((looks, &deployed.state), (4, &State::Active));
    Ok(())
}
