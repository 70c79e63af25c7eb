//! What the sandbox does where the vendors changed their minds, or where it is not known what they do.

pub use crate::apinizer::behaviour::{
    ApinizerBehaviour, ContentForm, ErrorShape, SuccessShape, UpdateRule,
};
pub use crate::cloudflare::behaviour::CloudflareBehaviour;
pub use crate::openai::behaviour::{EmptyPageIds, OpenAiBehaviour};
pub use crate::patchworks::behaviour::{
    DateForm, LooseFields, MissingValues, PatchworksBehaviour, Refusals, SecondCertificate,
};
// new-provider: switches

/// Everything that can be switched. The defaults are what the vendors document, and where they are silent, what was
/// observed or is most likely.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Behaviour {
    /// OpenAI's.
    pub openai: OpenAiBehaviour,
    /// Cloudflare's.
    pub cloudflare: CloudflareBehaviour,
    /// Patchworks'.
    pub patchworks: PatchworksBehaviour,
    /// Apinizer's.
    pub apinizer: ApinizerBehaviour,
    // new-provider: field
    /// How long an answer takes over the port: vendors are far away, a loopback port is not. Default: no time.
    pub latency: std::time::Duration,
}
