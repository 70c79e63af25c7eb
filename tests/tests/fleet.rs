//! The facade over a whole sandbox fleet.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "test code outside #[test] functions, which are all that clippy.toml knows"
)]

use certfleet::{
    CertificateId, ContentFetch, Coverage, ErrorKind, Fleet, ListOptions, Origin, ProviderId,
    Scope, State, WarningKind,
};
use certfleet_tests::{accounts, accounts_over, sandbox, start};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

fn fleet(sandbox: &certfleet_sandbox::Sandbox) -> Fleet {
    Fleet::new(accounts(sandbox)).unwrap()
}

#[tokio::test]
async fn one_inventory_of_all_vendors() {
    let sandbox = sandbox();
    let inventory = fleet(&sandbox)
        .inventory(ListOptions::content(ContentFetch::Fetch))
        .await;
    assert!(inventory.is_complete(), "{:#?}", inventory.accounts);

    // One line for each record: reviewed, and the same in every run.
    let lines: Vec<String> = inventory
        .certificates
        .iter()
        .map(|certificate| {
            let days = certificate
                .not_after
                .map(|end| (end - start()).num_days())
                .map_or("?".to_owned(), |days| days.to_string());
            let warnings: Vec<String> = certificate
                .warnings
                .iter()
                .map(|w| format!("{:?}", w.kind))
                .collect();
            let places: Vec<String> = certificate
                .placements
                .iter()
                .map(|p| format!("{} {}", p.scope, p.state))
                .collect();
            format!(
                "{} | {} | {} | {days} days | {} contents | {} | {}",
                certificate.id,
                certificate.name.as_deref().unwrap_or("-"),
                certificate.state,
                certificate.contents.len(),
                places.join(", "),
                warnings.join(", "),
            )
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"));

    let kinds: BTreeSet<ProviderId> = inventory
        .certificates
        .iter()
        .map(|c| c.id.provider)
        .collect();
    assert_eq!(kinds, ProviderId::KNOWN.iter().copied().collect());
    // The certificate that three vendors hold is one certificate by its content.
    let mut holders: BTreeMap<_, BTreeSet<ProviderId>> = BTreeMap::new();
    for certificate in &inventory.certificates {
        for content in &certificate.contents {
            if let Some(sha256) = content.sha256 {
                holders
                    .entry(sha256)
                    .or_default()
                    .insert(certificate.id.provider);
            }
        }
    }
    assert_eq!(holders.values().map(BTreeSet::len).max(), Some(3));
    // What is attached nowhere cannot be seen at Patchworks, and the report says so.
    let patchworks = inventory
        .accounts
        .iter()
        .find(|a| a.provider == ProviderId::PATCHWORKS)
        .unwrap();
    assert_eq!(patchworks.coverage, Coverage::AttachedOnly);
    let unreadable = inventory
        .certificates
        .iter()
        .flat_map(|c| &c.warnings)
        .filter(|w| w.kind == WarningKind::UnreadableContent);
    assert_eq!(unreadable.count(), 1);
    assert!(
        inventory
            .certificates
            .iter()
            .any(|c| c.in_use == Some(true) && c.origin == Origin::ProviderManaged)
    );
    // Native records are the vendors' own, and none holds a passphrase.
    for certificate in &inventory.certificates {
        let native = certificate.native.to_value();
        assert!(native.is_object(), "{}", certificate.id);
        let text = certificate.native.as_str();
        assert!(
            !text.contains("\"passphrase\":\"") || text.contains("\"passphrase\":\"[redacted]\""),
            "{text}"
        );
    }
}

#[tokio::test]
async fn contents_are_read_only_where_that_costs_nothing_or_is_asked_for() {
    let sandbox = sandbox();
    let fleet = fleet(&sandbox);
    for (content, openai, cloudflare) in [
        (ContentFetch::Skip, false, false),
        (ContentFetch::Included, false, true),
        (ContentFetch::Fetch, true, true),
    ] {
        sandbox.forget_requests();
        let inventory = fleet.inventory(ListOptions::content(content)).await;
        let has_content = |kind| {
            inventory
                .certificates
                .iter()
                .filter(|c| c.id.provider == kind)
                .flat_map(|c| &c.contents)
                .any(|m| m.x509.is_some())
        };
        assert_eq!(has_content(ProviderId::OPENAI), openai, "{content:?}");
        assert_eq!(
            has_content(ProviderId::CLOUDFLARE),
            cloudflare,
            "{content:?}"
        );
        // One request for each page: the gets are only made where they were asked for.
        let gets = sandbox
            .requests()
            .iter()
            .filter(|seen| seen.operation == Some("getCertificate"))
            .count();
        assert_eq!(
            gets > 0,
            content == ContentFetch::Fetch,
            "{content:?}: {gets}"
        );
    }
}

#[tokio::test]
async fn get_gives_the_same_record_with_its_content() {
    let sandbox = sandbox();
    let fleet = fleet(&sandbox);
    let inventory = fleet.inventory(ListOptions::default()).await;
    for listed in &inventory.certificates {
        match fleet.get(&listed.id).await {
            Ok(got) => {
                assert_eq!((&got.id, &got.name), (&listed.id, &listed.name));
                assert_eq!(
                    got.not_after.map(|d| d.timestamp()),
                    listed.not_after.map(|d| d.timestamp())
                );
                assert_eq!(
                    (got.state, &got.placements, got.in_use),
                    (listed.state, &listed.placements, listed.in_use),
                    "{}",
                    got.id
                );
            }
            Err(error) => {
                assert_eq!(listed.id.provider, ProviderId::PATCHWORKS, "{error}");
                assert_eq!(error.kind(), ErrorKind::Unsupported);
            }
        }
    }
}

#[tokio::test]
async fn what_is_not_there_or_cannot_be_named() {
    let sandbox = sandbox();
    let fleet = fleet(&sandbox);
    let account = |kind: ProviderId| {
        fleet
            .accounts()
            .iter()
            .find(|a| a.provider() == kind)
            .unwrap()
            .name()
            .to_owned()
    };
    let known = [
        ProviderId::OPENAI,
        ProviderId::CLOUDFLARE,
        ProviderId::APINIZER,
    ];
    for kind in known {
        let id = CertificateId::new(kind, account(kind), "no-such-certificate");
        let error = fleet.get(&id).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound, "{kind}: {error}");
    }
    sandbox.forget_requests();
    for kind in known {
        for native in ["..", ".", "a/b", "..\\x", "%2e%2e", "a\nb", "\u{0}"] {
            let id = CertificateId::new(kind, account(kind), native);
            let error = fleet.get(&id).await.unwrap_err();
            assert_eq!(
                error.kind(),
                ErrorKind::InvalidInput,
                "{kind} {native:?}: {error}"
            );
            assert!(error.to_string().contains("Nothing was sent"), "{error}");
        }
    }
    let stranger = CertificateId::new(ProviderId::OPENAI, "no-such-account", "cert_x");
    assert_eq!(
        fleet.get(&stranger).await.unwrap_err().kind(),
        ErrorKind::InvalidInput
    );
    assert_eq!(sandbox.requests().len(), 0, "nothing may be sent");
}

#[tokio::test]
async fn a_failing_account_is_visible_and_hides_nothing() {
    let sandbox = sandbox();
    let mut accounts = accounts(&sandbox);
    let whole = Fleet::new(accounts.clone())
        .unwrap()
        .inventory(ListOptions::default())
        .await;
    let refused = certfleet::openai::OpenAi::new(
        "refused",
        certfleet::openai::Credentials::AdminKey(certfleet_sandbox::OPENAI_PROJECT_KEY.into()),
        Vec::new(),
        certfleet::Connection::default()
            .base_url("http://localhost/openai/v1")
            .transport(std::sync::Arc::new(sandbox.clone())),
    );
    accounts.push(certfleet::Account::new(refused.unwrap()));
    let inventory = Fleet::new(accounts)
        .unwrap()
        .inventory(ListOptions::default())
        .await;
    assert_eq!(inventory.certificates.len(), whole.certificates.len());
    assert!(!inventory.is_complete());
    let report = inventory
        .accounts
        .iter()
        .find(|a| a.account == "refused")
        .unwrap();
    let error = report.error.as_ref().unwrap();
    assert_eq!(error.kind, ErrorKind::PermissionDenied);
    assert_eq!(error.status, Some(403));
    assert!(error.request_id.is_some());
    assert!(!format!("{error:?}").contains(certfleet_sandbox::OPENAI_PROJECT_KEY));
}

#[tokio::test]
async fn every_shape_that_a_vendor_has_used_reads_the_same() {
    use certfleet_sandbox::{Behaviour, behaviour::*};
    type Change = fn(&mut Behaviour);
    let shapes: [(&str, Change); 8] = [
        ("cloudflare says active", |b| {
            b.cloudflare.says_active = true
        }),
        ("cloudflare sends extras", |b| {
            b.cloudflare.live_extras = !b.cloudflare.live_extras
        }),
        ("cloudflare cuts fingerprints", |b| {
            b.cloudflare.short_fingerprint_groups = true
        }),
        ("cloudflare leaves result_info out", |b| {
            b.cloudflare.result_info = !b.cloudflare.result_info
        }),
        ("apinizer says success", |b| {
            b.apinizer.successes = SuccessShape::Old
        }),
        ("apinizer says status", |b| {
            b.apinizer.successes = SuccessShape::New
        }),
        ("apinizer sends PEM", |b| {
            b.apinizer.content = ContentForm::Pem
        }),
        ("apinizer leaves milliseconds out", |b| {
            b.apinizer.milliseconds = false
        }),
    ];
    let of = async |sandbox: &certfleet_sandbox::Sandbox| {
        // Not all of it is documented, so nothing is held against the documents here.
        let fleet = Fleet::new(accounts_over(sandbox, Arc::new(sandbox.clone()))).unwrap();
        let inventory = fleet.inventory(ListOptions::default()).await;
        assert!(inventory.is_complete(), "{:#?}", inventory.accounts);
        inventory
            .certificates
            .into_iter()
            .map(|mut certificate| {
                // What the vendor wrote differs by design; what it means must not.
                for placement in &mut certificate.placements {
                    placement.reported = None;
                }
                for content in &mut certificate.contents {
                    content.reported = Default::default();
                }
                certificate.native = Default::default();
                certificate
            })
            .collect::<Vec<_>>()
    };
    let documented = of(&sandbox()).await;
    for (name, shape) in shapes {
        let sandbox = sandbox();
        sandbox.change_behaviour(shape);
        for (read, documented) in of(&sandbox).await.iter().zip(&documented) {
            assert!(
                read == documented,
                "{name}: {} {:#?}",
                read.id,
                read.warnings
            );
        }
    }
}

#[tokio::test]
async fn asynchronous_states_settle() {
    let sandbox = sandbox();
    let fleet = fleet(&sandbox);
    let states = async || {
        let inventory = fleet.inventory(ListOptions::default()).await;
        inventory
            .certificates
            .iter()
            .filter(|c| c.placements.iter().any(|p| p.scope == Scope::Edge))
            .map(|c| c.state)
            .collect::<Vec<_>>()
    };
    assert!(states().await.contains(&State::Activating));
    sandbox.clock().advance(std::time::Duration::from_secs(10));
    assert!(!states().await.contains(&State::Activating));
}
