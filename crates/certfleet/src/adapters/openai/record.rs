//! OpenAI's records, and the pages they come in.

use super::error;
use crate::{
    Native, Result, Scope, Warning,
    adapter::{Identified, NativePage, PageOf, RecordList, Records, Unreadable, records},
};
use certfleet_http::{Bytes, Response, UnixSeconds};
use certfleet_openai::types;
use serde::Deserialize;
use serde_json::Value;
use std::hash::{Hash, Hasher};

/// What the calls have in common, whatever their types are named.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) id: String,
    pub(super) fields: std::result::Result<Fields, Unreadable>,
    pub(super) content: Option<String>,
    pub(super) placement: (Scope, Option<bool>),
    pub(super) oddities: Vec<Warning>,
    pub(super) native: Native,
}

#[derive(Debug)]
pub(super) struct Fields {
    pub(super) name: Option<String>,
    pub(super) created_at: UnixSeconds,
    pub(super) valid_at: Option<UnixSeconds>,
    pub(super) expires_at: Option<UnixSeconds>,
}

impl Record {
    pub(super) fn of_organization(item: types::OrganizationCertificate, native: Native) -> Self {
        let fields = Fields {
            name: item.name,
            created_at: item.created_at,
            valid_at: item.certificate_details.valid_at,
            expires_at: item.certificate_details.expires_at,
        };
        Self::new(
            item.id,
            Ok(fields),
            (Scope::Organization, Some(item.active)),
            native,
        )
    }

    pub(super) fn of_project(
        project: &str,
        item: types::OrganizationProjectCertificate,
        native: Native,
    ) -> Self {
        let fields = Fields {
            name: item.name,
            created_at: item.created_at,
            valid_at: item.certificate_details.valid_at,
            expires_at: item.certificate_details.expires_at,
        };
        Self::new(
            item.id,
            Ok(fields),
            (project_scope(project), Some(item.active)),
            native,
        )
    }

    /// A record that is an answer of its own.
    pub(super) fn alone(whole: types::Certificate, body: Bytes) -> Self {
        let fields = Fields {
            name: whole.name,
            created_at: whole.created_at,
            valid_at: whole.certificate_details.valid_at,
            expires_at: whole.certificate_details.expires_at,
        };
        // Not returned by get, and what is absent is not guessed.
        let placement = (Scope::Organization, whole.active);
        let native = NativePage::new(body, &[]).record(0);
        Self {
            content: whole.certificate_details.content,
            ..Self::new(whole.id, Ok(fields), placement, native)
        }
    }

    /// A record of which only the id can be read.
    fn unread(id: String, scope: Scope, unread: Unreadable) -> Self {
        let native = unread.native().clone();
        Self::new(id, Err(unread), (scope, None), native)
    }

    fn new(
        id: String,
        fields: std::result::Result<Fields, Unreadable>,
        placement: (Scope, Option<bool>),
        native: Native,
    ) -> Self {
        Self {
            id,
            fields,
            content: None,
            placement,
            oddities: Vec::new(),
            native,
        }
    }
}

impl Identified for Record {
    fn identify(&self, state: &mut impl Hasher) {
        self.id.hash(state);
    }
}

/// One page of a scope.
pub(super) fn page<L: RecordList<Rest = Rest>>(
    answer: certfleet_http::Result<Response<L>>,
    scope: &Scope,
    read: impl Fn(L::Record, Native) -> Record,
) -> Result<PageOf<Record>> {
    let Records {
        rest,
        entries,
        received,
    } = records(answer).map_err(error)?;
    let (mut items, mut unidentified) = (Vec::with_capacity(entries.len()), Vec::new());
    let mut last = None;
    for entry in entries {
        let record = match entry {
            Ok((item, native)) => Ok(read(item, native)),
            Err(unread) => match unread.text("id") {
                Some(id) => Ok(Record::unread(id, scope.clone(), unread)),
                None => Err(unread),
            },
        };
        last = None;
        match record {
            Ok(record) if record.id.is_empty() => {
                let what = Unreadable::new(record.native, "its id is empty");
                unidentified.push(what);
            }
            Ok(record) => {
                last = Some(record.id.clone());
                items.push(record);
            }
            Err(unread) => unidentified.push(unread),
        }
    }
    // Where the vendor does not say it, the next page begins behind the last item.
    let stated = rest.last_id.as_str().map(str::to_owned);
    Ok(PageOf {
        items,
        unidentified,
        next: rest.has_more.then(|| stated.or(last)),
        total: None,
        received,
    })
}

/// What a listing needs of a page besides its records.
#[derive(Debug, Deserialize)]
pub struct Rest {
    has_more: bool,
    #[serde(default)]
    last_id: Value,
}

impl RecordList for types::ListCertificatesResponse {
    type Record = types::OrganizationCertificate;
    type Rest = Rest;
    const AT: &'static [&'static str] = &["data"];

    fn into_parts(self) -> (Rest, Option<Vec<Self::Record>>) {
        let rest = Rest {
            has_more: self.has_more,
            last_id: self.last_id.into(),
        };
        (rest, Some(self.data))
    }
}

impl RecordList for types::ListProjectCertificatesResponse {
    type Record = types::OrganizationProjectCertificate;
    type Rest = Rest;
    const AT: &'static [&'static str] = &["data"];

    fn into_parts(self) -> (Rest, Option<Vec<Self::Record>>) {
        let rest = Rest {
            has_more: self.has_more,
            last_id: self.last_id.into(),
        };
        (rest, Some(self.data))
    }
}

pub(super) fn project_scope(id: &str) -> Scope {
    Scope::Project { id: id.to_owned() }
}
