//! `--jq`: what a jq filter makes of a JSON output.

use crate::{
    cli::Output,
    exit::{Failure, Result},
    output::json,
};
use clap::Args;
use serde::Serialize;
use std::io::Write;

#[cfg(feature = "jq")]
pub(crate) mod filter;

// No doc comment: it would become every command's description.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct JqArgs {
    /// Print what this jq filter makes of the JSON output, each result on a line of its own; implies --output json.
    /// A string is printed as it is, without quotes, as by jq -r: `tojson` keeps them
    #[cfg(feature = "jq")]
    #[arg(long, value_name = "FILTER", allow_hyphen_values = true)]
    jq: Option<filter::Filter>,
}

impl JqArgs {
    /// Returns whether there is a filter.
    pub(crate) fn is_given(&self) -> bool {
        #[cfg(feature = "jq")]
        return self.jq.is_some();
        #[cfg(not(feature = "jq"))]
        return false;
    }

    /// Returns the form of an output: a filter takes the JSON document.
    pub(crate) fn form(&self, output: Output) -> Result<Output> {
        match output {
            output if !self.is_given() => Ok(output),
            Output::Table | Output::Json => Ok(Output::Json),
            Output::Ndjson | Output::Csv => Err(Failure::usage(
                "--jq filters the document that --output json prints: drop --output, or drop --jq",
            )),
        }
    }

    /// Writes a document, or what the filter makes of it.
    pub(crate) fn document(&self, out: &mut impl Write, value: &impl Serialize) -> Result<()> {
        #[cfg(feature = "jq")]
        if let Some(filter) = &self.jq {
            return filter.write(out, value);
        }
        json::document(out, value)
    }
}
