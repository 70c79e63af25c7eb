//! The operations the sandbox answers.

use http::Method;

use crate::routing::Route;
use crate::{Vendor, apinizer, cloudflare, openai, patchworks};

/// An operation of a vendor's API.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Operation {
    /// Whose.
    pub vendor: Vendor,
    /// The `operationId`.
    pub id: &'static str,
    /// The method.
    pub method: Method,
    /// The path on the vendor's host, `{names}` for parameters.
    pub path: &'static str,
}

/// All operations.
#[must_use]
pub fn operations() -> Vec<Operation> {
    let mut all = from_routes(Vendor::OpenAi, openai::routes::ROUTES);
    all.extend(from_routes(Vendor::Cloudflare, cloudflare::routes::ROUTES));
    all.extend(from_routes(Vendor::Patchworks, patchworks::routes::ROUTES));
    all.extend(from_routes(Vendor::Apinizer, apinizer::routes::ROUTES));
    // new-provider: routes
    all
}

fn from_routes<O>(vendor: Vendor, routes: &'static [Route<O>]) -> Vec<Operation> {
    let operation = |route: &'static Route<O>| Operation {
        vendor,
        id: route.id,
        method: route.method.clone(),
        path: route.path,
    };
    routes.iter().map(operation).collect()
}
