//! What cannot be read is not taken for what is not there: with records of the account that cannot be read, no
//! negative answer is certain.

use certfleet::{
    Account, CertificateId, Change, Connection, Effect, Error, ErrorKind, How, Scope, State,
    Upload,
    change::{Generate, ReferencePolicy, SetActive},
    cloudflare::{self, Cloudflare},
    http::Request,
    openai::{self, OpenAi},
};
use certfleet_changes::{ConsequenceKind, Journal, WaitOptions, Writer};
use certfleet_sandbox::Sample;
use certfleet_tests::{Scripted, sandbox};
use serde_json::{Value, json};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

/// A vendor with these records. Whatever is to change them is carried out by the test, and its answer is lost.
#[derive(Clone)]
struct Vendor {
    records: Arc<Mutex<Vec<Value>>>,
    /// What a write leaves behind, and how many came.
    after: Arc<Mutex<(Option<Vec<Value>>, usize)>>,
}

impl Vendor {
    fn new(records: Vec<Value>) -> Self {
        Self {
            records: Arc::new(Mutex::new(records)),
            after: Arc::default(),
        }
    }

    /// Has the next write leave these records behind.
    fn leaves(&self, records: Vec<Value>) {
        self.after.lock().unwrap().0 = Some(records);
    }

    fn set(&self, records: Vec<Value>) {
        *self.records.lock().unwrap() = records;
    }

    fn writes(&self) -> usize {
        self.after.lock().unwrap().1
    }

    fn answer(&self, request: &Request) -> (u16, Value) {
        let operation = request.operation();
        if operation.method != "GET" {
            let mut after = self.after.lock().unwrap();
            after.1 += 1;
            if let Some(records) = after.0.take() {
                self.set(records);
            }
            return (502, json!({}));
        }
        let records = self.records.lock().unwrap().clone();
        match operation.id {
            "get_certificate" => {
                let path = request.url().path();
                let named = records
                    .into_iter()
                    .find(|one| one["id"].as_str().is_some_and(|id| path.ends_with(id)));
                match named {
                    Some(one) if operation.path.contains("gateway") => (
                        200,
                        json!({"success": true, "errors": [], "messages": [], "result": one}),
                    ),
                    Some(one) => (200, one),
                    None => (404, json!({})),
                }
            }
            "list_certificates" => (
                200,
                json!({"success": true, "errors": [], "messages": [], "result": records}),
            ),
            "list_project_certificates" if records.iter().any(|one| one == "no projects") => (
                404,
                json!({"error": {"message": "No such project", "type": "x"}}),
            ),
            _ => (
                200,
                json!({"object": "list", "data": records, "has_more": false}),
            ),
        }
    }

    fn connection(&self) -> Connection {
        let vendor = self.clone();
        Connection::default()
            .base_url("http://localhost")
            .transport(Arc::new(Scripted::new(move |_, request| {
                let (status, body) = vendor.answer(request);
                (status, body.to_string())
            })))
    }

    fn openai(&self, projects: &[&str]) -> Writer {
        let projects = projects.iter().map(|id| (*id).to_owned()).collect();
        let key = openai::Credentials::AdminKey("k".into());
        let opened = OpenAi::new("a", key, projects, self.connection()).unwrap();
        acknowledging(Account::new(opened))
    }

    fn cloudflare(&self) -> Writer {
        let token = cloudflare::Credentials::ApiToken("k".into());
        let opened = Cloudflare::new("a", token, "acc", self.connection()).unwrap();
        acknowledging(Account::new(opened))
    }
}

fn acknowledging(account: Account) -> Writer {
    Writer::new(account, Journal::memory()).acknowledging(ConsequenceKind::ALL.iter().copied())
}

fn pem() -> String {
    sandbox().sample(Sample::Authority, "unreadable", 400)
}

fn upload() -> Change {
    Change::Upload(Upload::new(pem().as_bytes()).unwrap().name("new"))
}

fn generate() -> Change {
    Change::Generate(Generate::default())
}

/// OpenAI's record, whole.
fn readable(id: &str) -> Value {
    json!({"object": "certificate", "id": id, "name": id, "active": true, "created_at": 1,
        "certificate_details": {"valid_at": 1, "expires_at": 2}})
}

/// One of which the id alone can be read, in the listing and by itself.
fn odd(id: &str) -> Value {
    json!({"id": id, "certificate_details": null})
}

