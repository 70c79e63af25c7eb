//! OpenAI's reads.

use super::{Client, OpenAi, error};
use crate::adapter::{Identified, PageOf, pages};
use crate::{
    Certificate, CertificateContent, CertificateId, ContentFetch, Error, ListOptions, Native,
    Placement, Result, Role, Scope, State, Warning, WarningKind, adapter::NativePage,
    model::Reported, reading::Repeated,
};
use certfleet_http::{Bytes, ResponseParts, UnixSeconds};
use certfleet_openai::types;
use chrono::{DateTime, Utc};
use futures_util::{Stream, StreamExt, TryFutureExt, TryStreamExt, stream, stream::BoxStream};
use std::{
    collections::HashMap,
    hash::{Hash, Hasher},
    num::NonZeroU64,
    sync::Arc,
};

/// The largest page.
const PAGE: NonZeroU64 = NonZeroU64::new(100).unwrap();

/// How many contents are fetched at the same time.
const CONCURRENCY: usize = 16;

impl OpenAi {
    /// Every certificate.
    pub(super) fn listing(
        &self,
        options: ListOptions,
        repeated: Repeated,
    ) -> BoxStream<'_, Result<Certificate>> {
        let client = self.client.until(self.client.session().deadline());
        let fetching = client.clone();
        let pages = async move {
            let elsewhere = self.in_projects(&client, &repeated).await?;
            Ok::<_, Error>(joined(
                pages(self.profile.provider, repeated, move |after| {
                    self.organization_page(client.clone(), after)
                }),
                elsewhere,
            ))
        }
        .try_flatten_stream();
        match options.content {
            ContentFetch::Skip | ContentFetch::Included => pages
                .map_ok(move |records| {
                    let convert =
                        move |(record, elsewhere)| Ok(self.certificate(record, elsewhere));
                    stream::iter(records.into_iter().map(convert))
                })
                .try_flatten()
                .boxed(),
            ContentFetch::Fetch => pages
                .map_ok(|records| stream::iter(records).map(Ok))
                .try_flatten()
                .map_ok(move |(mut record, elsewhere)| {
                    let client = fetching.clone();
                    async move {
                        let (whole, _) = Self::content(&client, &record.id).await?;
                        record.content = whole.certificate_details.content;
                        Ok(self.certificate(record, elsewhere))
                    }
                })
                .try_buffered(CONCURRENCY)
                .boxed(),
        }
    }

    /// One certificate. The vendor's answer does not say where it is active: the lists of all scopes do.
    pub(super) async fn one(&self, id: &CertificateId) -> Result<Certificate> {
        let client = self.client.until(self.client.session().deadline());
        let (whole, received) = Self::content(&client, &id.native).await?;
        let mut record = Record::alone(whole, received.into_body());
        let mut listed = self.in_lists(&client, &id.native).await?.into_iter();
        if let Some(first) = listed.next() {
            record.placement = first.placement;
        }
        Ok(self.certificate(record, listed.collect()))
    }

    /// The content of one certificate.
    pub(super) async fn contents_of(&self, id: &CertificateId) -> Result<Vec<CertificateContent>> {
        let (whole, received) = Self::content(&self.client, &id.native).await?;
        let record = Record::alone(whole, received.into_body());
        Ok(self.certificate(record, Vec::new()).contents)
    }

    /// The records of one certificate in the lists of the organization and the projects.
    async fn in_lists(&self, client: &Client, id: &str) -> Result<Vec<Record>> {
        let provider = self.profile.provider;
        let page = |after| self.organization_page(client.clone(), after);
        let organization = pages(provider, Repeated::default(), page);
        let mut found = Vec::from_iter(record_of(organization, id).await?);
        for project in &self.projects {
            let page = move |after| self.project_page(client.clone(), project.clone(), after);
            let pages = pages(provider, Repeated::default(), page);
            found.extend(record_of(pages, id).await?);
        }
        Ok(found)
    }

    async fn organization_page(
        &self,
        client: Client,
        after: Option<String>,
    ) -> Result<PageOf<Record>> {
        let mut call = client.list_organization_certificates().limit(PAGE);
        if let Some(after) = after {
            call = call.after(after);
        }
        let (page, received) = call.send().await.map_err(error)?.into_parts();
        let natives = NativePage::new(received.body().clone(), &["data"]);
        Ok(PageOf {
            next: page
                .has_more
                .then(|| last(page.last_id, page.data.last().map(|item| &item.id))),
            items: page
                .data
                .into_iter()
                .enumerate()
                .map(|(index, item)| Record::of_organization(item, &natives, index))
                .collect(),
            total: None,
            received,
        })
    }

    async fn project_page(
        &self,
        client: Client,
        project: String,
        after: Option<String>,
    ) -> Result<PageOf<Record>> {
        let mut call = client
            .list_project_certificates()
            .project_id(&project)
            .limit(PAGE);
        if let Some(after) = after {
            call = call.after(after);
        }
        let (page, received) = call.send().await.map_err(error)?.into_parts();
        let natives = NativePage::new(received.body().clone(), &["data"]);
        Ok(PageOf {
            next: page
                .has_more
                .then(|| last(page.last_id, page.data.last().map(|item| &item.id))),
            items: page
                .data
                .into_iter()
                .enumerate()
                .map(|(index, item)| Record::of_project(&project, item, &natives, index))
                .collect(),
            total: None,
            received,
        })
    }

    /// The records of all projects, by the certificate's id.
    async fn in_projects(
        &self,
        client: &Client,
        repeated: &Repeated,
    ) -> Result<HashMap<String, Vec<Record>>> {
        let mut found: HashMap<String, Vec<Record>> = HashMap::new();
        for project in &self.projects {
            let page = move |after| self.project_page(client.clone(), project.clone(), after);
            let mut pages = std::pin::pin!(pages(self.profile.provider, repeated.clone(), page));
            while let Some(records) = pages.try_next().await? {
                for record in records {
                    found.entry(record.id.clone()).or_default().push(record);
                }
            }
        }
        Ok(found)
    }

    async fn content(client: &Client, id: &str) -> Result<(types::Certificate, ResponseParts)> {
        let answer = client
            .get_certificate()
            .certificate_id(id)
            .include(vec![types::GetCertificateIncludeItem::Content])
            .send()
            .await
            .map_err(error)?;
        Ok(answer.into_parts())
    }

    pub(super) fn certificate(&self, record: Record, elsewhere: Vec<Record>) -> Certificate {
        let id = self.profile.certificate_id(record.id);
        let mut certificate = Certificate::new(id, Role::ClientCa);
        let warnings = &mut certificate.warnings;
        let stated = Reported {
            not_before: date(record.valid_at, "valid_at", warnings),
            not_after: date(record.expires_at, "expires_at", warnings),
            ..Reported::default()
        };
        certificate.created_at = date(Some(record.created_at), "created_at", warnings);
        certificate.uploaded_at = certificate.created_at;
        certificate.contents = vec![CertificateContent::read(
            stated,
            record.content.as_deref(),
            "the certificate",
            warnings,
        )];
        certificate.placements = std::iter::once(record.placement)
            .chain(elsewhere.into_iter().map(|record| record.placement))
            .map(|(scope, active)| {
                Placement::new(
                    scope,
                    match active {
                        Some(true) => State::Active,
                        Some(false) => State::Inactive,
                        None => State::Unknown,
                    },
                )
            })
            .collect();
        certificate.name = record.name;
        certificate.native = record.native;
        certificate.summarise()
    }
}

