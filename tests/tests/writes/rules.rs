//! What is particular to one vendor's writes: rules, consequences, refusals.

use crate::plain;
use certfleet::{
    Change, Effect, ErrorKind, How, ProviderId, Scope, State, Upload,
    change::{Delete, ItemOutcome, ReferencePolicy, Replace, SetActive},
};
use certfleet_changes::{
    ConsequenceKind,
    checks::{Rule, check},
};
use certfleet_http::StatusCode;
use certfleet_sandbox::Sample;
use certfleet_tests::{
    sandbox, start,
    writes::{self, Fault, Faulty, connector, environment, listed, named},
};
use chrono::TimeDelta;
use std::sync::Arc;

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
