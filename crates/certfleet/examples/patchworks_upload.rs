//! Uploads a certificate with its private key and the key's passphrase to a Patchworks connector, which has one already.
//! The secrets go to the vendor and nowhere else: no plan, result or journal shows them.
#![allow(clippy::print_stdout, reason = "a program prints its result")]

use certfleet::{Change, ContentFetch, How, ListOptions, ProviderId, Scope, Upload};
use certfleet_changes::{Journal, Writer};
use certfleet_sandbox::{Sample, Sandbox};

/// A file that holds the key, encrypted. Sandboxes do not open keys, so this one is not a real one.
const KEY: &str = "-----BEGIN ENCRYPTED PRIVATE KEY-----
bm90IGEgcmVhbCBrZXk=
-----END ENCRYPTED PRIVATE KEY-----
";
const PASSPHRASE: &str = "correct horse battery staple";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::new();
    let fleet = sandbox
        .fleet()?
        .only(|one| one.provider() == ProviderId::PATCHWORKS);
    let account = fleet.accounts().first().ok_or("no Patchworks account")?;
    let writer = Writer::new(account.clone(), Journal::memory());

    let certificate = sandbox.sample(Sample::ClientChain, "sap.clients.example", 365);
    let connector = Scope::Connector {
        id: "301".to_owned(),
    };
    let upload = Upload::with_separate_key(certificate.as_bytes(), KEY.into())?
        .passphrase(PASSPHRASE.into())
        .at(connector.clone());
    let plan = writer.plan(Change::Upload(upload)).await?;
    for step in &plan.steps {
        println!("would {}", step.message);
    }
    for consequence in &plan.consequences {
        println!("{}: {}", consequence.kind, consequence.message);
    }
    let shown = serde_json::to_string(&plan)?;
    let applied = writer.acknowledging(plan.kinds()).apply_plan(plan).await?;
    let new = applied.certificates.first().ok_or("no record")?;
    println!("{}: {}", applied.how.as_str(), new.id);

    let listed = fleet
        .inventory(ListOptions::content(ContentFetch::Fetch))
        .await;
    let at_connector: Vec<_> = listed
        .certificates
        .iter()
        .filter(|one| one.placements.iter().any(|place| place.scope == connector))
        .map(|one| one.id.to_string())
        .collect();
    println!("{connector} has {at_connector:?}");
    assert_eq!(
        (applied.how, at_connector),
        (How::Confirmed, vec![new.id.to_string()])
    );
    for text in [shown, serde_json::to_string(&applied)?, format!("{new:?}")] {
        assert!(!text.contains(PASSPHRASE) && !text.contains("PRIVATE KEY"));
    }
    Ok(())
}
