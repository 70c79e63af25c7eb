//! Cloudflare Zero Trust's reads.

use super::{Cloudflare, error};
use crate::{
    Certificate, CertificateContent, CertificateId, ContentFetch, Error, ListOptions, Native,
    Origin, Placement, Result, Role, Scope, State, Warning, WarningKind,
    adapter::NativePage,
    model::{Reported, read_date, stated},
};
use certfleet_cloudflare::{
    enums::{BindingStatus, Type},
    types,
};
use certfleet_http::{ResponseParts, Timestamp};
use chrono::{DateTime, Datelike, Utc};
use futures_util::{StreamExt, TryFutureExt, stream, stream::BoxStream};
use std::fmt;

impl Cloudflare {
    /// Every certificate.
    pub(super) fn listing(&self, options: ListOptions) -> BoxStream<'_, Result<Certificate>> {
        self.all(options.content)
            .map_ok(stream::iter)
            .try_flatten_stream()
            .boxed()
    }

    /// One certificate.
    pub(super) async fn one(&self, id: &CertificateId) -> Result<Certificate> {
        let (answer, received) = self
            .client
            .get_certificate()
            .account_id(&self.account_id)
            .certificate_id(&id.native)
            .send()
            .await
            .map_err(error)?
            .into_parts();
        let Some(record) = answer.result else {
            return Err(Error::absent(id, &received));
        };
        let native = NativePage::new(received.body().clone(), &["result"]).record(0);
        self.certificate(record, ContentFetch::Included, native, &received, "result")
    }

    /// All certificates: the vendor sends them in one answer. Each is made when it is asked for, so that there are
    /// never ten thousand of them beside the records they are made of.
    async fn all(
        &self,
        content: ContentFetch,
    ) -> Result<impl Iterator<Item = Result<Certificate>> + Send + '_> {
        let (page, received) = self
            .client
            .list_certificates()
            .account_id(&self.account_id)
            .send()
            .await
            .map_err(error)?
            .into_parts();
        let Some(records) = page.result else {
            return Err(Error::invalid_response(
                self.profile.provider,
                &received,
                "the list of certificates has no result",
            ));
        };
        let announced = page.result_info.and_then(|info| info.total_count);
        if let Some(announced) = announced
            && announced > records.len() as f64
        {
            return Err(Error::invalid_response(
                self.profile.provider,
                &received,
                format_args!(
                    "the list is short: {announced} were announced and {} came",
                    records.len()
                ),
            ));
        }
        let natives = NativePage::new(received.body().clone(), &["result"]);
        Ok(records.into_iter().enumerate().map(move |(index, record)| {
            self.certificate(
                record,
                content,
                natives.record(index),
                &received,
                format_args!("result[{index}]"),
            )
        }))
    }

    pub(super) fn certificate(
        &self,
        record: types::Certificates,
        content: ContentFetch,
        native: Native,
        received: &ResponseParts,
        at: impl fmt::Display,
    ) -> Result<Certificate> {
        let Some(id) = record.id else {
            return Err(Error::invalid_response(
                self.profile.provider,
                received,
                format_args!("a certificate has no id at {at}.id"),
            ));
        };
        let id = self.profile.certificate_id(id);
        let mut certificate = Certificate::new(id, Role::InterceptionCa);
        let warnings = &mut certificate.warnings;
        let reported = Reported {
            not_after: date(record.expires_on.as_ref(), "expires_on", warnings),
            sha256: record.fingerprint,
            issuer: record.issuer_raw,
            ..Reported::default()
        };
        certificate.created_at = date(record.created_at.as_ref(), "created_at", warnings);
        certificate.updated_at = date(record.updated_at.as_ref(), "updated_at", warnings);
        certificate.uploaded_at = date(record.uploaded_on.as_ref(), "uploaded_on", warnings);
        let pem = record.certificate.filter(|_| content != ContentFetch::Skip);
        certificate.contents = vec![CertificateContent::read(
            reported,
            pem.as_deref(),
            "the certificate",
            warnings,
        )];
        let status = stated(record.binding_status, BindingStatus::as_str);
        let state = state(status.as_ref(), warnings);
        let mut placement = Placement::new(Scope::Edge, state);
        placement.reported = status.map(|status| status.to_string());
        certificate.placements = vec![placement];
        certificate.in_use = record.in_use;
        certificate.origin = match stated(record.type_, Type::as_str) {
            Some(Type::Custom) => Origin::Uploaded,
            Some(Type::GatewayManaged) => Origin::ProviderManaged,
            other => Origin::Unknown(other.map(|other| other.to_string())),
        };
        certificate.native = native;
        Ok(certificate.summarise())
    }
}

/// What the vendor's word says of the edge.
fn state(status: Option<&BindingStatus>, warnings: &mut Vec<Warning>) -> State {
    match status {
        Some(BindingStatus::Available) => State::Active,
        Some(BindingStatus::PendingDeployment) => State::Activating,
        Some(BindingStatus::PendingDeletion) => State::Deactivating,
        Some(BindingStatus::Inactive) => State::Inactive,
        // The older word for `available`.
        Some(other) if other.as_str() == "active" => State::Active,
        Some(other) => {
            warnings.push(Warning::new(
                WarningKind::UnknownState,
                format!("binding_status is {:?}, which is not known", other.as_str()),
            ));
            State::Unknown
        }
        None => State::Unknown,
    }
}

/// A date of the vendor, whose year 1 means "not set".
fn date(
    text: Option<&Timestamp>,
    what: &str,
    warnings: &mut Vec<Warning>,
) -> Option<DateTime<Utc>> {
    read_date(text, what, warnings).filter(|date| date.year() > 1)
}
