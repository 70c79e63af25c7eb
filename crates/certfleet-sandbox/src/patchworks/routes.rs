//! Patchworks' operations. The vendor's document has no operation ids: these are ours.

use http::Method;

use crate::routing::Route;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Create,
    Delete,
    ListConnectors,
}

pub(crate) const ROUTES: &[Route<Operation>] = &[
    Route {
        method: Method::POST,
        path: "/api/v1/certificates",
        id: "createCertificate",
        operation: Operation::Create,
    },
    Route {
        method: Method::DELETE,
        path: "/api/v1/certificates/{certificate}",
        id: "deleteCertificate",
        operation: Operation::Delete,
    },
    Route {
        method: Method::GET,
        path: "/api/v1/connectors",
        id: "listConnectors",
        operation: Operation::ListConnectors,
    },
];
