//! OpenAI's reads.

use super::{
    Client, OpenAi, error,
    record::{Record, page, project_scope},
};
use crate::{
    Certificate, CertificateContent, CertificateId, ContentFetch, Error, ErrorKind, ListOptions,
    Placement, Result, Role, Scope, State, Warning, WarningKind,
    adapter::{ListingNotes, PageOf, pages},
    model::Reported,
};
use certfleet_http::{ResponseParts, UnixSeconds};
use certfleet_openai::types;
use chrono::{DateTime, Utc};
use futures_util::{
    FutureExt, Stream, StreamExt, TryFutureExt, TryStreamExt, future, stream, stream::BoxStream,
};
use std::{collections::HashMap, num::NonZeroU64};

/// The largest page.
const PAGE: NonZeroU64 = NonZeroU64::new(100).unwrap();

/// How many contents are fetched, and how many projects are read, at the same time.
const CONCURRENCY: usize = 16;

impl OpenAi {
    /// Every certificate, with its states in the organization and the account's projects.
    pub(super) fn listing(
        &self,
        options: ListOptions,
        notes: ListingNotes,
    ) -> BoxStream<'_, Result<Certificate>> {
        let client = self.client.until(self.client.session().deadline());
        let (fetching, fetched) = (client.clone(), notes.clone());
        let pages = async move {
            let elsewhere = self.in_projects(&client, &notes, &self.projects).await?;
            Ok::<_, Error>(joined(
                pages(self.profile.provider, notes, move |after| {
                    organization_page(client.clone(), after)
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
                .map_ok(move |(record, elsewhere)| {
                    let (client, notes) = (fetching.clone(), fetched.clone());
                    async move {
                        let record = self.with_content(&client, record, &notes).await?;
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

    /// The records of one certificate in the lists of the organization and the projects, which are read at the same
    /// time.
    async fn in_lists(&self, client: &Client, id: &str) -> Result<Vec<Record>> {
        let provider = self.profile.provider;
        let notes = || ListingNotes::new(client.session());
        let page = |after| organization_page(client.clone(), after);
        let organization = record_of(pages(provider, notes(), page), id);
        let of_project = |project: &String| {
            let (client, project) = (client.clone(), project.clone());
            let page = move |after| project_page(client.clone(), project.clone(), after);
            record_of(pages(provider, notes(), page), id).boxed()
        };
        let projects: Vec<_> = self.projects.iter().map(of_project).collect();
        let projects = stream::iter(projects).buffered(CONCURRENCY);
        let projects = projects.try_collect::<Vec<_>>();
        // The error is the organization's or the first project's, in this order.
        let (organization, projects) = future::join(organization, projects).await;
        let found = organization?.into_iter();
        Ok(found.chain(projects?.into_iter().flatten()).collect())
    }

    /// The records of these projects, by the certificate's id. The projects are read at the same time, and what they
    /// bring is joined in their own order. A project that fails costs its own states, unless what failed is the
    /// account or the way to it: then nothing else would come either.
    async fn in_projects(
        &self,
        client: &Client,
        notes: &ListingNotes,
        projects: &[String],
    ) -> Result<HashMap<String, Vec<Record>>> {
        let provider = self.profile.provider;
        let read = |project: &String| {
            let (part, client, project) = (notes.part(), client.clone(), project.clone());
            async move {
                let page = |after| project_page(client.clone(), project.clone(), after);
                let (records, failed) = all_of(pages(provider, part.clone(), page)).await;
                (project, part, records, failed)
            }
            .boxed()
        };
        let read: Vec<_> = projects.iter().map(read).collect();
        let mut read = stream::iter(read).buffered(CONCURRENCY);
        let mut found: HashMap<String, Vec<Record>> = HashMap::new();
        while let Some((project, part, records, failed)) = read.next().await {
            notes.add_part(&part);
            for record in records {
                found.entry(record.id.clone()).or_default().push(record);
            }
            match failed {
                Some(error) if is_of_account(error.kind()) => return Err(error),
                Some(error) => notes.add_failed_scope(project_scope(&project), error),
                None => {}
            }
        }
        Ok(found)
    }

    /// The same record with its content. What the vendor says of one record in a way that cannot be read costs
    /// that record's content.
    async fn with_content(
        &self,
        client: &Client,
        mut record: Record,
        notes: &ListingNotes,
    ) -> Result<Record> {
        match Self::content(client, &record.id).await {
            Ok((whole, received)) => {
                notes.add_answer(self.profile.provider, &received, 0)?;
                record.content = whole.certificate_details.content;
            }
            Err(error) if error.kind() == ErrorKind::InvalidResponse => {
                let what = format!("the certificate could not be read: {error}");
                let warning = Warning::new(WarningKind::UnreadableRecord, what);
                record.oddities.push(warning);
            }
            Err(error) => return Err(error),
        }
        Ok(record)
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
        let mut certificate = match &record.fields {
            Ok(_) => Certificate::new(id, Role::ClientCa),
            Err(unread) => unread.certificate(id, Role::ClientCa),
        };
        let mut stated = Reported::default();
        if let Ok(fields) = record.fields {
            let warnings = &mut certificate.warnings;
            stated.not_before = date(fields.valid_at, "valid_at", warnings);
            stated.not_after = date(fields.expires_at, "expires_at", warnings);
            certificate.created_at = date(Some(fields.created_at), "created_at", warnings);
            certificate.uploaded_at = certificate.created_at;
            certificate.name = fields.name;
        }
        let warnings = &mut certificate.warnings;
        warnings.extend(record.oddities);
        certificate.contents = vec![CertificateContent::read(
            stated,
            record.content.as_deref(),
            "the certificate",
            warnings,
        )];
        certificate.placements = vec![placement(record.placement)];
        for record in elsewhere {
            if let Err(unread) = &record.fields {
                let what = format!("{}: {}", record.placement.0, unread.warning());
                let warning = Warning::new(WarningKind::UnreadableScope, what);
                certificate.warnings.push(warning);
            }
            certificate.placements.push(placement(record.placement));
        }
        certificate.native = record.native;
        certificate.summarise()
    }
}

/// Whether what failed is more than one scope.
fn is_of_account(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::Unauthenticated
            | ErrorKind::RateLimited
            | ErrorKind::Network
            | ErrorKind::Timeout
    )
}

async fn organization_page(client: Client, after: Option<String>) -> Result<PageOf<Record>> {
    let mut call = client.list_organization_certificates().limit(PAGE);
    if let Some(after) = after {
        call = call.after(after);
    }
    let scope = Scope::Organization;
    page(call.send().await, &scope, Record::of_organization)
}

async fn project_page(
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
    page(
        call.send().await,
        &project_scope(&project),
        |item, native| Record::of_project(&project, item, native),
    )
}

/// The records of all pages, and why the last page did not come, if so.
async fn all_of(pages: impl Stream<Item = Result<Vec<Record>>>) -> (Vec<Record>, Option<Error>) {
    let mut pages = std::pin::pin!(pages);
    let mut all = Vec::new();
    loop {
        match pages.try_next().await {
            Ok(Some(records)) => all.extend(records),
            Ok(None) => return (all, None),
            Err(error) => return (all, Some(error)),
        }
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

fn placement((scope, active): (Scope, Option<bool>)) -> Placement {
    let state = match active {
        Some(true) => State::Active,
        Some(false) => State::Inactive,
        None => State::Unknown,
    };
    Placement::new(scope, state)
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
