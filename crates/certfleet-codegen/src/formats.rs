//! The values of `format` that have a type of `certfleet-http`.

/// A string that must not be shown.
pub(crate) const SECRET: &str = "x-secret";

/// A date as text.
pub(crate) const DATE_TIME: &str = "date-time";

/// A date as seconds.
pub(crate) const UNIX_TIME: &str = "unixtime";

/// A whole number in a response.
pub(crate) const INTEGER: &str = "x-integer";
