//! What `Debug` and `Display` show: of every type that may hold a secret nothing of it, and no type that may hold
//! one derives its `Debug` from a plain field.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "clippy.toml only knows #[test] functions, not what they share"
)]

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
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};
use syn::visit::{self, Visit};

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

/// Types whose content is not known to be free of secrets: whoever holds one writes their own `Debug`.
const OPAQUE: [&str; 4] = ["Bytes", "HeaderMap", "HeaderValue", "RequestBuilder"];

/// Names of fields that hold secrets, whatever their type is.
const TELLING: [&str; 8] = [
    "secret",
    "passphrase",
    "password",
    "token",
    "api_key",
    "private_key",
    "credential",
    "authorization",
];

/// No type of a library or the command derives `Debug` over a field that may hold a secret as it is.
#[test]
fn no_debug_is_derived_over_what_may_be_secret() {
    let mut wrong = Vec::new();
    let mut checked = 0;
    for source in sources() {
        for field in fields(&source).into_iter().filter(|field| field.derived) {
            checked += 1;
            if field.may_be_secret() {
                wrong.push(format!("{}: {field:?}", source.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(checked > 900, "{checked}");
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every source file of what is built for users; the sandbox holds made-up secrets only.
fn sources() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> = fs::read_dir(root().join("crates"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| !path.ends_with("certfleet-sandbox") && !path.ends_with("certfleet-codegen"))
        .map(|path| path.join("src"))
        .collect();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|kind| kind == "rs") {
                found.push(path);
            }
        }
    }
    found
}

/// A field of a type.
#[derive(Debug)]
struct Field {
    owner: String,
    name: String,
    /// Every name in its type.
    kind: BTreeSet<String>,
    /// Whether its owner derives `Debug`.
    derived: bool,
}

impl Field {
    fn mentions(&self, name: &str) -> bool {
        self.kind.contains(name)
    }

    /// Whether it may hold a secret that a derived `Debug` of its owner would show.
    fn may_be_secret(&self) -> bool {
        let telling =
            TELLING.contains(&self.name.as_str()) && self.is_text() && !self.mentions("Secret");
        telling || OPAQUE.iter().any(|name| self.mentions(name))
    }

    /// Whether what it holds would be shown as it is.
    fn is_text(&self) -> bool {
        ["String", "str", "Vec", "Cow", "Value", "Map"]
            .iter()
            .any(|name| self.mentions(name))
    }
}

fn fields(source: &Path) -> Vec<Field> {
    let file = syn::parse_file(&fs::read_to_string(source).unwrap()).unwrap();
    let mut found = Found::default();
    found.visit_file(&file);
    found.0
}

#[derive(Default)]
struct Found(Vec<Field>);

impl Found {
    fn add(&mut self, owner: &syn::Ident, attributes: &[syn::Attribute], fields: &syn::Fields) {
        let derived = attributes.iter().any(|one| {
            one.path().is_ident("derive")
                && one.meta.require_list().is_ok_and(|list| {
                    list.tokens
                        .to_string()
                        .split(|c: char| !c.is_alphanumeric())
                        .any(|name| name == "Debug")
                })
        });
        for field in fields {
            let mut names = Names::default();
            names.visit_type(&field.ty);
            self.0.push(Field {
                owner: owner.to_string(),
                name: field
                    .ident
                    .as_ref()
                    .map_or_else(String::new, ToString::to_string),
                kind: names.0,
                derived,
            });
        }
    }
}

impl<'a> Visit<'a> for Found {
    fn visit_item_struct(&mut self, item: &'a syn::ItemStruct) {
        self.add(&item.ident, &item.attrs, &item.fields);
        visit::visit_item_struct(self, item);
    }

    fn visit_item_enum(&mut self, item: &'a syn::ItemEnum) {
        for variant in &item.variants {
            self.add(&item.ident, &item.attrs, &variant.fields);
        }
        visit::visit_item_enum(self, item);
    }
}

#[derive(Default)]
struct Names(BTreeSet<String>);

impl<'a> Visit<'a> for Names {
    fn visit_ident(&mut self, name: &'a syn::Ident) {
        self.0.insert(name.to_string());
    }
}

/// The scan sees what it is for.
#[test]
fn the_scan_finds_what_it_looks_for() {
    let file = syn::parse_file(
        "#[derive(Clone, Debug)] pub struct A { token: Option<String>, x: Bytes } struct B(HeaderMap); \
         mod m { #[derive(::std::fmt::Debug)] enum C { D { passphrase: Secret } } } \
         #[derive(Debug)] pub struct Put<'a> { client: &'a super::Client, \
         body: Result<::certfleet_http::Bytes, String> }",
    )
    .unwrap();
    let mut found = Found::default();
    found.visit_file(&file);
    let seen: Vec<_> = found
        .0
        .iter()
        .map(|one| (one.owner.as_str(), one.name.as_str(), one.derived))
        .collect();
    assert_eq!(
        seen,
        [
            ("A", "token", true),
            ("A", "x", true),
            ("B", "", false),
            ("C", "passphrase", true),
            ("Put", "client", true),
            ("Put", "body", true)
        ]
    );
    let may_be_secret: Vec<_> = found.0.iter().map(Field::may_be_secret).collect();
    assert_eq!(may_be_secret, [true, true, true, false, false, true]);
    assert!(found.0[0].mentions("String") && found.0[3].mentions("Secret"));
}
