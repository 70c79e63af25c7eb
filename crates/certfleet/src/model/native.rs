//! The vendor's record as it came.

use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, value::RawValue};
use std::{
    fmt,
    ops::Range,
    sync::{Arc, OnceLock},
};

/// A vendor's record as JSON, byte for byte, secrets replaced by `"[redacted]"`. The records of one
/// response share its body; nothing is parsed before it is asked for.
///
/// ```
/// use certfleet::ListOptions;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let fleet = certfleet_sandbox::Sandbox::new().fleet()?;
/// let inventory = fleet.inventory(ListOptions::default()).await;
/// // The record of OpenAI, Cloudflare and so on, with members that the model does not have.
/// let record = inventory.certificates[0].native.to_value();
/// assert!(record.is_object());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default)]
pub struct Native {
    page: Option<Arc<NativePage>>,
    index: usize,
}

/// The body of one response, and where its records lie in it. The records share it.
pub struct NativePage {
    body: Bytes,
    /// The members that lead to the records; none where the body is the record.
    path: &'static [&'static str],
    spans: OnceLock<Vec<Range<usize>>>,
    found: OnceLock<RecordsAt>,
}

/// What stands where the records of an answer should.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RecordsAt {
    /// Nothing.
    Absent,
    /// `null`.
    Null,
    /// A list.
    Array,
    /// Something else.
    Other,
}

/// Without the body, which may hold what belongs in no log.
impl fmt::Debug for NativePage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NativePage({} bytes)", self.body.len())
    }
}

impl NativePage {
    /// Returns a body whose records are the items of the array that `path` leads to, or, where there is no
    /// array, the value itself.
    pub fn new(body: Bytes, path: &'static [&'static str]) -> Arc<Self> {
        Arc::new(Self {
            body,
            path,
            spans: OnceLock::new(),
            found: OnceLock::new(),
        })
    }

    /// Returns the record at an index of the array.
    pub fn record(self: &Arc<Self>, index: usize) -> Native {
        Native {
            page: Some(Arc::clone(self)),
            index,
        }
    }

    /// Returns what stands where the records should. The body is read for it once.
    pub(crate) fn found(&self) -> RecordsAt {
        *self.found.get_or_init(|| {
            let whole = std::str::from_utf8(&self.body).ok();
            let value = whole.and_then(|whole| self.value(whole));
            match value.map(RawValue::get) {
                None => RecordsAt::Absent,
                Some("null") => RecordsAt::Null,
                Some(text) if text.starts_with('[') => RecordsAt::Array,
                Some(_) => RecordsAt::Other,
            }
        })
    }

    /// Returns how many records there are in the array.
    pub(crate) fn len(&self) -> usize {
        match self.found() {
            RecordsAt::Array => self.spans().len(),
            _ => 0,
        }
    }

    /// Returns the value that the path leads to.
    fn value<'a>(&self, whole: &'a str) -> Option<&'a RawValue> {
        let value: &RawValue = serde_json::from_str(whole).ok()?;
        let mut path = self.path.iter();
        path.try_fold(value, |value, name| Member::find(value, name))
    }

    fn spans(&self) -> &[Range<usize>] {
        self.spans.get_or_init(|| self.find().unwrap_or_default())
    }

    fn find(&self) -> Option<Vec<Range<usize>>> {
        let whole = std::str::from_utf8(&self.body).ok()?;
        let value = self.value(whole)?;
        let span = |raw: &RawValue| {
            let start = raw.get().as_ptr() as usize - whole.as_ptr() as usize;
            start..start + raw.get().len()
        };
        if value.get().starts_with('[') {
            let items: Vec<&RawValue> = serde_json::from_str(value.get()).ok()?;
            Some(items.into_iter().map(span).collect())
        } else {
            Some(vec![span(value)])
        }
    }
}

/// Finds one member of an object without reading the others.
struct Member;

impl Member {
    fn find<'a>(object: &'a RawValue, name: &str) -> Option<&'a RawValue> {
        #[derive(Deserialize)]
        struct Members<'a>(#[serde(borrow)] std::collections::BTreeMap<String, &'a RawValue>);
        let Members(members) = serde_json::from_str(object.get()).ok()?;
        members.get(name).copied()
    }
}

impl Native {
    /// Returns the record's JSON text; `null` where a record did not come from a response.
    pub fn as_str(&self) -> &str {
        let Some(page) = &self.page else {
            return "null";
        };
        page.spans()
            .get(self.index)
            .and_then(|span| page.body.get(span.clone()))
            .and_then(|bytes| std::str::from_utf8(bytes).ok())
            .unwrap_or("null")
    }

    /// Returns where the record is in its response, for people: `result[3]`.
    pub fn place(&self) -> String {
        let Some(page) = &self.page else {
            return "the record".to_owned();
        };
        match (page.path, page.found()) {
            ([], RecordsAt::Array) => format!("[{}]", self.index),
            ([], _) => "the record".to_owned(),
            (path, RecordsAt::Array) => format!("{}[{}]", path.join("."), self.index),
            (path, _) => path.join("."),
        }
    }

    /// Returns the record as a JSON value.
    pub fn to_value(&self) -> Value {
        serde_json::from_str(self.as_str()).unwrap_or(Value::Null)
    }
}

impl fmt::Debug for Native {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Native")
    }
}

impl PartialEq for Native {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_as_they_came() {
        let page = NativePage::new(
            Bytes::from_static(
                br#"{"x":1,"result":{"data":[ {"id": 1.0}, {"id":"b","n":null} ]}}"#,
            ),
            &["result", "data"],
        );
        assert_eq!(page.record(0).as_str(), r#"{"id": 1.0}"#);
        assert_eq!(page.record(1).as_str(), r#"{"id":"b","n":null}"#);
        assert_eq!(page.record(2).as_str(), "null");
        let whole = NativePage::new(Bytes::from_static(br#" {"id":"c"} "#), &[]);
        assert_eq!(whole.record(0).as_str(), r#"{"id":"c"}"#);
        let broken = NativePage::new(Bytes::from_static(b"<html>"), &["data"]);
        assert_eq!(broken.record(0).to_value(), Value::Null);
    }
}
