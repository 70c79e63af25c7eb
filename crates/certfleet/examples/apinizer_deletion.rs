//! Deletes a certificate at Apinizer: what follows in each environment is shown before, what became of each one after.
//! One environment cannot be reached: the result names it, and is not complete.
#![allow(clippy::print_stdout, reason = "a program prints its result")]

use certfleet::{
    Change, ErrorKind, ListOptions, ProviderId, Scope,
    change::{Delete, ItemOutcome, ReferencePolicy},
};
use certfleet_changes::{Journal, Writer};
use certfleet_sandbox::Sandbox;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::new();
    sandbox.change_behaviour(|behaviour| {
        let failing = &mut behaviour.apinizer.failing_environments;
        failing.insert("test".to_owned());
    });
    let fleet = sandbox
        .fleet()?
        .only(|one| one.provider() == ProviderId::APINIZER);
    let inventory = fleet.inventory(ListOptions::default()).await;
    let mut records = inventory.certificates.iter();
    let old = records.find(|one| one.id.native == "payments-api");
    let id = old.ok_or("no such certificate")?.id.clone();

    let writer = Writer::new(fleet.account(&id)?.clone(), Journal::memory());
    // JWKs that were made from it lose their reference; `ReferencePolicy::Delete` would delete them too.
    let references = ReferencePolicy::Detach;
    let change = Change::Delete(Delete {
        id: id.clone(),
        references,
    });
    let plan = writer.plan(change.clone()).await?;
    for one in &plan.consequences {
        println!("{}: {}", one.kind, one.message);
    }
    // Nothing is sent while a consequence is not acknowledged.
    let refused = writer.apply(change).await;
    assert!(refused.is_err_and(|error| error.kind() == ErrorKind::NotAcknowledged));

    let applied = writer.acknowledging(plan.kinds()).apply_plan(plan).await?;
    for item in &applied.items {
        let message = item.message.as_deref().unwrap_or_default();
        println!("{}: {:?} {message}", item.scope, item.outcome);
    }
    let test = Scope::Environment {
        name: "test".to_owned(),
    };
    let failed: Vec<_> = applied
        .items
        .iter()
        .filter(|item| item.outcome == ItemOutcome::Failed)
        .map(|item| &item.scope)
        .collect();
    assert_eq!(failed, [&test]);
    assert!(applied.has(ItemOutcome::Done) && !applied.is_complete());
    Ok(())
}
