//! What every verb does at every provider: a name, a command line, and what it brings about.

use crate::served::Served;
use certfleet_sandbox::Provider;

/// A command, and what is expected of it.
pub type Row = (&'static str, &'static str, Expect);

/// What a row of the table expects.
pub enum Expect {
    /// The outcome, and something in the sandbox afterwards.
    Outcome(&'static str, fn(&Served) -> bool),
    /// Refused with these words, and nothing sent that changes anything.
    Unsupported(&'static str),
}
use Expect::{Outcome, Unsupported};

fn count(served: &Served, vendor: Provider) -> usize {
    served.snapshot().count(vendor)
}

fn places(served: &Served, vendor: Provider, name: &str) -> Vec<String> {
    let snapshot = served.snapshot();
    let record = snapshot
        .of(vendor)
        .find(|record| record.id == name || record.name.as_deref() == Some(name));
    record.map_or_else(Vec::new, |record| record.placements.clone())
}

/// How many certificates of Cloudflare's first account are so at the edge, once what is on its way has come
/// about: what was asked for, and not how much time has passed since.
fn at_edge(served: &Served, state: &str) -> usize {
    let settled = served.settled();
    let of = |one: &&certfleet_sandbox::Record| {
        one.account.ends_with('1') && one.placements.iter().any(|placement| placement == state)
    };
    settled.of(Provider::Cloudflare).filter(of).count()
}

fn has_new(served: &Served, vendor: &str) -> bool {
    served
        .holding(&served.sha256("new.pem"))
        .contains_key(vendor)
}

/// The id of 'Northwind Edge Trust Anchor 2029' at Cloudflare.
const EDGE_ANCHOR: &str = "ca515daa-e332-46cd-b12d-85ceb09e7e7d";

/// A command line's words, with which an operator agrees to every consequence there is.
pub fn agreed(line: &str) -> Vec<String> {
    let everything = "clients_must_trust,deploys,undeploys,displaces,cannot_be_undone,cannot_be_read,consumes_daily_quota,\
                      enforcement_starts,enforcement_stops,trust_ends,detaches_references,deletes_references";
    let agreed = format!("{line} --yes --acknowledge {everything}");
    shlex::split(&agreed).unwrap()
}

/// Every row.
pub fn rows() -> impl Iterator<Item = Row> {
    [openai(), cloudflare(), patchworks(), apinizer()]
        .into_iter()
        .flatten()
}

fn openai() -> Vec<Row> {
    vec![
        (
            "openai upload",
            "upload new.pem --account openai --name fresh",
            Outcome("done", |s| has_new(s, "openai")),
        ),
        (
            "openai generate",
            "generate --account openai",
            Unsupported("upload one that was made elsewhere instead"),
        ),
        (
            "openai rename",
            "rename device-fleet-root --to devices --account openai",
            Outcome("done", |s| {
                s.snapshot()
                    .of(Provider::OpenAi)
                    .any(|one| one.name.as_deref() == Some("devices"))
            }),
        ),
        (
            "openai activate",
            "activate device-fleet-root --at organization --account openai",
            Outcome("done", |s| {
                places(s, Provider::OpenAi, "device-fleet-root") == ["organization"]
            }),
        ),
        (
            "openai activate in a project",
            "activate device-fleet-root --at project:proj_sandboxstaging --account openai",
            Outcome("done", |s| {
                places(s, Provider::OpenAi, "device-fleet-root") == ["proj_sandboxstaging"]
            }),
        ),
        (
            "openai deactivate",
            "deactivate payments-mtls-2026 --at organization --account openai",
            Outcome("done", |s| {
                places(s, Provider::OpenAi, "payments-mtls-2026").is_empty()
            }),
        ),
        (
            "openai replace",
            "replace device-fleet-root --with new.pem --environment test --references keep --account openai",
            Unsupported("upload the new one, then delete the old record instead"),
        ),
        (
            "openai delete",
            "delete retired-vpn-ca --account openai",
            Outcome("done", |s| count(s, Provider::OpenAi) == 14),
        ),
    ]
}

fn cloudflare() -> Vec<Row> {
    vec![
        (
            "cloudflare upload",
            "upload new.pem --account cloudflare-corp",
            Unsupported("generate one instead"),
        ),
        (
            "cloudflare generate",
            "generate --account cloudflare-corp --days 100",
            Outcome("done", |s| count(s, Provider::Cloudflare) == 12),
        ),
        (
            "cloudflare rename",
            "rename 'Northwind TLS Inspection CA' --to x",
            Unsupported("offers no way to rename"),
        ),
        (
            "cloudflare activate, and wait",
            "activate 'Northwind TLS Inspection CA'",
            Outcome("done", |s| at_edge(s, "available") == 5),
        ),
        (
            "cloudflare activate at the gateway",
            "activate 'Northwind Edge Trust Anchor 2029' --account cloudflare-corp --at gateway",
            Outcome("done", |s| {
                let places = places(s, Provider::Cloudflare, EDGE_ANCHOR);
                places.iter().any(|place| place == "in_use")
            }),
        ),
        (
            "cloudflare deactivate, and do not wait",
            "deactivate 'Northwind Edge Trust Anchor 2029' --account cloudflare-corp --no-wait",
            Outcome("done", |s| at_edge(s, "inactive") == 4),
        ),
        (
            "cloudflare replace",
            "replace 'Northwind TLS Inspection CA' --with new.pem --environment test --references keep",
            Unsupported("generate a new one"),
        ),
        (
            "cloudflare delete",
            "delete 'Northwind TLS Inspection CA'",
            Outcome("done", |s| count(s, Provider::Cloudflare) == 10),
        ),
    ]
}

fn patchworks() -> Vec<Row> {
    vec![
        (
            "patchworks upload",
            "upload new.pem --account patchworks --connector 306",
            Outcome("done", |s| has_new(s, "patchworks")),
        ),
        (
            "patchworks upload without a connector",
            "upload new.pem --account patchworks",
            Outcome("done", |s| has_new(s, "patchworks")),
        ),
        (
            "patchworks generate",
            "generate --account patchworks",
            Unsupported("offers no way to generate"),
        ),
        (
            "patchworks rename",
            "rename patchworks/patchworks/1044 --to x",
            Unsupported("upload it again and delete the old record instead"),
        ),
        (
            "patchworks activate",
            "activate patchworks/patchworks/1044",
            Unsupported("upload it to a connector"),
        ),
        (
            "patchworks deactivate",
            "deactivate patchworks/patchworks/1044",
            Unsupported("upload it to a connector"),
        ),
        (
            "patchworks replace",
            "replace patchworks/patchworks/1044 --with new.pem --environment test --references keep",
            Unsupported("upload the new one"),
        ),
        (
            "patchworks delete",
            "delete sap-s4-client",
            Outcome("done", |s| count(s, Provider::Patchworks) == 6),
        ),
    ]
}

fn apinizer() -> Vec<Row> {
    vec![
        (
            "apinizer upload",
            "upload new.pem --account apinizer-payments --name fresh --alias fresh --description Fresh --environment test,dev",
            Outcome("done", |s| {
                places(s, Provider::Apinizer, "fresh") == ["test", "dev"]
            }),
        ),
        (
            "apinizer generate",
            "generate --account apinizer-payments",
            Unsupported("offers no way to generate"),
        ),
        (
            "apinizer rename",
            "rename apinizer/apinizer-payments/token-signing-2028 --to x",
            Unsupported("a name never changes"),
        ),
        (
            "apinizer activate",
            "activate apinizer/apinizer-payments/token-signing-2028",
            Unsupported("it is in force where it is deployed"),
        ),
        (
            "apinizer deactivate",
            "deactivate apinizer/apinizer-payments/token-signing-2028",
            Unsupported("it is in force where it is deployed"),
        ),
        (
            "apinizer replace",
            "replace apinizer/apinizer-payments/token-signing-2028 --with new.pem --environment production --references keep",
            Outcome("done", |s| has_new(s, "apinizer")),
        ),
        (
            "apinizer delete",
            "delete apinizer/apinizer-payments/token-signing-2028 --references detach",
            Outcome("done", |s| count(s, Provider::Apinizer) == 7),
        ),
    ]
}