/// One of which not even the id can be read.
fn nameless() -> Value {
    json!({"id": null})
}

fn id(text: &str) -> CertificateId {
    text.parse().unwrap()
}

fn unknown(result: certfleet::Result<certfleet::Applied>) -> Error {
    let error = result.unwrap_err();
    assert_eq!(error.effect(), Effect::Unknown, "{error}");
    assert!(error.to_string().contains("could not be read"), "{error}");
    error
}

/// A lost answer, and then no record that shows the upload: what cannot be read may be it.
#[tokio::test(start_paused = true)]
async fn a_lost_upload_may_be_what_cannot_be_read() {
    for hidden in [odd("cert_new"), nameless()] {
        let vendor = Vendor::new(vec![readable("cert_1")]);
        let writer = vendor.openai(&[]);
        vendor.leaves(vec![readable("cert_1"), hidden.clone()]);
        unknown(writer.apply(upload()).await);
        assert_eq!(vendor.writes(), 1, "an upload is never sent again");
        // What is pending stays so while it cannot be told, however much time passes.
        tokio::time::sleep(Duration::from_secs(24 * 3600)).await;
        let resumed = writer.resume().await.unwrap();
        assert!(!resumed[0].settled, "{resumed:?}");
        // Neither is the same made again.
        let error = writer.apply(upload()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Precondition, "{error}");
        assert_eq!(vendor.writes(), 1);
        // Once it can be read, it is resolved.
        let mut found = readable("cert_new");
        found["certificate_details"]["content"] = json!(pem());
        vendor.set(vec![readable("cert_1"), found]);
        let resumed = writer.resume().await.unwrap();
        assert!(resumed[0].settled, "{resumed:?}");
    }
}

/// What was there before the upload is not what it made, readable or not.
#[tokio::test(start_paused = true)]
async fn what_was_there_before_is_not_the_result() {
    let vendor = Vendor::new(vec![odd("cert_1")]);
    let writer = vendor.openai(&[]);
    let error = writer.apply(upload()).await.unwrap_err();
    assert!(
        error.to_string().contains("It has not taken effect now"),
        "{error}"
    );
    tokio::time::sleep(Duration::from_secs(24 * 3600)).await;
    let resumed = writer.resume().await.unwrap();
    assert!(resumed[0].settled, "{resumed:?}");
    assert_eq!(
        resumed[0].message,
        "it did not take effect, and no longer can: apply it again"
    );
}

#[tokio::test(start_paused = true)]
async fn a_lost_generation_may_be_what_cannot_be_read() {
    let made = json!({"id": "made", "type": "gateway_managed"});
    for after in [
        vec![json!({"id": "made", "in_use": 7})],
        vec![json!({"in_use": 7})],
        // The only new one that can be read is not the only new one.
        vec![made.clone(), json!({"id": "other", "in_use": 7})],
        vec![made.clone(), json!({"in_use": 7})],
    ] {
        let vendor = Vendor::new(Vec::new());
        let writer = vendor.cloudflare();
        vendor.leaves(after);
        unknown(writer.apply(generate()).await);
        assert_eq!(vendor.writes(), 1);
    }
    let vendor = Vendor::new(vec![json!({"id": "old", "in_use": 7})]);
    let writer = vendor.cloudflare();
    vendor.leaves(vec![json!({"id": "old", "in_use": 7}), made]);
    let applied = writer.apply(generate()).await.unwrap();
    assert!(
        applied.how == How::Recovered && applied.inferred,
        "{applied:?}"
    );
}

/// An upload where something cannot be read has a consequence to acknowledge: it may be there already.
#[tokio::test(start_paused = true)]
async fn an_upload_beside_what_cannot_be_read_asks_first() {
    for (hidden, named) in [
        (odd("cert_1"), "openai/a/cert_1"),
        (nameless(), "a record without a readable address"),
    ] {
        let vendor = Vendor::new(vec![hidden]);
        let writer = vendor.openai(&[]);
        let plan = writer.plan(upload()).await.unwrap();
        let consequence = &plan.consequences[0];
        assert_eq!(consequence.kind, ConsequenceKind::RecordsUnreadable);
        assert!(
            consequence.message.contains(named),
            "{}",
            consequence.message
        );
        let plain = writer.acknowledging_only([]);
        let error = plain.apply(upload()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotAcknowledged);
        assert_eq!(vendor.writes(), 0);
    }
    // One that can be read by itself is compared.
    let mut listed = odd("cert_1");
    listed["object"] = json!("certificate");
    let mut whole = readable("cert_1");
    whole["active"] = Value::Null;
    let vendor = Vendor::new(vec![whole.clone()]);
    let plan = vendor.openai(&[]).plan(upload()).await.unwrap();
    assert_eq!(
        plan.consequences[0].kind,
        ConsequenceKind::RecordsUnreadable
    );
    whole["certificate_details"]["content"] = json!(pem());
    vendor.set(vec![whole]);
    assert!(vendor.openai(&[]).plan(upload()).await.unwrap().unchanged);
}

