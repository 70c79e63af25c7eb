//! What a request leads to: the raw response, what its headers and its body say, and what the
//! caller gets, which is a success or the error that keeps the response.

mod by_status;
mod call;
pub(crate) mod cut;
mod effect;
pub(crate) mod encoding;
mod error;
mod in_band_failure;
pub(crate) mod json;
mod printable;
pub(crate) mod rate_limit;
mod raw_response;
mod retry_after;
mod send_error;
mod success;

pub use by_status::{ByStatus, read_json};
pub use call::{Attempt, Call, Observer};
pub use effect::{Effect, ErrorKind};
pub use error::{Error, VendorError};
pub use in_band_failure::InBandFailure;
pub use rate_limit::{RateLimit, rate_limits};
pub(crate) use raw_response::Accepted;
pub use raw_response::RawResponse;
pub use send_error::{Reason, SendError, Sent};
pub use success::{Response, ResponseParts};
