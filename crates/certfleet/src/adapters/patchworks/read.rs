//! Patchworks' reads.

use super::{Client, Patchworks, error};
use crate::{
    Certificate, CertificateContent, ContentFetch, ListOptions, Native, Placement, Result, Role,
    Scope, State,
    adapter::{Identified, ListingNotes, PageOf, RecordList, Records, Unreadable, pages, records},
    model::{Reported, read_date},
};
use certfleet_http::Integer;
use certfleet_patchworks::types;
use futures_util::{StreamExt, TryFutureExt, TryStreamExt, stream, stream::BoxStream};
use serde::Deserialize;
use serde_json::Value;
use std::{
    collections::BTreeMap,
    hash::{Hash, Hasher},
    num::NonZeroU64,
};

/// The largest page.
const PAGE: u64 = 100;

impl Patchworks {
    /// Every certificate.
    pub(super) fn listing(
        &self,
        options: ListOptions,
        notes: ListingNotes,
    ) -> BoxStream<'_, Result<Certificate>> {
        self.all(options.content, notes)
            .map_ok(|certificates| stream::iter(certificates).map(Ok))
            .try_flatten_stream()
            .boxed()
    }

    async fn connectors(&self, client: Client, page: Option<String>) -> Result<PageOf<Connector>> {
        let number: u64 = page.and_then(|page| page.parse().ok()).unwrap_or(1);
        let call = client
            .list_connectors()
            .include("certificate")
            .page(NonZeroU64::new(number).unwrap_or(NonZeroU64::MIN))
            .per_page(NonZeroU64::new(PAGE).unwrap_or(NonZeroU64::MIN));
        let Records {
            rest,
            entries,
            received,
        } = records(call.send().await).map_err(error)?;
        let rest: Rest = rest;
        let count = entries.len() as u64;
        let more = match (&rest.meta, &rest.links) {
            (
                Some(Pages {
                    last_page: Some(last),
                    ..
                }),
                _,
            ) => u64::try_from(last.get()).is_ok_and(|last| number < last),
            (_, Some(links)) => !links.next.is_null(),
            // Without either, only a page that is not full is known to be the last.
            (_, None) => count >= PAGE,
        };
        let (mut items, mut unidentified) = (Vec::new(), Vec::new());
        for entry in entries {
            match Connector::read(entry) {
                Ok(connector) => items.push(connector),
                Err(unread) => unidentified.push(unread),
            }
        }
        Ok(PageOf {
            items,
            unidentified,
            next: more.then(|| Some((number + 1).to_string())),
            total: rest.meta.and_then(|meta| meta.total.as_u64()),
            received,
        })
    }

    /// Every attached certificate, once, with all its connectors.
    async fn all(&self, content: ContentFetch, notes: ListingNotes) -> Result<Vec<Certificate>> {
        let mut found: BTreeMap<i64, Certificate> = BTreeMap::new();
        let client = self.client.until(self.client.session().deadline());
        let page = |page| self.connectors(client.clone(), page);
        let pages = pages(self.profile.provider, notes, page);
        let connectors = pages.try_concat().await?;
        for connector in connectors {
            let Some((id, attached)) = connector.certificate else {
                continue;
            };
            let scope = Scope::Connector {
                id: connector.id.to_string(),
            };
            let placement = Placement::new(scope, State::Unknown);
            let native = connector.native;
            let read = match attached {
                Attached::Read(record) => self.certificate(id, *record, content, native),
                Attached::Unread(unread) => {
                    let id = self.profile.certificate_id(id.to_string());
                    unread.certificate(id, Role::ClientIdentity)
                }
            };
            let known = found.entry(id).or_insert_with(|| read.clone());
            // One connector may show it in a way that can be read, another not.
            if known.is_unreadable() && !read.is_unreadable() {
                let placements = std::mem::take(&mut known.placements);
                *known = Certificate { placements, ..read };
            }
            known.placements.push(placement);
        }
        Ok(found.into_values().map(Certificate::summarise).collect())
    }

    pub(super) fn certificate(
        &self,
        id: i64,
        record: types::Certificates,
        content: ContentFetch,
        native: Native,
    ) -> Certificate {
        let id = self.profile.certificate_id(id.to_string());
        let mut certificate = Certificate::new(id, Role::ClientIdentity);
        let warnings = &mut certificate.warnings;
        let text = record.certificate.filter(|_| content != ContentFetch::Skip);
        certificate.contents = vec![CertificateContent::read(
            Reported::default(),
            text.as_ref().map(|text| text.expose()),
            "the certificate",
            warnings,
        )];
        certificate.created_at = read_date(record.created_at.as_ref(), "created_at", warnings);
        certificate.updated_at = read_date(record.updated_at.as_ref(), "updated_at", warnings);
        certificate.uploaded_at = certificate.created_at;
        // Described as an object; a text is what it plainly is.
        certificate.name = match record.name {
            None | Some(Value::Null) => None,
            Some(Value::String(name)) => Some(name),
            Some(other) => Some(other.to_string()),
        };
        certificate.native = native;
        certificate
    }
}

