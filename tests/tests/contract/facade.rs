//! The same answers, through the facade.

use crate::{providers, redacted::redacted, responses::same, wait};
use certfleet::{Certificate, CertificateId, ErrorKind, ListOptions};
use certfleet_tests::{Reply, Scripted, contract::Client, scripted_account};
use futures_util::TryStreamExt;
use serde_json::{Value, json};

/// What the facade read.
struct Read {
    certificates: Vec<Certificate>,
    /// How many more records there are, whose ids cannot be read.
    unidentified: usize,
}

/// An operation that the facade lists or gets with.
pub(crate) struct FacadeRead {
    client: &'static Client,
    gets: bool,
}

impl FacadeRead {
    /// The facade's use of an operation, if it has one. It only reads for now.
    pub(crate) fn from_client(client: &'static Client) -> Option<Self> {
        let does = |verb| {
            client
                .api()
                .capability(verb)
                .is_some_and(|capability| capability.operations.contains(&client.id))
        };
        (does("list") || does("get")).then(|| Self {
            client,
            gets: does("get"),
        })
    }

    /// What the facade makes of a reply to this operation; other operations answer with nothing. A scope that
    /// fails is the account's end here.
    pub(crate) fn answered(&self, reply: Reply) -> certfleet::Result<Vec<Certificate>> {
        self.read(reply).map(|read| read.certificates)
    }

    fn read(&self, reply: Reply) -> certfleet::Result<Read> {
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
                let certificates = vec![account.get(&id).await?];
                return Ok(Read {
                    certificates,
                    unidentified: 0,
                });
            }
            let listing = account.list(ListOptions::default());
            let notes = listing.notes();
            let certificates = listing.try_collect().await?;
            match notes.take_failed_scope() {
                Some((_, error)) => Err(error),
                None => Ok(Read {
                    certificates,
                    unidentified: notes.unidentified(),
                }),
            }
        })
    }

    /// One success: read with every record as it came, or refused for a reason; never a panic.
    pub(crate) fn check(&self, body: &Value) -> Result<(), String> {
        let success = self.client.documented().success();
        let status = success.concrete();
        let readable =
            crate::responses::answered(self.client, Reply::json(status, body.to_string())).is_ok();
        let outcome = self.read(Reply::json(status, body.to_string()));
        match (&outcome, readable) {
            // The facade needs less of an answer than it documents, and loses no record of it.
            (Ok(read), false) => {
                let (_, records) =
                    (providers::by_name(self.client.provider).whole)(body.clone(), self.gets);
                let came = read.certificates.len() + read.unidentified;
                if came < records.len() {
                    return Err(format!("{came} of {} records are left", records.len()));
                }
            }
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
        let (body, records) =
            (providers::by_name(self.client.provider).whole)(body.clone(), self.gets);
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
}
