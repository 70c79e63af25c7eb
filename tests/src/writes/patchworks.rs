//! Patchworks's writes.

use super::write::{Again, Write, connector, gone, holders, write};
use certfleet::{
    Change, ProviderId, Upload,
    change::{Delete, ReferencePolicy},
};
use certfleet_sandbox::{Provider, Sample};

const KIND: ProviderId = ProviderId::PATCHWORKS;

pub(super) fn all() -> Vec<Write> {
    vec![
        Write {
            change: |sandbox, _, _| {
                let pem = sandbox.sample(Sample::Client, "new", 90);
                Change::Upload(Upload::new(pem.as_bytes()).unwrap().at(connector("306")))
            },
            is_done: |sandbox, change| holders(sandbox, Provider::Patchworks, change) == 1,
            repeatable: false,
            ..write("upload to a connector", KIND, "createCertificate")
        },
        Write {
            change: |sandbox, _, _| {
                let pem = sandbox.sample(Sample::Client, "new", 90);
                Change::Upload(
                    Upload::new(pem.as_bytes())
                        .unwrap()
                        .passphrase("canary-passphrase".into()),
                )
            },
            is_done: |sandbox, change| holders(sandbox, Provider::Patchworks, change) == 1,
            repeatable: false,
            readable: false,
            again: Again::Anew,
            ..write("upload without a connector", KIND, "createCertificate")
        },
        Write {
            change: |_, _, listed| {
                Change::Delete(Delete {
                    id: listed[0].id.clone(),
                    references: ReferencePolicy::Keep,
                })
            },
            is_done: gone,
            again: Again::NotFound,
            confirms: false,
            // What is attached to nothing cannot be seen to be gone: only deleting again tells.
            readable: false,
            ..write("delete", KIND, "deleteCertificate")
        },
    ]
}
