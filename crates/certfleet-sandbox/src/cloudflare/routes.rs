//! Cloudflare's operations.

use http::Method;

use crate::routing::Route;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    List,
    Create,
    Get,
    Delete,
    Activate,
    Deactivate,
    GetConfiguration,
    ChangeConfiguration,
}

const fn route(
    method: Method,
    path: &'static str,
    id: &'static str,
    operation: Operation,
) -> Route<Operation> {
    Route {
        method,
        path,
        id,
        operation,
    }
}

pub(crate) const ROUTES: &[Route<Operation>] = &[
    route(
        Method::GET,
        "/client/v4/accounts/{account_id}/gateway/certificates",
        "zero-trust-certificates-list-zero-trust-certificates",
        Operation::List,
    ),
    route(
        Method::POST,
        "/client/v4/accounts/{account_id}/gateway/certificates",
        "zero-trust-certificates-create-zero-trust-certificate",
        Operation::Create,
    ),
    route(
        Method::GET,
        "/client/v4/accounts/{account_id}/gateway/certificates/{certificate_id}",
        "zero-trust-certificates-zero-trust-certificate-details",
        Operation::Get,
    ),
    route(
        Method::DELETE,
        "/client/v4/accounts/{account_id}/gateway/certificates/{certificate_id}",
        "zero-trust-certificates-delete-zero-trust-certificate",
        Operation::Delete,
    ),
    route(
        Method::POST,
        "/client/v4/accounts/{account_id}/gateway/certificates/{certificate_id}/activate",
        "zero-trust-certificates-activate-zero-trust-certificate",
        Operation::Activate,
    ),
    route(
        Method::POST,
        "/client/v4/accounts/{account_id}/gateway/certificates/{certificate_id}/deactivate",
        "zero-trust-certificates-deactivate-zero-trust-certificate",
        Operation::Deactivate,
    ),
    route(
        Method::GET,
        "/client/v4/accounts/{account_id}/gateway/configuration",
        "zero-trust-accounts-get-zero-trust-account-configuration",
        Operation::GetConfiguration,
    ),
    route(
        Method::PATCH,
        "/client/v4/accounts/{account_id}/gateway/configuration",
        "zero-trust-accounts-patch-zero-trust-account-configuration",
        Operation::ChangeConfiguration,
    ),
];
