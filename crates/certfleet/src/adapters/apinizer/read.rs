//! Apinizer's reads.

use super::{Apinizer, Client, error};
use crate::{
    Certificate, CertificateContent, CertificateId, ContentFetch, Error, ErrorKind, ListOptions,
    Native, Placement, Result, Role, Scope, State, Warning, WarningKind,
    adapter::{ListingNotes, RecordList, Records, Unreadable, records, whole},
    model::{Reported, read_date},
};
use certfleet_apinizer::types;
use certfleet_http::{Integer, ResponseParts};
use futures_util::{StreamExt, TryFutureExt, TryStreamExt, stream, stream::BoxStream};
use serde::Deserialize;
use serde_json::Value;

/// How many contents are fetched at the same time.
const CONCURRENCY: usize = 16;

impl Apinizer {
    /// Every certificate.
    pub(super) fn listing(
        &self,
        options: ListOptions,
        notes: ListingNotes,
    ) -> BoxStream<'_, Result<Certificate>> {
        let client = self.client.until(self.client.session().deadline());
        let certificates = self
            .all(client.clone(), options.content, notes.clone())
            .map_ok(|certificates| stream::iter(certificates).map(Ok))
            .try_flatten_stream();
        match options.content {
            ContentFetch::Skip | ContentFetch::Included => certificates.boxed(),
            ContentFetch::Fetch => certificates
                .map_ok(move |certificate| {
                    self.with_content(client.clone(), certificate, notes.clone())
                })
                .try_buffered(CONCURRENCY)
                .boxed(),
        }
    }

    /// One certificate.
    pub(super) async fn one(&self, client: &Client, id: &CertificateId) -> Result<Certificate> {
        Ok(self.one_received(client, id).await?.0)
    }

    /// One certificate, and the answer it came with.
    async fn one_received(
        &self,
        client: &Client,
        id: &CertificateId,
    ) -> Result<(Certificate, ResponseParts)> {
        let answer = client
            .get_certificate()
            .project_name(&self.project)
            .certificate_name(&id.native)
            .send()
            .await;
        let Records {
            entries, received, ..
        } = records(answer).map_err(error)?;
        for entry in entries {
            match entry.and_then(|(record, native)| {
                self.certificate(record, ContentFetch::Included, native)
            }) {
                Ok(certificate) if certificate.id == *id => return Ok((certificate, received)),
                Ok(_) => {}
                Err(unread) if unread.text("name").as_ref() == Some(&id.native) => {
                    return Err(unread.error(self.profile.provider, &received));
                }
                Err(_) => {}
            }
        }
        Err(Error::absent(id, &received))
    }

    /// All certificates: the vendor sends them in one answer.
    async fn all(
        &self,
        client: Client,
        content: ContentFetch,
        notes: ListingNotes,
    ) -> Result<Vec<Certificate>> {
        let answer = client
            .list_certificates()
            .project_name(&self.project)
            .send()
            .await;
        let records = records(answer).map_err(error)?;
        let rest: &Rest = &records.rest;
        whole(self.profile.provider, &notes, &records, rest.announced())?;
        let made = records.entries.filter_map(|entry| {
            match entry.and_then(|(record, native)| self.certificate(record, content, native)) {
                Ok(certificate) => Some(certificate),
                Err(unread) => self.unread(&unread, &notes),
            }
        });
        Ok(made.collect())
    }

    /// The row of a record that cannot be read, if it says which it is.
    fn unread(&self, unread: &Unreadable, notes: &ListingNotes) -> Option<Certificate> {
        let Some(name) = unread.text("name") else {
            notes.add_unidentified(unread.warning());
            return None;
        };
        Some(unread.certificate(self.profile.certificate_id(name), Role::Trust))
    }

    pub(super) fn certificate(
        &self,
        record: types::Certificate,
        content: ContentFetch,
        native: Native,
    ) -> std::result::Result<Certificate, Unreadable> {
        let Some(name) = record.name.filter(|name| !name.is_empty()) else {
            return Err(Unreadable::new(native, "it has no name"));
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

    /// The same certificate with its contents, where the list left them out. What the vendor says of one
    /// certificate in a way that cannot be read costs its contents.
    async fn with_content(
        &self,
        client: Client,
        mut certificate: Certificate,
        notes: ListingNotes,
    ) -> Result<Certificate> {
        let mut contents = certificate.contents.iter();
        if contents.all(|content| content.x509.is_some()) {
            return Ok(certificate);
        }
        match self.one_received(&client, &certificate.id).await {
            Ok((whole, received)) => {
                notes.add_answer(self.profile.provider, &received, 0)?;
                Ok(whole)
            }
            Err(error) if error.kind() == ErrorKind::InvalidResponse => {
                let what = format!("the certificate could not be read: {error}");
                let warning = Warning::new(WarningKind::UnreadableRecord, what);
                certificate.warnings.push(warning);
                Ok(certificate)
            }
            Err(error) => Err(error),
        }
    }
}

/// What a listing needs of the vendor's envelope.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Rest {
    success: Value,
    status: Value,
    #[serde(rename = "resultCount")]
    count: Value,
}

impl Rest {
    /// How many certificates there are.
    fn announced(&self) -> Option<u64> {
        self.count.as_u64()
    }
}

impl RecordList for types::CertificateListResponse {
    type Record = types::Certificate;
    type Rest = Rest;
    const AT: &'static [&'static str] = &["resultList"];

    fn into_parts(self) -> (Rest, Option<Vec<types::Certificate>>) {
        let rest = Rest {
            success: self.success.into(),
            status: self.status.into(),
            count: self.result_count.map(Integer::get).into(),
        };
        // An empty list may be left out.
        let is_empty = self.result_list.is_none() && rest.announced() == Some(0);
        let records = if is_empty {
            Some(Vec::new())
        } else {
            self.result_list
        };
        (rest, records)
    }

    fn null_is_empty(rest: &Rest) -> bool {
        rest.success == true || rest.status == "SUCCESS"
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
