//! Reads a response's body up to a limit.

use crate::{
    api::Operation,
    response::{RawResponse, Reason, SendError, Sent, cut::KEPT},
};
use bytes::{Buf, Bytes, BytesMut};
use http_body::Body;
use std::{
    future::poll_fn,
    pin::{Pin, pin},
};

/// The most memory that is allocated on the word of a `Content-Length`.
const MOST_AT_ONCE: usize = 32 * 1024 * 1024;

/// Reads the body up to the limit. `failed` says what an error of the body is.
pub(super) async fn receive<B: Body>(
    response: http::Response<B>,
    operation: &Operation,
    limit: usize,
    failed: impl Fn(B::Error) -> SendError,
) -> Result<RawResponse, SendError> {
    let (head, body) = response.into_parts();
    let body = pin!(body);
    let mut raw = RawResponse {
        status: head.status,
        headers: head.headers,
        body: Bytes::new(),
    };
    // Of a failure no more is kept, so no more is waited for: a longer one ends here, and looks it.
    let is_failure = !operation.succeeds_with(raw.status);
    let read = if is_failure && limit > KEPT {
        start(body).await
    } else {
        whole(body, limit).await
    };
    match read {
        Ok(Some(body)) => {
            raw.body = body;
            Ok(raw)
        }
        Ok(None) => Err(SendError::maybe_sent("body over the limit")
            .because(Reason::TooLarge)
            .after(raw)),
        Err(error) => {
            let mut error = failed(error);
            // There was a response, so there was a request.
            error.sent = Sent::Maybe;
            Err(error.after(raw))
        }
    }
}

/// Reads a body; `None` for one that is longer than the limit.
async fn whole<B: Body>(mut body: Pin<&mut B>, limit: usize) -> Result<Option<Bytes>, B::Error> {
    let declared = body.size_hint().exact();
    if declared.is_some_and(|length| length > limit as u64) {
        return Ok(None);
    }
    // The length is the peer's word: it saves copies, and takes no memory before something came.
    let expected = declared.map_or(0, |length| usize::try_from(length).unwrap_or(limit));
    let mut read = BytesMut::new();
    while let Some(mut chunk) = next(body.as_mut()).await? {
        let length = chunk.remaining();
        if read.len() + length > limit {
            return Ok(None);
        }
        // One chunk is the common case of a short response, and needs no copy.
        if read.is_empty() && declared == Some(length as u64) {
            return Ok(Some(chunk.copy_to_bytes(length)));
        }
        if read.is_empty() {
            read.reserve(expected.min(MOST_AT_ONCE));
        }
        bytes::BufMut::put(&mut read, chunk);
    }
    Ok(Some(read.freeze()))
}

/// Reads a failure's body until there is more than is kept of one.
async fn start<B: Body>(mut body: Pin<&mut B>) -> Result<Option<Bytes>, B::Error> {
    let mut read = BytesMut::new();
    while read.len() <= KEPT {
        match next(body.as_mut()).await? {
            Some(chunk) => bytes::BufMut::put(&mut read, chunk),
            None => break,
        }
    }
    Ok(Some(read.freeze()))
}

/// The next piece of the body; trailers are passed over.
async fn next<B: Body>(mut body: Pin<&mut B>) -> Result<Option<B::Data>, B::Error> {
    loop {
        let Some(frame) = poll_fn(|context| body.as_mut().poll_frame(context)).await else {
            return Ok(None);
        };
        if let Ok(data) = frame?.into_data() {
            return Ok(Some(data));
        }
    }
}
