//! `certfleet who-has`.

use crate::{
    accounts::{self, Selection},
    cli::{Form, Global, WhoHas},
    commands::{candidates::certificates_of, incomplete::say, target::fingerprint},
    dial::{Dialling, Reading, Roots, Target, without_secrets},
    exit::{Code, Failure, Result},
    fingerprint::Fingerprint,
    output::{
        self,
        holders::{self, LookedFor, WhoHasReport},
    },
    progress::while_waiting,
    terminal::Terminal,
};
use certfleet::{ContentFetch, Inventory, x509::X509};
use certfleet_report::{
    grouping::{GroupedCertificate, by_certificate},
    holders::Holders,
};
use std::{
    collections::{BTreeSet, HashSet},
    path::Path,
    time::Duration,
};

/// For lookup, connection and handshake together.
const TIMEOUT: Duration = Duration::from_secs(10);

/// What is looked for.
enum Wanted {
    /// The beginning of a SHA-256, or a SHA-1.
    Fingerprint(Fingerprint),
    /// The certificates of a file or of a server, in their order.
    Certificates(Vec<X509>),
}

pub(crate) async fn run(global: &Global, options: &WhoHas) -> Result<()> {
    let wanted = wanted(global, options).await?;
    let selection = Selection {
        providers: &options.filter.provider,
        accounts: &options.filter.account,
    };
    let opened = accounts::open_available(global, selection).await?;
    let inventory = opened.inventory(ContentFetch::Fetch).await;
    let (report, code) = report(&options.what, wanted, inventory);
    let terminal = Terminal::stdout(global.color);
    let printed = output::print(|out| match options.output {
        Form::Table if !options.jq.is_given() => Ok(holders::text(out, &report, terminal)?),
        _ => options.jq.document(out, &report),
    });
    say(&report.accounts);
    printed.ended(code)
}

/// Reads what is looked for, before any account is opened.
async fn wanted(global: &Global, options: &WhoHas) -> Result<Wanted> {
    let text = options.what.as_str();
    let path = Path::new(text);
    if path.is_dir() {
        return Err(Failure::usage(format!(
            "{text} is a folder: name one of its files; `certfleet inspect {text}` shows which hold certificates"
        )));
    }
    let is_file = text == "-" || path.exists();
    let reading = if is_file {
        Reading::Other
    } else {
        Target::read(text)
    };
    if let Reading::Server(target) = &reading {
        return Ok(Wanted::Certificates(
            presented(target, global, options).await?,
        ));
    }
    for (option, is_given) in [
        ("--server-name", options.server_name.is_some()),
        ("--starttls", options.starttls.is_some()),
    ] {
        if is_given {
            return Err(Failure::usage(format!(
                "{option} concerns a server, and none is named: name it as HOST:PORT, or leave the option out"
            )));
        }
    }
    if is_file {
        let certificates = certificates_of(path)?;
        if certificates.is_empty() {
            return Err(Failure::usage(format!(
                "{text} holds no certificate: name a file that does"
            )));
        }
        return Ok(Wanted::Certificates(certificates));
    }
    if let Some(print) = fingerprint(text) {
        return Ok(Wanted::Fingerprint(print));
    }
    let why = match reading {
        Reading::Wrong(why) => format!(": {why}"),
        _ => String::new(),
    };
    Err(Failure::usage(format!(
        "{:?} is not a file that exists, not a fingerprint of at least 8 hex digits, and not a server with its port (HOST:PORT){why}",
        without_secrets(text)
    )))
}

/// Dials a server, and reads what it presents.
async fn presented(target: &Target, global: &Global, options: &WhoHas) -> Result<Vec<X509>> {
    let dialling = Dialling {
        roots: Roots::new(&[]).map_err(Failure::failed)?,
        name: options.server_name.clone(),
        starttls: options.starttls,
        timeout: TIMEOUT,
        now: global.sandbox_time.unwrap_or_else(chrono::Utc::now),
    };
    let dialled = while_waiting(&format!("dialling {target}"), dialling.dial(target)).await;
    let dialled = dialled.map_err(|why| {
        Failure::new(
            Code::Unreachable,
            format!("{target}: {why}. No account was asked"),
        )
    })?;
    let certificates = dialled.chain.iter().map(|der| X509::from_der(der));
    certificates
        .collect::<std::result::Result<_, _>>()
        .map_err(|error| Failure::usage(format!("{target} presents what is not readable: {error}")))
}

/// Looks for what is wanted in what the accounts hold, and says what that amounts to.
fn report(what: &str, wanted: Wanted, inventory: Inventory) -> (WhoHasReport, Code) {
    let rows = by_certificate(&inventory);
    let holders = Holders::new(&rows);
    let looked_for = match wanted {
        Wanted::Fingerprint(print) => {
            let fits = |row: &&GroupedCertificate| print.fits(row.sha256, row.sha1);
            rows.iter().filter(fits).map(LookedFor::from_row).collect()
        }
        Wanted::Certificates(all) => {
            let mut seen = HashSet::new();
            (1..)
                .zip(all)
                .filter(|(_, x509)| seen.insert(x509.sha256))
                .map(|(position, x509)| {
                    let holdings = holders.of(&x509).cloned().collect();
                    LookedFor::from_x509(position, &x509, holdings)
                })
                .collect::<Vec<_>>()
        }
    };
    let found = looked_for.iter().any(|one| !one.holdings.is_empty());
    let code = if !inventory.is_complete() {
        Code::Account
    } else if found {
        Code::Done
    } else {
        Code::NotHeld
    };
    let mut unknown: BTreeSet<_> = holders.unknown().map(|one| one.id.clone()).collect();
    for holding in looked_for.iter().flat_map(|one| &one.holdings) {
        unknown.remove(&holding.id);
    }
    let report = WhoHasReport {
        what: without_secrets(what),
        found,
        exit_code: code.number(),
        looked_for,
        unknown: unknown.into_iter().collect(),
        accounts: inventory.accounts,
    };
    (report, code)
}
