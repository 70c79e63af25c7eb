//! One certificate rotated everywhere, and the barrier that holds all of them together.

use crate::rotations::{TestTime, Ticking, passes};
use certfleet::{
    Certificate, ContentFetch, ErrorKind, Fleet, How, ListOptions, ProviderId, Upload,
};
use certfleet_changes::{
    ConsequenceKind, FleetWriter, Journal, Writer,
    rotation::{Replacement, RotationOptions, RotationStep},
};
use certfleet_sandbox::Sample;
use certfleet_tests::{
    accounts_over, sandbox,
    writes::{Fault, Faulty, connector, named},
};
use std::{collections::BTreeSet, sync::Arc};
use tokio::time::Instant;

#[tokio::test(start_paused = true)]
async fn one_certificate_everywhere() {
    let sandbox = sandbox();
    let faulty = Faulty::new(&sandbox, &[]);
    let transport = Arc::new(Ticking(sandbox.clone(), faulty.clone()));
    let fleet = Fleet::new(accounts_over(&sandbox, transport)).unwrap();
    let writer =
        FleetWriter::new(fleet, Journal::memory()).with_clock(Arc::new(TestTime(Instant::now())));
    let inventory = async || {
        let options = ListOptions::content(ContentFetch::Fetch);
        writer.fleet().inventory(options).await
    };
    let before = inventory().await;
    let anchor = named(&before.certificates, "edge-trust-anchor-2029");
    let old = anchor.contents[0].sha256.unwrap();
    let pem = anchor.contents[0].x509.as_ref().unwrap().to_pem().unwrap();
    let patchworks = writer.fleet().accounts().iter();
    let patchworks = patchworks
        .into_iter()
        .find(|one| one.provider() == ProviderId::PATCHWORKS);
    let patchworks = Writer::new(patchworks.unwrap().clone(), Journal::memory())
        .acknowledging(ConsequenceKind::ALL.iter().copied());
    let upload = Upload::new(pem.as_bytes()).unwrap().at(connector("306"));
    assert_eq!(patchworks.upload(upload).await.unwrap().how, How::Confirmed);

    let new = sandbox.sample(Sample::Authority, "anchor 2030", 900);
    let replacement = Replacement::new(new.as_bytes());
    let plan = writer.plan_rotation(old, &replacement).await.unwrap();
    let kinds: BTreeSet<_> = plan.parts.iter().map(|part| part.provider).collect();
    let expected = [
        ProviderId::OPENAI,
        ProviderId::PATCHWORKS,
        ProviderId::APINIZER,
    ];
    assert_eq!(kinds, BTreeSet::from(expected), "{plan:#?}");
    let [cloudflare] = plan.not_rotated.as_slice() else {
        panic!("{:?}", plan.not_rotated);
    };
    assert_eq!(cloudflare.error.kind, ErrorKind::Unsupported);
    let writer = writer.acknowledging(plan.kinds());
    let mut group = writer.begin_rotations(plan.parts).await.unwrap();

    let holders = async |sha256| {
        let all = inventory().await.certificates;
        let holds = |one: &&Certificate| {
            let contents = &one.contents;
            contents.iter().any(|held| held.sha256 == Some(sha256))
        };
        all.iter()
            .filter(holds)
            .map(|one| one.id.provider)
            .collect::<Vec<_>>()
    };
    // Half-way, one vendor refuses: nothing old is retired anywhere.
    faulty.set(&[Fault::Nothing, Fault::Status(400)]);
    let options = RotationOptions::default();
    let report = group.run(&passes, options, |_| ()).await.unwrap();
    assert!(!report.is_over());
    let failed: Vec<_> = report
        .parts
        .iter()
        .filter(|part| part.error.is_some())
        .collect();
    assert_eq!(failed.len(), 1, "{report:#?}");
    assert!(
        report
            .parts
            .iter()
            .all(|part| part.rotation.step <= RotationStep::Retire)
    );
    // Only a replacement takes the old content away by itself.
    let still = [
        ProviderId::OPENAI,
        ProviderId::CLOUDFLARE,
        ProviderId::PATCHWORKS,
    ];
    assert_eq!(holders(old).await, still);

    // Another process goes on.
    let left = writer.journal().rotations().await.unwrap();
    let mut groups = writer.resume_rotations(left).unwrap();
    assert_eq!(groups.len(), 1);
    let report = groups[0].run(&passes, options, |_| ()).await.unwrap();
    assert!(report.is_over(), "{report:#?}");
    assert_eq!(holders(old).await, [ProviderId::CLOUDFLARE]);
    let new = certfleet::x509::read_all(new.as_bytes()).unwrap()[0].sha256;
    assert_eq!(holders(new).await, expected);
}
