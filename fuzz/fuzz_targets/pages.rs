//! A listing in pages: it ends, and it ends with everything or an error.

#![no_main]

use certfleet::{
    Connection, ListOptions,
    adapter::Provider,
    http::Retry,
    openai::{Credentials, OpenAi},
};
use certfleet_fuzz::{Answers, CANARY, answer, run};
use futures_util::TryStreamExt;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|pages: Vec<(Vec<u8>, bool, u8)>| {
    let answers = pages.iter().map(|(ids, more, last)| {
        let record = |id: &u8| {
            format!(
                r#"{{"object":"certificate","id":"c{id}","name":null,"active":true,"created_at":1,"certificate_details":{{}}}}"#
            )
        };
        let data: Vec<String> = ids.iter().map(record).collect();
        let body = format!(
            r#"{{"object":"list","data":[{}],"has_more":{more},"first_id":null,"last_id":"c{last}"}}"#,
            data.join(",")
        );
        answer(200, &[], body.as_bytes())
    });
    let connection = Connection::default()
        .base_url("http://localhost")
        .transport(Answers::new(answers))
        .retry(Retry::off());
    let account = OpenAi::new(
        "a",
        Credentials::AdminKey(CANARY.into()),
        vec![],
        connection,
    )
    .expect("an account");
    let listed: Result<Vec<_>, _> = run(account.list(ListOptions::default()).try_collect());
    if let Ok(listed) = listed {
        // Everything up to the page that says it is the last, each once.
        let last = pages
            .iter()
            .position(|(_, more, _)| !more)
            .expect("a last page");
        let mut ids: Vec<u8> = pages[..=last]
            .iter()
            .flat_map(|page| page.0.clone())
            .collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(listed.len(), ids.len());
    }
});
