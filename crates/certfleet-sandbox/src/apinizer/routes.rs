//! Apinizer's operations. The import's id is ours: the vendor's is not an identifier.

use http::Method;

use crate::routing::Route;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    List,
    Create,
    ImportFile,
    Get,
    Update,
    Delete,
    Export,
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

/// Fixed segments before parameters.
pub(crate) const ROUTES: &[Route<Operation>] = &[
    route(
        Method::GET,
        "/apiops/projects/{projectName}/certificates/",
        "getAllCertificates",
        Operation::List,
    ),
    route(
        Method::POST,
        "/apiops/projects/{projectName}/certificates/",
        "createCertificate",
        Operation::Create,
    ),
    route(
        Method::POST,
        "/apiops/projects/{projectName}/certificates/import-file/",
        "importCertificateFile",
        Operation::ImportFile,
    ),
    route(
        Method::GET,
        "/apiops/projects/{projectName}/certificates/{certificateName}/",
        "getCertificate",
        Operation::Get,
    ),
    route(
        Method::PUT,
        "/apiops/projects/{projectName}/certificates/{certificateName}/",
        "updateCertificate",
        Operation::Update,
    ),
    route(
        Method::DELETE,
        "/apiops/projects/{projectName}/certificates/{certificateName}/",
        "deleteCertificate",
        Operation::Delete,
    ),
    route(
        Method::GET,
        "/apiops/projects/{projectName}/certificates/{certificateName}/export/",
        "exportCertificate",
        Operation::Export,
    ),
];
