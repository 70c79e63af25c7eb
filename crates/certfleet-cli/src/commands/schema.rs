//! `certfleet schema`.

use crate::{
    cli::{Schema, SchemaOf},
    exit::{Code, Result},
};
use std::io::Write as _;

pub(crate) fn run(options: &Schema) -> Result<()> {
    let schema = committed(options.of).as_bytes();
    crate::output::print(|out| Ok(out.write_all(schema)?)).ended(Code::Done)
}

/// The schemas as they are in the repository. A test holds them against the types.
fn committed(of: SchemaOf) -> &'static str {
    match of {
        SchemaOf::List => include_str!("../../schemas/list.json"),
        SchemaOf::ListLine => include_str!("../../schemas/list-line.json"),
        SchemaOf::ListByCertificate => include_str!("../../schemas/list-by-certificate.json"),
        SchemaOf::WhoHas => include_str!("../../schemas/who-has.json"),
        SchemaOf::Get => include_str!("../../schemas/get.json"),
        SchemaOf::Inspect => include_str!("../../schemas/inspect.json"),
        SchemaOf::InspectLine => include_str!("../../schemas/inspect-line.json"),
        SchemaOf::Capabilities => include_str!("../../schemas/capabilities.json"),
        SchemaOf::Accounts => include_str!("../../schemas/accounts.json"),
        SchemaOf::Write => include_str!("../../schemas/write.json"),
        SchemaOf::Plan => include_str!("../../schemas/plan.json"),
        SchemaOf::Rotate => include_str!("../../schemas/rotate.json"),
        SchemaOf::Resume => include_str!("../../schemas/resume.json"),
        SchemaOf::Journal => include_str!("../../schemas/journal.json"),
        SchemaOf::JournalStatus => include_str!("../../schemas/journal-status.json"),
        SchemaOf::Check => include_str!("../../schemas/check.json"),
        SchemaOf::Diff => include_str!("../../schemas/diff.json"),
        SchemaOf::Export => include_str!("../../schemas/export.json"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::{
        accounts, capabilities, change, difference, expiry, grouped, history, holders, inspection,
        journal_status, listing, plan_file, resumed, rotation,
    };
    use clap::ValueEnum as _;
    use schemars::{
        Schema, SchemaGenerator, generate::SchemaSettings, transform::RecursiveTransform,
    };

    fn generated(of: SchemaOf) -> Schema {
        let settings = SchemaSettings::draft2020_12().for_serialize();
        let settings = settings.with_transform(RecursiveTransform(without_example));
        let generator = SchemaGenerator::new(settings);
        match of {
            SchemaOf::List => generator.into_root_schema_for::<certfleet::Inventory>(),
            SchemaOf::ListLine => generator.into_root_schema_for::<listing::Line<'_>>(),
            SchemaOf::ListByCertificate => {
                generator.into_root_schema_for::<grouped::GroupedReport>()
            }
            SchemaOf::WhoHas => generator.into_root_schema_for::<holders::WhoHasReport>(),
            SchemaOf::Get => generator.into_root_schema_for::<certfleet::Certificate>(),
            SchemaOf::Inspect => generator.into_root_schema_for::<inspection::Inspection>(),
            SchemaOf::InspectLine => generator.into_root_schema_for::<inspection::Line<'_>>(),
            SchemaOf::Capabilities => generator.into_root_schema_for::<Vec<capabilities::Of>>(),
            SchemaOf::Accounts => generator.into_root_schema_for::<accounts::AccountsReport>(),
            SchemaOf::Write => generator.into_root_schema_for::<change::ChangeReport>(),
            SchemaOf::Plan => generator.into_root_schema_for::<plan_file::PlanFile>(),
            SchemaOf::Rotate => generator.into_root_schema_for::<rotation::RotationReport>(),
            SchemaOf::Resume => generator.into_root_schema_for::<resumed::ResumeReport>(),
            SchemaOf::Journal => generator.into_root_schema_for::<history::JournalHistory>(),
            SchemaOf::JournalStatus => {
                generator.into_root_schema_for::<journal_status::StatusReport>()
            }
            SchemaOf::Check => generator.into_root_schema_for::<expiry::CheckReport>(),
            SchemaOf::Diff => generator.into_root_schema_for::<difference::DiffReport>(),
            SchemaOf::Export => {
                generator.into_root_schema_for::<crate::commands::export::Exported>()
            }
        }
    }

    /// Takes away the example that the documentation of a type ends with: it is for Rust programmers.
    fn without_example(schema: &mut Schema) {
        if let Some(serde_json::Value::String(text)) = schema.get_mut("description")
            && let Some(example) = text.find("\n\n```")
        {
            text.truncate(example);
        }
    }

    #[test]
    fn committed_schemas_are_those_of_the_types() {
        let update = std::env::var_os("UPDATE_SCHEMAS").is_some();
        for of in SchemaOf::value_variants() {
            let text = serde_json::to_string_pretty(&generated(*of)).unwrap() + "\n";
            let name = of.to_possible_value().unwrap().get_name().to_owned();
            if update {
                let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/schemas");
                std::fs::write(format!("{folder}/{name}.json"), &text).unwrap();
            } else {
                assert!(
                    text == committed(*of),
                    "schemas/{name}.json is stale: UPDATE_SCHEMAS=1 cargo test -p certfleet-cli --bin certfleet schema"
                );
            }
        }
    }
}
