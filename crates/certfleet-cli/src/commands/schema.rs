//! `certfleet schema`.

use crate::{
    cli::{Schema, SchemaOf},
    exit::Result,
};
use std::io::Write as _;

pub(crate) fn run(options: &Schema) -> Result<()> {
    let mut out = super::out();
    out.write_all(committed(options.of).as_bytes())?;
    Ok(out.flush()?)
}

/// The schemas as they are in the repository. A test holds them against the types.
fn committed(of: SchemaOf) -> &'static str {
    match of {
        SchemaOf::List => include_str!("../../schemas/list.json"),
        SchemaOf::ListLine => include_str!("../../schemas/list-line.json"),
        SchemaOf::Get => include_str!("../../schemas/get.json"),
        SchemaOf::Inspect => include_str!("../../schemas/inspect.json"),
        SchemaOf::InspectLine => include_str!("../../schemas/inspect-line.json"),
        SchemaOf::Capabilities => include_str!("../../schemas/capabilities.json"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::{capabilities, inspection, listing};
    use clap::ValueEnum as _;
    use schemars::{Schema, SchemaGenerator, generate::SchemaSettings};

    fn generated(of: SchemaOf) -> Schema {
        let generator: SchemaGenerator = SchemaSettings::draft2020_12().for_serialize().into();
        match of {
            SchemaOf::List => generator.into_root_schema_for::<certfleet::Inventory>(),
            SchemaOf::ListLine => generator.into_root_schema_for::<listing::Line<'_>>(),
            SchemaOf::Get => generator.into_root_schema_for::<certfleet::Certificate>(),
            SchemaOf::Inspect => generator.into_root_schema_for::<inspection::Inspection>(),
            SchemaOf::InspectLine => generator.into_root_schema_for::<inspection::Line<'_>>(),
            SchemaOf::Capabilities => generator.into_root_schema_for::<Vec<capabilities::Of>>(),
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
