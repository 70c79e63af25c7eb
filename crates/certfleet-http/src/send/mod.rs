//! The only place that sends. A `Session` makes the calls. A call is one or more attempts; the end
//! of each is interpreted and, if that is safe, another follows. `recover` finds out whether a
//! write whose response was lost was carried out.

mod attempt;
mod backoff;
mod budget;
mod credentials;
mod extra_headers;
mod interpret;
mod policy;
mod recover;
mod retry;
mod session;
mod session_builder;
mod session_state;
mod throttle;

pub use credentials::CredentialsSource;
pub use policy::{Limits, Retry};
pub use recover::{Look, RecoverableError, Recovered, Recovery};
pub use session::Session;
pub use session_builder::SessionBuilder;
