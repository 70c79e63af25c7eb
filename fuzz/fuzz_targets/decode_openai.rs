//! Every kind of success that the client reads.

#![no_main]

use certfleet_fuzz::{CANARY, answer, read, session};
use certfleet_openai::{API, Client, Credentials, types};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    let operation = |id: &str| API.operation(id).expect("an operation");
    let credentials = Credentials::AdminKey(CANARY.into());
    for status in [200, 201, 202] {
        let session = session(Client::builder(&credentials), [answer(status, &[], body)]);
        drop(read::<types::ListCertificatesResponse>(
            &session,
            operation("list_organization_certificates"),
        ));
        drop(read::<types::Certificate>(
            &session,
            operation("upload_certificate"),
        ));
        drop(read::<types::OrganizationCertificateActivationResponse>(
            &session,
            operation("activate_organization_certificates"),
        ));
        drop(read::<types::OrganizationCertificateDeactivationResponse>(
            &session,
            operation("deactivate_organization_certificates"),
        ));
        drop(read::<types::DeleteCertificateResponse>(
            &session,
            operation("delete_certificate"),
        ));
        drop(read::<types::ListProjectCertificatesResponse>(
            &session,
            operation("list_project_certificates"),
        ));
        drop(read::<
            types::OrganizationProjectCertificateActivationResponse,
        >(
            &session, operation("activate_project_certificates")
        ));
        drop(read::<
            types::OrganizationProjectCertificateDeactivationResponse,
        >(
            &session, operation("deactivate_project_certificates")
        ));
    }
});
