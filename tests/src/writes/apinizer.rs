//! Apinizer's writes.

use super::write::{Again, Write, environment, gone, holders, named, write};
use certfleet::{
    Certificate, Change, ProviderId, Upload,
    change::{Delete, ReferencePolicy, Replace},
};
use certfleet_sandbox::{Provider, Sample, Sandbox};

const KIND: ProviderId = ProviderId::APINIZER;

pub(super) fn all() -> Vec<Write> {
    vec![
        Write {
            change: |sandbox, _, _| {
                let pem = sandbox.sample(Sample::Authority, "new", 90);
                Change::Upload(
                    Upload::new(pem.as_bytes())
                        .unwrap()
                        .name("new")
                        .alias("new")
                        .description("new")
                        .at(environment("test"))
                        .at(environment("dev")),
                )
            },
            is_done: |sandbox, change| holders(sandbox, Provider::Apinizer, change) == 1,
            repeatable: false,
            ..write("upload", KIND, "createCertificate")
        },
        Write {
            change: |sandbox, _, listed| replacing(sandbox, listed, ReferencePolicy::Keep),
            is_done: |sandbox, change| holders(sandbox, Provider::Apinizer, change) == 1,
            confirms: false,
            ..write("replace by import", KIND, "importCertificateFile")
        },
        Write {
            change: |sandbox, _, listed| {
                replacing(sandbox, listed, ReferencePolicy::UpdateEverywhere)
            },
            is_done: |sandbox, change| holders(sandbox, Provider::Apinizer, change) == 1,
            repeatable: false,
            ..write("replace by update", KIND, "updateCertificate")
        },
        Write {
            change: |_, _, listed| {
                Change::Delete(Delete {
                    id: named(listed, "token-signing-2028").id.clone(),
                    references: ReferencePolicy::Delete,
                })
            },
            is_done: gone,
            again: Again::NotFound,
            confirms: false,
            ..write("delete", KIND, "deleteCertificate")
        },
    ]
}

fn replacing(sandbox: &Sandbox, listed: &[Certificate], references: ReferencePolicy) -> Change {
    let pem = sandbox.sample(Sample::Authority, "new", 90);
    let id = named(listed, "token-signing-2028").id.clone();
    let scopes = [environment("production")];
    Change::Replace(Replace::new(id, pem.as_bytes(), scopes, references).unwrap())
}
