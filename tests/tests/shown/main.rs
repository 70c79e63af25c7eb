//! What `Debug` and `Display` show: of every type that may hold a secret nothing of it, and no type that may hold
//! one derives its `Debug` from a plain field.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "clippy.toml only knows #[test] functions, not what they share"
)]

mod derived;

use derived::{fields, root};

use certfleet::{
    Account, Change, Connection, Upload,
    apinizer::{self, Apinizer},
    cloudflare::{self, Cloudflare},
    openai::{self, OpenAi},
    patchworks::{self, Patchworks},
};
use certfleet_http::{
    BoxFuture, FilePart, Form, RawResponse, Request, Secret, SendError, Transport,
};
use certfleet_patchworks::types;
use certfleet_tests::{Reply, contract::operations};
use std::{
    collections::BTreeSet,
    fmt::Debug,
    sync::{Arc, Mutex},
    time::Duration,
};

/// What must not be shown. In base64 it is `Y2FuYXJ5LTQ3MTE`, as a list of bytes `99, 97, 110`.
const CANARY: &str = "canary-4711";

/// The forms in which it would be seen.
const FORMS: [&str; 4] = [CANARY, "Y2FuYXJ5", "99, 97, 110", "63616e617279"];

fn secret() -> Secret {
    CANARY.into()
}

/// Keeps how a request and its answer show.
#[derive(Debug, Default)]
struct Showing(Mutex<Vec<String>>);

impl Transport for Showing {
    fn send<'a>(
        &'a self,
        request: &'a Request,
        _: usize,
        _: Duration,
    ) -> BoxFuture<'a, Result<RawResponse, SendError>> {
        assert!(String::from_utf8_lossy(request.body()).contains(CANARY));
        let echo = format!(
            r#"{{"data":{{"id":1,"passphrase":"{CANARY}","certificate":"{CANARY}"}},"message":"{CANARY}"}}"#
        );
        let answer = Reply::json(422, echo)
            .header("set-cookie", CANARY)
            .header("x-request-id", CANARY)
            .answer();
        let error = SendError::maybe_sent("broken").after(RawResponse {
            body: answer.body.clone(),
            ..Reply::json(200, "").header("set-cookie", CANARY).answer()
        });
        let shown = format!("{request:?} {request:#?} {answer:?} {answer:#?} {error:?}");
        self.0.lock().unwrap().push(shown);
        Box::pin(async { Ok(answer) })
    }
}

/// A request of Patchworks with both of its secrets, and everything that shows on its way.
async fn on_its_way() -> Vec<String> {
    let transport = Arc::new(Showing::default());
    let session = certfleet_patchworks::Client::builder(&patchworks::Credentials::ApiKey(secret()))
        .transport(transport.clone())
        .build()
        .unwrap();
    let client = certfleet_patchworks::Client::from(session.clone());
    let call = client
        .create_certificate()
        .body_map(|body| body.certificate(CANARY).passphrase(Some(secret())));
    let mut shown = vec![format!("{call:?} {call:#?} {client:?} {session:?}")];
    let error = call.send().await.unwrap_err();
    shown.push(format!("{error} {error:?} {error:#?}"));
    shown.extend(transport.0.lock().unwrap().clone());
    assert_eq!(shown.len(), 3);
    shown
}

