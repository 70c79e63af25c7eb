//! Harbourgate's reads.

use super::Harbourgate;
use crate::{
    Certificate, CertificateContent, CertificateId, ContentFetch, Error, ListOptions, Native,
    Placement, ProviderId, Result, Role, Scope, State, Warning, WarningKind,
    adapter::{Identified, NativePage, PageOf, pages},
    model::{Reported, read_date},
    reading::Repeated,
};
use certfleet_harbourgate::{Client, enums::CertificateStatus, types};
use futures_util::{StreamExt, TryStreamExt, stream, stream::BoxStream};
use std::{
    hash::{Hash, Hasher},
    num::NonZeroU64,
};

/// The largest page.
const PAGE: NonZeroU64 = NonZeroU64::new(50).unwrap();

/// How many contents are fetched at the same time.
const CONCURRENCY: usize = 16;

/// A failed call. Its status says what kind it is.
pub(super) fn error(error: certfleet_http::Error) -> Error {
    Error::from_call(ProviderId::HARBOURGATE, error, |_| None)
}

impl Harbourgate {
    /// Every certificate.
    pub(super) fn listing(
        &self,
        options: ListOptions,
        repeated: Repeated,
    ) -> BoxStream<'_, Result<Certificate>> {
        let client = self.client.until(self.client.session().deadline());
        let fetching = client.clone();
        let page = move |page| self.page(client.clone(), page);
        let items = pages(self.profile.provider, repeated, page)
            .map_ok(|items| stream::iter(items).map(Ok))
            .try_flatten();
        if options.content != ContentFetch::Fetch {
            return items
                .map_ok(|item| self.certificate(item.record, item.native))
                .boxed();
        }
        items
            .map_ok(move |item| self.whole(fetching.clone(), item.record.id))
            .try_buffered(CONCURRENCY)
            .boxed()
    }

    /// One certificate.
    pub(super) async fn one(&self, id: &CertificateId) -> Result<Certificate> {
        self.whole(self.client.clone(), id.native.clone()).await
    }

    async fn whole(&self, client: Client, id: String) -> Result<Certificate> {
        let answer = client.get_certificate().certificate_id(id).send().await;
        let (record, received) = answer.map_err(error)?.into_parts();
        let native = NativePage::new(received.into_body(), &[]).record(0);
        Ok(self.certificate(record, native))
    }

    async fn page(&self, client: Client, page: Option<String>) -> Result<PageOf<Item>> {
        let number: u64 = page.and_then(|page| page.parse().ok()).unwrap_or(1);
        let call = client
            .list_certificates()
            .page(NonZeroU64::new(number).unwrap_or(NonZeroU64::MIN))
            .per_page(PAGE);
        let (answer, received) = call.send().await.map_err(error)?.into_parts();
        let natives = NativePage::new(received.body().clone(), &["items"]);
        let more = u64::try_from(answer.pages.get()).is_ok_and(|pages| number < pages);
        Ok(PageOf {
            items: answer
                .items
                .into_iter()
                .enumerate()
                .map(|(index, record)| Item {
                    record,
                    native: natives.record(index),
                })
                .collect(),
            next: more.then(|| Some((number + 1).to_string())),
            total: u64::try_from(answer.total.get()).ok(),
            received,
        })
    }

    pub(super) fn certificate(&self, record: types::Certificate, native: Native) -> Certificate {
        let id = self.profile.certificate_id(record.id);
        let mut certificate = Certificate::new(id, Role::ClientCa);
        let warnings = &mut certificate.warnings;
        let reported = Reported {
            not_after: read_date(record.expires_at.as_ref(), "expires_at", warnings),
            ..Reported::default()
        };
        certificate.created_at = read_date(record.created_at.as_ref(), "created_at", warnings);
        certificate.uploaded_at = certificate.created_at;
        certificate.contents = vec![CertificateContent::read(
            reported,
            record.pem.as_deref(),
            "the certificate",
            warnings,
        )];
        let state = state(&record.status, warnings);
        let mut placement = Placement::new(Scope::Edge, state);
        placement.reported = Some(record.status.to_string());
        certificate.placements = vec![placement];
        certificate.name = Some(record.name);
        certificate.native = native;
        certificate.summarise()
    }
}

/// What the vendor's word says of the edge.
fn state(status: &CertificateStatus, warnings: &mut Vec<Warning>) -> State {
    match status {
        CertificateStatus::Trusted => State::Active,
        CertificateStatus::Suspended => State::Inactive,
        other => {
            warnings.push(Warning::new(
                WarningKind::UnknownState,
                format!("status is {:?}, which is not known", other.as_str()),
            ));
            State::Unknown
        }
    }
}

/// An item of a page.
struct Item {
    record: types::Certificate,
    native: Native,
}

impl Identified for Item {
    fn identify(&self, state: &mut impl Hasher) {
        self.record.id.hash(state);
    }
}
