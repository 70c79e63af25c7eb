//! The passes by name, each with its reason, in the order in which they run.

use std::fmt;

macro_rules! passes {
    ($($pass:ident $name:literal $reason:literal;)*) => {
        /// A pass: a function on a document, in the file of its name under `passes/`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Pass {
            $(#[doc = concat!("`", $name, "`: ", $reason, ".")] $pass,)*
        }

        impl Pass {
            /// All passes, in the order in which they run.
            pub const ALL: &[Self] = &[$(Self::$pass,)*];

            /// The name of the pass, as it is shown and as its file is called.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$pass => $name,)*
                }
            }

            /// What the pass achieves.
            pub fn reason(self) -> &'static str {
                match self {
                    $(Self::$pass => $reason,)*
                }
            }
        }
    };
}

passes! {
    References "references"
        "a reference leads to a named component, a discriminator's values lead to references, and texts hold no control characters";
    SelectOperations "select_operations"
        "only the operations that provider.toml names, and what they need";
    BreakCycles "break_cycles"
        "no schema is composed of itself";
    OperationNames "operation_names"
        "every operation has the name that provider.toml gives it, and types have no prefix";
    Downgrade "downgrade"
        "progenitor reads OpenAPI 3.0 only";
    DropMeaninglessKeywords "drop_meaningless_keywords"
        "a keyword whose value it cannot have is dropped";
    Resolve "resolve"
        "parameters and responses stand where they are used";
    Parameters "parameters"
        "every parameter is a text, a number, a truth value or a list of them";
    Errors "errors"
        "one decoder keeps status, headers and body of every failure, so no failure has a type";
    SingleSuccess "single_success"
        "an operation returns one type";
    Bodies "bodies"
        "a request body has one media type";
    Recursive "recursive"
        "a composition that leads back to the schema it stands in has a name";
    Compose "compose"
        "an allOf of plain objects is one object, a named scalar stands where it is used";
    Widen "widen"
        "a composition that is not a Rust type accepts what its parts accept";
    Urlencoded "urlencoded"
        "a form says how each of its members is sent";
    Hoist "hoist"
        "every inline schema of a body, a response, an enum and a choice has a name of its own";
    UniqueTypeNames "unique_type_names"
        "no two inline schemas have one name";
    TolerateResponses "tolerate_responses"
        "responses are read tolerantly";
    Secrets "secrets"
        "secrets have their own type";
    Forms "forms"
        "progenitor cannot express multipart bodies: certfleet-codegen writes them";
}

impl fmt::Display for Pass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
