//! Failures of every vendor: the first two bytes are the status, the third says which headers repeat the token, the
//! rest is the body.

#![no_main]

use certfleet_fuzz::{CANARY, answer, read, session};
use certfleet_http::SessionBuilder;
use libfuzzer_sys::fuzz_target;

/// Headers that an error may tell of.
const HEADERS: [&str; 8] = [
    "content-type",
    "content-encoding",
    "x-request-id",
    "cf-ray",
    "retry-after",
    "location",
    "server",
    "date",
];

fuzz_target!(|input: (u16, u8, &[u8])| {
    let (status, body) = (400 + input.0 % 200, input.2);
    let headers: Vec<(&str, &[u8])> = HEADERS
        .into_iter()
        .enumerate()
        .filter(|(bit, _)| input.1 >> bit & 1 == 1)
        .map(|(_, name)| (name, CANARY.as_bytes()))
        .collect();
    let key = || CANARY.into();
    let builders: [SessionBuilder; 4] = [
        certfleet_openai::Client::builder(&certfleet_openai::Credentials::AdminKey(key())),
        certfleet_cloudflare::Client::builder(&certfleet_cloudflare::Credentials::ApiToken(key())),
        certfleet_patchworks::Client::builder(&certfleet_patchworks::Credentials::ApiKey(key())),
        certfleet_apinizer::Client::builder(&certfleet_apinizer::Credentials::AccessToken(key())),
    ];
    for builder in builders {
        let session = session(builder, [answer(status, &headers, body)]);
        for operation in session.api().operations {
            let result = read::<bool>(&session, operation);
            assert!(result.is_err(), "a failure was taken for a success");
        }
    }
});
