//! What holds for whatever a vendor answers, seen through a client.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "clippy.toml only knows #[test] functions, not what they share"
)]

use certfleet::{Connection, ListOptions, adapter::Provider, http::Retry, openai};
use certfleet_http::Request;
use certfleet_tests::{
    Clients, Reply, Scripted,
    faults::run::{CANARY, keys},
};
use futures_util::TryStreamExt;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::sync::{Arc, LazyLock};

/// One runtime for all cases: nothing here waits for anything.
static RUNTIME: LazyLock<tokio::runtime::Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .expect("a runtime")
});

/// A page: its items, whether and where it says that more follow.
type Page = (Vec<u8>, Option<Option<usize>>);

/// The items of a listing and how many came more often; `None` where it has no end that can be believed.
fn walk(pages: &[Page]) -> Option<(Vec<u8>, usize)> {
    let (mut items, mut repeats) = (Vec::new(), 0);
    let (mut at, mut been) = (0, Vec::new());
    loop {
        let (here, next) = &pages[at % pages.len()];
        let before = items.len();
        for item in here {
            if items.contains(item) {
                repeats += 1;
            } else {
                items.push(*item);
            }
        }
        // Where no last id is given, the client takes the last item's.
        let next = next.map(|next| next.or(here.last().map(|last| usize::from(*last))));
        match next {
            None => return Some((items, repeats)),
            Some(None) => return None,
            Some(Some(next)) if been.contains(&next) || items.len() == before => return None,
            Some(Some(next)) => {
                been.push(next);
                at = next;
            }
        }
    }
}

/// A body with a secret at a random place, in a form that JSON allows.
fn echo() -> impl Strategy<Value = (Value, bool)> {
    let text = prop_oneof![
        Just(format!("bad key test-key-{CANARY}")),
        Just(format!("\u{1b}[2Jtest-key-{CANARY}\r\n\u{202e}")),
        "\\PC{0,20}",
    ];
    let leaf = prop_oneof![
        text.prop_map(Value::from),
        any::<i64>().prop_map(Value::from)
    ];
    let name = prop_oneof![
        "(message|error|code|errors|type|detail|passphrase|resultMessage|error_description|status)",
        Just(format!("test-key-{CANARY}")),
    ];
    let body = leaf.prop_recursive(3, 12, 3, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map(name.clone(), inner, 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    });
    (body, any::<bool>())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    /// Over any graph of pages a listing ends, and what came is what a plain walk over it finds: every item of
    /// every page up to the last, once, in order, and how many came more often; or an error.
    #[test]
    fn any_pages_are_read_as_a_plain_walk_reads_them(
        pages in prop::collection::vec(
            (prop::collection::vec(0_u8..12, 0..4), prop::option::of(prop::option::of(0_usize..12))),
            1..6,
        ),
    ) {
        let expected = walk(&pages);
        let served = pages.clone();
        let script = Scripted::replying(move |_, request: &Request| {
            let after = request.url().query_pairs().find(|(name, _)| name == "after");
            let at = after.map_or(0, |(_, cursor)| cursor.parse::<usize>().expect("a cursor of ours"));
            let (items, next) = &served[at % served.len()];
            let record = |id: &u8| {
                json!({"object": "organization.certificate", "id": id.to_string(), "name": null, "active": true,
                       "created_at": 1, "certificate_details": {}})
            };
            let body = json!({"object": "list", "data": items.iter().map(record).collect::<Vec<_>>(),
                              "has_more": next.is_some(), "last_id": next.flatten().map(|next| next.to_string())});
            Reply::json(200, body.to_string())
        });
        let connection = Connection::default()
            .base_url("http://localhost")
            .transport(Arc::new(script.clone()))
            .retry(Retry::off());
        let key = openai::Credentials::AdminKey("k".into());
        let account = openai::OpenAi::new("a", key, vec![], connection).expect("an account");
        let (items, repeated) = RUNTIME.block_on(async {
            let mut listing = account.list(ListOptions::default());
            let mut items = Vec::new();
            loop {
                match listing.try_next().await {
                    Ok(Some(one)) => items.push(one.id.native.parse::<u8>().expect("an id of ours")),
                    Ok(None) => break (Ok(items), listing.repeated()),
                    Err(error) => break (Err(error), listing.repeated()),
                }
            }
        });
        prop_assert!(script.asked().len() <= 13, "{} requests", script.asked().len());
        match expected {
            Some((wanted, repeats)) => {
                prop_assert_eq!(items.expect("a listing"), wanted);
                prop_assert_eq!(repeated, repeats);
            }
            None => prop_assert!(items.is_err(), "{:?}", items),
        }
    }

    /// Whatever a vendor fails with, an error of a client shows neither a secret nor what steers a terminal, and
    /// its kept body holds no secret.
    #[test]
    fn no_error_shows_a_secret(
        status in 400_u16..600, (body, is_json) in echo(), vendor in 0_u8..4, id in "[ -~]{0,20}",
    ) {
        let kind = if is_json { "application/json" } else { "text/plain" };
        let reply = Reply::json(status, body.to_string())
            .header("content-type", kind)
            .header("x-request-id", id.clone())
            .header("cf-ray", id);
        let script = Scripted::replying(move |_, _| reply.clone());
        let clients = Clients::set_up("http://localhost", |_| "", &keys(), |builder| {
            builder.transport(Arc::new(script.clone())).retry(Retry::off())
        });
        let error = RUNTIME.block_on(async {
            match vendor {
                0 => clients.openai.list_organization_certificates().send().await.map(|_| ()),
                1 => clients.cloudflare.list_certificates().account_id("a").send().await.map(|_| ()),
                2 => clients.patchworks.list_connectors().send().await.map(|_| ()),
                _ => clients.apinizer.list_certificates().project_name("p").send().await.map(|_| ()),
            }
        });
        let error = error.expect_err("a failure is none");
        prop_assert_eq!(error.status().map(|status| status.as_u16()), Some(status));
        let shown = error.to_string();
        prop_assert!(!shown.contains(char::is_control), "{shown:?}");
        let all = format!("{shown}{error:?}{error:#?}");
        prop_assert!(!all.contains(CANARY), "{all}");
        let kept = String::from_utf8_lossy(error.body().map_or(&[][..], |body| body)).into_owned();
        prop_assert!(!kept.contains(CANARY), "{kept}");
    }
}
