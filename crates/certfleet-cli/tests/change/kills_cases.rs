//! What is killed: commands that change something, and what they are to bring about.

use crate::{served::Served, story};
use certfleet_sandbox::Provider;

const AGREED: &str =
    "deploys,displaces,undeploys,cannot_be_undone,cannot_be_read,trust_ends,detaches_references";

/// A command, and what it is to bring about.
pub struct Case {
    pub name: &'static str,
    pub prepare: fn(&Served),
    pub arguments: fn(&Served) -> Vec<String>,
    /// How many times the change is there: 0 before, 1 after, more is doubled.
    pub times: fn(&Served) -> usize,
    /// Whether reading shows at this vendor what became of it.
    pub readable: bool,
}

/// A command line that agrees to everything.
fn agreed(line: &str) -> Vec<String> {
    let mut arguments = shlex::split(line).unwrap();
    arguments.extend(["--yes", "--acknowledge", AGREED].map(str::to_owned));
    arguments
}

fn new_at(served: &Served, vendor: &str) -> usize {
    served
        .holding(&served.sha256("new.pem"))
        .get(vendor)
        .map_or(0, Vec::len)
}

pub fn cases() -> Vec<Case> {
    [uploads(), switches(), deletions(), vec![rotation()]]
        .into_iter()
        .flatten()
        .collect()
}

fn uploads() -> Vec<Case> {
    vec![
        Case {
            name: "upload at openai",
            prepare: |_| {},
            arguments: |_| agreed("upload new.pem --account openai --name n"),
            times: |served| new_at(served, "openai"),
            readable: true,
        },
        Case {
            name: "upload at patchworks",
            prepare: |_| {},
            arguments: |_| agreed("upload new.pem --account patchworks --connector 306"),
            times: |served| new_at(served, "patchworks"),
            readable: true,
        },
        Case {
            name: "upload at apinizer",
            prepare: |_| {},
            arguments: |_| {
                agreed(
                    "upload new.pem --account apinizer-payments --name n --alias n --description N \
                     --environment test,dev",
                )
            },
            times: |served| new_at(served, "apinizer"),
            readable: true,
        },
    ]
}

fn switches() -> Vec<Case> {
    vec![
        Case {
            name: "activate at openai",
            prepare: |_| {},
            arguments: |_| agreed("activate device-fleet-root --account openai --at organization"),
            times: |served| {
                let snapshot = served.snapshot();
                let mut of = snapshot.of(Provider::OpenAi);
                let one = of.find(|one| one.name.as_deref() == Some("device-fleet-root"));
                usize::from(one.unwrap().placements == ["organization"])
            },
            readable: true,
        },
        Case {
            name: "activate at cloudflare",
            prepare: |_| {},
            arguments: |_| agreed("activate 'Northwind TLS Inspection CA' --no-wait"),
            times: |served| {
                let snapshot = served.snapshot();
                let on_their_way = snapshot
                    .of(Provider::Cloudflare)
                    .filter(|one| one.account.ends_with('1') && one.placements[0] != "inactive");
                // Four are there or on their way from the beginning.
                on_their_way.count() - 4
            },
            readable: true,
        },
    ]
}

fn deletions() -> Vec<Case> {
    vec![
        Case {
            name: "delete at openai",
            prepare: |_| {},
            arguments: |_| agreed("delete retired-vpn-ca --account openai"),
            times: |served| 15 - served.snapshot().count(Provider::OpenAi),
            readable: true,
        },
        Case {
            name: "delete at patchworks",
            prepare: |_| {},
            arguments: |_| agreed("delete patchworks/patchworks/1044"),
            times: |served| 7 - served.snapshot().count(Provider::Patchworks),
            readable: false,
        },
        Case {
            name: "delete at apinizer",
            prepare: |_| {},
            arguments: |_| {
                agreed("delete apinizer/apinizer-payments/token-signing-2028 --references detach")
            },
            times: |served| 8 - served.snapshot().count(Provider::Apinizer),
            readable: true,
        },
    ]
}

fn rotation() -> Case {
    Case {
        name: "rotate everywhere",
        prepare: story::share,
        arguments: |served| story::rotate(&served.sha256("old.pem")),
        times: |served| {
            let (old, new) = (served.sha256("old.pem"), served.sha256("new.pem"));
            let holding = served.holding(&new);
            assert!(
                holding.values().all(|records| records.len() == 1),
                "{holding:#?}"
            );
            let is_over = served.holding(&old).is_empty() && holding.len() == 3;
            usize::from(is_over && holding["openai"][0].placements == ["organization"])
        },
        readable: true,
    }
}
