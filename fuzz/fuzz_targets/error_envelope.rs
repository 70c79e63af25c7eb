//! Failures of every vendor: the first two bytes are the status, the rest is the body.

#![no_main]

use certfleet_fuzz::{CANARY, answer, read, session};
use certfleet_http::SessionBuilder;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u16, &[u8])| {
    let (status, body) = (400 + input.0 % 200, input.1);
    let key = || CANARY.into();
    let builders: [SessionBuilder; 4] = [
        certfleet_openai::Client::builder(&certfleet_openai::Credentials::AdminKey(key())),
        certfleet_cloudflare::Client::builder(&certfleet_cloudflare::Credentials::ApiToken(key())),
        certfleet_patchworks::Client::builder(&certfleet_patchworks::Credentials::ApiKey(key())),
        certfleet_apinizer::Client::builder(&certfleet_apinizer::Credentials::AccessToken(key())),
    ];
    for builder in builders {
        let session = session(builder, [answer(status, &[], body)]);
        for operation in session.api().operations {
            let result = read::<bool>(&session, operation);
            assert!(result.is_err(), "a failure was taken for a success");
        }
    }
});
