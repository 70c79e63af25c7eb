//! The sandbox answers as the documents say, and takes what they allow: so neither it nor they can
//! change alone.

use crate::{COVERAGE, one, wait};
use certfleet_http::Error;
use certfleet_sandbox::{
    Account, Behaviour, Clock, Credential, RateLimit, Sample, Sandbox, Vendor,
    behaviour::{
        ContentForm, DateForm, EmptyPageIds, ErrorShape, LooseFields, MissingValues, Refusals,
        SecondCertificate, SuccessShape, UpdateRule,
    },
};
use certfleet_tests::{
    Clients, Keys, account,
    contract::{
        Arguments, Called, Client, Contract, Exchange, Kind, Recorder, generate, operations,
    },
    sandbox, start,
};
use libtest_mimic::Trial;
use serde_json::{Value, json};
use std::{collections::BTreeSet, sync::Arc, time::Duration};

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        one("sandbox::paths", paths),
        one("sandbox::every_operation", every_operation),
        one("sandbox::whatever_is_asked", whatever_is_asked),
        one("sandbox::whoever_asks", whoever_asks),
        one("sandbox::too_often", too_often),
        one("sandbox::however_it_behaves", however_it_behaves),
    ]
}

/// The sandbox is where the documents' servers are.
fn paths() {
    for vendor in Vendor::ALL {
        assert_eq!(
            Contract::get().document(vendor.prefix()).base_path,
            vendor.base_path()
        );
    }
}

/// A sandbox and clients of it, with everything that passes noted.
struct Watched {
    sandbox: Sandbox,
    clients: Clients,
    recorder: Recorder,
}

impl Watched {
    fn new(sandbox: Sandbox) -> Self {
        let keys = Keys::of(&sandbox);
        Self::with(sandbox, &keys)
    }

    fn with(sandbox: Sandbox, keys: &Keys) -> Self {
        let recorder = Recorder::noting(sandbox.clone());
        Self {
            clients: Clients::new(Arc::new(recorder.clone()), keys),
            sandbox,
            recorder,
        }
    }

    fn try_call(
        &self,
        name: &str,
        parameters: Value,
        body: Option<Value>,
    ) -> Result<Called, Error> {
        let client = operations::TABLE
            .iter()
            .find(|client| format!("{client:?}") == name)
            .unwrap_or_else(|| panic!("{name} is not in the table"));
        let arguments = Arguments {
            parameters: parameters.as_object().cloned().unwrap_or_default(),
            body,
        };
        wait(client.call(&self.clients, &arguments))
    }

    fn call(&self, name: &str, parameters: Value, body: Option<Value>) -> Value {
        let called = self
            .try_call(name, parameters, body)
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        called.value.unwrap_or_else(|| json!(called.body.len()))
    }

    /// Everything that passed, and in what it was not as documented.
    fn problems(&self) -> Vec<String> {
        self.recorder
            .exchanges()
            .into_iter()
            .flat_map(|exchange| exchange.problems)
            .collect()
    }

    /// Counts what passed, as long as it was as documented.
    fn count(&self) {
        assert!(self.problems().is_empty(), "{:#?}", self.problems());
        for exchange in self.recorder.exchanges() {
            if let Some(operation) = Contract::get()
                .operations()
                .find(|one| Some(one.key()) == exchange.operation)
            {
                COVERAGE.count(operation, Kind::Sandbox(exchange.status));
            }
        }
    }

