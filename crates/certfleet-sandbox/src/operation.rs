//! The operations the sandbox answers.

use http::Method;

use crate::routing::Route;
use crate::{Provider, apinizer, cloudflare, openai, patchworks};

/// An operation of a vendor's API.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Operation {
    /// Whose.
    pub provider: Provider,
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
    let mut all = from_routes(Provider::OpenAi, openai::routes::ROUTES);
    all.extend(from_routes(
        Provider::Cloudflare,
        cloudflare::routes::ROUTES,
    ));
    all.extend(from_routes(
        Provider::Patchworks,
        patchworks::routes::ROUTES,
    ));
    all.extend(from_routes(Provider::Apinizer, apinizer::routes::ROUTES));
    // new-provider: routes
    all
}

fn from_routes<O>(provider: Provider, routes: &'static [Route<O>]) -> Vec<Operation> {
    let operation = |route: &'static Route<O>| Operation {
        provider,
        id: route.id,
        method: route.method.clone(),
        path: route.path,
    };
    routes.iter().map(operation).collect()
}
