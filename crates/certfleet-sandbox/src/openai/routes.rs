//! OpenAI's operations.

use http::Method;

use crate::routing::Route;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    List,
    Upload,
    Get,
    Modify,
    Delete,
    Toggle { activate: bool },
    ListProject,
    ToggleProject { activate: bool },
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
        "/v1/organization/certificates",
        "listOrganizationCertificates",
        Operation::List,
    ),
    route(
        Method::POST,
        "/v1/organization/certificates",
        "uploadCertificate",
        Operation::Upload,
    ),
    route(
        Method::POST,
        "/v1/organization/certificates/activate",
        "activateOrganizationCertificates",
        Operation::Toggle { activate: true },
    ),
    route(
        Method::POST,
        "/v1/organization/certificates/deactivate",
        "deactivateOrganizationCertificates",
        Operation::Toggle { activate: false },
    ),
    route(
        Method::GET,
        "/v1/organization/certificates/{certificate_id}",
        "getCertificate",
        Operation::Get,
    ),
    route(
        Method::POST,
        "/v1/organization/certificates/{certificate_id}",
        "modifyCertificate",
        Operation::Modify,
    ),
    route(
        Method::DELETE,
        "/v1/organization/certificates/{certificate_id}",
        "deleteCertificate",
        Operation::Delete,
    ),
    route(
        Method::GET,
        "/v1/organization/projects/{project_id}/certificates",
        "listProjectCertificates",
        Operation::ListProject,
    ),
    route(
        Method::POST,
        "/v1/organization/projects/{project_id}/certificates/activate",
        "activateProjectCertificates",
        Operation::ToggleProject { activate: true },
    ),
    route(
        Method::POST,
        "/v1/organization/projects/{project_id}/certificates/deactivate",
        "deactivateProjectCertificates",
        Operation::ToggleProject { activate: false },
    ),
];
