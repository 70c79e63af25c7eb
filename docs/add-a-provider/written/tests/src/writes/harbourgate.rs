//! Harbourgate's writes.

use super::write::{Again, Write, gone, holders, named, write};
use certfleet::{Change, ProviderId, Upload, change::{Delete, ReferencePolicy}};
use certfleet_sandbox::{Sample, Provider};

const KIND: ProviderId = ProviderId::HARBOURGATE;

pub(super) fn all() -> Vec<Write> {
    vec![
        Write {
            change: |sandbox, _, _| {
                let pem = sandbox.sample(Sample::Authority, "new", 90);
                Change::Upload(Upload::new(pem.as_bytes()).unwrap().name("new"))
            },
            is_done: |sandbox, change| holders(sandbox, Provider::Harbourgate, change) == 1,
            repeatable: false,
            ..write("upload", KIND, "uploadCertificate")
        },
        Write {
            change: |_, _, listed| {
                Change::Delete(Delete {
                    id: named(listed, "suppliers").id.clone(),
                    references: ReferencePolicy::Keep,
                })
            },
            is_done: gone,
            again: Again::NotFound,
            ..write("delete", KIND, "deleteCertificate")
        },
    ]
}
