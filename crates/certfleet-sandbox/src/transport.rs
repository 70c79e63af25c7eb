//! The sandbox as a client's transport: requests are answered in process, no port is opened.

use crate::{FaultPoint, Sandbox, fault};
use bytes::Bytes;
use certfleet_http::{BoxFuture, RawResponse, Reason, Request, SendError, Transport};
use std::time::Duration;

impl Transport for Sandbox {
    fn send<'a>(
        &'a self,
        request: &'a Request,
        body_limit: usize,
        _: Duration,
    ) -> BoxFuture<'a, Result<RawResponse, SendError>> {
        Box::pin(async move {
            let broken = || SendError::maybe_sent("the sandbox broke the connection");
            let sent = request.to_http()?;
            let fault = self.fault_of(sent.method(), sent.uri().path());
            if let Some(FaultPoint::BeforeRead | FaultPoint::AfterRead) = fault {
                return Err(broken());
            }
            let answer = self.handle(sent).await;
            let head_length = fault::head_length(&answer);
            let (head, body) = answer.into_parts();
            let answer = |body| RawResponse {
                status: head.status,
                headers: head.headers,
                body,
            };
            match fault {
                Some(FaultPoint::AfterCommit) => return Err(broken()),
                Some(FaultPoint::AfterBytes(bytes)) if bytes < head_length => return Err(broken()),
                Some(FaultPoint::AfterBytes(bytes)) if bytes < head_length + body.len() => {
                    return Err(broken().after(answer(Bytes::new())));
                }
                _ => {}
            }
            if body.len() > body_limit {
                return Err(SendError::maybe_sent("body over the limit")
                    .because(Reason::TooLarge)
                    .after(answer(Bytes::new())));
            }
            Ok(answer(body))
        })
    }
}
