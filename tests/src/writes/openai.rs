//! OpenAI's writes.

use super::write::{Again, Write, gone, holders, named, write};
use certfleet::{
    Change, ProviderId, Scope, State, Upload,
    change::{Delete, ReferencePolicy, Rename, SetActive},
};
use certfleet_sandbox::{Provider, Sample, Sandbox};

const KIND: ProviderId = ProviderId::OPENAI;

// long: one table, a write after another.
pub(super) fn all() -> Vec<Write> {
    vec![
        Write {
            change: |sandbox, _, _| {
                let pem = sandbox.sample(Sample::Authority, "new", 90);
                Change::Upload(Upload::new(pem.as_bytes()).unwrap().name("new"))
            },
            is_done: |sandbox, change| holders(sandbox, Provider::OpenAi, change) == 1,
            repeatable: false,
            ..write("upload", KIND, "uploadCertificate")
        },
        Write {
            change: |_, _, listed| {
                Change::Rename(Rename {
                    id: named(listed, "retired-vpn-ca").id.clone(),
                    name: "renamed".to_owned(),
                })
            },
            is_done: |sandbox, change| {
                let id = &change.ids()[0].native;
                let snapshot = sandbox.snapshot();
                snapshot
                    .record(Provider::OpenAi, id)
                    .unwrap()
                    .name
                    .as_deref()
                    == Some("renamed")
            },
            ..write("rename", KIND, "modifyCertificate")
        },
        Write {
            change: |_, _, listed| {
                let ids = ["payments-mtls-2027", "retired-vpn-ca"];
                let ids = ids.map(|name| named(listed, name).id.clone());
                Change::Activate(SetActive::new(ids, Scope::Organization))
            },
            is_done: set_done,
            ..write(
                "activate at the organization",
                KIND,
                "activateOrganizationCertificates",
            )
        },
        Write {
            change: |_, _, listed| {
                let active = listed
                    .iter()
                    .filter(|one| {
                        one.placements
                            .iter()
                            .any(|at| at.scope == Scope::Organization && at.state == State::Active)
                    })
                    .map(|one| one.id.clone());
                Change::Deactivate(SetActive::new(active, Scope::Organization))
            },
            is_done: set_done,
            ..write(
                "deactivate at the organization",
                KIND,
                "deactivateOrganizationCertificates",
            )
        },
        Write {
            change: |_, _, listed| {
                let id = named(listed, "retired-vpn-ca").id.clone();
                let project = "proj_sandboxstaging".to_owned();
                Change::Activate(SetActive::new([id], Scope::Project { id: project }))
            },
            is_done: set_done,
            ..write("activate at a project", KIND, "activateProjectCertificates")
        },
        Write {
            change: |_, _, listed| {
                let id = named(listed, "staging-clients-ca").id.clone();
                let project = "proj_sandboxstaging".to_owned();
                Change::Deactivate(SetActive::new([id], Scope::Project { id: project }))
            },
            is_done: set_done,
            ..write(
                "deactivate at a project",
                KIND,
                "deactivateProjectCertificates",
            )
        },
        Write {
            change: |_, _, listed| {
                Change::Delete(Delete {
                    id: named(listed, "retired-vpn-ca").id.clone(),
                    references: ReferencePolicy::Keep,
                })
            },
            is_done: gone,
            again: Again::NotFound,
            ..write("delete", KIND, "deleteCertificate")
        },
    ]
}

fn set_done(sandbox: &Sandbox, change: &Change) -> bool {
    let (Change::Activate(set) | Change::Deactivate(set)) = change else {
        return false;
    };
    let place = match &set.scope {
        Scope::Organization => "organization",
        Scope::Project { id } => id,
        _ => return false,
    };
    let snapshot = sandbox.snapshot();
    set.ids.iter().all(|id| {
        let record = snapshot.record(Provider::OpenAi, &id.native).expect("it");
        record.placements.iter().any(|one| one == place) == matches!(change, Change::Activate(_))
    })
}