    /// A certificate's life at every vendor, through every operation.
    fn live(&self) {
        let sandbox = &self.sandbox;
        let pem = sandbox.sample(Sample::Authority, "contract-ca", 400);
        let openai = |name: &str, parameters: Value, body: Option<Value>| {
            self.call(&format!("openai.{name}"), parameters, body)
        };
        let made = openai(
            "upload_certificate",
            json!({}),
            Some(json!({"certificate": pem, "name": "contract"})),
        );
        let id = &made["id"];
        let named = || json!({"certificate_id": id});
        let project = || json!({"project_id": "proj_sandboxresearch"});
        let toggled = || Some(json!({"certificate_ids": [id]}));
        openai(
            "modify_certificate",
            named(),
            Some(json!({"name": "renamed"})),
        );
        openai("get_certificate", named(), None);
        let whole = openai(
            "get_certificate",
            json!({"certificate_id": id, "include[]": ["content"]}),
            None,
        );
        assert!(whole["certificate_details"]["content"].is_string());
        openai(
            "list_organization_certificates",
            json!({"limit": 2, "order": "asc"}),
            None,
        );
        openai("list_organization_certificates", json!({"after": id}), None);
        openai("activate_organization_certificates", json!({}), toggled());
        openai("deactivate_organization_certificates", json!({}), toggled());
        openai("activate_project_certificates", project(), toggled());
        openai("list_project_certificates", project(), None);
        openai("deactivate_project_certificates", project(), toggled());
        openai("delete_certificate", named(), None);

        let (account_id, project_name) = Clients::places(sandbox);
        let cloudflare = |name: &str, more: Value, body: Option<Value>| {
            let mut parameters = json!({"account_id": account_id});
            parameters
                .as_object_mut()
                .unwrap()
                .extend(more.as_object().cloned().unwrap());
            self.call(&format!("cloudflare.{name}"), parameters, body)
        };
        let made = cloudflare(
            "create_certificate",
            json!({}),
            Some(json!({"validity_period_days": 30})),
        );
        let named = || json!({"certificate_id": made["result"]["id"]});
        let settle = || sandbox.clock().advance(Duration::from_secs(10));
        cloudflare("activate_certificate", named(), None);
        cloudflare("get_certificate", named(), None);
        settle();
        cloudflare("list_certificates", json!({}), None);
        cloudflare("deactivate_certificate", named(), None);
        cloudflare("get_certificate", named(), None);
        settle();
        cloudflare("delete_certificate", named(), None);

        let leaf = sandbox.sample(Sample::Client, "contract-client", 90);
        for more in [
            json!({}),
            json!({"connector_id": "306", "passphrase": "s3cret-passphrase"}),
        ] {
            let mut body = more;
            body["certificate"] = json!(leaf);
            let made = self.call("patchworks.create_certificate", json!({}), Some(body));
            for parameters in [
                json!({"include": "certificate"}),
                json!({"page": 2, "per_page": 2}),
                json!({"page": 99}),
            ] {
                self.call("patchworks.list_connectors", parameters, None);
            }
            let id = made["data"]["id"].to_string();
            self.call(
                "patchworks.delete_certificate",
                json!({"certificate": id}),
                None,
            );
        }

        let apinizer = |name: &str, more: Value, body: Option<Value>| {
            let mut parameters = json!({"projectName": project_name});
            parameters
                .as_object_mut()
                .unwrap()
                .extend(more.as_object().cloned().unwrap());
            self.call(&format!("apinizer.{name}"), parameters, body)
        };
        let parts = |more: Value| {
            let mut parts = json!({
                "alias": "contract", "certificateDescription": "made by a test", "environmentList": "production,test",
            });
            parts
                .as_object_mut()
                .unwrap()
                .extend(more.as_object().cloned().unwrap());
            Some(parts)
        };
        let named = || json!({"certificateName": "contract"});
        apinizer(
            "create_certificate",
            json!({}),
            parts(json!({"certificateName": "contract", "pemEncodedFile": pem})),
        );
        apinizer("get_certificate", named(), None);
        apinizer("list_certificates", json!({}), None);
        let update = json!({"certificateName": "contract", "jwkUpdateAction": "UPDATE", "updateScope": "ALL_PROJECTS"});
        apinizer(
            "update_certificate",
            update,
            parts(json!({"alias": "contract-2", "pemEncodedFile": pem})),
        );
        apinizer("export_certificate", named(), None);
        let import = json!({"certificateName": "contract-imported", "alias": "contract-3", "certificateFile": pem});
        apinizer("import_certificate", json!({}), parts(import));
        apinizer(
            "delete_certificate",
            json!({"certificateName": "contract", "jwkDeleteAction": "DELETE"}),
            None,
        );
    }
}

fn every_operation() {
    let watched = Watched::new(sandbox());
    watched.live();
    watched.count();
}

/// Requests of every kind that the documents allow, of which the sandbox refuses most for a reason.
fn whatever_is_asked() {
    let watched = Watched::new(sandbox());
    for client in operations::TABLE {
        generate::run(
            &format!("{client:?}"),
            &generate::arguments(client.documented()),
            40,
            |arguments| {
                let _ = wait(client.call(&watched.clients, &arguments));
                Ok(())
            },
        );
        // The same of things that are there.
        let known = known(client, &watched.sandbox);
        generate::run(
            &format!("{client:?}"),
            &generate::arguments(client.documented()),
            25,
            |mut arguments| {
                for (name, value) in &known {
                    if arguments.parameters.contains_key(*name) {
                        arguments
                            .parameters
                            .insert((*name).to_owned(), value.clone());
                    }
                }
                let _ = wait(client.call(&watched.clients, &arguments));
                Ok(())
            },
        );
    }
    watched.count();
    assert_eq!(undocumented(&watched.recorder.exchanges()), [""; 0]);
}

