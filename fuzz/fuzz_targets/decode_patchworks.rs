//! Every kind of success that the client reads.

#![no_main]

use certfleet_fuzz::{CANARY, answer, read, session};
use certfleet_patchworks::{API, Client, Credentials, types};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    let operation = |id: &str| API.operation(id).expect("an operation");
    let credentials = Credentials::ApiKey(CANARY.into());
    for status in [200, 201, 202] {
        let session = session(Client::builder(&credentials), [answer(status, &[], body)]);
        drop(read::<types::CertificatesResponse>(
            &session,
            operation("create_certificate"),
        ));
        drop(read::<types::MessageResponse>(
            &session,
            operation("delete_certificate"),
        ));
        drop(read::<types::ConnectorsCollectionResponse>(
            &session,
            operation("list_connectors"),
        ));
    }
});
