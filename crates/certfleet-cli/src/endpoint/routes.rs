//! Which address gets which answer.

use super::{
    answers::{self, Answer},
    state::State,
};
use axum::{
    Router,
    extract::{Request, State as Shared},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware::{Next, from_fn},
    response::{IntoResponse, Response},
    routing::get,
};
use std::{net::IpAddr, sync::Arc};

/// Returns the routes. Only GET and HEAD are answered, and no body is read. Unless other machines may reach it
/// (`is_exposed`), only requests that name this machine as their host are answered: a page of another host that a
/// browser here shows must not read it by giving its own name this machine's address.
pub(crate) fn router(state: Arc<State>, is_exposed: bool) -> Router {
    let routes = Router::new()
        .route("/metrics", get(metrics))
        .route("/healthz", get(health))
        .route("/", get(page))
        .route("/overview", get(overview))
        .with_state(state);
    routes.layer(from_fn(move |request: Request, next: Next| async move {
        if !is_exposed && !names_this_machine(request.headers()) {
            let text = "the Host header does not name this machine: use localhost or the address\n";
            return Answer::text(421, text.to_owned()).into_response();
        }
        next.run(request).await
    }))
}

async fn metrics(Shared(state): Shared<Arc<State>>) -> Answer {
    answers::metrics(&state)
}

async fn health(Shared(state): Shared<Arc<State>>) -> Answer {
    answers::health(&state)
}

async fn page(Shared(state): Shared<Arc<State>>) -> Answer {
    answers::page(&state)
}

async fn overview(Shared(state): Shared<Arc<State>>) -> Answer {
    answers::overview(&state)
}

/// Returns whether a request's host is a name or an address of this machine. Browsers always send one.
fn names_this_machine(headers: &HeaderMap) -> bool {
    let Some(host) = headers.get(header::HOST) else {
        return true;
    };
    let Ok(host) = host.to_str() else {
        return false;
    };
    let is_port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
    let name = match host.rsplit_once(':') {
        Some((name, port)) if is_port(port) => name,
        _ => host,
    };
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    let is_loopback = |address: IpAddr| address.is_loopback();
    name.eq_ignore_ascii_case("localhost") || bare.parse().is_ok_and(is_loopback)
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or_default();
        let headers = [
            (header::CONTENT_TYPE, self.content_type),
            (header::CACHE_CONTROL, "no-store"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::REFERRER_POLICY, "no-referrer"),
        ];
        let headers = headers.map(|(name, value)| (name, HeaderValue::from_static(value)));
        let policy = HeaderValue::from_str(&self.policy)
            .unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'"));
        let policy = [(header::CONTENT_SECURITY_POLICY, policy)];
        (status, headers, policy, self.body).into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_this_machine() {
        for (host, expected) in [
            (Some("127.0.0.1:9795"), true),
            (Some("127.0.0.1"), true),
            (Some("LOCALHOST:9795"), true),
            (Some("[::1]:9795"), true),
            (None, true),
            (Some("evil.example"), false),
            (Some("evil.example:9795"), false),
            (Some("127.0.0.1.evil.example"), false),
            (Some("localhost.evil.example:80"), false),
            (Some("10.0.0.1:9795"), false),
            (Some(""), false),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(host) = host {
                headers.insert(header::HOST, host.parse().unwrap());
            }
            assert_eq!(names_this_machine(&headers), expected, "{host:?}");
        }
    }
}
