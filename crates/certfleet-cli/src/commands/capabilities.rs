//! `certfleet capabilities`.

use crate::{
    accounts,
    cli::{Capabilities, Form, Global},
    exit::Result,
    output::{
        self,
        capabilities::{self, Of},
        json,
    },
    terminal::Terminal,
};
use certfleet::ProviderId;
use std::io::Write as _;

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
    let mut out = output::out();
    let terminal = Terminal::stdout(global.color);
    match (options.output, all.as_slice()) {
        (Form::Json, all) => json::document(&mut out, &all)?,
        (Form::Table, [of]) => capabilities::details(&mut out, of, terminal)?,
        (Form::Table, all) => capabilities::matrix(&mut out, all, terminal)?,
    }
    Ok(out.flush()?)
}