/// Path parameters that name something.
fn known(client: &Client, sandbox: &Sandbox) -> Vec<(&'static str, Value)> {
    let (account_id, project_name) = Clients::places(sandbox);
    let vendor = Vendor::ALL
        .into_iter()
        .find(|vendor| vendor.prefix() == client.provider)
        .unwrap();
    let place = match vendor {
        Vendor::Cloudflare => account_id,
        Vendor::Apinizer => project_name,
        _ => "",
    };
    let snapshot = sandbox.snapshot();
    let id = snapshot
        .of(vendor)
        .find(|record| place.is_empty() || record.account == place)
        .map(|record| json!(record.id))
        .unwrap();
    vec![
        ("project_id", json!("proj_sandboxstaging")),
        ("account_id", json!(account_id)),
        ("projectName", json!(project_name)),
        ("certificate_id", id.clone()),
        ("certificate", id.clone()),
        ("certificateName", id),
    ]
}

/// Failures with a status that the operation does not document, each once, sorted.
fn undocumented(exchanges: &[Exchange]) -> Vec<String> {
    let all: BTreeSet<String> = exchanges
        .iter()
        .filter(|exchange| exchange.documented.is_none())
        .map(|exchange| {
            format!(
                "{} {}",
                exchange.operation.as_deref().unwrap_or("nothing"),
                exchange.status
            )
        })
        .collect();
    all.into_iter().collect()
}

/// Each credential of each account, one without rights, and a wrong one.
fn whoever_asks() {
    let sandbox = sandbox();
    let keys = |choose: fn(&Account) -> Credential| {
        let mut keys = Keys::all(|_| "a-wrong-key".to_owned());
        let of = |vendor| choose(&account(&sandbox, vendor));
        if let Credential::Bearer(key) = of(Vendor::OpenAi) {
            keys.openai = certfleet_openai::Credentials::AdminKey(key.into());
        }
        keys.cloudflare = match of(Vendor::Cloudflare) {
            Credential::EmailAndKey { email, key } => {
                certfleet_cloudflare::Credentials::EmailAndKey {
                    email: email.into(),
                    key: key.into(),
                }
            }
            Credential::Bearer(token) => certfleet_cloudflare::Credentials::ApiToken(token.into()),
            other => panic!("{other:?}"),
        };
        keys.patchworks = match of(Vendor::Patchworks) {
            Credential::Raw(key) => certfleet_patchworks::Credentials::ApiKey(key.into()),
            Credential::Bearer(token) => certfleet_patchworks::Credentials::Bearer(token.into()),
            other => panic!("{other:?}"),
        };
        if let Credential::Bearer(token) = of(Vendor::Apinizer) {
            keys.apinizer = certfleet_apinizer::Credentials::AccessToken(token.into());
        }
        keys
    };
    let last = |account: &Account| *account.credentials.last().unwrap();
    Watched::with(self::sandbox(), &keys(last)).live();
    for keys in [
        Keys::all(|_| "a-wrong-key".to_owned()),
        keys(|account| account.powerless),
    ] {
        let watched = Watched::with(sandbox.clone(), &keys);
        for client in operations::TABLE {
            let outcome =
                wait(client.call(&watched.clients, &generate::plain(client.documented())));
            let error = outcome.expect_err("nothing is let in");
            let status = error.status().map_or(0, |status| status.as_u16());
            // Apinizer says a missing permission in words.
            let words = error.vendor().message.clone().unwrap_or_default();
            assert!(
                matches!(status, 401 | 403) || words.contains("permission"),
                "{client:?}: {error}"
            );
        }
        watched.count();
        assert_eq!(undocumented(&watched.recorder.exchanges()), [""; 0]);
    }
}

/// What a rate limit answers.
fn too_often() {
    let once = Some(RateLimit {
        requests: 1,
        window: Duration::from_secs(60),
    });
    let mut behaviour = Behaviour::default();
    behaviour.openai.rate_limit = once;
    behaviour.cloudflare.rate_limit = once;
    behaviour.patchworks.rate_limit = once;
    let watched = Watched::new(behaving(behaviour));
    let (account_id, _) = Clients::places(&watched.sandbox);
    for name in [
        "openai.list_organization_certificates",
        "cloudflare.list_certificates",
        "patchworks.list_connectors",
    ] {
        let call = || watched.try_call(name, json!({"account_id": account_id}), None);
        call().unwrap();
        let error = call().unwrap_err();
        assert_eq!(
            error.status().map(|status| status.as_u16()),
            Some(429),
            "{name}"
        );
        assert!(error.retry_after().is_some(), "{name}: {error}");
    }
    watched.count();
    assert_eq!(undocumented(&watched.recorder.exchanges()), [""; 0]);
}

