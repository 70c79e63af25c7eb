//! What is kept and shown of writes: exports, inventories, the journal, and no secret.

use crate::plain;
use certfleet::{
    CertificateContent, Change, ContentFetch, ErrorKind, How, Inventory, ListOptions, ProviderId,
    Upload,
    change::{ReferencePolicy, Replace},
    reading::Threshold,
    x509::X509,
};
use certfleet_changes::{ConsequenceKind, Journal, Writer, journal::Event};
use certfleet_http::Transport;
use certfleet_sandbox::{Provider, Sample};
use certfleet_tests::{
    accounts, sandbox, start,
    writes::{self, Fault, Faulty, connector, environment, listed, named},
};
use std::sync::Arc;

#[tokio::test(start_paused = true)]
async fn an_export_has_a_file_for_each_environment() {
    let sandbox = sandbox();
    let writer = plain(&sandbox, ProviderId::APINIZER);
    let zip = writer
        .account()
        .export(&writes::id(writer.account(), "payments-api"))
        .await
        .unwrap();
    assert!(zip.starts_with(b"PK"));
    for name in ["production", "test", "dev"] {
        let name = format!("payments-api-{name}.cer");
        assert!(
            zip.windows(name.len()).any(|at| at == name.as_bytes()),
            "{name}"
        );
    }
    let cloudflare = plain(&sandbox, ProviderId::CLOUDFLARE);
    let error = cloudflare
        .account()
        .export(&writes::id(cloudflare.account(), "x"))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.to_string().contains("instead"), "{error}");
}

/// Inventories are saved, read again and compared.
#[tokio::test(start_paused = true)]
async fn saved_inventories_compare() {
    let sandbox = sandbox();
    let fleet = certfleet::Fleet::new(accounts(&sandbox)).unwrap();
    let before = fleet
        .inventory(ListOptions::content(ContentFetch::Fetch))
        .await;
    let text = serde_json::to_string(&before).unwrap();
    let saved: Inventory = serde_json::from_str(&text).expect("an inventory");
    assert_eq!(serde_json::to_string(&saved).unwrap(), text);
    assert!(saved.diff(&before).is_empty());
    for content in [
        ContentFetch::Skip,
        ContentFetch::Included,
        ContentFetch::Fetch,
    ] {
        let taken = fleet.inventory(ListOptions::content(content)).await;
        let saved: Inventory =
            serde_json::from_value(serde_json::to_value(&taken).unwrap()).unwrap();
        assert_eq!(saved, taken, "{content:?}");
        assert_eq!(pems(&saved), pems(&taken), "{content:?}");
    }

    for write in writes::all() {
        let sandbox = certfleet_tests::sandbox();
        let fleet = certfleet::Fleet::new(accounts(&sandbox)).unwrap();
        let writer = plain(&sandbox, write.kind);
        let change = (write.change)(&sandbox, writer.account(), &listed(writer.account()).await);
        writer.apply(change).await.unwrap();
        let after = fleet
            .inventory(ListOptions::content(ContentFetch::Fetch))
            .await;
        let diff = saved.diff(&after);
        let (added, removed, changed) = (diff.added.len(), diff.removed.len(), diff.changed.len());
        let expected = match (write.operation, write.readable) {
            // What is attached to nothing is in no inventory.
            ("createCertificate", false) => (0, 0, 0),
            ("deleteCertificate" | "zero-trust-certificates-delete-zero-trust-certificate", _) => {
                (0, 1, 0)
            }
            ("uploadCertificate" | "createCertificate", _)
            | ("zero-trust-certificates-create-zero-trust-certificate", _) => (1, 0, 0),
            _ => (0, 0, changed.max(1)),
        };
        assert_eq!(
            (added, removed, changed),
            expected,
            "{}: {diff:?}",
            write.name
        );
        let again: certfleet::reading::InventoryDiff =
            serde_json::from_str(&serde_json::to_string(&diff).unwrap()).unwrap();
        assert_eq!(again.changed, diff.changed);
    }
}

/// Every certificate as PEM.
fn pems(inventory: &Inventory) -> Vec<Option<String>> {
    let contents = inventory.certificates.iter().flat_map(|one| &one.contents);
    contents
        .flat_map(CertificateContent::certificates)
        .map(X509::to_pem)
        .collect()
}

