//! How many requests every command that changes something sends, at every provider: a committed table. A number
//! that grows is a look that repeats.

use crate::{served::Served, verbs_table::agreed};
use certfleet_sandbox::{Provider, Sample, Seen};
use std::collections::BTreeMap;

/// The requests that a run with an operator's agreement sends: a line of numbers, then every operation and how often.
fn sent(served: &Served, line: &str) -> Vec<Seen> {
    served.sandbox.forget_requests();
    let words = agreed(line);
    let arguments: Vec<_> = words.iter().map(String::as_str).collect();
    let report = served.json(&arguments);
    assert_eq!(report["outcome"], "done", "{line}: {report:#}");
    served.sandbox.requests()
}

fn row(served: &Served, line: &str) -> String {
    let seen = sent(served, line);
    let mut operations: BTreeMap<(bool, &str), usize> = BTreeMap::new();
    for one in &seen {
        let operation = one.operation.expect("an operation of the vendor's");
        *operations
            .entry((one.method != "GET", operation))
            .or_default() += 1;
    }
    let operations: Vec<_> = operations
        .iter()
        .map(|((_, operation), times)| format!("{times} {operation}"))
        .collect();
    format!(
        "{:>3}  {line}\n     {}\n",
        seen.len(),
        operations.join(", ")
    )
}

/// The address of the record of a name.
fn address(served: &Served, vendor: Provider, account: &str, name: &str) -> String {
    let snapshot = served.snapshot();
    let record = snapshot
        .of(vendor)
        .find(|one| one.name.as_deref() == Some(name));
    format!("{}/{account}/{}", vendor.prefix(), record.unwrap().id)
}

/// Takes the projects out of the configuration.
fn without_projects(served: &Served) {
    let path = served.place.0.path().join("config.toml");
    let text = std::fs::read_to_string(path).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with("projects = "));
    let lines: Vec<_> = lines.collect();
    served.place.write("config.toml", &lines.join("\n"));
}

#[test]
fn every_command_sends_so_many() {
    let mut table = String::new();
    let mut add = |line: &str| {
        let served = Served::new();
        table.push_str(&row(&served, line));
    };
    for line in [
        "upload new.pem --account openai --name fresh",
        "rename device-fleet-root --to devices --account openai",
        "activate device-fleet-root --at organization --account openai",
        "activate device-fleet-root --at project:proj_sandboxstaging --account openai",
        "deactivate payments-mtls-2026 --at organization --account openai",
        "delete retired-vpn-ca --account openai",
        "rotate payments-mtls-2026 --account openai --with new.pem --verified",
        "rotate research-batch-ca --account openai --with new.pem --verified",
        "generate --account cloudflare-corp --days 100",
        "activate 'Northwind Edge Trust Anchor 2029' --account cloudflare-corp --at gateway",
        "delete 'Northwind TLS Inspection CA' --account cloudflare-corp",
        "upload new.pem --account patchworks",
        "upload new.pem --account patchworks --connector 306",
        "delete sap-s4-client --account patchworks",
        "upload new.pem --account apinizer-payments --name fresh --alias fresh --description Fresh --environment test,dev",
        "replace apinizer/apinizer-payments/token-signing-2028 --with new.pem --environment production --references keep",
        "delete apinizer/apinizer-payments/token-signing-2028 --references detach",
    ] {
        add(line);
    }
    // By their addresses, whose account need not be searched.
    for (line, name) in [
        ("rename ADDRESS --to devices", "device-fleet-root"),
        ("activate ADDRESS --at organization", "device-fleet-root"),
        (
            "activate ADDRESS --at project:proj_sandboxstaging",
            "device-fleet-root",
        ),
        ("deactivate ADDRESS --at organization", "payments-mtls-2026"),
        ("delete ADDRESS", "retired-vpn-ca"),
        (
            "rotate ADDRESS --with new.pem --verified",
            "payments-mtls-2026",
        ),
    ] {
        let served = Served::new();
        let address = address(&served, Provider::OpenAi, "openai", name);
        let row = row(&served, &line.replace("ADDRESS", &address));
        table.push_str(&row.replace(&address, "ADDRESS"));
    }
    // By a file, whose certificate is searched among the contents.
    let served = Served::new();
    sent(&served, "upload old.pem --account openai --name shared");
    sent(
        &served,
        "activate shared --account openai --at organization",
    );
    let by_file = "rotate old.pem --account openai --with new.pem --verified";
    table.push_str(&row(&served, by_file));
    // Of an account whose listing is one request.
    for (line, name) in [
        ("upload new.pem --account openai --name fresh", ""),
        ("activate ADDRESS", "device-fleet-root"),
        ("delete ADDRESS", "retired-vpn-ca"),
        (
            "rotate ADDRESS --with new.pem --verified",
            "payments-mtls-2026",
        ),
    ] {
        let served = Served::new();
        without_projects(&served);
        let address = match name {
            "" => "ADDRESS".to_owned(),
            name => address(&served, Provider::OpenAi, "openai", name),
        };
        let row = row(&served, &line.replace("ADDRESS", &address));
        let row = row.replace(&address, "ADDRESS");
        table.push_str(&row.replace(line, &format!("{line} (no projects)")));
    }
    let page = include_str!("../../../../docs/performance.md");
    assert!(
        page.contains(&table),
        "copy the table into docs/performance.md:\n{table}"
    );
    insta::assert_snapshot!(table);
}

/// Neither by its name nor by its file, whose end of validity tells which contents are worth reading.
#[test]
fn a_rotation_does_not_grow_with_what_else_the_account_holds() {
    let counts = |others: i64| -> [usize; 2] {
        ["shared", "old.pem"].map(|target| {
            let served = Served::new();
            sent(&served, "upload old.pem --account openai --name shared");
            sent(
                &served,
                "activate shared --account openai --at organization",
            );
            for number in 0..others {
                let name = format!("other-{number}");
                let pem = served
                    .sandbox
                    .sample(Sample::Authority, &name, 200 + number);
                served.place.write("other.pem", &pem);
                let upload = format!("upload other.pem --account openai --name {name}");
                sent(&served, &upload);
            }
            let line = format!("rotate {target} --account openai --with new.pem --verified");
            sent(&served, &line).len()
        })
    };
    assert_eq!(counts(0), counts(20));
}