fn behaving(behaviour: Behaviour) -> Sandbox {
    Sandbox::builder()
        .seed(7)
        .clock(Clock::fixed(start()))
        .behaviour(behaviour)
        .build()
}

/// A name, a way to behave, and how much of it its document does not allow.
type Way = (&'static str, fn(&mut Behaviour), &'static str);

/// Every switch. What a document allows has to pass; what it does not allow has to be noticed, or
/// the switch is not what it says.
fn however_it_behaves() {
    let ways: &[Way] = &[
        (
            "toggles answer list",
            |b| b.openai.toggles_answer_list = true,
            "",
        ),
        (
            "no ids on an empty page",
            |b| b.openai.empty_page_ids = EmptyPageIds::Absent,
            "",
        ),
        ("any upload", |b| b.openai.strict_upload = false, ""),
        (
            "projects show their own",
            |b| b.openai.projects_show_inherited = false,
            "",
        ),
        (
            "an older word",
            |b| b.cloudflare.says_active = true,
            "is not one of",
        ),
        ("no extras", |b| b.cloudflare.live_extras = false, ""),
        (
            "short groups",
            |b| b.cloudflare.short_fingerprint_groups = true,
            "",
        ),
        ("no result_info", |b| b.cloudflare.result_info = false, ""),
        (
            "short refusals",
            |b| b.cloudflare.short_auth_errors = true,
            "",
        ),
        ("no rate headers", |b| b.cloudflare.rate_headers = false, ""),
        ("no echo", |b| b.patchworks.echoes_passphrase = false, ""),
        (
            "objects",
            |b| b.patchworks.loose_fields = LooseFields::Object,
            "",
        ),
        (
            "nulls",
            |b| b.patchworks.loose_fields = LooseFields::Null,
            "",
        ),
        (
            "absent",
            |b| b.patchworks.loose_fields = LooseFields::Absent,
            "",
        ),
        (
            "missing is null",
            |b| b.patchworks.missing_values = MissingValues::Null,
            "certificate\": value is not of type \"object\"",
        ),
        (
            "dates with a space",
            |b| b.patchworks.dates = DateForm::Spaced,
            "is not a \"date-time\"",
        ),
        (
            "empty refusals",
            |b| b.patchworks.refusals = Refusals::Empty,
            "",
        ),
        (
            "a second is refused",
            |b| b.patchworks.second_certificate = SecondCertificate::Refused,
            "",
        ),
        ("old errors", |b| b.apinizer.errors = ErrorShape::Old, ""),
        ("new errors", |b| b.apinizer.errors = ErrorShape::New, ""),
        (
            "old successes",
            |b| b.apinizer.successes = SuccessShape::Old,
            "",
        ),
        (
            "new successes",
            |b| b.apinizer.successes = SuccessShape::New,
            "",
        ),
        (
            "an update replaces",
            |b| b.apinizer.update = UpdateRule::Replaces,
            "",
        ),
        (
            "no content in lists",
            |b| b.apinizer.content_in_lists = false,
            "",
        ),
        ("PEM inside", |b| b.apinizer.content = ContentForm::Pem, ""),
        ("whole seconds", |b| b.apinizer.milliseconds = false, ""),
        (
            "a failing environment",
            |b| b.apinizer.failing_environments = BTreeSet::from(["test".to_owned()]),
            "",
        ),
    ];
    for (name, change, problem) in ways {
        let mut behaviour = Behaviour::default();
        change(&mut behaviour);
        let watched = Watched::new(behaving(behaviour));
        watched.live();
        for client in operations::TABLE {
            // Things that are not there.
            let _ = wait(client.call(&watched.clients, &generate::plain(client.documented())));
        }
        let problems = watched.problems();
        match problem.is_empty() {
            true => assert!(problems.is_empty(), "{name}: {problems:#?}"),
            false => {
                assert!(!problems.is_empty(), "{name} is as documented");
                let other: Vec<_> = problems
                    .iter()
                    .filter(|one| !one.contains(problem) && !one.contains("'anyOf'"))
                    .collect();
                assert!(other.is_empty(), "{name}: {other:#?}");
            }
        }
    }
}
