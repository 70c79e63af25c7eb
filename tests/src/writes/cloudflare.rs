//! Cloudflare's writes.

use super::write::{Again, Write, gone, write};
use certfleet::{
    Certificate, CertificateId, Change, Origin, ProviderId, Scope, State,
    change::{Delete, Generate, ReferencePolicy, SetActive},
};
use certfleet_sandbox::{Provider, Sandbox};

const KIND: ProviderId = ProviderId::CLOUDFLARE;

pub(super) fn all() -> Vec<Write> {
    vec![
        Write {
            change: |_, _, _| Change::Generate(Generate::default()),
            is_done: |sandbox, _| {
                sandbox
                    .snapshot()
                    .of(Provider::Cloudflare)
                    .filter(|record| record.account == certfleet_sandbox::CLOUDFLARE_CORP)
                    .count()
                    == 8
            },
            repeatable: false,
            again: Again::Anew,
            ..write(
                "generate",
                KIND,
                "zero-trust-certificates-create-zero-trust-certificate",
            )
        },
        Write {
            change: |_, _, listed| {
                let id = at_edge(listed, State::Inactive, false);
                Change::Activate(SetActive::new([id], Scope::Edge))
            },
            is_done: |sandbox, change| edge(sandbox, change, "pending_deployment"),
            ..write(
                "activate",
                KIND,
                "zero-trust-certificates-activate-zero-trust-certificate",
            )
        },
        Write {
            change: |_, _, listed| {
                let id = at_edge(listed, State::Active, false);
                Change::Activate(SetActive::new([id], Scope::Gateway))
            },
            is_done: |sandbox, change| intercepts(sandbox, change.ids()),
            ..write(
                "switch",
                KIND,
                "zero-trust-accounts-patch-zero-trust-account-configuration",
            )
        },
        Write {
            change: |_, _, listed| {
                let id = at_edge(listed, State::Active, false);
                Change::Deactivate(SetActive::new([id], Scope::Edge))
            },
            is_done: |sandbox, change| edge(sandbox, change, "pending_deletion"),
            ..write(
                "deactivate",
                KIND,
                "zero-trust-certificates-deactivate-zero-trust-certificate",
            )
        },
        Write {
            change: |_, _, listed| {
                Change::Delete(Delete {
                    id: at_edge(listed, State::Inactive, false),
                    references: ReferencePolicy::Keep,
                })
            },
            is_done: gone,
            again: Again::NotFound,
            ..write(
                "delete",
                KIND,
                "zero-trust-certificates-delete-zero-trust-certificate",
            )
        },
    ]
}

fn at_edge(listed: &[Certificate], state: State, in_use: bool) -> CertificateId {
    listed
        .iter()
        .filter(|one| one.origin == Origin::ProviderManaged)
        .find(|one| one.state == state && one.in_use == Some(in_use))
        .expect("such a certificate")
        .id
        .clone()
}

fn edge(sandbox: &Sandbox, change: &Change, status: &str) -> bool {
    let snapshot = sandbox.snapshot();
    let record = snapshot.record(Provider::Cloudflare, &change.ids()[0].native);
    record.expect("it").placements[0] == status
}

fn intercepts(sandbox: &Sandbox, ids: &[CertificateId]) -> bool {
    let snapshot = sandbox.snapshot();
    let record = snapshot.record(Provider::Cloudflare, &ids[0].native);
    let placements = &record.expect("it").placements;
    placements.iter().any(|place| place == "in_use")
}
