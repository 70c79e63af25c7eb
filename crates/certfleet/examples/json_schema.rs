//! Prints the JSON Schema of an inventory, for programs in other languages and for validators.
//! It takes the feature `schema` of `certfleet`, and the crate `schemars`.
#![allow(clippy::print_stdout, reason = "a program prints its result")]

use certfleet::{Inventory, ListOptions};
use certfleet_sandbox::Sandbox;
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let schema = schemars::schema_for!(Inventory);
    println!("{}", serde_json::to_string_pretty(&schema)?);

    // Every member of a real inventory is described there.
    let inventory = Sandbox::new()
        .fleet()?
        .inventory(ListOptions::default())
        .await;
    let schema = Value::from(schema);
    let described = schema.get("properties").and_then(Value::as_object);
    let described = described.ok_or("a schema without properties")?;
    let written = serde_json::to_value(&inventory)?;
    let members = written.as_object().ok_or("not an object")?;
    for member in members.keys() {
        assert!(described.contains_key(member), "{member}");
    }
    assert!(members.contains_key("certificates") && members.contains_key("accounts"));
    Ok(())
}
