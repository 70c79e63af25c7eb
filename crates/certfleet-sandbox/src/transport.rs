//! The sandbox as a client's transport: requests are answered in process, no port is opened.

use crate::Sandbox;
use bytes::Bytes;
use certfleet_http::{Answer, BoxFuture, Reason, Request, SendError, Transport};
use std::time::Duration;

impl Transport for Sandbox {
    fn send<'a>(
        &'a self,
        request: &'a Request,
        body_limit: usize,
        _: Duration,
    ) -> BoxFuture<'a, Result<Answer, SendError>> {
        Box::pin(async move {
            let mut sent = http::Request::builder()
                .method(request.operation().method.clone())
                .uri(request.url().as_str())
                .body(request.body().clone())
                .map_err(|error| SendError::not_sent(error.to_string()))?;
            *sent.headers_mut() = request.headers().clone();
            let (head, body) = self.handle(sent).await.into_parts();
            let answer = Answer {
                status: head.status,
                headers: head.headers,
                body,
            };
            if answer.body.len() > body_limit {
                let mut error =
                    SendError::maybe_sent("body over the limit").because(Reason::TooLarge);
                error.head = Some(Box::new(Answer {
                    body: Bytes::new(),
                    ..answer
                }));
                return Err(error);
            }
            Ok(answer)
        })
    }
}
