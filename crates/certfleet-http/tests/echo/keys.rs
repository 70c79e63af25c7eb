//! Keys in the query and in a cookie, which a gateway repeats with the address.

use crate::{
    repeated::{READERS, Told, answer, check, read_as},
    support::API,
};
use certfleet_http::{
    AuthScheme, Authorization, Binding, BoxFuture, Place, RawResponse, Request, Retry, Secret,
    SendError, SessionBuilder, Transport,
};
use std::{sync::Arc, time::Duration};

/// Two keys as base64, whose characters are written otherwise in an address.
const QUERY_KEY: &str = "Canary+Query/AbCdEfGhIjKlMnOp==";
const COOKIE_KEY: &str = "Canary+Cookie/AbCdEfGhIjKlMnOp==";

static KEYS: AuthScheme = AuthScheme {
    name: "Keys",
    bindings: &[
        Binding {
            place: Place::Query,
            name: "api_key",
            prefix: "",
        },
        Binding {
            place: Place::Cookie,
            name: "session",
            prefix: "",
        },
    ],
};

/// Repeats the address and the cookies of a request as gateways do, with this status and header.
#[derive(Debug)]
struct Reflect(u16, Option<(&'static str, &'static str)>, How);

#[derive(Debug, Clone, Copy)]
enum How {
    /// Leads to another address of the same server with the same query.
    Onward,
    /// Leads to a login page, with the address to come back to.
    Login,
    /// Says that it failed, as a server of JSON does.
    Json,
    /// Shows a page with the address.
    Page,
    /// Breaks the connection, with a reason that holds the address.
    Breaks,
}

impl Reflect {
    fn answer(&self, request: &Request) -> Result<RawResponse, SendError> {
        let url = request.url().as_str().to_owned();
        let cookie = request.headers()["cookie"].to_str().unwrap();
        assert!(url.contains("api_key=Canary%2BQuery%2F"), "{url}");
        assert_eq!(cookie, format!("session={COOKIE_KEY}"));
        let set = format!("{cookie}; Path=/");
        let mut login = request.url().clone();
        login.set_path("/login");
        login
            .query_pairs_mut()
            .clear()
            .append_pair("next", &url)
            .append_pair("cookie", cookie);
        let said = format!("no {url} with {cookie} at {login}");
        let json = serde_json::json!({"success": false, "code": &said, "message": &said});
        let (location, content_type, body) = match self.2 {
            How::Onward => (url.as_str(), "text/plain", String::new()),
            How::Login => (login.as_str(), "text/html", said.clone()),
            How::Json => ("/", "application/json", json.to_string()),
            How::Page => ("/", "text/html", format!("<p>{said}</p>")),
            How::Breaks => return Err(SendError::maybe_sent(said)),
        };
        let mut headers = vec![
            ("location", location),
            ("set-cookie", &set),
            ("content-type", content_type),
            ("x-request-id", &said),
        ];
        headers.extend(self.1);
        Ok(answer(self.0, &headers, &body))
    }
}

impl Transport for Reflect {
    fn send<'a>(
        &'a self,
        request: &'a Request,
        _: usize,
        _: Duration,
    ) -> BoxFuture<'a, Result<RawResponse, SendError>> {
        let answer = self.answer(request);
        Box::pin(async move { answer })
    }
}

#[tokio::test]
async fn keys_of_queries_and_cookies_stay_there() {
    let secrets = [Secret::new(QUERY_KEY), Secret::new(COOKIE_KEY)];
    for how in [How::Onward, How::Login, How::Json, How::Page, How::Breaks] {
        for (status, header) in [
            (200, None),
            (200, Some(("content-encoding", "gzip"))),
            (302, None),
            (401, None),
            (500, None),
        ] {
            for reader in READERS {
                let told = Arc::<Told>::default();
                let session = SessionBuilder::new(
                    &API,
                    Authorization::new(&KEYS, &[&secrets[0], &secrets[1]]),
                )
                .base_url("http://localhost")
                .transport(Arc::new(Reflect(status, header, how)))
                .observer(told.clone())
                .retry(Retry::off())
                .build()
                .unwrap();
                let place = format!("{how:?}, {status}, {header:?}, {reader}");
                let is_read = match (status, header, how, reader) {
                    (200, None, How::Onward | How::Json, "bytes") => true,
                    (200, None, how, "nothing") => !matches!(how, How::Breaks),
                    _ => false,
                };
                let result = read_as(reader, &session).await;
                assert_eq!(result.is_ok(), is_read, "{place}");
                match result {
                    Err(error) => check(&place, &error, &told),
                    Ok(id) => {
                        let id = id.unwrap().to_lowercase();
                        assert!(!id.contains("canary"), "{place}: {id}");
                        let told = told.0.lock().unwrap().join("\n").to_lowercase();
                        assert!(!told.contains("canary"), "{place}: {told}");
                    }
                }
            }
        }
    }
}
