//! Headers that a caller adds to requests.

use crate::{
    api::{Api, Place},
    request::Request,
    response::Error,
};
use http::{HeaderMap, HeaderName, HeaderValue, header};

/// What only the session, the transport or a credential sets.
const OWN: [HeaderName; 17] = [
    header::ACCEPT,
    header::ACCEPT_ENCODING,
    header::AUTHORIZATION,
    header::CONNECTION,
    header::CONTENT_ENCODING,
    header::CONTENT_LENGTH,
    header::CONTENT_TYPE,
    header::COOKIE,
    header::EXPECT,
    header::HOST,
    header::PROXY_AUTHORIZATION,
    header::RANGE,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
    header::USER_AGENT,
];

/// Headers that a caller adds to requests, beside what the session and the operation send.
#[derive(Clone, Default)]
pub(crate) struct ExtraHeaders(HeaderMap);

impl ExtraHeaders {
    /// Adds a header, in place of one of the same name that was added before.
    ///
    /// # Errors
    /// It cannot be a header, or is one that certfleet sets itself.
    pub(crate) fn set(&mut self, api: &Api, name: &str, value: &str) -> Result<(), Error> {
        let header = HeaderName::from_bytes(name.as_bytes())
            .map_err(|_| Error::config(format!("{name:?} is not a valid header name")))?;
        let value = HeaderValue::from_str(value).map_err(|_| {
            Error::config(format!(
                "the value of {header} holds a character that no header can carry"
            ))
        })?;
        let is_credential = api
            .auth
            .iter()
            .flat_map(|scheme| scheme.bindings)
            .any(|one| {
                matches!(one.place, Place::Header) && header.as_str().eq_ignore_ascii_case(one.name)
            });
        if is_credential || OWN.contains(&header) {
            return Err(Error::config(format!(
                "{header} cannot be added: certfleet sets it itself"
            )));
        }
        self.0.insert(header, value);
        Ok(())
    }

    /// Adds them to a request, except for those that its operation sets.
    pub(crate) fn fill(&self, request: &mut Request) {
        for (name, value) in &self.0 {
            if !request.headers.contains_key(name) {
                request.headers.insert(name.clone(), value.clone());
            }
        }
    }
}