/// What the calls have in common, whatever their types are named.
#[derive(Debug)]
pub(super) struct Record {
    id: String,
    name: Option<String>,
    created_at: UnixSeconds,
    valid_at: Option<UnixSeconds>,
    expires_at: Option<UnixSeconds>,
    content: Option<String>,
    placement: (Scope, Option<bool>),
    native: Native,
}

impl Record {
    pub(super) fn of_organization(
        item: types::OrganizationCertificate,
        natives: &Arc<NativePage>,
        index: usize,
    ) -> Self {
        Self {
            id: item.id,
            name: item.name,
            created_at: item.created_at,
            valid_at: item.certificate_details.valid_at,
            expires_at: item.certificate_details.expires_at,
            content: None,
            placement: (Scope::Organization, Some(item.active)),
            native: natives.record(index),
        }
    }

    pub(super) fn of_project(
        project: &str,
        item: types::OrganizationProjectCertificate,
        natives: &Arc<NativePage>,
        index: usize,
    ) -> Self {
        let scope = Scope::Project {
            id: project.to_owned(),
        };
        Self {
            id: item.id,
            name: item.name,
            created_at: item.created_at,
            valid_at: item.certificate_details.valid_at,
            expires_at: item.certificate_details.expires_at,
            content: None,
            placement: (scope, Some(item.active)),
            native: natives.record(index),
        }
    }

