//! What authenticates a request.

use crate::contract::{Operation, Requirement};
use certfleet_http::HeaderMap;

/// One way to authenticate has to be met whole, and nothing of another may be there.
pub(super) fn security(operation: &Operation, headers: &HeaderMap) -> Option<String> {
    let meets = |requirement: &Requirement| {
        let values: Vec<_> = headers.get_all(&requirement.header).iter().collect();
        let [value] = values.as_slice() else {
            return false;
        };
        let Ok(text) = value.to_str() else {
            return false;
        };
        match text.strip_prefix("Bearer ") {
            Some(token) => requirement.bearer && !token.trim().is_empty(),
            None => !requirement.bearer && !text.trim().is_empty(),
        }
    };
    let sent = |way: &[Requirement]| {
        operation
            .security
            .iter()
            .flatten()
            .filter(|requirement| headers.contains_key(&requirement.header))
            .all(|requirement| way.iter().any(|own| own.header == requirement.header))
    };
    let met = operation
        .security
        .iter()
        .any(|way| way.iter().all(meets) && sent(way));
    (!met).then(|| format!("authenticates in none of the ways {:?}", operation.security))
}
