//! `certfleet capabilities`.

use crate::{
    accounts,
    cli::{Capabilities, Form, Global},
    exit::{Code, Result},
    output::{
        self,
        capabilities::{self, Of},
        json,
    },
    terminal::Terminal,
};
use certfleet::ProviderId;

pub(crate) fn run(global: &Global, options: &Capabilities) -> Result<()> {
    let wanted = |kind: &ProviderId| options.provider.is_none_or(|only| only == *kind);
    let all = ProviderId::KNOWN
        .iter()
        .copied()
        .filter(wanted)
        .map(|provider| {
            Ok(Of {
                provider,
                capabilities: accounts::capabilities(provider)?,
            })
        })
        .collect::<Result<Vec<_>>>()?;
    let terminal = Terminal::stdout(global.color);
    output::print(|out| match (options.output, all.as_slice()) {
        (Form::Json, all) => json::document(out, &all),
        (Form::Table, [of]) => Ok(capabilities::details(out, of, terminal)?),
        (Form::Table, all) => Ok(capabilities::matrix(out, all, terminal)?),
    })
    .ended(Code::Done)
}
