//! Patchworks' reads.

use super::{Client, Patchworks, error};
use crate::adapter::{Identified, PageOf, pages};
use crate::{
    Certificate, CertificateContent, ContentFetch, Error, ListOptions, Native, Placement, Result,
    Role, Scope, State,
    adapter::NativePage,
    model::{Reported, read_date},
    reading::Repeated,
};
use certfleet_http::Integer;
use certfleet_patchworks::types;
use futures_util::{StreamExt, TryFutureExt, TryStreamExt, stream, stream::BoxStream};
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
        repeated: Repeated,
    ) -> BoxStream<'_, Result<Certificate>> {
        self.all(options.content, repeated)
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
        let (answer, received) = call.send().await.map_err(error)?.into_parts();
        let Some(connectors) = answer.data else {
            return Err(Error::invalid_response(
                self.profile.provider,
                &received,
                "the list of connectors has no data",
            ));
        };
        let meta = answer.meta;
        let last = meta.as_ref().and_then(|meta| meta.last_page);
        let more = match (last, &answer.links) {
            (Some(last), _) => u64::try_from(last.get()).is_ok_and(|last| number < last),
            (None, Some(links)) => links.next.is_some(),
            // Without either, only a page that is not full is known to be the last.
            (None, None) => connectors.len() as u64 >= PAGE,
        };
        let natives = NativePage::new(received.body().clone(), &["data"]);
        let items = connectors
            .into_iter()
            .enumerate()
            .map(|(index, connector)| {
                let id = |id: Option<Integer>, what: &str| {
                    id.map(Integer::get).ok_or_else(|| {
                        Error::invalid_response(
                            self.profile.provider,
                            &received,
                            format_args!("{what} has no id at data[{index}]"),
                        )
                    })
                };
                Ok(Connector {
                    id: id(connector.id, "a connector")?,
                    certificate: match connector.certificate {
                        Some(record) => Some((id(record.id, "a connector's certificate")?, record)),
                        None => None,
                    },
                    native: natives.record(index),
                })
            })
            .collect::<Result<Vec<_>>>()?;
        Ok(PageOf {
            items,
            next: more.then(|| Some((number + 1).to_string())),
            total: meta
                .and_then(|meta| meta.total)
                .and_then(|total| u64::try_from(total.get()).ok()),
            received,
        })
    }

    /// Every attached certificate, once, with all its connectors.
    async fn all(&self, content: ContentFetch, repeated: Repeated) -> Result<Vec<Certificate>> {
        let mut found: BTreeMap<i64, Certificate> = BTreeMap::new();
        let client = self.client.until(self.client.session().deadline());
        let page = |page| self.connectors(client.clone(), page);
        let pages = pages(self.profile.provider, repeated, page);
        let connectors = pages.try_concat().await?;
        for connector in connectors {
            let Some((id, record)) = connector.certificate else {
                continue;
            };
            let scope = Scope::Connector {
                id: connector.id.to_string(),
            };
            found
                .entry(id)
                .or_insert_with(|| self.certificate(id, record, content, connector.native))
                .placements
                .push(Placement::new(scope, State::Unknown));
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
    certificate: Option<(i64, types::Certificates)>,
    native: Native,
}

impl Identified for Connector {
    fn identify(&self, state: &mut impl Hasher) {
        self.id.hash(state);
    }
}
