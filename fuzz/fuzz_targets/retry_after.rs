//! `Retry-After`, `Date` and `RateLimit` of an answer.

#![no_main]

use certfleet_fuzz::{CANARY, answer, read, session};
use certfleet_openai::{API, Client, Credentials};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|headers: (&[u8], &[u8], &[u8])| {
    let (wait, date, limit) = headers;
    let headers = [("retry-after", wait), ("date", date), ("ratelimit", limit)];
    let credentials = Credentials::AdminKey(CANARY.into());
    let session = session(Client::builder(&credentials), [answer(429, &headers, b"")]);
    let operation = API.operation("get_certificate").expect("an operation");
    let error = read::<bool>(&session, operation).expect_err("it is a refusal");
    let digits = !wait.is_empty() && wait.iter().all(u8::is_ascii_digit);
    assert!(!digits || error.retry_after().is_some());
});
