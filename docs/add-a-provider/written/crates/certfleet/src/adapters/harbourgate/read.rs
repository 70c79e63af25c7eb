//! Harbourgate's reads.

use super::Harbourgate;
use crate::{
    Certificate, CertificateContent, CertificateId, ContentFetch, Error, ListOptions, Native,
    Placement, ProviderId, Result, Role, Scope, State, Warning, WarningKind,
    adapter::{
        Identified, ListingNotes, NativePage, PageOf, RecordList, Records, Unreadable, pages,
        records,
    },
    model::{Reported, read_date},
};
use certfleet_harbourgate::{Client, enums::CertificateStatus, types};
use certfleet_http::Integer;
use futures_util::{StreamExt, TryStreamExt, stream, stream::BoxStream};
use serde::Deserialize;
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
        notes: ListingNotes,
    ) -> BoxStream<'_, Result<Certificate>> {
        let client = self.client.until(self.client.session().deadline());
        let fetching = client.clone();
        let page = move |page| self.page(client.clone(), page);
        let items = pages(self.profile.provider, notes, page)
            .map_ok(|items| stream::iter(items).map(Ok))
            .try_flatten();
        if options.content != ContentFetch::Fetch {
            return items
                .map_ok(|item| self.listed(item))
                .boxed();
        }
        items
            .map_ok(move |item| self.whole_or_listed(fetching.clone(), item))
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
        let Records {
            rest,
            entries,
            received,
        } = records(call.send().await).map_err(error)?;
        let (mut items, mut unidentified) = (Vec::new(), Vec::new());
        for entry in entries {
            match entry {
                Ok((record, native)) => items.push(Item {
                    id: record.id.clone(),
                    record: Ok((record, native)),
                }),
                Err(unread) => match unread.text("id") {
                    Some(id) => items.push(Item {
                        id,
                        record: Err(unread),
                    }),
                    None => unidentified.push(unread),
                },
            }
        }
        let rest: Rest = rest;
        let more = u64::try_from(rest.pages.get()).is_ok_and(|pages| number < pages);
        Ok(PageOf {
            items,
            unidentified,
            next: more.then(|| Some((number + 1).to_string())),
            total: u64::try_from(rest.total.get()).ok(),
            received,
        })
    }

    /// What the listing alone says of a certificate.
    fn listed(&self, item: Item) -> Certificate {
        match item.record {
            Ok((record, native)) => self.certificate(record, native),
            Err(unread) => {
                unread.certificate(self.profile.certificate_id(item.id), Role::ClientCa)
            }
        }
    }

    /// One certificate, whole; where the listing's record of it cannot be read, that record's row.
    async fn whole_or_listed(&self, client: Client, item: Item) -> Result<Certificate> {
        match item.record {
            Ok(_) => self.whole(client, item.id).await,
            Err(_) => Ok(self.listed(item)),
        }
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
    id: String,
    record: std::result::Result<(types::Certificate, Native), Unreadable>,
}

impl Identified for Item {
    fn identify(&self, state: &mut impl Hasher) {
        self.id.hash(state);
    }
}

/// What a listing needs of a page besides its records.
#[derive(Debug, Deserialize)]
pub struct Rest {
    pages: Integer,
    total: Integer,
}

impl RecordList for types::CertificatePage {
    type Record = types::Certificate;
    type Rest = Rest;
    const AT: &'static [&'static str] = &["items"];

    fn into_parts(self) -> (Rest, Option<Vec<types::Certificate>>) {
        let rest = Rest {
            pages: self.pages,
            total: self.total,
        };
        (rest, Some(self.items))
    }
}
