//! The extensions with which passes tell the emitter what OpenAPI 3.0 or progenitor cannot express.

/// Marks an operation whose body is always `{}`.
pub(crate) const EMPTY_JSON: &str = "x-certfleet-empty-json";

/// Holds the media type of a body that is sent as it is.
pub(crate) const MEDIA_TYPE: &str = "x-certfleet-media-type";

/// Holds the name on the wire of a parameter that got another.
pub(crate) const WIRE_NAME: &str = "x-certfleet-name";

/// Holds the title of an alternative, which names it and not its type.
pub(crate) const TITLE: &str = "x-certfleet-title";

/// Holds, in a response, the bodies of the other documented successes by their statuses: a reference to a
/// schema, `bytes`, or nothing.
pub(crate) const SUCCESSES: &str = "x-certfleet-successes";

/// Holds, in a response with [`SUCCESSES`], the statuses that have its own body.
pub(crate) const OWN_STATUSES: &str = "x-certfleet-own-statuses";

/// Marks a header parameter that is sent as a cookie.
pub(crate) const COOKIE: &str = "x-certfleet-cookie";

/// Marks a path parameter that may hold slashes.
pub(crate) const SLASHES: &str = "x-certfleet-slashes";

/// Marks an operation whose body is a form of pairs, and holds the styles of its members.
pub(crate) const FORM: &str = "x-certfleet-form";
