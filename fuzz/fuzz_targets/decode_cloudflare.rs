//! Every kind of success that the client reads.

#![no_main]

use certfleet_cloudflare::{API, Client, Credentials, types};
use certfleet_fuzz::{CANARY, answer, read, session};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    let operation = |id: &str| API.operation(id).expect("an operation");
    let credentials = Credentials::ApiToken(CANARY.into());
    for status in [200, 201, 202] {
        let session = session(Client::builder(&credentials), [answer(status, &[], body)]);
        drop(read::<types::ResponseCollection>(
            &session,
            operation("list_certificates"),
        ));
        drop(read::<types::SingleResponse>(
            &session,
            operation("create_certificate"),
        ));
    }
});
