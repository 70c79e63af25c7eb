//! Every operation of every generated client, callable by its document's names. The one place that
//! names them: a test that does something to all operations goes through [`TABLE`], and
//! [`check_table`](super::check_table) holds it against the clients' own tables and the documents.

use super::{Arguments, Contract, Operation};
use crate::Clients;
use certfleet_http::{Api, Bytes, Error, FilePart, HeaderMap, Response};
use futures_util::future::BoxFuture;
use serde::Serialize;
use serde_json::Value;
use std::num::NonZeroU64;

/// The clients' own tables.
pub const APIS: &[&Api] = &[
    &certfleet_openai::API,
    &certfleet_cloudflare::API,
    &certfleet_patchworks::API,
    &certfleet_apinizer::API,
    // new-provider: API
];

/// What a success brought to the caller.
#[derive(Debug)]
pub struct Called {
    /// The status.
    pub status: u16,
    /// The vendor's request id.
    pub request_id: Option<String>,
    /// The headers.
    pub headers: HeaderMap,
    /// The body that was kept.
    pub body: Bytes,
    /// The typed value, written as JSON again; `None` where the client keeps bytes.
    pub value: Option<Value>,
}

impl Called {
    fn new<T>(response: &Response<T>, value: Option<Value>) -> Self {
        Self {
            status: response.status().as_u16(),
            request_id: response.request_id().map(str::to_owned),
            headers: response.headers().clone(),
            body: response.body().clone(),
            value,
        }
    }

    fn json<T: Serialize>(response: &Response<T>) -> Self {
        let value = serde_json::to_value(&**response).expect("a decoded value can be written");
        Self::new(response, Some(value))
    }

    fn bytes(response: &Response<Bytes>) -> Self {
        assert_eq!(
            **response,
            *response.body(),
            "the value of a binary answer is its body"
        );
        Self::new(response, None)
    }
}

type Call = for<'a> fn(&'a Clients, &'a Arguments) -> BoxFuture<'a, Result<Called, Error>>;

/// One operation of one client.
pub struct Client {
    /// The provider.
    pub provider: &'static str,
    /// The generated method's name.
    pub id: &'static str,
    call: Call,
}

impl Client {
    /// Calls it: what the arguments leave out is not given to the builder.
    pub fn call<'a>(
        &self,
        clients: &'a Clients,
        arguments: &'a Arguments,
    ) -> BoxFuture<'a, Result<Called, Error>> {
        (self.call)(clients, arguments)
    }

    /// The client's own constants.
    ///
    /// # Panics
    /// The client does not know the operation: see [`check_table`](super::check_table).
    pub fn constants(&self) -> &'static certfleet_http::Operation {
        self.api()
            .operation(self.id)
            .unwrap_or_else(|| panic!("{} has no {}", self.provider, self.id))
    }

    /// The client's own tables.
    ///
    /// # Panics
    /// There is no such provider.
    pub fn api(&self) -> &'static Api {
        APIS.iter()
            .copied()
            .find(|api| api.provider == self.provider)
            .expect("a provider")
    }

    /// What the document says of it.
    ///
    /// # Panics
    /// The document does not know the operation: see [`check_table`](super::check_table).
    pub fn documented(&self) -> &'static Operation {
        let constants = self.constants();
        Contract::get()
            .document(self.provider)
            .operations
            .iter()
            .find(|one| one.method == constants.method.as_str() && one.path == constants.path)
            .unwrap_or_else(|| panic!("{}: {} is not documented", self.provider, self.id))
    }
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.provider, self.id)
    }
}

macro_rules! operation {
    (
        $provider:ident.$method:ident {
            $($name:literal => $setter:ident: $kind:ty,)*
            $(body: $body:ty,)?
            $(octets: $octets:ident,)?
            $(part $part:literal => $part_setter:ident,)*
            $(file $file:literal => $file_setter:ident,)?
        } $as:ident
    ) => {
        Client {
            provider: stringify!($provider),
            id: stringify!($method),
            call: |clients, arguments| {
                Box::pin(async move {
                    let mut call = clients.$provider.$method();
                    $(if let Some(value) = arguments.parameter::<$kind>($name) {
                        call = call.$setter(value);
                    })*
                    $(if let Some(body) = arguments.body::<$body>() {
                        call = call.body(body);
                    })?
                    // As a file part has them.
                    $(if let Some(text) = arguments.body::<String>() {
                        let bytes = text.chars().map(|one| u8::try_from(one).expect("a byte"));
                        call = call.$octets(bytes.collect::<Bytes>());
                    })?
                    $(if let Some(text) = arguments.part($part) {
                        call = call.$part_setter(text);
                    })*
                    $(if let Some(bytes) = arguments.file($file) {
                        call = call.$file_setter(FilePart::new("certificate.pem", bytes));
                    })?
                    call = std::convert::identity(call);
                    call.send().await.map(|response| Called::$as(&response))
                })
            },
        }
    };
}

