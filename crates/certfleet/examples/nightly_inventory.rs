//! A nightly job: takes an inventory, says what changed since the last one, and keeps it for the next night.
//! Two nights pass here at the sandbox; on the day between them an operator renames one record and adds one.
#![allow(clippy::print_stdout, reason = "a program prints its result")]

use certfleet::{
    Change, Fleet, Inventory, ListOptions, Upload, change::Rename, reading::InventoryDiff,
};
use certfleet_changes::{Journal, Writer};
use certfleet_sandbox::{Sample, Sandbox};
use std::{error::Error, fs, io::ErrorKind, path::Path};

/// Saves an inventory, and compares it with the one that the last night saved, if there was one.
async fn night(fleet: &Fleet, file: &Path) -> Result<Option<InventoryDiff>, Box<dyn Error>> {
    let inventory = fleet.inventory(ListOptions::default()).await;
    let last: Option<Inventory> = match fs::read(file) {
        Ok(saved) => Some(serde_json::from_slice(&saved)?),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(error.into()),
    };
    // A crash while writing must not cost the old file.
    let new = file.with_extension("new");
    fs::write(&new, serde_json::to_vec(&inventory)?)?;
    fs::rename(&new, file)?;
    Ok(last.map(|last| last.diff(&inventory)))
}

/// What an operator does in the meantime.
async fn day(sandbox: &Sandbox, fleet: &Fleet) -> Result<(), Box<dyn Error>> {
    let records = fleet.inventory(ListOptions::default()).await.certificates;
    let mut records = records.into_iter();
    let old = records.find(|one| one.name.as_deref() == Some("payments-mtls-2026"));
    let id = old.ok_or("no such certificate")?.id;
    let writer = Writer::new(fleet.account(&id)?.clone(), Journal::memory());
    let pem = sandbox.sample(Sample::Authority, "partners", 400);
    let name = "payments-mtls-old".to_owned();
    for change in [
        Change::Rename(Rename { id, name }),
        Change::Upload(Upload::new(pem.as_bytes())?.name("partners")),
    ] {
        let plan = writer.plan(change).await?;
        writer.acknowledging(plan.kinds()).apply_plan(plan).await?;
    }
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::new();
    let fleet = sandbox.fleet()?.only(|one| one.name() == "openai");
    let name = format!("certfleet-nightly-{}.json", std::process::id());
    let file = std::env::temp_dir().join(name);

    let first = night(&fleet, &file).await?;
    day(&sandbox, &fleet).await?;
    let diff = night(&fleet, &file).await?.ok_or("nothing was saved")?;
    fs::remove_file(&file)?;

    for one in &diff.added {
        println!("new: {} ({:?})", one.id, one.name);
    }
    for one in &diff.changed {
        println!("changed: {}: {:?}", one.id, one.differences);
    }
    println!("{} records are as they were", diff.unchanged);
    assert!(first.is_none() && diff.removed.is_empty() && diff.incomplete.is_empty());
    assert_eq!((diff.added.len(), diff.changed.len()), (1, 1));
    Ok(())
}