/// A connector, and the certificate that is attached to it.
struct Connector {
    id: i64,
    certificate: Option<(i64, Attached)>,
    native: Native,
}

/// A certificate as a connector shows it.
enum Attached {
    Read(Box<types::Certificates>),
    Unread(Unreadable),
}

impl Connector {
    /// Reads a connector. Of its own members a listing needs the id alone.
    fn read(
        entry: std::result::Result<(types::Connector, Native), Unreadable>,
    ) -> std::result::Result<Self, Unreadable> {
        let whole_number = |text: String| text.parse().ok();
        let (id, native, attached) = match entry {
            Ok((connector, native)) => {
                let attached = connector.certificate.map(Ok);
                (connector.id.map(Integer::get), native, attached)
            }
            Err(unread) => {
                let id = unread.text("id").and_then(whole_number);
                (id, unread.native().clone(), unread.part("certificate"))
            }
        };
        let Some(id) = id else {
            return Err(Unreadable::new(native, "the connector has no id"));
        };
        let certificate = match attached {
            None => None,
            Some(Ok(record)) => {
                let Some(number) = record.id.map(Integer::get) else {
                    let at = format!("{}.certificate", native.place());
                    return Err(Unreadable::new(native, "it has no id").at(at));
                };
                Some((number, Attached::Read(Box::new(record))))
            }
            Some(Err(unread)) => match unread.text("id").and_then(whole_number) {
                Some(number) => Some((number, Attached::Unread(unread))),
                None => return Err(unread),
            },
        };
        Ok(Self {
            id,
            certificate,
            native,
        })
    }
}

impl Identified for Connector {
    fn identify(&self, state: &mut impl Hasher) {
        self.id.hash(state);
    }
}

/// What a listing needs of a page besides its connectors.
#[derive(Debug, Deserialize)]
pub struct Rest {
    meta: Option<Pages>,
    links: Option<Links>,
}

#[derive(Debug, Deserialize)]
struct Pages {
    last_page: Option<Integer>,
    #[serde(default)]
    total: Value,
}

#[derive(Debug, Deserialize)]
struct Links {
    #[serde(default)]
    next: Value,
}

impl RecordList for types::ConnectorsCollectionResponse {
    type Record = types::Connector;
    type Rest = Rest;
    const AT: &'static [&'static str] = &["data"];

    fn into_parts(self) -> (Rest, Option<Vec<types::Connector>>) {
        let rest = Rest {
            meta: self.meta.map(|meta| Pages {
                last_page: meta.last_page,
                total: meta.total.map(|total| total.get()).into(),
            }),
            links: self.links.map(|links| Links {
                next: links.next.into(),
            }),
        };
        (rest, self.data)
    }
}
