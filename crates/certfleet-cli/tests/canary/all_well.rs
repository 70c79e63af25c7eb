//! Vendors that do everything right, but for what they repeat in their answers.

use crate::{
    answers::echoing_headers,
    home::{Secrets, home},
    run::run_all,
    support::server::{Server, Then},
};
use certfleet_sandbox::{Clock, Sandbox};
use serde_json::Value;
use std::sync::Mutex;

#[test]
fn all_well() {
    let secrets = Secrets::new();
    let sandbox = Sandbox::builder().clock(Clock::real()).build();
    let accounts = sandbox.accounts();
    let (known, patched) = (secrets.clone(), secrets.clone());
    let runtime = Mutex::new(
        tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap(),
    );
    let server = Server::start(move |request| {
        let (path, vendor) = (request.path().to_owned(), request.path().split('/').nth(1));
        let account = accounts
            .iter()
            .find(|account| account.base_path.split('/').nth(1) == vendor);
        let mut builder = http::Request::builder()
            .method(request.line.split(' ').next().unwrap())
            .uri(format!("{path}?{}", request.query()));
        let own = known.all()[..4].iter().any(|(_, canary)| {
            request
                .header("authorization")
                .is_some_and(|value| value.ends_with(&canary.value))
        });
        if own {
            for (name, value) in account.unwrap().credentials[0].headers() {
                builder = builder.header(name, value);
            }
        }
        let asked = builder
            .body(bytes::Bytes::from(request.body.clone()))
            .unwrap();
        let answer = runtime.lock().unwrap().block_on(sandbox.handle(asked));
        // Patchworks' description has the passphrase in every answer that holds a certificate.
        let mut body = String::from_utf8(answer.body().to_vec()).unwrap();
        if vendor == Some("patchworks") {
            let mut value: Value = serde_json::from_str(&body).unwrap();
            add(&mut value, &patched);
            body = value.to_string();
        }
        Then::Answer(
            answer.status().as_u16(),
            echoing_headers(request, "application/json"),
            body.into_bytes(),
        )
    });
    let all = Sandbox::builder().build().accounts();
    let place = home(&secrets, |provider| {
        let account = all
            .iter()
            .find(|account| account.vendor.prefix() == provider)
            .unwrap();
        format!("{}{}", server.base(), account.base_path)
    });
    let codes = run_all(&place, &secrets, &[]);
    assert!(
        codes.contains(&("list", 0)) && !codes.contains(&("list", 5)),
        "{codes:?}"
    );
    assert!(server.seen().len() > 50);
}

/// Puts a passphrase and a private key into every certificate.
fn add(value: &mut Value, secrets: &Secrets) {
    match value {
        Value::Object(members) => {
            members.values_mut().for_each(|value| add(value, secrets));
            if members.contains_key("id") {
                members.insert("passphrase".into(), secrets.passphrase.value.clone().into());
            }
            if let Some(Value::String(certificate)) = members.get_mut("certificate") {
                *certificate =
                    format!("-----BEGIN PRIVATE KEY-----\n{}", secrets.private_key.value);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|value| add(value, secrets)),
        _ => {}
    }
}