/// The version before wrote no PEM, and not what filters chose.
#[tokio::test(start_paused = true)]
async fn an_inventory_of_the_version_before_is_read() {
    let sandbox = sandbox();
    let fleet = certfleet::Fleet::new(accounts(&sandbox)).unwrap();
    let now = fleet
        .inventory(ListOptions::content(ContentFetch::Fetch))
        .await;
    let mut json = serde_json::to_value(&now).unwrap();
    let mut taken_out = 0;
    without(&mut json, "pem", &mut taken_out);
    assert_eq!(taken_out, pems(&now).len());
    assert!(taken_out > 0);
    let old: Inventory = serde_json::from_value(json.clone()).unwrap();
    assert!(pems(&old).iter().all(Option::is_none));
    assert_eq!(serde_json::to_value(&old).unwrap(), json);
    assert_eq!(serde_json::from_value::<Inventory>(json).unwrap(), old);
    assert!(old.diff(&now).is_empty());
}

/// Takes a member out of every object.
fn without(json: &mut serde_json::Value, name: &str, count: &mut usize) {
    match json {
        serde_json::Value::Array(items) => {
            items.iter_mut().for_each(|one| without(one, name, count));
        }
        serde_json::Value::Object(members) => {
            *count += usize::from(members.remove(name).is_some());
            members
                .values_mut()
                .for_each(|one| without(one, name, count));
        }
        _ => {}
    }
}

/// What filters left out is not a difference.
#[tokio::test(start_paused = true)]
async fn a_filtered_inventory_hides_no_record() {
    let sandbox = sandbox();
    let fleet = certfleet::Fleet::new(accounts(&sandbox)).unwrap();
    let whole = fleet.inventory(ListOptions::default()).await;
    assert!(!whole.is_filtered());
    let mut part = whole.clone();
    part.certificates.truncate(1);
    assert!(part.is_filtered(), "the accounts count more");
    part.filters = vec!["--state active".to_owned()];
    assert!(part.is_filtered());
    for (old, new) in [(&part, &whole), (&whole, &part)] {
        let diff = old.diff(new);
        assert!(diff.added.is_empty() && diff.removed.is_empty() && diff.changed.is_empty());
        assert_eq!(
            (diff.unchanged, diff.incomplete.len()),
            (1, whole.accounts.len())
        );
    }
}

#[tokio::test(start_paused = true)]
async fn what_expires_is_told() {
    let sandbox = sandbox();
    let fleet = certfleet::Fleet::new(accounts(&sandbox)).unwrap();
    let inventory = fleet
        .inventory(ListOptions::content(ContentFetch::Fetch))
        .await;
    use certfleet::reading::ExpiryStatus::{Expired, Expiring, Unknown, Valid};
    let report = inventory.expiry("30d".parse::<Threshold>().unwrap(), start());
    for item in &report.items {
        let expected = match item.seconds_left {
            None => Unknown,
            Some(left) if left <= 0 => Expired,
            Some(left) if left <= 30 * 86_400 => Expiring,
            Some(_) => Valid,
        };
        assert_eq!(item.status, expected, "{item:?}");
    }
    for status in [Expired, Expiring, Valid, Unknown] {
        assert!(report.count(status) > 0, "{status:?}");
    }
    let report = inventory.expiry(Threshold::Percent(20), start());
    let notebooks = report
        .items
        .iter()
        .find(|one| one.name.as_deref() == Some("research-notebooks-ca"))
        .unwrap();
    assert_eq!(
        (notebooks.percent_left, notebooks.status),
        (Some(8), Expiring)
    );
}

