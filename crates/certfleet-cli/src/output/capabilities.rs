//! What `capabilities` shows.

use crate::{
    output::{
        record::Record,
        table::{Cell, Column, Table},
    },
    terminal::Terminal,
};
use certfleet::{Capabilities, Capability, Coverage, ProviderId, Verb, model::Paging};
use serde::Serialize;
use std::io::{self, Write};

/// What one provider can do.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Of {
    /// The provider.
    pub(crate) provider: ProviderId,
    #[serde(flatten)]
    pub(crate) capabilities: Capabilities,
}

/// Verbs by providers.
pub(crate) fn matrix(out: &mut impl Write, all: &[Of], terminal: Terminal) -> io::Result<()> {
    let mut columns = vec![Column::new("")];
    columns.extend(
        all.iter()
            .map(|of| Column::new(of.provider.as_str()).shrinks(8, 4)),
    );
    let mut table = Table::new(&columns);
    for verb in Verb::ALL {
        let mut row = vec![Cell::from(verb.as_str())];
        row.extend(
            all.iter()
                .map(|of| Cell::from(of.capabilities.get(*verb).map_or("-".to_owned(), short))),
        );
        table.push(row);
    }
    table.write(out, terminal)?;
    writeln!(
        out,
        "\n`certfleet capabilities PROVIDER` shows limits and notes."
    )
}

fn short(capability: &Capability) -> String {
    if capability.verb == Verb::List && capability.coverage == Coverage::AttachedOnly {
        return "attached only".to_owned();
    }
    match (capability.max_per_day, capability.max_objects) {
        (Some(limit), _) => format!("yes, {limit} a day"),
        (None, Some(limit)) => format!("yes, up to {limit}"),
        (None, None) => "yes".to_owned(),
    }
}

/// Everything about one provider.
pub(crate) fn details(out: &mut impl Write, of: &Of, terminal: Terminal) -> io::Result<()> {
    let mut record = Record::new(out, terminal);
    for (index, capability) in of.capabilities.verbs.iter().enumerate() {
        if index > 0 {
            record.gap()?;
        }
        record.title(&format!("{} {}", of.provider, capability.verb))?;
        if capability.verb == Verb::List {
            record.field(
                "covers",
                match capability.coverage {
                    Coverage::Complete => "every certificate of the account",
                    Coverage::AttachedOnly => {
                        "only certificates attached to something that can be listed"
                    }
                    _ => "not known",
                },
            )?;
        }
        record.maybe(
            "comes in",
            capability.paging.map(|paging| match paging {
                Paging::Single => "one answer".to_owned(),
                Paging::Cursor { max } | Paging::Numbered { max } => {
                    format!("pages of up to {max}")
                }
            }),
        )?;
        let number = |limit: Option<u32>| limit.map(|limit| limit.to_string());
        record.maybe("most at once", number(capability.max_batch))?;
        record.maybe("most in all", number(capability.max_objects))?;
        record.maybe("most a day", number(capability.max_per_day))?;
        record.field("scopes", capability.scopes.join(", "))?;
        record.field("operations", capability.operations.join(", "))?;
        record.maybe("note", capability.note)?;
    }
    Ok(())
}
