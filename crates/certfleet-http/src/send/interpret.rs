//! What an attempt's end means: a success that can be read, or which error.

use super::session_state::SessionState;
use crate::{
    api::Operation,
    response::{
        Answer, Effect, Error, ErrorKind, Reason, SendError, Sent, VendorError, Verdict, encoding,
        json,
    },
    secrets::{Needles, redact},
};
use bytes::Bytes;
use serde::de::DeserializeOwned;
use std::time::Duration;

/// Judges the answers of one attempt.
pub(crate) struct Judge<'a> {
    pub(crate) state: &'a SessionState,
    pub(crate) operation: &'static Operation,
    /// What to cut out of everything that is kept.
    pub(crate) needles: Needles,
    /// The longest body that was taken.
    pub(crate) body_limit: usize,
    /// How long the attempt had.
    pub(crate) time: Duration,
}

/// Reads a success: one of [`Judge::json`], [`Judge::bytes`] and [`Judge::nothing`].
pub(crate) type Read<T> = fn(&Judge<'_>, Answer) -> Result<(T, Answer), Error>;

impl Judge<'_> {
    /// Why no complete answer came. An answer that broke off after the head of a failure is that failure.
    pub(crate) fn unanswered(&self, error: SendError) -> Error {
        let SendError {
            sent,
            reason,
            what,
            head,
            ..
        } = error;
        if let Some(head) = head.as_ref()
            && !head.status.is_success()
        {
            return self
                .refused((**head).clone(), Some(&what))
                .with_reason(reason);
        }
        let (kind, detail) = match (sent, reason) {
            (Sent::No, _) => (
                ErrorKind::NotSent,
                format!(
                    "could not reach {}: {what}. Nothing was sent",
                    self.state.base.origin(),
                ),
            ),
            (Sent::Maybe, Reason::TooLarge) => (
                ErrorKind::TooLarge,
                format!(
                    "the answer is longer than the limit of {} bytes",
                    self.body_limit
                ),
            ),
            (Sent::Maybe, Reason::Timeout) => (
                ErrorKind::Deadline,
                format!(
                    "no complete answer within {} seconds",
                    (self.time.as_secs_f64() * 1000.0).round() / 1000.0
                ),
            ),
            (Sent::Maybe, _) => (
                ErrorKind::Interrupted,
                format!("the connection broke before the answer was complete: {what}"),
            ),
        };
        self.error(kind, detail, head.map(|head| *head))
            .with_reason(reason)
    }

    /// The documented success as JSON.
    pub(crate) fn json<T: DeserializeOwned + Verdict>(
        &self,
        answer: Answer,
    ) -> Result<(T, Answer), Error> {
        // Redaction may withhold a body whole, which no longer shows how it ended.
        let original = answer.body.clone();
        let mut answer = self.success(answer)?;
        let decoded = json::decode::<T>(&answer.body);
        let refused = match &decoded {
            Ok(value) => value.refused(),
            // A failure need not have the fields of a success.
            Err(_) => json::says_failed(self.state.api.shapes.failure, &answer.body),
        };
        let status = answer.status.as_u16();
        let place = match decoded {
            Ok(value) if !refused => return Ok((value, answer)),
            Ok(_) => String::new(),
            Err(place) => place,
        };
        // A vendor may repeat in its message what it was sent.
        answer.body = self.needles.cut_bytes(answer.body);
        if refused {
            let vendor = json::vendor_error(&self.state.api.shapes, &answer.body);
            let detail = format!("answered {status} and says that it failed");
            return Err(self
                .error(ErrorKind::Refused, detail, Some(answer))
                .with_vendor(vendor));
        }
        let cut_short = json::is_cut_short(&original);
        let detail =
            format!("answered {status}, but its body is not of the documented shape: {place}");
        Err(self
            .error(ErrorKind::Unreadable, detail, Some(answer))
            .with_cut_short(cut_short))
    }

    /// The documented success as bytes.
    pub(crate) fn bytes(&self, answer: Answer) -> Result<(Bytes, Answer), Error> {
        let answer = self.success(answer)?;
        Ok((answer.body.clone(), answer))
    }

    /// The documented success, whose body is not read.
    pub(crate) fn nothing(&self, answer: Answer) -> Result<((), Answer), Error> {
        Ok(((), self.success(answer)?))
    }

    /// Lets documented successes through; everything else is an error that keeps the answer.
    fn success(&self, mut answer: Answer) -> Result<Answer, Error> {
        let status = answer.status.as_u16();
        if !self.operation.success.contains(&status) {
            return Err(self.refused(answer, None));
        }
        if let Some(refusal) = encoding::refusal(self.operation, &answer) {
            self.cut(&mut answer);
            let detail = format!("answered {status}, but {}", refusal.why);
            let error = self.error(ErrorKind::Unreadable, detail, Some(answer));
            return Err(match (refusal.foreign, error.effect()) {
                (true, Effect::Applied) => error.with_effect(Effect::Unknown),
                _ => error,
            });
        }
        answer.body = redact::body(self.operation, answer.body);
        Ok(answer)
    }

    /// An answer with another status than the documented successes. `broken` says why its body is not
    /// whole, if so.
    fn refused(&self, mut answer: Answer, broken: Option<&str>) -> Error {
        self.cut(&mut answer);
        let status = answer.status.as_u16();
        if answer.status.is_redirection() {
            return self.error(
                ErrorKind::Redirect,
                format!("answered {status}, a redirect, which is not followed: check the base URL"),
                Some(answer),
            );
        }
        let vendor = json::vendor_error(&self.state.api.shapes, &answer.body);
        let reason = answer
            .status
            .canonical_reason()
            .unwrap_or("no known status");
        let mut detail = format!("answered {status} ({reason})");
        if answer.status.is_success() {
            detail.push_str(", which its description does not know");
        }
        if let Some(why) = broken {
            detail.push_str(&format!(", and its body is truncated: {why}"));
        } else if vendor == VendorError::default() && !answer.body.is_empty() {
            detail.push_str(&format!(
                " with {} bytes of {}",
                answer.body.len(),
                media_type(&answer)
            ));
        }
        if status == 408 {
            detail.push_str(": it did not get the whole request, which is safe to send again");
        }
        self.error(ErrorKind::Status, detail, Some(answer))
            .with_vendor(vendor)
    }

    /// Cuts secrets out of a failure's body: JSON is searched for the operation's secret fields like any
    /// other; text stays, because it is what explains the failure.
    fn cut(&self, answer: &mut Answer) {
        let is_json = serde_json::from_slice::<serde::de::IgnoredAny>(&answer.body).is_ok();
        if is_json {
            answer.body = redact::body(self.operation, std::mem::take(&mut answer.body));
        }
        answer.body = self.needles.cut_bytes(std::mem::take(&mut answer.body));
    }

    fn error(&self, kind: ErrorKind, detail: String, answer: Option<Answer>) -> Error {
        let request_id = answer.as_ref().and_then(|answer| self.request_id(answer));
        Error::of_call(
            kind,
            self.state.api.provider,
            self.operation,
            detail,
            answer,
            &*self.state.clock,
        )
        .with_request_id(request_id)
    }

    /// The vendor's request id.
    pub(crate) fn request_id(&self, answer: &Answer) -> Option<String> {
        let id = self
            .state
            .api
            .request_id_headers
            .iter()
            .find_map(|name| answer.header(name))?;
        Some(self.needles.cut(id))
    }
}

fn media_type(answer: &Answer) -> String {
    answer
        .header("content-type")
        .and_then(|text| text.split(';').next())
        .map(|text| {
            text.chars()
                .filter(char::is_ascii_graphic)
                .take(60)
                .collect()
        })
        .unwrap_or_else(|| "no stated type".to_owned())
}