use certfleet_apinizer::types as apinizer;
use certfleet_cloudflare::types as cloudflare;
use certfleet_openai::types as openai;
use certfleet_patchworks::types as patchworks;

/// Every operation of every client.
pub static TABLE: &[Client] = &[
    operation!(openai.list_organization_certificates {
        "limit" => limit: NonZeroU64,
        "after" => after: String,
        "order" => order: openai::ListOrganizationCertificatesOrder,
    } json),
    operation!(openai.upload_certificate {
        body: openai::UploadCertificateRequest,
    } json),
    operation!(openai.activate_organization_certificates {
        body: openai::ToggleCertificatesRequest,
    } json),
    operation!(openai.deactivate_organization_certificates {
        body: openai::ToggleCertificatesRequest,
    } json),
    operation!(openai.get_certificate {
        "certificate_id" => certificate_id: String,
        "include[]" => include: Vec<openai::GetCertificateIncludeItem>,
    } json),
    operation!(openai.modify_certificate {
        "certificate_id" => certificate_id: String,
        body: openai::ModifyCertificateRequest,
    } json),
    operation!(openai.delete_certificate {
        "certificate_id" => certificate_id: String,
    } json),
    operation!(openai.list_project_certificates {
        "project_id" => project_id: String,
        "limit" => limit: NonZeroU64,
        "after" => after: String,
        "order" => order: openai::ListProjectCertificatesOrder,
    } json),
    operation!(openai.activate_project_certificates {
        "project_id" => project_id: String,
        body: openai::ToggleCertificatesRequest,
    } json),
    operation!(openai.deactivate_project_certificates {
        "project_id" => project_id: String,
        body: openai::ToggleCertificatesRequest,
    } json),
    operation!(cloudflare.list_certificates {
        "account_id" => account_id: String,
    } json),
    operation!(cloudflare.create_certificate {
        "account_id" => account_id: String,
        body: cloudflare::GenerateCertRequest,
    } json),
    operation!(cloudflare.get_certificate {
        "account_id" => account_id: String,
        "certificate_id" => certificate_id: String,
    } json),
    operation!(cloudflare.delete_certificate {
        "account_id" => account_id: String,
        "certificate_id" => certificate_id: String,
    } json),
    operation!(cloudflare.activate_certificate {
        "account_id" => account_id: String,
        "certificate_id" => certificate_id: String,
    } json),
    operation!(cloudflare.deactivate_certificate {
        "account_id" => account_id: String,
        "certificate_id" => certificate_id: String,
    } json),
    operation!(cloudflare.get_configuration {
        "account_id" => account_id: String,
    } json),
    operation!(cloudflare.update_configuration {
        "account_id" => account_id: String,
        body: cloudflare::GatewayAccountSettings,
    } json),
    operation!(patchworks.create_certificate {
        body: patchworks::CertificatesStoreRequest,
    } json),
    operation!(patchworks.delete_certificate {
        "certificate" => certificate: String,
    } json),
    operation!(patchworks.list_connectors {
        "include" => include: String,
        "page" => page: NonZeroU64,
        "per_page" => per_page: NonZeroU64,
    } json),
    operation!(apinizer.list_certificates {
        "projectName" => project_name: String,
    } json),
    operation!(apinizer.create_certificate {
        "projectName" => project_name: String,
        part "certificateName" => certificate_name,
        part "alias" => alias,
        part "certificateDescription" => certificate_description,
        part "environmentList" => environment_list,
        file "pemEncodedFile" => pem_encoded_file,
    } json),
    operation!(apinizer.import_certificate {
        "projectName" => project_name: String,
        part "certificateName" => certificate_name,
        part "alias" => alias,
        part "environmentList" => environment_list,
        part "environmentMapping" => environment_mapping,
        part "certificateDescription" => certificate_description,
        file "certificateFile" => certificate_file,
    } json),
    operation!(apinizer.get_certificate {
        "projectName" => project_name: String,
        "certificateName" => certificate_name: String,
    } json),
    operation!(apinizer.update_certificate {
        "projectName" => project_name: String,
        "certificateName" => certificate_name: String,
        "jwkUpdateAction" => jwk_update_action: apinizer::UpdateCertificateJwkUpdateAction,
        "updateScope" => update_scope: apinizer::UpdateCertificateUpdateScope,
        part "alias" => alias,
        part "certificateDescription" => certificate_description,
        part "environmentList" => environment_list,
        file "pemEncodedFile" => pem_encoded_file,
    } json),
    operation!(apinizer.delete_certificate {
        "projectName" => project_name: String,
        "certificateName" => certificate_name: String,
        "jwkDeleteAction" => jwk_delete_action: apinizer::DeleteCertificateJwkDeleteAction,
    } json),
    operation!(apinizer.export_certificate {
        "projectName" => project_name: String,
        "certificateName" => certificate_name: String,
    } bytes),
    // new-provider: operations
];
