//! What is particular to one vendor's writes, and what no write may show.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "clippy.toml only knows #[test] functions, not what they share"
)]

use certfleet::{
    Account, Change, Connection, ContentFetch, Effect, ErrorKind, How, Inventory, ListOptions,
    ProviderId, Scope, State, Upload,
    change::{Delete, ItemOutcome, ReferencePolicy, Replace, SetActive},
    openai::{self, OpenAi},
    reading::Threshold,
};
use certfleet_changes::{
    ConsequenceKind, Journal, Writer,
    checks::{Rule, check},
    journal::Event,
};
use certfleet_http::{StatusCode, Transport};
use certfleet_sandbox::{Provider, Sample, Sandbox};
use certfleet_tests::{
    Reply, accounts, faults, sandbox, start,
    writes::{self, Fault, Faulty, connector, environment, listed, named},
};
use chrono::TimeDelta;
use std::{sync::Arc, time::Duration};

fn plain(sandbox: &Sandbox, kind: ProviderId) -> Writer {
    writes::writer(sandbox, kind, Arc::new(sandbox.clone()))
}

/// Rules of vendors, each broken alone.
#[test]
fn what_is_wrong_is_known_before_anything_is_sent() {
    let sandbox = sandbox();
    let authority = |days| sandbox.sample(Sample::Authority, "ca", days);
    let client = sandbox.sample(Sample::Client, "client", 90);
    let chain = sandbox.sample(Sample::ClientChain, "client", 90);
    let of = |pem: &str| Upload::new(pem.as_bytes()).unwrap();
    let good = || of(&authority(90));
    let there = |upload: Upload| {
        upload
            .name("n")
            .alias("a")
            .description("d")
            .at(environment("test"))
    };
    let key = "-----BEGIN PRIVATE KEY-----\nQ0FOQVJZ\n-----END PRIVATE KEY-----\n";
    let with_key = Upload::with_key(format!("{client}{key}").into()).unwrap();
    let large = authority(90).repeat(30);
    let comma = Scope::Environment {
        name: "a,b".to_owned(),
    };
    let id = || writes::id(plain(&sandbox, ProviderId::APINIZER).account(), "x");
    let replace = |references| {
        let scopes = [environment("test")];
        Replace::new(id(), authority(90).as_bytes(), scopes, references).unwrap()
    };
    let delete = |references| {
        Change::Delete(Delete {
            id: id(),
            references,
        })
    };
    let set = |ids: Vec<_>| Change::Activate(SetActive::new(ids, Scope::Organization));
    let upload = Change::Upload;
    #[rustfmt::skip]
    let cases: Vec<(&str, ProviderId, Change, &[Rule])> = vec![
        ("an authority", ProviderId::OPENAI, upload(good()), &[]),
        ("a client's", ProviderId::OPENAI, upload(of(&client)), &[Rule::Authority, Rule::KeyUsage]),
        ("expired", ProviderId::OPENAI, upload(of(&authority(-5))), &[Rule::Validity]),
        ("ends within a day", ProviderId::OPENAI, upload(of(&authority(0))), &[Rule::Validity]),
        ("too large", ProviderId::OPENAI, upload(of(&large)), &[Rule::Size]),
        ("an alias", ProviderId::OPENAI, upload(good().alias("a")), &[Rule::Fields]),
        ("a key", ProviderId::OPENAI, upload(with_key.clone()), &[Rule::Secrets, Rule::Authority, Rule::KeyUsage]),
        ("elsewhere", ProviderId::OPENAI, upload(good().at(environment("test"))), &[Rule::Scopes]),
        ("no certificates", ProviderId::OPENAI, set(vec![]), &[Rule::Records]),
        ("one twice", ProviderId::OPENAI, set(vec![id(), id()]), &[Rule::Records]),
        ("a client's", ProviderId::PATCHWORKS, upload(of(&client)), &[]),
        ("a key", ProviderId::PATCHWORKS, upload(with_key.at(connector("306"))), &[]),
        ("two connectors", ProviderId::PATCHWORKS, upload(good().at(connector("1")).at(connector("2"))), &[Rule::Scopes]),
        ("a long passphrase", ProviderId::PATCHWORKS, upload(good().passphrase("x".repeat(1001).into())), &[Rule::Secrets]),
        ("a name", ProviderId::PATCHWORKS, upload(good().name("n")), &[Rule::Fields]),
        ("everything", ProviderId::APINIZER, upload(there(good())), &[]),
        ("nothing else", ProviderId::APINIZER, upload(good()), &[Rule::Fields, Rule::Fields, Rule::Fields, Rule::Scopes]),
        ("a chain", ProviderId::APINIZER, upload(there(of(&chain))), &[Rule::Single]),
        ("a comma", ProviderId::APINIZER, upload(there(good()).at(comma)), &[Rule::Scopes]),
        ("one twice", ProviderId::APINIZER, upload(there(good()).at(environment("test"))), &[Rule::Scopes]),
        ("a name of dots", ProviderId::APINIZER, upload(there(good()).name("..")), &[Rule::Fields]),
        ("a name with a slash", ProviderId::APINIZER, upload(there(good()).name("a/b")), &[Rule::Fields]),
        ("replace", ProviderId::APINIZER, Change::Replace(replace(ReferencePolicy::Keep)), &[]),
        ("replace, deleting", ProviderId::APINIZER, Change::Replace(replace(ReferencePolicy::Delete)), &[Rule::References]),
        ("delete, keeping", ProviderId::APINIZER, delete(ReferencePolicy::Keep), &[Rule::References]),
        ("delete, detaching", ProviderId::APINIZER, delete(ReferencePolicy::Detach), &[]),
        ("delete, detaching", ProviderId::OPENAI, delete(ReferencePolicy::Detach), &[Rule::References]),
    ];
    for (what, kind, change, expected) in cases {
        let findings = check(kind, certfleet::rules(kind).unwrap(), &change, start());
        let rules: Vec<_> = findings.iter().map(|one| one.rule).collect();
        assert_eq!(rules, expected, "{kind} {what}: {findings:?}");
    }
    // From tomorrow on: what is deployed at once would not be valid yet.
    let early = start() - TimeDelta::days(30);
    let findings = check(
        ProviderId::APINIZER,
        certfleet::rules(ProviderId::APINIZER).unwrap(),
        &Change::Upload(there(good())),
        early,
    );
    assert!(
        findings.iter().any(|one| one.rule == Rule::Validity),
        "{findings:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn what_a_check_finds_is_not_sent() {
    let sandbox = sandbox();
    let writer = plain(&sandbox, ProviderId::OPENAI);
    let client = sandbox.sample(Sample::Client, "client", 90);
    sandbox.forget_requests();
    let error = writer
        .upload(Upload::new(client.as_bytes()).unwrap())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert!(error.to_string().contains("is not a CA"), "{error}");
    assert!(sandbox.requests().is_empty());
}

#[tokio::test(start_paused = true)]
async fn more_than_ten_are_refused_unless_they_need_not_be_one() {
    let sandbox = sandbox();
    let faulty = Faulty::new(&sandbox, &[]);
    let writer = writes::writer(&sandbox, ProviderId::OPENAI, Arc::new(faulty.clone()));
    let ids: Vec<_> = listed(writer.account())
        .await
        .into_iter()
        .map(|one| one.id)
        .collect();
    assert!(ids.len() > 10, "{}", ids.len());
    let set = SetActive::new(ids.clone(), Scope::Organization);
    let error = writer
        .apply(Change::Activate(set.clone()))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
    assert_eq!(faulty.writes(), 0);

    let plan = writer
        .plan(Change::Activate(set.clone().allow_partial()))
        .await
        .unwrap();
    assert_eq!(plan.steps.len(), 2);
    assert!(plan.kinds().contains(&ConsequenceKind::MayBePartial));

    // The second batch is refused: what is done and what is not is told one by one.
    faulty.set(&[Fault::Nothing, Fault::Status(400)]);
    let applied = writer
        .apply(Change::Activate(set.clone().allow_partial()))
        .await
        .unwrap();
    assert!(!applied.is_complete());
    let count = |outcome| {
        applied
            .items
            .iter()
            .filter(|one| one.outcome == outcome)
            .count()
    };
    assert_eq!(count(ItemOutcome::Done), 10);
    assert_eq!(count(ItemOutcome::Failed), ids.len() - 10);
    assert_eq!(applied.items.len(), ids.len());

    // The first fails: nothing is done, and that is an error.
    faulty.set(&[Fault::Status(400)]);
    let error = writer
        .apply(Change::Deactivate(set.clone().allow_partial()))
        .await
        .unwrap_err();
    assert_eq!(error.effect(), Effect::None);

    // The first is lost for good: the second is not tried.
    faulty.set(&[Fault::LostRequest; 4]);
    let before = faulty.writes();
    let error = writer
        .apply(Change::Deactivate(set.allow_partial()))
        .await
        .unwrap_err();
    assert_eq!(error.effect(), Effect::Unknown);
    assert_eq!(faulty.writes() - before, 4);
}

#[tokio::test(start_paused = true)]
async fn enforcement_is_foretold() {
    let sandbox = sandbox();
    let writer = plain(&sandbox, ProviderId::OPENAI);
    let records = listed(writer.account()).await;
    let active: Vec<_> = records
        .iter()
        .filter(|one| {
            one.placements
                .iter()
                .any(|at| at.scope == Scope::Organization && at.state == State::Active)
        })
        .map(|one| one.id.clone())
        .collect();
    let kinds = async |change| writer.plan(change).await.unwrap().kinds();
    let deactivate =
        |ids: &[_]| Change::Deactivate(SetActive::new(ids.iter().cloned(), Scope::Organization));
    use ConsequenceKind::{EnforcementStarts, EnforcementStops, TrustEnds};
    assert_eq!(kinds(deactivate(&active[..1])).await, [TrustEnds]);
    assert_eq!(
        kinds(deactivate(&active)).await,
        [EnforcementStops, TrustEnds]
    );
    writer
        .deactivate(active.clone(), Scope::Organization)
        .await
        .unwrap();
    let activate = Change::Activate(SetActive::new(active, Scope::Organization));
    assert_eq!(kinds(activate).await, [EnforcementStarts]);
    let elsewhere = Scope::Project {
        id: "proj_unknown".to_owned(),
    };
    let error = writer
        .activate([records[0].id.clone()], elsewhere)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_record_in_force_is_not_deleted() {
    let sandbox = sandbox();
    for (kind, name) in [
        (ProviderId::OPENAI, "payments-mtls-2026"),
        (ProviderId::CLOUDFLARE, ""),
    ] {
        let writer = plain(&sandbox, kind);
        let listed = listed(writer.account()).await;
        let id = match name {
            "" => listed
                .iter()
                .find(|one| one.state == State::Active)
                .unwrap(),
            name => named(&listed, name),
        };
        let id = id.id.clone();
        let error = writer
            .delete(id.clone(), ReferencePolicy::Keep)
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Precondition, "{error}");
        assert_eq!(error.certificates(), [id]);
    }
}

/// Cloudflare says with a 500 that an active certificate cannot be deleted: that is no mystery.
#[tokio::test(start_paused = true)]
async fn a_500_that_says_why_is_a_refusal() {
    let sandbox = sandbox();
    sandbox.change_behaviour(|behaviour| {
        behaviour.cloudflare.in_the_way = StatusCode::INTERNAL_SERVER_ERROR;
    });
    let faulty = Faulty::new(&sandbox, &[]);
    let writer = writes::writer(&sandbox, ProviderId::CLOUDFLARE, Arc::new(faulty.clone()));
    let listed = listed(writer.account()).await;
    let spare = listed
        .iter()
        .find(|one| one.state == State::Inactive)
        .unwrap();
    let change = Change::Delete(Delete {
        id: spare.id.clone(),
        references: ReferencePolicy::Keep,
    });
    let plan = writer.plan(change.clone()).await.unwrap();
    assert!(!plan.unchanged);
    // Somebody activates it between look and delete.
    faulty.before_next_write({
        let sandbox = sandbox.clone();
        let id = spare.id.clone();
        move || {
            let sandbox = sandbox.clone();
            let id = id.clone();
            Box::pin(async move {
                plain(&sandbox, ProviderId::CLOUDFLARE)
                    .activate([id], Scope::Edge)
                    .await
                    .unwrap();
            })
        }
    });
    let error = writer.apply(change).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Precondition, "{error}");
    assert_eq!(error.effect(), Effect::None);
    assert_eq!(faulty.writes(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_environment_that_fails_is_told() {
    let sandbox = sandbox();
    sandbox.change_behaviour(|behaviour| {
        behaviour
            .apinizer
            .failing_environments
            .insert("dev".to_owned());
    });
    let writer = plain(&sandbox, ProviderId::APINIZER);
    let pem = sandbox.sample(Sample::Authority, "new", 90);
    let upload = Upload::new(pem.as_bytes())
        .unwrap()
        .name("new")
        .alias("new")
        .description("new")
        .at(environment("test"))
        .at(environment("dev"));
    let applied = writer.upload(upload).await.unwrap();
    assert_eq!(applied.how, How::Confirmed);
    let outcomes: Vec<_> = applied
        .items
        .iter()
        .map(|one| (one.scope.to_string(), one.outcome))
        .collect();
    let expected = [
        ("environment test".to_owned(), ItemOutcome::Done),
        ("environment dev".to_owned(), ItemOutcome::Failed),
    ];
    assert_eq!(outcomes, expected);
    let deleted = writer
        .delete(writes::id(writer.account(), "new"), ReferencePolicy::Detach)
        .await
        .unwrap();
    assert!(!deleted.is_complete(), "{deleted:?}");
}

#[tokio::test(start_paused = true)]
async fn duplicates_are_named() {
    let sandbox = sandbox();
    let faulty = Faulty::new(&sandbox, &[Fault::LostAnswer]);
    let writer = writes::writer(&sandbox, ProviderId::OPENAI, Arc::new(faulty.clone()));
    let pem = sandbox.sample(Sample::Authority, "new", 90);
    let upload = Upload::new(pem.as_bytes()).unwrap();
    // Somebody uploads the same between look and upload.
    faulty.before_next_write({
        let (sandbox, upload) = (sandbox.clone(), upload.clone());
        move || {
            let (sandbox, upload) = (sandbox.clone(), upload.clone());
            Box::pin(async move {
                let other = plain(&sandbox, ProviderId::OPENAI);
                other.upload(upload).await.unwrap();
            })
        }
    });
    let error = writer.upload(upload).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Duplicate, "{error}");
    assert_eq!(error.effect(), Effect::Applied);
    assert_eq!(error.certificates().len(), 2);
}

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

/// A vendor who is overloaded, and says how long to leave it alone.
fn busy(seconds: u64) -> faults::Step {
    let reply = Reply::json(503, "{}").header("retry-after", seconds.to_string());
    faults::Step::Answer(reply)
}

#[tokio::test(start_paused = true)]
async fn what_lands_late_is_found_where_nothing_may_be_sent_again() {
    let sandbox = sandbox();
    let network = faults::Faulty::before(&sandbox, &[busy(600)], false);
    let writer = writes::writer(&sandbox, ProviderId::OPENAI, Arc::new(network.clone()));
    let id = listed(writer.account()).await[0].id.clone();
    let lands = {
        let (writer, id) = (plain(&sandbox, ProviderId::OPENAI), id.clone());
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_secs(5)).await;
            writer.rename(id, "late").await
        })
    };
    let applied = writer.rename(id, "late").await.unwrap();
    assert_eq!(applied.how, How::Recovered);
    assert_eq!(network.attempts().len(), 1);
    lands.await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn the_hint_that_is_left_is_the_last_answers() {
    let sandbox = sandbox();
    let steps = [faults::Step::Lost, busy(30), busy(600)];
    let network = faults::Faulty::before(&sandbox, &steps, false);
    let writer = writes::writer(&sandbox, ProviderId::OPENAI, Arc::new(network.clone()));
    let id = listed(writer.account()).await[0].id.clone();
    let error = writer.rename(id, "never").await.unwrap_err();
    assert_eq!(error.effect(), Effect::Unknown);
    assert_eq!(error.retry_after(), Some(Duration::from_secs(600)));
    let attempts = network.attempts();
    assert_eq!(attempts.len(), 3);
    assert!(attempts[2].began - attempts[1].ended.unwrap() >= Duration::from_secs(30));
}

#[tokio::test(start_paused = true)]
async fn the_last_look_counts_where_the_time_ends_before_the_next() {
    let sandbox = sandbox();
    let network = faults::Faulty::before(&sandbox, &[busy(600)], false);
    let seeded = sandbox.accounts();
    let seeded = seeded
        .iter()
        .find(|one| one.provider == Provider::OpenAi)
        .unwrap();
    let connection = Connection::default()
        .base_url(format!("http://localhost{}", seeded.base_path))
        .transport(Arc::new(network))
        // After the third look, before the fourth.
        .deadline(Duration::from_secs(5));
    let key = certfleet_tests::secret(seeded).into();
    let credentials = openai::Credentials::AdminKey(key);
    let opened = OpenAi::new("short", credentials, Vec::new(), connection).unwrap();
    let writer = Writer::new(Account::new(opened), Journal::memory());
    let id = listed(writer.account()).await[0].id.clone();
    let error = writer.rename(id, "never").await.unwrap_err();
    assert_eq!(error.effect(), Effect::Unknown);
    assert!(error.to_string().contains("It is not there now"), "{error}");
}