#[tokio::test]
async fn nothing_that_holds_a_secret_shows_it() {
    let mut shown = on_its_way().await;
    fn see(shown: &mut Vec<String>, value: &dyn Debug) {
        shown.push(format!("{value:?} {value:#?}"));
    }

    let credentials = [
        openai::Credentials::AdminKey(secret()).authorization(),
        cloudflare::Credentials::ApiToken(secret()).authorization(),
        cloudflare::Credentials::EmailAndKey {
            email: secret(),
            key: secret(),
        }
        .authorization(),
        patchworks::Credentials::ApiKey(secret()).authorization(),
        patchworks::Credentials::Bearer(secret()).authorization(),
        apinizer::Credentials::AccessToken(secret()).authorization(),
    ];
    for one in &credentials {
        assert!(one.is_ok());
        see(&mut shown, one);
    }
    // What cannot be one is not repeated either.
    for bad in [format!("{CANARY}\nx"), format!("{CANARY}\u{1}")] {
        let refused = openai::Credentials::AdminKey(bad.into()).authorization();
        let error = refused.unwrap_err();
        shown.push(error.to_string());
        see(&mut shown, &error);
    }
    see(&mut shown, &openai::Credentials::AdminKey(secret()));
    see(
        &mut shown,
        &cloudflare::Credentials::EmailAndKey {
            email: secret(),
            key: secret(),
        },
    );
    see(&mut shown, &patchworks::Credentials::Bearer(secret()));
    see(&mut shown, &apinizer::Credentials::AccessToken(secret()));

    let answered = types::Certificates {
        certificate: Some(secret()),
        passphrase: Some(secret()),
        ..types::Certificates::default()
    };
    let asked = types::builder::CertificatesStoreRequest::default()
        .certificate(CANARY)
        .passphrase(Some(secret()));
    see(&mut shown, &answered);
    see(&mut shown, &asked);
    see(
        &mut shown,
        &types::CertificatesStoreRequest::try_from(asked.clone()).unwrap(),
    );

    let file = FilePart::new("file", CANARY.as_bytes().to_vec());
    see(&mut shown, &file);
    let form = Form::new().text("passphrase", CANARY.to_owned());
    let _ = form.file("file", file);

    let key = format!("-----BEGIN PRIVATE KEY-----\n{CANARY}\n-----END PRIVATE KEY-----\n");
    let upload = Upload::with_key(key.into()).unwrap().passphrase(secret());
    see(&mut shown, &upload);
    see(&mut shown, &Change::Upload(upload));

    let connection = || Connection::default().base_url("http://localhost");
    let openai = openai::Credentials::AdminKey(secret());
    let cloudflare = cloudflare::Credentials::ApiToken(secret());
    let patchworks = patchworks::Credentials::ApiKey(secret());
    let apinizer = apinizer::Credentials::AccessToken(secret());
    let openai = OpenAi::new("a", openai, vec![], connection()).unwrap();
    let cloudflare = Cloudflare::new("a", cloudflare, "id", connection()).unwrap();
    let patchworks = Patchworks::new("a", patchworks, connection()).unwrap();
    let apinizer = Apinizer::new("a", apinizer, "p", connection()).unwrap();
    see(&mut shown, &openai);
    see(&mut shown, &cloudflare);
    see(&mut shown, &patchworks);
    see(&mut shown, &apinizer);
    see(&mut shown, &Account::new(patchworks));

    let address = format!("https://user:{CANARY}@vendor.example/");
    let connection = Connection::default().base_url(&address);
    let key = openai::Credentials::AdminKey("k".into());
    let error = OpenAi::new("a", key, vec![], connection).unwrap_err();
    shown.push(error.to_string());
    shown.push(serde_json::to_string(&error.report()).unwrap());
    see(&mut shown, &error);
    let error = certfleet::x509::read_all(
        format!("-----BEGIN RSA PRIVATE KEY-----\n{CANARY}\n-----END RSA PRIVATE KEY-----\n")
            .as_bytes(),
    )
    .unwrap_err();
    shown.push(error.to_string());
    see(&mut shown, &error);

    for text in &shown {
        for form in FORMS {
            assert!(!text.contains(form), "{form} is shown: {text}");
        }
    }
    assert!(shown.len() > 25, "{}", shown.len());
}

/// What a document calls a secret, `Debug` never sees as text: the generated fields are `Secret`.
#[test]
fn secrets_of_documents_are_secrets_in_types() {
    let mut seen = BTreeSet::new();
    for api in operations::APIS {
        let names: BTreeSet<&str> = api
            .operations
            .iter()
            .flat_map(|one| one.request_secrets.iter().chain(one.response_secrets))
            .copied()
            .collect();
        let source = root().join(format!("crates/certfleet-{}/src/types.rs", api.provider));
        for field in fields(&source) {
            if !names.contains(field.name.as_str()) {
                continue;
            }
            // A record of that name has fields of its own.
            assert!(
                field.mentions("Secret") || !field.is_text(),
                "{}: {field:?}",
                api.provider
            );
            if field.mentions("Secret") {
                seen.insert((field.owner, field.name));
            }
        }
    }
    // Patchworks' answer and request, and the request's builder.
    let owners = ["Certificates", "CertificatesStoreRequest"];
    for owner in owners {
        for name in ["certificate", "passphrase"] {
            assert!(
                seen.contains(&(owner.to_owned(), name.to_owned())),
                "{seen:?}"
            );
        }
    }
}
