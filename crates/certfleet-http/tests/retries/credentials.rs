//! Credentials that change while a session lives.

use crate::{
    script::{DONE, Script, Then, session},
    support::{BEARER, CREATE, READ, SET, TOKEN, builder, call},
};
use certfleet_http::{Authorization, BoxFuture, CredentialsSource, Error, Secret};
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

/// Gives a number of tokens, one after the other, the last one for ever.
#[derive(Debug)]
struct Tokens {
    left: Mutex<VecDeque<&'static str>>,
    asked: Mutex<Vec<bool>>,
}

impl Tokens {
    fn new(tokens: impl IntoIterator<Item = &'static str>) -> Arc<Self> {
        Arc::new(Self {
            left: Mutex::new(tokens.into_iter().collect()),
            asked: Mutex::default(),
        })
    }
}

impl CredentialsSource for Tokens {
    fn authorization<'a>(
        &'a self,
        refused: Option<&'a Authorization>,
    ) -> BoxFuture<'a, Result<Authorization, Error>> {
        self.asked.lock().unwrap().push(refused.is_some());
        let mut left = self.left.lock().unwrap();
        let token = if left.len() > 1 {
            left.pop_front()
        } else {
            left.front().copied()
        };
        Box::pin(async move {
            match token {
                Some(token) => Authorization::new(&BEARER, &[&Secret::new(token)]),
                None => Err(Error::config("the vault is sealed: open it")),
            }
        })
    }
}

#[tokio::test(start_paused = true)]
async fn credentials_are_asked_for_again_after_a_refusal() {
    let refused = Then::Responds(401, &[], r#"{"message":"expired"}"#);
    for (tokens, steps, status, seen, asked) in [
        (vec!["one"], vec![DONE], Ok(()), vec!["one"], vec![false]),
        (
            vec!["one", "two"],
            vec![refused.clone(), DONE],
            Ok(()),
            vec!["one", "two"],
            vec![false, true],
        ),
        (
            vec!["one", "two"],
            vec![refused.clone()],
            Err(Some(401)),
            vec!["one", "two"],
            vec![false, true],
        ),
        (
            vec!["one"],
            vec![refused.clone()],
            Err(Some(401)),
            vec!["one"],
            vec![false, true],
        ),
        (vec![], vec![DONE], Err(None), vec![], vec![false]),
    ] {
        for operation in [&READ, &SET, &CREATE] {
            let script = Script::new(steps.clone());
            let source = Tokens::new(tokens.clone());
            let session = builder()
                .base_url("http://localhost")
                .transport(script.clone())
                .credentials(source.clone())
                .build()
                .unwrap();
            let result = call(&session, operation).await;
            let shown = format!("{tokens:?}: {result:?} {session:?}");
            assert_eq!(
                result
                    .map(|_| ())
                    .map_err(|error| error.status().map(|status| status.as_u16())),
                status,
                "{shown}"
            );
            let sent: Vec<String> = script
                .seen
                .lock()
                .unwrap()
                .iter()
                .map(|seen| seen.1.clone())
                .collect();
            let expected: Vec<String> =
                seen.iter().map(|token| format!("Bearer {token}")).collect();
            assert_eq!(sent, expected, "{shown}");
            assert_eq!(*source.asked.lock().unwrap(), asked, "{shown}");
        }
    }
    // Fixed ones are not sent twice.
    let script = Script::new([refused]);
    let error = call(&session(&script), &READ).await.unwrap_err();
    assert_eq!((error.attempts(), script.times().len()), (1, 1));
    assert!(!error.to_string().contains(TOKEN), "{error}");
}

/// Which refusals ask for other credentials is the vendor's to say: by the status, or by its own codes.
#[tokio::test(start_paused = true)]
async fn what_counts_as_refused_credentials_is_a_fact_of_the_api() {
    for (status, body, renews) in [
        (401, "", true),
        (401, r#"{"code":"any"}"#, true),
        (403, r#"{"code":9106}"#, true),
        (403, r#"{"code":"expired"}"#, true),
        (403, r#"{"code":"forbidden"}"#, false),
        (403, "", false),
        (400, r#"{"code":9106}"#, false),
        (404, r#"{"code":"expired"}"#, false),
    ] {
        for operation in [&READ, &SET, &CREATE] {
            let script = Script::new([Then::Responds(status, &[], body), DONE]);
            let session = builder()
                .base_url("http://localhost")
                .transport(script.clone())
                .credentials(Tokens::new(["one", "two"]))
                .build()
                .unwrap();
            let result = call(&session, operation).await;
            assert_eq!(result.is_ok(), renews, "{status} {body}: {result:?}");
            let sent: Vec<_> = script
                .seen
                .lock()
                .unwrap()
                .iter()
                .map(|seen| seen.1.clone())
                .collect();
            let expected: &[&str] = if renews {
                &["Bearer one", "Bearer two"]
            } else {
                &["Bearer one"]
            };
            assert_eq!(sent, expected, "{status} {body}");
        }
    }
}
