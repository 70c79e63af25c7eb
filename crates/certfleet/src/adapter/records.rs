//! Reads the records of an answer one by one where the answer as a whole is not of the documented shape, so that
//! one odd field costs one record.

use crate::{
    Certificate, CertificateContent, CertificateId, Error, Native, ProviderId, Result as Answer,
    Role, Warning, WarningKind,
    model::{NativePage, RecordsAt},
    reading::ListingNotes,
};
use certfleet_http::{Response, ResponseParts, Result, read_json};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::{fmt, sync::Arc, vec};

/// An answer with a list of records, as the vendor documents it.
pub trait RecordList: Sized {
    /// A record, as documented.
    type Record: DeserializeOwned;
    /// What a listing needs of the answer besides its records: where the next page begins, how many there
    /// are. Where it cannot be read, the answer cannot: the listing could end short.
    type Rest: DeserializeOwned;
    /// The members that lead to the records.
    const AT: &'static [&'static str];

    /// Takes the documented answer apart.
    fn into_parts(self) -> (Self::Rest, Option<Vec<Self::Record>>);

    /// Returns whether a `null` there is an empty list: only where the answer says that the call succeeded.
    fn null_is_empty(rest: &Self::Rest) -> bool {
        let _ = rest;
        false
    }
}

/// The records of one answer.
#[derive(Debug)]
pub struct Records<L: RecordList> {
    /// What the answer says besides.
    pub rest: L::Rest,
    /// The records in their order, each as it is documented, or why it cannot be read.
    pub entries: Entries<L::Record>,
    /// The answer.
    pub received: ResponseParts,
}

/// Reads the records of an answer. The usual answer is of the documented shape and costs nothing more. Of another
/// one each record is read by itself.
///
/// # Errors
/// That of the call; the answer has no list, or what a listing needs besides cannot be read.
pub fn records<L: RecordList>(answer: Result<Response<L>>) -> Result<Records<L>> {
    let natives = |body: &_| NativePage::new(bytes::Bytes::clone(body), L::AT);
    match answer {
        Ok(response) => {
            let (list, received) = response.into_parts();
            let natives = natives(received.body());
            let (rest, records) = list.into_parts();
            let records = match (records, natives.found()) {
                (Some(records), _) => records,
                (None, RecordsAt::Null) if L::null_is_empty(&rest) => Vec::new(),
                (None, found) => return Err(no_list::<L>(&received, found)),
            };
            let kind = Kind::Documented(records.into_iter());
            Ok(Records {
                rest,
                entries: Entries::new(natives, kind),
                received,
            })
        }
        Err(error) => {
            let Some(body) = error.misshapen() else {
                return Err(error);
            };
            let natives = natives(body);
            let (rest, found) = (read_json::<L::Rest>(body), natives.found());
            let received = ResponseParts::from_misshapen(error)?;
            let rest = rest.map_err(|place| {
                let what = "its body is not of the documented shape";
                received.unreadable(format_args!("{what}: {place}"))
            })?;
            let is_list = match found {
                RecordsAt::Array => true,
                RecordsAt::Null => L::null_is_empty(&rest),
                RecordsAt::Absent | RecordsAt::Other => false,
            };
            if !is_list {
                return Err(no_list::<L>(&received, found));
            }
            Ok(Records {
                rest,
                entries: Entries::new(natives, Kind::Each),
                received,
            })
        }
    }
}

/// The error of an answer without its list.
fn no_list<L: RecordList>(received: &ResponseParts, found: RecordsAt) -> certfleet_http::Error {
    let place = L::AT.join(".");
    match found {
        RecordsAt::Other => received.unreadable(format_args!("its {place} is not a list")),
        _ => received.unreadable(format_args!("the list has no {place}")),
    }
}

/// Reads an answer that holds one record at a place. `take` takes it out of the documented answer. What is wrong
/// with an answer besides its record costs nothing.
///
/// # Errors
/// That of the call; the record cannot be read.
pub fn record<T, R: DeserializeOwned>(
    answer: Result<Response<T>>,
    at: &'static [&'static str],
    take: impl FnOnce(T) -> Option<R>,
) -> Result<(Option<R>, Native, ResponseParts)> {
    let native = |body: &_| NativePage::new(bytes::Bytes::clone(body), at).record(0);
    let error = match answer {
        Ok(response) => {
            let (whole, received) = response.into_parts();
            let native = native(received.body());
            return Ok((take(whole), native, received));
        }
        Err(error) => error,
    };
    let Some(native) = error.misshapen().map(native) else {
        return Err(error);
    };
    match read_json(native.as_str().as_bytes()) {
        Ok(record) => Ok((record, native, ResponseParts::from_misshapen(error)?)),
        Err(_) => Err(error),
    }
}