/// A record that is not among those that can be read is not said to be gone.
#[tokio::test(start_paused = true)]
async fn what_cannot_be_read_is_not_gone() {
    let vendor = Vendor::new(vec![readable("cert_1"), nameless()]);
    let writer = vendor.openai(&[]);
    let missing = id("openai/a/cert_2");
    let set = SetActive::new([missing.clone()], Scope::Organization);
    for result in [
        writer.rename(missing.clone(), "x").await,
        writer.apply(Change::Activate(set.clone())).await,
        writer.apply(Change::Deactivate(set)).await,
        writer.delete(missing.clone(), ReferencePolicy::Keep).await,
    ] {
        let error = result.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Precondition, "{error}");
        assert!(error.message().contains("cannot be told"), "{error}");
    }
    assert_eq!(vendor.writes(), 0);
    let options = WaitOptions::default().timeout(Duration::from_secs(5));
    let waited = writer
        .wait(
            std::slice::from_ref(&missing),
            &Scope::Organization,
            State::Active,
            options,
            |_| (),
        )
        .await;
    assert_eq!(waited.unwrap_err().kind(), ErrorKind::Timeout);
    // A deletion whose answer is lost: what cannot be read may still be it.
    let inactive = |id: &str| {
        let mut one = readable(id);
        one["active"] = json!(false);
        one
    };
    vendor.set(vec![inactive("cert_2"), inactive("cert_1")]);
    vendor.leaves(vec![inactive("cert_1"), nameless()]);
    unknown(writer.delete(missing.clone(), ReferencePolicy::Keep).await);
    // Without any, it is seen to be gone.
    let vendor = Vendor::new(vec![inactive("cert_2")]);
    vendor.leaves(vec![inactive("cert_1")]);
    let applied = vendor
        .openai(&[])
        .delete(missing.clone(), ReferencePolicy::Keep)
        .await;
    assert_eq!(applied.unwrap().how, How::Recovered);
    let error = vendor.openai(&[]).rename(missing, "x").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

/// Of a record that cannot be read no state is concluded, and everything that may follow is said.
#[tokio::test(start_paused = true)]
async fn a_state_that_cannot_be_read_is_not_concluded() {
    let vendor = Vendor::new(vec![odd("cert_1"), readable("cert_2")]);
    let writer = vendor.openai(&[]);
    let one = || id("openai/a/cert_1");
    for (change, kinds) in [
        (
            Change::Deactivate(SetActive::new([one()], Scope::Organization)),
            vec![
                ConsequenceKind::TrustEnds,
                ConsequenceKind::RecordsUnreadable,
            ],
        ),
        (
            Change::Activate(SetActive::new([one()], Scope::Organization)),
            vec![ConsequenceKind::RecordsUnreadable],
        ),
    ] {
        let plan = writer.plan(change.clone()).await.unwrap();
        assert!(!plan.unchanged);
        assert_eq!(plan.kinds(), kinds);
        unknown(writer.apply(change).await);
    }
    let error = unknown(writer.rename(one(), "other").await);
    assert!(error.to_string().contains("openai/a/cert_1"), "{error}");
}

/// A change rests on all states of an account: a scope that cannot be read stops it.
#[tokio::test(start_paused = true)]
async fn a_scope_that_cannot_be_read_stops_a_change() {
    let vendor = Vendor::new(vec![readable("cert_1"), json!("no projects")]);
    let writer = vendor.openai(&["proj_a"]);
    let error = writer.plan(upload()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound, "{error}");
    assert!(error.to_string().contains("project proj_a"), "{error}");
    assert_eq!(vendor.writes(), 0);
}
