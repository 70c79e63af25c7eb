//! Cloudflare Zero Trust's reads.

use super::{Cloudflare, error};
use crate::{
    Certificate, CertificateContent, CertificateId, ContentFetch, Error, ListOptions, Native,
    Origin, Placement, Result, Role, Scope, State, Warning, WarningKind,
    adapter::{ListingNotes, RecordList, Unreadable, record, records, whole},
    model::{Reported, read_date, stated},
};
use certfleet_cloudflare::{
    enums::{BindingStatus, Type},
    types,
};
use certfleet_http::Timestamp;
use chrono::{DateTime, Datelike, Utc};
use futures_util::{StreamExt, TryFutureExt, stream, stream::BoxStream};
use serde::Deserialize;
use serde_json::{Value, json};

impl Cloudflare {
    /// Every certificate.
    pub(super) fn listing(
        &self,
        options: ListOptions,
        notes: ListingNotes,
    ) -> BoxStream<'_, Result<Certificate>> {
        self.all(options.content, notes)
            .map_ok(stream::iter)
            .try_flatten_stream()
            .boxed()
    }

    /// One certificate.
    pub(super) async fn one(&self, id: &CertificateId) -> Result<Certificate> {
        let answer = self
            .client
            .get_certificate()
            .account_id(&self.account_id)
            .certificate_id(&id.native)
            .send()
            .await;
        let take = |whole: types::SingleResponse| whole.result;
        let (record, native, received) = record(answer, &["result"], take).map_err(error)?;
        let Some(record) = record else {
            return Err(Error::absent(id, &received));
        };
        self.certificate(record, ContentFetch::Included, native)
            .map_err(|unread| unread.error(self.profile.provider, &received))
    }

    /// All certificates: the vendor sends them in one answer. Each is made when it is asked for, so that there are
    /// never ten thousand of them beside the records they are made of.
    async fn all(
        &self,
        content: ContentFetch,
        notes: ListingNotes,
    ) -> Result<impl Iterator<Item = Result<Certificate>> + Send + '_> {
        let answer = self
            .client
            .list_certificates()
            .account_id(&self.account_id)
            .send()
            .await;
        let records = records(answer).map_err(error)?;
        let info: &Rest = &records.rest;
        let announced = info.result_info.get("total_count");
        // A count may be written as a number with a fraction.
        let announced = announced
            .and_then(Value::as_f64)
            .map(|count| count.ceil() as u64);
        whole(self.profile.provider, &notes, &records, announced)?;
        Ok(records.entries.filter_map(move |entry| {
            let made = entry.and_then(|(record, native)| self.certificate(record, content, native));
            match made {
                Ok(certificate) => Some(Ok(certificate)),
                Err(unread) => self.unread(&unread, &notes).map(Ok),
            }
        }))
    }

    /// The row of a record that cannot be read, if it says which it is.
    fn unread(&self, unread: &Unreadable, notes: &ListingNotes) -> Option<Certificate> {
        let Some(id) = unread.text("id") else {
            notes.add_unidentified(unread.warning());
            return None;
        };
        let id = self.profile.certificate_id(id);
        Some(unread.certificate(id, Role::InterceptionCa))
    }

    pub(super) fn certificate(
        &self,
        record: types::Certificates,
        content: ContentFetch,
        native: Native,
    ) -> std::result::Result<Certificate, Unreadable> {
        let Some(id) = record.id.filter(|id| !id.is_empty()) else {
            return Err(Unreadable::new(native, "it has no id"));
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
        // It follows the Gateway configuration, so that a listing need not read that too.
        let intercepts = record.in_use.map(|intercepts| match intercepts {
            true => State::Active,
            false => State::Inactive,
        });
        let at_gateway = intercepts.map(|state| Placement::new(Scope::Gateway, state));
        certificate.placements.extend(at_gateway);
        certificate.origin = match stated(record.type_, Type::as_str) {
            Some(Type::Custom) => Origin::Uploaded,
            Some(Type::GatewayManaged) => Origin::ProviderManaged,
            other => Origin::Unknown(other.map(|other| other.to_string())),
        };
        certificate.native = native;
        Ok(certificate.summarise())
    }
}

/// What a listing needs of the vendor's envelope.
#[derive(Debug, Deserialize)]
pub struct Rest {
    success: bool,
    #[serde(default)]
    result_info: Value,
}

impl RecordList for types::ResponseCollection {
    type Record = types::Certificates;
    type Rest = Rest;
    const AT: &'static [&'static str] = &["result"];

    fn into_parts(self) -> (Rest, Option<Vec<types::Certificates>>) {
        let announced = self.result_info.and_then(|info| info.total_count);
        let rest = Rest {
            success: self.success,
            result_info: json!({"total_count": announced}),
        };
        (rest, self.result)
    }

    fn null_is_empty(rest: &Rest) -> bool {
        rest.success
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
