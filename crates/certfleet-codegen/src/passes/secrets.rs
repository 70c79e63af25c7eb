//! Gives the members that the configuration calls secret a type of their own, which is never shown.

use crate::{context::Context, formats::SECRET, problem::Problem, schema};
use serde_json::{Value, json};

pub(crate) fn run(document: &mut Value, context: &Context<'_>) -> Vec<Problem> {
    let secrets = &context.provider.secrets;
    schema::walk_all_mut(document, &mut |_, schema| {
        let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
        for (name, property) in properties.into_iter().flatten() {
            let is_secret = secrets.request.contains(name) || secrets.response.contains(name);
            if is_secret && property["type"] == "string" {
                let mut secret = json!({"type": "string", "format": SECRET});
                for key in ["description", "nullable"] {
                    if let Some(value) = property.get(key) {
                        secret[key] = value.clone();
                    }
                }
                *property = secret;
            }
        }
    });
    Vec::new()
}
