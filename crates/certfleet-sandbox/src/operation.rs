//! The operations the sandbox answers.

use http::Method;

use crate::Provider;
use crate::routing::{Found, Route, find};

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

macro_rules! routes {
    ($($provider:ident => $module:ident,)*) => {
        /// All operations.
        #[must_use]
        pub fn operations() -> Vec<Operation> {
            [$(from_routes(Provider::$provider, crate::$module::routes::ROUTES),)*].concat()
        }

        /// The `operationId` of a request, by its path on the vendor's host.
        pub(crate) fn operation_id(
            provider: Provider,
            method: &Method,
            path: &str,
        ) -> Option<&'static str> {
            match provider {
                $(Provider::$provider => id(find(crate::$module::routes::ROUTES, method, path)),)*
            }
        }
    };
}

routes! {
    OpenAi => openai,
    Cloudflare => cloudflare,
    Patchworks => patchworks,
    Apinizer => apinizer,
    // new-provider: routes
}

fn id<O>(found: Found<O>) -> Option<&'static str> {
    match found {
        Found::Operation { id, .. } => Some(id),
        Found::OtherMethods(_) | Found::Nothing => None,
    }
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
