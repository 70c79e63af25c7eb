//! One certificate is meant by its address, its name, its SHA-256 and its file alike, in every command.

use crate::{
    served::{Served, only_reads},
    story::share,
};
use serde_json::Value;

/// A record of each provider, with a file that holds its certificate.
struct Record {
    account: &'static str,
    address: String,
    name: String,
    sha256: String,
    file: String,
}

impl Record {
    /// Every way to name it in its account.
    fn ways(&self) -> [&str; 6] {
        let native = self.address.splitn(3, '/').nth(2).unwrap();
        [
            &self.address,
            native,
            &self.name,
            &self.sha256,
            &self.sha256[..8],
            &self.file,
        ]
    }
}

/// The sandbox with one certificate that three vendors hold, and one of Cloudflare's own in a file.
fn records() -> (Served, Vec<Record>) {
    let served = Served::new();
    share(&served);
    let own = served.run(&[
        "export",
        "Northwind TLS Inspection CA",
        "--account",
        "cloudflare-corp",
        "--to",
        "own.pem",
    ]);
    assert_eq!(own.code, Some(0), "{own:?}");
    let inventory = served.run(&["list", "--fetch-content", "--output", "json"]);
    let inventory: Value = serde_json::from_str(&inventory.stdout).unwrap();
    let records = [
        ("openai", "old.pem"),
        ("cloudflare-corp", "own.pem"),
        ("patchworks", "old.pem"),
        ("apinizer-payments", "old.pem"),
    ]
    .map(|(account, file)| {
        let sha256 = served.sha256(file);
        let all = inventory["certificates"].as_array().unwrap();
        let found = all.iter().find(|one| {
            let address = one["id"].as_str().unwrap();
            address.split('/').nth(1) == Some(account) && one["contents"][0]["sha256"] == *sha256
        });
        let one = found.unwrap();
        let name = match one["name"].as_str() {
            Some(name) => name.to_owned(),
            None => "Northwind TLS Inspection CA".to_owned(),
        };
        Record {
            account,
            address: one["id"].as_str().unwrap().to_owned(),
            name,
            sha256,
            file: file.to_owned(),
        }
    });
    served.sandbox.forget_requests();
    (served, records.into())
}

#[test]
fn get_and_export_take_every_way_at_every_provider() {
    let (served, records) = records();
    for record in &records {
        let mut shown = None;
        for way in record.ways() {
            let get = ["get", way, "--account", record.account, "--output", "json"];
            let ran = served.run(&get);
            assert_eq!(ran.code, Some(0), "{get:?}: {ran:?}");
            let document: Value = serde_json::from_str(&ran.stdout).unwrap();
            assert_eq!(document["id"], record.address, "{get:?}");
            assert_eq!(shown.get_or_insert(document.clone()), &document, "{get:?}");
            let export = ["export", way, "--account", record.account, "--to", "out"];
            let ran = served.run(&[&export[..], &["--force", "--output", "json"]].concat());
            assert_eq!(ran.code, Some(0), "{export:?}: {ran:?}");
            let document: Value = serde_json::from_str(&ran.stdout).unwrap();
            assert_eq!(document["id"], record.address, "{export:?}");
        }
    }
    assert!(only_reads(&served));
}

const REPLACE: [&str; 6] = [
    "--with",
    "new.pem",
    "--environment",
    "test",
    "--references",
    "keep",
];

/// What a command that changes something would do is planned only, for each way to name the record.
#[test]
fn changes_take_every_way() {
    let (served, records) = records();
    let of = |account: &str| records.iter().find(|one| one.account == account).unwrap();
    // What is in force is not deleted: then the refusal names the record.
    for (account, verb, options, code) in [
        ("openai", "rename", &["--to", "other"][..], 0),
        ("openai", "activate", &["--at", "organization"], 0),
        ("openai", "deactivate", &["--at", "organization"], 0),
        ("openai", "delete", &[], 1),
        ("cloudflare-corp", "activate", &[], 0),
        ("cloudflare-corp", "deactivate", &[], 0),
        ("cloudflare-corp", "delete", &[], 0),
        ("patchworks", "delete", &[], 0),
        ("apinizer-payments", "replace", &REPLACE, 0),
        (
            "apinizer-payments",
            "delete",
            &["--references", "detach"],
            0,
        ),
    ] {
        let record = of(account);
        for way in record.ways() {
            let named = ["plan", "--output", "json", verb, way, "--account", account];
            let arguments = [&named[..], options].concat();
            let ran = served.run(&arguments);
            assert_eq!(ran.code, Some(code), "{arguments:?}: {ran:?}");
            if code == 0 {
                let document: Value = serde_json::from_str(&ran.stdout).unwrap();
                let change = document["plan"]["change"].to_string();
                let address = format!("{:?}", record.address);
                assert!(change.contains(&address), "{arguments:?}: {change}");
            } else {
                let address = format!("{} is active", record.address);
                assert!(ran.stderr.contains(&address), "{arguments:?}: {ran:?}");
            }
        }
    }
    assert!(only_reads(&served));
}

/// What help says of `rotate NAME` is so at every provider.
#[test]
fn rotate_takes_every_way_at_every_provider() {
    let (served, records) = records();
    for record in &records {
        let with: &[&str] = match record.account {
            "cloudflare-corp" => &["--generate"],
            _ => &["--with", "new.pem"],
        };
        for way in record.ways() {
            let arguments = [
                &["rotate", way, "--account", record.account, "--dry-run"],
                with,
            ];
            let report = served.json(&arguments.concat());
            assert_eq!(report["outcome"], "planned", "{arguments:?}: {report:#}");
            let plans = report["plans"].as_array().unwrap();
            assert_eq!(plans.len(), 1, "{arguments:?}: {report:#}");
            assert_eq!(plans[0]["spec"]["old"], record.address, "{arguments:?}");
        }
    }
    assert!(only_reads(&served));
}

/// By its name a rotation is carried out to its end.
#[test]
fn a_rotation_by_name_is_carried_out() {
    for provider in ["openai", "patchworks", "apinizer-payments"] {
        let (served, records) = records();
        let record = records.iter().find(|one| one.account == provider).unwrap();
        let report = served.json(&[
            "rotate",
            &record.name,
            "--account",
            provider,
            "--with",
            "new.pem",
            "--verified",
            "--yes",
            "--acknowledge",
            "trust_ends,cannot_be_undone,deploys,displaces",
        ]);
        assert_eq!(report["outcome"], "done", "{provider}: {report:#}");
        let new = served.holding(&served.sha256("new.pem"));
        assert_eq!(new.values().flatten().count(), 1, "{provider}: {new:#?}");
        // Nothing but this one: the others keep the old one.
        let old = served.holding(&served.sha256("old.pem"));
        assert_eq!(old.values().flatten().count(), 2, "{provider}: {old:#?}");
    }
}