/// A key and a passphrase are in the request, and nowhere else.
#[tokio::test(start_paused = true)]
async fn secrets_are_in_nothing_that_is_kept_or_shown() {
    const KEY: &str = "Y2FuYXJ5a2V5Y2FuYXJ5a2V5";
    const PASSPHRASE: &str = "canary-passphrase-4711";
    let directory = tempfile::tempdir().unwrap();
    let faults = [
        Fault::Nothing,
        Fault::LostAnswer,
        Fault::LostRequest,
        Fault::UnreadableAnswer,
        Fault::Status(422),
        Fault::Status(500),
    ];
    for (number, fault) in faults.into_iter().enumerate() {
        let sandbox = sandbox();
        let faulty = Faulty::new(&sandbox, &[fault]);
        let journal = directory.path().join(format!("{number}.jsonl"));
        let transport: Arc<dyn Transport> = Arc::new(faulty.clone());
        let reader = writes::reader(&sandbox, ProviderId::PATCHWORKS, transport);
        let writer = Writer::new(reader, Journal::open(&journal).unwrap())
            .acknowledging(ConsequenceKind::ALL.iter().copied());
        let client = sandbox.sample(Sample::Client, "new", 90);
        let key =
            format!("-----BEGIN PRIVATE KEY-----\n{KEY}\n-----END PRIVATE KEY-----\n{client}");
        let upload = Upload::with_key(key.into())
            .unwrap()
            .passphrase(PASSPHRASE.into())
            .at(connector("306"));
        let change = Change::Upload(upload);
        let plan = writer.plan(change.clone()).await.unwrap();
        let result = writer.apply(change.clone()).await;
        let resumed = writer.resume().await.unwrap();

        let sent = String::from_utf8_lossy(&faulty.bodies()[0]).into_owned();
        assert!(sent.contains(KEY) && sent.contains(PASSPHRASE), "not sent");
        let mut shown = format!("{change:?}{plan:?}{result:?}{resumed:?}{writer:?}");
        shown.push_str(&serde_json::to_string(&change).unwrap());
        shown.push_str(&serde_json::to_string(&plan).unwrap());
        shown.push_str(&serde_json::to_string(&resumed).unwrap());
        match &result {
            Ok(applied) => {
                shown.push_str(&serde_json::to_string(applied).unwrap());
                for one in &applied.certificates {
                    shown.push_str(one.native.as_str());
                }
            }
            Err(error) => {
                shown.push_str(&error.to_string());
                shown.push_str(&serde_json::to_string(&error.report()).unwrap());
            }
        }
        shown.push_str(&std::fs::read_to_string(&journal).unwrap());
        for secret in [KEY, PASSPHRASE, "PRIVATE KEY"] {
            assert!(!shown.contains(secret), "{fault:?} shows {secret}");
        }
        if fault == Fault::LostAnswer {
            // The vendor hides what holds a key; that it is new there is all that can be seen.
            let applied = result.unwrap();
            assert_eq!((applied.how, applied.inferred), (How::Recovered, true));
        }

        // A saved plan has to be given its secrets again.
        let saved: certfleet_changes::Plan =
            serde_json::from_str(&serde_json::to_string(&plan).unwrap()).unwrap();
        let error = writer.apply(saved.change).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
        assert!(error.to_string().contains("give it again"), "{error}");
    }
}

/// The journal of a file tells the story of a write.
#[tokio::test(start_paused = true)]
async fn a_journal_tells_what_happened() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("state/certfleet/journal.jsonl");
    let sandbox = sandbox();
    let over = |transport: Arc<dyn Transport>| {
        let reader = writes::reader(&sandbox, ProviderId::APINIZER, transport);
        Writer::new(reader, Journal::open(&path).unwrap())
            .acknowledging(ConsequenceKind::ALL.iter().copied())
    };
    let writer = over(Arc::new(sandbox.clone()));
    let listed = listed(writer.account()).await;
    let pem = sandbox.sample(Sample::Authority, "new", 90);
    let id = named(&listed, "token-signing-2028").id.clone();
    let old = named(&listed, "token-signing-2028").contents[0]
        .sha256
        .unwrap();
    let replace = Replace::new(
        id,
        pem.as_bytes(),
        [environment("production")],
        ReferencePolicy::Keep,
    );
    writer.replace(replace.unwrap()).await.unwrap();
    let contents = Journal::open(&path).unwrap().read().await.unwrap();
    assert!(contents.damaged.is_empty());
    let [begun, ended] = contents.entries.as_slice() else {
        panic!("{contents:?}");
    };
    assert_eq!(begun.operation, ended.operation);
    let Event::Begun(intent) = &begun.event else {
        panic!("{begun:?}");
    };
    // What was replaced can be put back.
    let saved = certfleet::x509::read_all(intent.replaced[0].certificate.as_bytes()).unwrap();
    assert_eq!(saved[0].sha256, old);
    assert!(matches!(ended.event, Event::Ended(_)));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&path), 0o600);
        assert_eq!(mode(path.parent().unwrap()), 0o700);
    }
    // While a change is applied, nobody settles.
    let faulty = Faulty::new(&sandbox, &[Fault::Hangs]);
    let busy = over(Arc::new(faulty.clone()));
    let other = over(Arc::new(faulty.clone()));
    let id = writes::id(busy.account(), "legacy-soap");
    let deleting = busy.delete(id, ReferencePolicy::Detach);
    let mut deleting = Box::pin(deleting);
    assert!(faulty.until_it_hangs(&mut deleting).await.is_none());
    assert_eq!(other.resume().await.unwrap_err().kind(), ErrorKind::Journal);
    drop(deleting);
    assert!(other.resume().await.unwrap()[0].settled);
    assert_eq!(
        sandbox.snapshot().record(Provider::Apinizer, "legacy-soap"),
        None
    );
}
