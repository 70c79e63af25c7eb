//! The same answers, through the facade.

use crate::{redacted::redacted, responses::same, wait};
use certfleet::{Certificate, CertificateId, ErrorKind, ListOptions};
use certfleet_tests::{Reply, Scripted, contract::Client, scripted_account};
use futures_util::TryStreamExt;
use serde_json::{Value, json};

/// An operation that the facade lists or gets with.
pub(crate) struct Facade {
    client: &'static Client,
    gets: bool,
}

/// The facade's use of an operation, if it has one. It only reads for now.
pub(crate) fn of(client: &'static Client) -> Option<Facade> {
    let does = |verb| {
        client
            .api()
            .capability(verb)
            .is_some_and(|capability| capability.operations.contains(&client.id))
    };
    (does("list") || does("get")).then(|| Facade {
        client,
        gets: does("get"),
    })
}

impl Facade {
    /// What the facade makes of a reply to this operation; other operations answer with nothing.
    pub(crate) fn answered(&self, reply: Reply) -> certfleet::Result<Vec<Certificate>> {
        let id = self.client.id;
        let transport = Scripted::replying(move |number, request| {
            // A generated body may announce pages without end, which paging.rs is about.
            if number > 4 {
                return Reply::json(500, "");
            }
            if request.operation().id == id {
                return reply.clone();
            }
            // OpenAI's other listing.
            Reply::json(
                200,
                json!({"object": "list", "data": [], "has_more": false}).to_string(),
            )
        });
        let account =
            scripted_account(self.client.provider.parse().expect("a provider"), transport);
        wait(async {
            if self.gets {
                let id = CertificateId::new(account.provider(), account.name(), "name-0");
                account.get(&id).await.map(|certificate| vec![certificate])
            } else {
                account.list(ListOptions::default()).try_collect().await
            }
        })
    }

    /// One success: read with every record as it came, or refused for a reason; never a panic.
    pub(crate) fn check(&self, body: &Value) -> Result<(), String> {
        let success = self.client.documented().success();
        let status = success.concrete();
        let readable =
            crate::responses::answered(self.client, Reply::json(status, body.to_string())).is_ok();
        let outcome = self.answered(Reply::json(status, body.to_string()));
        match (&outcome, readable) {
            (Ok(_), false) => return Err("the facade read what the client cannot".to_owned()),
            (Err(error), _) => {
                let kinds = [
                    ErrorKind::InvalidResponse,
                    ErrorKind::Provider,
                    ErrorKind::NotFound,
                ];
                if !kinds.contains(&error.kind()) {
                    return Err(format!("the facade says {error:?}"));
                }
            }
            (Ok(_), _) => {}
        }
        if !readable {
            return Ok(());
        }
        let (body, records) = self.whole(body.clone());
        let certificates = self
            .answered(Reply::json(status, body.to_string()))
            .map_err(|error| format!("the facade says {error} of {body}"))?;
        let natives: Vec<Value> = certificates
            .iter()
            .map(|certificate| certificate.native.to_value())
            .collect();
        let records: Vec<Value> = records
            .iter()
            .map(|record| redacted(self.client.constants(), record))
            .collect();
        same("native records", &natives, &records)
    }

    /// The same answer as the last page of a listing, with an id in every record; and its records.
    fn whole(&self, mut body: Value) -> (Value, Vec<Value>) {
        let members = body.as_object_mut().expect("a success is an object");
        let list = |value: &mut Value| {
            if !value.is_array() {
                *value = json!([]);
            }
            value.as_array_mut().map(std::mem::take).unwrap_or_default()
        };
        let records = match (self.client.provider, self.gets) {
            ("openai", true) => vec![body.clone()],
            ("openai", false) => {
                members["has_more"] = json!(false);
                let mut records = list(&mut members["data"]);
                number(&mut records, "id", |index| json!(format!("cert_{index}")));
                members["data"] = json!(records);
                records
            }
            ("cloudflare", true) => {
                members["success"] = json!(true);
                let record = members.entry("result").or_insert(Value::Null);
                if !record.is_object() {
                    *record = json!({});
                }
                record["id"] = json!("name-0");
                vec![record.clone()]
            }
            ("cloudflare", false) => {
                members["success"] = json!(true);
                members.remove("result_info");
                let mut records = list(members.entry("result").or_insert(Value::Null));
                number(&mut records, "id", |index| json!(format!("name-{index}")));
                members["result"] = json!(records);
                records
            }
            ("patchworks", _) => {
                members.remove("meta");
                members.remove("links");
                let mut records = list(members.entry("data").or_insert(Value::Null));
                number(&mut records, "id", |index| json!(index));
                for (index, record) in records.iter_mut().enumerate() {
                    if record["certificate"].is_object() {
                        record["certificate"]["id"] = json!(100 + index);
                    }
                }
                members.insert("data".to_owned(), json!(records));
                // Only what is attached is seen.
                records
                    .into_iter()
                    .filter(|record| record["certificate"].is_object())
                    .collect()
            }
            (_, gets) => {
                members.retain(|name, _| {
                    name != "success" && name != "status" && name != "resultCount"
                });
                let mut records = list(members.entry("resultList").or_insert(Value::Null));
                if gets && records.is_empty() {
                    records.push(json!({}));
                }
                number(&mut records, "name", |index| json!(format!("name-{index}")));
                members.insert("resultList".to_owned(), json!(records));
                records.truncate(if gets { 1 } else { usize::MAX });
                records
            }
        };
        (body, records)
    }
}

fn number(records: &mut [Value], name: &str, id: impl Fn(usize) -> Value) {
    for (index, record) in records.iter_mut().enumerate() {
        record[name] = id(index);
    }
}
