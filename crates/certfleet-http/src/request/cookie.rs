//! The one header with all cookies.

use http::{HeaderMap, HeaderValue, header, header::InvalidHeaderValue};

/// Adds a cookie behind those that a request has already, all of them in one header (RFC 6265, 5.4).
///
/// # Errors
/// No header can carry the cookie. The headers stay as they are.
pub(super) fn add(
    headers: &mut HeaderMap,
    name: &str,
    value: &str,
    is_secret: bool,
) -> Result<(), InvalidHeaderValue> {
    let mut is_sensitive = is_secret;
    let mut all = Vec::new();
    for before in headers.get_all(header::COOKIE) {
        is_sensitive |= before.is_sensitive();
        all.extend_from_slice(before.as_bytes());
        all.extend_from_slice(b"; ");
    }
    all.extend_from_slice(format!("{name}={value}").as_bytes());
    let mut all = HeaderValue::from_bytes(&all)?;
    all.set_sensitive(is_sensitive);
    headers.insert(header::COOKIE, all);
    Ok(())
}
