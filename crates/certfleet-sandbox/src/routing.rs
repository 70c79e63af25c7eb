//! From a method and a path to an operation.
//!
//! Paths match exactly: a trailing slash is part of them, an empty segment is not a parameter, and dot segments are text.

use http::Method;
use percent_encoding::percent_decode_str;

/// One operation of a vendor.
#[derive(Debug)]
pub(crate) struct Route<O: 'static> {
    pub(crate) method: Method,
    /// The path on the vendor's host, with `{names}` for parameters.
    pub(crate) path: &'static str,
    /// The `operationId`.
    pub(crate) id: &'static str,
    pub(crate) operation: O,
}

/// What a request was found to mean.
pub(crate) enum Found<O: 'static> {
    /// This operation, with its path parameters decoded, in order.
    Operation {
        id: &'static str,
        operation: O,
        parameters: Vec<String>,
    },
    /// The path exists, for these methods.
    OtherMethods(Vec<&'static str>),
    /// The path does not exist.
    Nothing,
}

/// Finds the operation of a request. Fixed segments win over parameters.
pub(crate) fn find<O: Copy>(routes: &'static [Route<O>], method: &Method, path: &str) -> Found<O> {
    let mut others = Vec::new();
    for route in routes {
        let Some(parameters) = parameters(route.path, path) else {
            continue;
        };
        if route.method == *method {
            return Found::Operation {
                id: route.id,
                operation: route.operation,
                parameters,
            };
        }
        others.push(route.method.as_str());
    }
    if others.is_empty() {
        Found::Nothing
    } else {
        Found::OtherMethods(others)
    }
}

fn parameters(template: &str, path: &str) -> Option<Vec<String>> {
    let (mut wanted, mut given) = (template.split('/'), path.split('/'));
    let mut parameters = Vec::new();
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return Some(parameters),
            (Some(wanted), Some(given)) if wanted.starts_with('{') => {
                if given.is_empty() {
                    return None;
                }
                parameters.push(percent_decode_str(given).decode_utf8_lossy().into_owned());
            }
            (Some(wanted), Some(given)) if wanted == given => {}
            _ => return None,
        }
    }
}
