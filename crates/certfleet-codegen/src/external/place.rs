//! Where a value stands in the document, and what may stand there.

use super::target::Target;
use crate::{references, schema};
use serde_json::Value;

/// Where a value stands.
#[derive(Debug, Default)]
pub(super) struct Place {
    /// The steps that lead there, each with whether it is a name and not a keyword.
    steps: Vec<(String, bool)>,
    /// What it stands in that was put in the place of a reference.
    pub(super) within: Vec<Target>,
}

impl Place {
    /// The place of a named schema.
    pub(super) fn of_schema(name: &str) -> Self {
        Self {
            steps: vec![
                ("components".to_owned(), false),
                ("schemas".to_owned(), false),
                (name.to_owned(), true),
            ],
            within: Vec::new(),
        }
    }

    /// Goes to a member or an item of the value.
    pub(super) fn enter(&mut self, name: String) {
        let is_name = self.are_names();
        self.steps.push((name, is_name));
    }

    /// Goes back to what the value is a member or an item of.
    pub(super) fn leave(&mut self) {
        self.steps.pop();
    }

    pub(super) fn depth(&self) -> usize {
        self.steps.len()
    }

    /// The keyword whose value stands here.
    fn keyword(&self) -> Option<&str> {
        match self.steps.last() {
            Some((keyword, false)) => Some(keyword),
            _ => None,
        }
    }

    /// Whether the members of the value are names.
    fn are_names(&self) -> bool {
        self.keyword().is_some_and(references::holds_names)
    }

    /// Whether a member of the value holds data, which refers to nothing. Tools of vendors put texts and code
    /// into descriptions and extensions by references; neither is read.
    pub(super) fn is_data(&self, member: &str) -> bool {
        let is_text = member == "description" || member.starts_with("x-");
        !self.are_names() && (is_text || references::holds_data(member))
    }

    /// Whether a member of the value is the mapping of a discriminator.
    pub(super) fn is_mapping(&self, member: &str) -> bool {
        self.keyword() == Some("discriminator") && member == "mapping"
    }

    /// Whether a schema stands here.
    pub(super) fn is_schema(&self) -> bool {
        let above = self.steps.len().checked_sub(2);
        let above = match above.and_then(|above| self.steps.get(above)) {
            Some((keyword, false)) => keyword.as_str(),
            _ => "",
        };
        match self.keyword() {
            Some(keyword) => {
                keyword == "schema"
                    || schema::holds_schema(keyword)
                    || schema::holds_listed_schemas(above)
            }
            None => above == "schemas" || schema::holds_named_schemas(above),
        }
    }

    /// Whether a value can stand here: an object, or a list where OpenAPI has one. Another would make what
    /// stands here vanish.
    pub(super) fn takes(&self, value: &Value) -> bool {
        let is_list = matches!(
            self.keyword(),
            Some("parameters" | "servers" | "security" | "tags")
        );
        value.is_object() || (is_list && value.is_array())
    }
}