    /// A record that is an answer of its own.
    pub(super) fn alone(whole: types::Certificate, body: Bytes) -> Self {
        Self {
            id: whole.id,
            name: whole.name,
            created_at: whole.created_at,
            valid_at: whole.certificate_details.valid_at,
            expires_at: whole.certificate_details.expires_at,
            content: whole.certificate_details.content,
            // Not returned by get, and what is absent is not guessed.
            placement: (Scope::Organization, whole.active),
            native: NativePage::new(body, &[]).record(0),
        }
    }
}

impl Identified for Record {
    fn identify(&self, state: &mut impl Hasher) {
        self.id.hash(state);
    }
}

/// The record of one certificate in a list, which is read as far as that.
async fn record_of(
    pages: impl Stream<Item = Result<Vec<Record>>>,
    id: &str,
) -> Result<Option<Record>> {
    let mut pages = std::pin::pin!(pages);
    while let Some(records) = pages.try_next().await? {
        if let Some(record) = records.into_iter().find(|record| record.id == id) {
            return Ok(Some(record));
        }
    }
    Ok(None)
}

/// Where the next page begins: what the vendor says, or behind the last item where it does not.
fn last(stated: Option<String>, item: Option<&String>) -> Option<String> {
    stated.or_else(|| item.cloned())
}

fn date(
    seconds: Option<UnixSeconds>,
    what: &str,
    warnings: &mut Vec<Warning>,
) -> Option<DateTime<Utc>> {
    let seconds = seconds?;
    let utc = seconds.utc();
    if utc.is_none() {
        warnings.push(Warning::new(
            WarningKind::UnreadableTime,
            format!("{what} is not a count of seconds: {seconds}"),
        ));
    }
    utc
}

/// A record of the organization, and the same certificate's records of its projects.
type Joined = (Record, Vec<Record>);

/// Joins the organization's records with the projects'. What only a project knows comes last.
fn joined<'a>(
    pages: impl Stream<Item = Result<Vec<Record>>> + Send + 'a,
    elsewhere: HashMap<String, Vec<Record>>,
) -> impl Stream<Item = Result<Vec<Joined>>> + Send + 'a {
    stream::try_unfold(
        (Box::pin(pages), Some(elsewhere)),
        |(mut pages, elsewhere)| async move {
            let Some(mut elsewhere) = elsewhere else {
                return Ok(None);
            };
            if let Some(records) = pages.try_next().await? {
                let joined = records
                    .into_iter()
                    .map(|record| {
                        let others = elsewhere.remove(&record.id).unwrap_or_default();
                        (record, others)
                    })
                    .collect();
                return Ok(Some((joined, (pages, Some(elsewhere)))));
            }
            let mut rest: Vec<Joined> = elsewhere
                .into_values()
                .filter_map(|mut records| {
                    let others = records.split_off(1.min(records.len()));
                    records.pop().map(|first| (first, others))
                })
                .collect();
            rest.sort_by(|(one, _), (other, _)| one.id.cmp(&other.id));
            Ok(Some((rest, (pages, None))))
        },
    )
}