/// The records of an answer, each read when it is asked for.
pub struct Entries<R> {
    natives: Arc<NativePage>,
    kind: Kind<R>,
    next: usize,
}

enum Kind<R> {
    /// The whole answer is as documented.
    Documented(vec::IntoIter<R>),
    /// Each is read by itself.
    Each,
}

impl<R> Entries<R> {
    fn new(natives: Arc<NativePage>, kind: Kind<R>) -> Self {
        Self {
            natives,
            kind,
            next: 0,
        }
    }
}

impl<R: DeserializeOwned> Iterator for Entries<R> {
    type Item = std::result::Result<(R, Native), Unreadable>;

    fn next(&mut self) -> Option<Self::Item> {
        let index = self.next;
        let native = self.natives.record(index);
        let entry = match &mut self.kind {
            Kind::Documented(records) => Ok((records.next()?, native)),
            Kind::Each if index < self.natives.len() => {
                match read_json(native.as_str().as_bytes()) {
                    Ok(record) => Ok((record, native)),
                    Err(why) => Err(Unreadable::new(native, why)),
                }
            }
            Kind::Each => return None,
        };
        self.next += 1;
        Some(entry)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = match &self.kind {
            Kind::Documented(records) => records.len(),
            Kind::Each => self.natives.len().saturating_sub(self.next),
        };
        (left, Some(left))
    }
}

impl<R: DeserializeOwned> ExactSizeIterator for Entries<R> {}

impl<R> fmt::Debug for Entries<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entries")
            .field("next", &self.next)
            .finish_non_exhaustive()
    }
}

/// A record that is not of the documented shape.
#[derive(Clone, Debug)]
pub struct Unreadable {
    at: String,
    why: String,
    native: Native,
}

impl Unreadable {
    /// Returns a record that cannot be read. `why` says what is wrong with it, and repeats no value of it.
    pub fn new(native: Native, why: impl Into<String>) -> Self {
        Self {
            at: native.place(),
            why: why.into(),
            native,
        }
    }

    /// Sets where it is, where that is within a record: `data[3].certificate`.
    #[must_use]
    pub fn at(mut self, at: impl Into<String>) -> Self {
        self.at = at.into();
        self
    }

    /// Returns the text or the whole number of one of its members, if that can be read. An empty text is absent.
    pub fn text(&self, member: &str) -> Option<String> {
        match self.member(member)? {
            Value::String(text) if !text.is_empty() => Some(text),
            Value::Number(number) if number.is_i64() || number.is_u64() => Some(number.to_string()),
            _ => None,
        }
    }

    /// Returns one of its members as a record of its own, unless it is absent or `null`.
    ///
    /// # Errors
    /// The member is not of the shape, and why.
    pub fn part<R: DeserializeOwned>(&self, member: &str) -> Option<std::result::Result<R, Self>> {
        let value = self.member(member)?;
        let native = NativePage::new(value.to_string().into(), &[]).record(0);
        Some(read_json(native.as_str().as_bytes()).map_err(|why| Self {
            at: format!("{}.{member}", self.at),
            why,
            native,
        }))
    }

    fn member(&self, name: &str) -> Option<Value> {
        let mut record = self.native.to_value();
        record
            .get_mut(name)
            .map(Value::take)
            .filter(|value| !value.is_null())
    }

    /// Returns the record as it came.
    pub fn native(&self) -> &Native {
        &self.native
    }

    /// Returns what is wrong, for the record or for its account.
    pub fn warning(&self) -> Warning {
        Warning::new(
            WarningKind::UnreadableRecord,
            format!("{} could not be read: {}", self.at, self.why),
        )
    }

    /// Returns the error of an answer that holds nothing but it.
    pub fn error(&self, provider: ProviderId, received: &ResponseParts) -> Error {
        Error::invalid_response(provider, received, self.warning())
    }

    /// Returns the row that stands for it, where its address is known.
    pub fn certificate(&self, id: CertificateId, role: Role) -> Certificate {
        let mut certificate = Certificate::new(id, role);
        certificate.name = self.text("name");
        // It has a content, of which nothing is known.
        certificate.contents = vec![CertificateContent::default()];
        certificate.warnings = vec![self.warning()];
        certificate.native = self.native.clone();
        certificate
    }
}

/// Checks an answer that is a whole listing: what it announces came, and the sum is within the account's limits.
///
/// # Errors
/// The list is short, or too long.
pub fn whole<L: RecordList>(
    provider: ProviderId,
    notes: &ListingNotes,
    records: &Records<L>,
    announced: Option<u64>,
) -> Answer<()> {
    let came = records.entries.len();
    notes.add_answer(provider, &records.received, came)?;
    match announced {
        Some(announced) if announced > came as u64 => Err(Error::invalid_response(
            provider,
            &records.received,
            format_args!("the list is short: {announced} were announced and {came} came"),
        )),
        _ => Ok(()),
    }
}
