//! `certfleet get`.

use crate::{
    accounts::{self, Selection},
    cli::{Form, Get, Global},
    exit::{Code, Failure, Result, print_warning},
    output::{self, certificate, json, listing},
    terminal::Terminal,
};
use certfleet::CertificateId;
use certfleet_config::identifier;

pub(crate) async fn run(global: &Global, options: &Get) -> Result<()> {
    let id = address(&options.address)?;
    let account = [format!("{}/{}", id.provider, id.account)];
    let selection = Selection {
        providers: &[],
        accounts: &account,
    };
    let opened = accounts::open(global, selection).await?;
    let certificate = opened
        .fleet
        .get(&id)
        .await
        .map_err(|error| Failure::of_call(&error))?;
    let terminal = Terminal::stdout(global.color);
    let now = opened.time_of(&certificate);
    let printed = output::print(|out| match options.output {
        _ if options.native => json::document(out, &certificate.native.to_value()),
        Form::Json => json::document(out, &certificate),
        Form::Table => Ok(certificate::text(out, &certificate, now, terminal)?),
    });
    let account = opened.fleet.account(&id);
    if let Some(warning) = account.ok().and_then(|account| account.clock_warning()) {
        print_warning(&listing::remark(id.provider, &id.account, &warning));
    }
    printed.ended(Code::Done)
}

/// Reads an address, and refuses what cannot be an identifier before anything is opened.
pub(crate) fn address(text: &str) -> Result<CertificateId> {
    let id: CertificateId = text.parse().map_err(Failure::usage)?;
    for (what, part) in [("account", &*id.account), ("id", id.native.as_str())] {
        identifier::check(part).map_err(|why| {
            Failure::usage(format!(
                "the {what} in the address {text:?} {why}: copy it from `certfleet list --wide`"
            ))
        })?;
    }
    Ok(id)
}
