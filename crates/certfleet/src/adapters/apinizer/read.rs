//! Apinizer's reads.

use super::{Apinizer, Client, error};
use crate::{
    Certificate, CertificateContent, CertificateId, ContentFetch, Error, ListOptions, Native,
    Placement, Result, Role, Scope, State, Warning, WarningKind,
    adapter::NativePage,
    model::{Reported, read_date},
};
use certfleet_apinizer::types;
use certfleet_http::ResponseParts;
use futures_util::{StreamExt, TryFutureExt, TryStreamExt, stream, stream::BoxStream};

/// How many contents are fetched at the same time.
const CONCURRENCY: usize = 16;

impl Apinizer {
    /// Every certificate.
    pub(super) fn listing(&self, options: ListOptions) -> BoxStream<'_, Result<Certificate>> {
        let client = self.client.until(self.client.session().deadline());
        let certificates = self
            .all(client.clone(), options.content)
            .map_ok(|certificates| stream::iter(certificates).map(Ok))
            .try_flatten_stream();
        match options.content {
            ContentFetch::Skip | ContentFetch::Included => certificates.boxed(),
            ContentFetch::Fetch => certificates
                .map_ok(move |certificate| self.with_content(client.clone(), certificate))
                .try_buffered(CONCURRENCY)
                .boxed(),
        }
    }

    /// One certificate.
    pub(super) async fn one(&self, client: &Client, id: &CertificateId) -> Result<Certificate> {
        let (answer, received) = client
            .get_certificate()
            .project_name(&self.project)
            .certificate_name(&id.native)
            .send()
            .await
            .map_err(error)?
            .into_parts();
        let records = answer.result_list.unwrap_or_default();
        let found = records
            .into_iter()
            .enumerate()
            .find(|(_, record)| record.name.as_deref() == Some(id.native.as_str()));
        let Some((index, record)) = found else {
            return Err(Error::absent(id, &received));
        };
        let native = NativePage::new(received.body().clone(), &["resultList"]).record(index);
        self.certificate(record, ContentFetch::Included, native, &received, index)
    }

    /// All certificates: the vendor sends them in one answer.
    async fn all(&self, client: Client, content: ContentFetch) -> Result<Vec<Certificate>> {
        let (answer, received) = client
            .list_certificates()
            .project_name(&self.project)
            .send()
            .await
            .map_err(error)?
            .into_parts();
        let announced = answer.result_count.map(|count| count.get());
        let records = match answer.result_list {
            Some(records) => records,
            None if announced == Some(0) => Vec::new(),
            None => {
                return Err(Error::invalid_response(
                    self.profile.provider,
                    &received,
                    "the list of certificates has no resultList",
                ));
            }
        };
        if let Some(announced) = announced
            && usize::try_from(announced).is_ok_and(|announced| announced > records.len())
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
        let natives = NativePage::new(received.body().clone(), &["resultList"]);
        records
            .into_iter()
            .enumerate()
            .map(|(index, record)| {
                self.certificate(record, content, natives.record(index), &received, index)
            })
            .collect()
    }

    pub(super) fn certificate(
        &self,
        record: types::Certificate,
        content: ContentFetch,
        native: Native,
        received: &ResponseParts,
        index: usize,
    ) -> Result<Certificate> {
        let Some(name) = record.name.filter(|name| !name.is_empty()) else {
            return Err(Error::invalid_response(
                self.profile.provider,
                received,
                format_args!("a certificate has no name at resultList[{index}].name"),
            ));
        };
        let id = self.profile.certificate_id(&name);
        let mut certificate = Certificate::new(id, Role::Trust);
        certificate.name = Some(name);
        certificate.description = record.description;
        for entry in record.certificate_environment_list.into_iter().flatten() {
            place(entry, content, &mut certificate);
        }
        certificate.native = native;
        Ok(certificate.summarise())
    }

    /// The same certificate with its contents, where the list left them out.
    async fn with_content(&self, client: Client, certificate: Certificate) -> Result<Certificate> {
        if certificate
            .contents
            .iter()
            .all(|material| material.x509.is_some())
        {
            return Ok(certificate);
        }
        self.one(&client, &certificate.id).await
    }
}

/// Adds one environment's entry: its content, if it is a new one, and its placement.
fn place(
    entry: types::CertificateEnvironment,
    content: ContentFetch,
    certificate: &mut Certificate,
) {
    let name = entry.environment_name.unwrap_or_default();
    let what = format!("environment {name}");
    let warnings = &mut certificate.warnings;
    let stated = Reported {
        not_before: read_date(
            entry.start_date.as_ref(),
            &format!("startDate of {what}"),
            warnings,
        ),
        not_after: read_date(
            entry.end_date.as_ref(),
            &format!("endDate of {what}"),
            warnings,
        ),
        sha1: entry.sha1_thumbprint,
        subject: entry.subject_dn,
        ..Reported::default()
    };
    let text = entry
        .base64_encoded_content
        .filter(|_| content != ContentFetch::Skip);
    let read = CertificateContent::read(stated, text.as_deref(), &what, warnings);
    let scope = Scope::Environment { name };
    if certificate
        .placements
        .iter()
        .any(|placement| placement.scope == scope)
    {
        warnings.push(Warning::new(
            WarningKind::SeveralEntries,
            format!("{what} has more than one entry: an update added to it instead of replacing"),
        ));
    }
    let known = certificate
        .contents
        .iter()
        .position(|material| is_same(material, &read));
    let index = known.unwrap_or_else(|| {
        certificate.contents.push(read);
        certificate.contents.len() - 1
    });
    // That an entry exists does not say that its deployment succeeded.
    let mut placement = Placement::new(scope, State::Unknown);
    placement.alias = entry.alias;
    placement.content = Some(index);
    certificate.placements.push(placement);
}

/// Whether two entries hold the same content: by SHA-256 where both are known, else by everything
/// the vendor states.
fn is_same(one: &CertificateContent, other: &CertificateContent) -> bool {
    match (one.sha256, other.sha256) {
        (Some(one), Some(other)) => one == other,
        (None, None) => one.reported == other.reported && one.reported.sha1.is_some(),
        _ => false,
    }
}
