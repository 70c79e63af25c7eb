//! What a provider can do, as data, generated from its specification.

use super::open_enum;
use certfleet_http::{Api, Coverage as ApiCoverage, Paging as ApiPaging};
use serde::Serialize;
use std::fmt;

/// Everything a provider can do with certificates. What is not listed it cannot do.
///
/// ```
/// use certfleet::{ProviderId, Verb, capabilities};
///
/// let openai = capabilities(ProviderId::OPENAI).expect("the feature is on");
/// assert!(openai.get(Verb::Activate).is_some());
/// assert!(openai.get(Verb::Export).is_none());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Capabilities {
    /// What it can do.
    pub verbs: Vec<Capability>,
}

/// One thing a provider can do, and within which limits.
///
/// ```
/// use certfleet::{ProviderId, Verb, capabilities};
///
/// let openai = capabilities(ProviderId::OPENAI).expect("the feature is on");
/// let upload = openai.get(Verb::Upload).expect("OpenAI takes uploads");
/// assert_eq!(upload.max_objects, Some(50));
/// assert_eq!(upload.scopes, ["organization"]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Capability {
    /// The thing.
    pub verb: Verb,
    /// The client's operations that do it.
    pub operations: Vec<&'static str>,
    /// What a listing covers.
    pub coverage: Coverage,
    /// How a listing comes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paging: Option<Paging>,
    /// The most certificates in one request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_batch: Option<u32>,
    /// The most certificates that may exist.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_objects: Option<u32>,
    /// The most certificates that may be made in 24 hours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_per_day: Option<u32>,
    /// The kinds of place where it takes effect.
    pub scopes: Vec<&'static str>,
    /// One sentence that a user has to know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<&'static str>,
}

macro_rules! verbs {
    ($($(#[$meta:meta])* $variant:ident => $text:literal,)*) => {
        /// Things a provider may be able to do.
        ///
        /// ```
        /// use certfleet::Verb;
        ///
        /// let changes: Vec<&str> = Verb::ALL.iter().map(|verb| verb.as_str()).skip(3).collect();
        /// assert!(changes.contains(&"activate"));
        /// ```
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, serde::Deserialize,
        )]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(rename_all = "snake_case")]
        #[non_exhaustive]
        pub enum Verb { $($(#[$meta])* $variant,)* }

        impl Verb {
            /// Every verb, in the order in which they are shown.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The name in outputs and in `provider.toml`.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }
    };
}

verbs! {
    /// List certificates.
    List => "list",
    /// Get one certificate.
    Get => "get",
    /// Read the certificate itself, not only what is stated of it.
    Content => "content",
    /// Put a certificate in place.
    Upload => "upload",
    /// Have the vendor make a certificate. Not an upload.
    Generate => "generate",
    /// Change a name.
    Rename => "rename",
    /// Bring into force.
    Activate => "activate",
    /// Take out of force.
    Deactivate => "deactivate",
    /// Replace the content of a record in place.
    Replace => "replace",
    /// Delete.
    Delete => "delete",
    /// Take everything out as a file.
    Export => "export",
}

impl fmt::Display for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

open_enum! {
    /// What a listing covers.
    ///
    /// ```
    /// use certfleet::{Coverage, ProviderId, Verb, capabilities};
    ///
    /// let patchworks = capabilities(ProviderId::PATCHWORKS).expect("the feature is on");
    /// let list = patchworks.get(Verb::List).expect("Patchworks lists");
    /// assert_eq!(list.coverage, Coverage::AttachedOnly);
    /// ```
    pub enum Coverage {
        /// Every certificate of the account.
        Complete => "complete",
        /// Only certificates that are attached to something the vendor can list. Others exist unseen.
        AttachedOnly => "attached_only",
    }
}

/// How a listing comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Paging {
    /// One answer.
    Single,
    /// Pages that follow the last item of the page before.
    Cursor {
        /// The most items of a page.
        max: u32,
    },
    /// Numbered pages.
    Numbered {
        /// The most items of a page.
        max: u32,
    },
}

impl Capabilities {
    /// The capabilities that an API's generated tables state.
    pub fn from_api(api: &Api) -> Self {
        let verbs = Verb::ALL
            .iter()
            .filter_map(|verb| {
                let stated = api.capability(verb.as_str())?;
                Some(Capability {
                    verb: *verb,
                    operations: stated.operations.to_vec(),
                    coverage: match stated.coverage {
                        ApiCoverage::Complete => Coverage::Complete,
                        ApiCoverage::AttachedOnly => Coverage::AttachedOnly,
                    },
                    paging: stated.paging.map(|paging| match paging {
                        ApiPaging::Single => Paging::Single,
                        ApiPaging::Cursor(max) => Paging::Cursor { max },
                        ApiPaging::Numbered(max) => Paging::Numbered { max },
                    }),
                    max_batch: stated.max_batch,
                    max_objects: stated.max_objects,
                    max_per_day: stated.max_per_day,
                    scopes: stated.scopes.to_vec(),
                    note: stated.note,
                })
            })
            .collect();
        Self { verbs }
    }

    /// How the provider does something; `None` if it cannot.
    pub fn get(&self, verb: Verb) -> Option<&Capability> {
        self.verbs.iter().find(|capability| capability.verb == verb)
    }

    /// What a listing covers.
    pub fn coverage(&self) -> Coverage {
        self.get(Verb::List)
            .map_or(Coverage::Complete, |list| list.coverage)
    }
}
