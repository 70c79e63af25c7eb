//! The model: what every provider's certificates have in common, and what each can do.

mod capabilities;
mod certificate;
mod content;
mod id;
mod member;
pub(crate) mod name;
mod native;
mod placement;
mod scope;
mod stated;
mod warning;

pub use capabilities::{Capabilities, Capability, Coverage, Paging, Verb};
pub use certificate::{Certificate, Origin, Role};
pub use content::{CertificateContent, Reported, read_date};
pub use id::{CertificateId, InvalidId, ProviderId};
pub use member::Member;
pub use name::{InvalidName, Name};
pub use native::{Native, NativePage};
pub use placement::{Placement, State};
pub use scope::{OtherScope, Scope};
pub use stated::stated;
pub use warning::{Warning, WarningKind};

pub(crate) use name::open_enum;
pub(crate) use native::RecordsAt;
