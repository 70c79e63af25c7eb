//! Connections that break: where, and for which request.

use std::sync::Mutex;
use std::sync::PoisonError;

use bytes::Bytes;
use http::{Method, Response};

use crate::Provider;
use crate::operation::operation_id;

/// Where in a request's life its connection breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FaultPoint {
    /// Before the request is read whole: nothing is changed.
    BeforeRead,
    /// After it is read, before anything is changed.
    AfterRead,
    /// After what it asks for is done, before the first byte of the answer.
    AfterCommit,
    /// After so many bytes of the answer, its head included. What is not that long comes whole.
    AfterBytes(usize),
}

/// One connection that is to break.
///
/// ```
/// use certfleet_sandbox::{Fault, FaultPoint, Sandbox};
///
/// let sandbox = Sandbox::new();
/// // The next upload is done, and its answer is lost; the one after it is answered.
/// sandbox.inject(Fault::at(FaultPoint::AfterCommit).of("uploadCertificate"));
/// assert_eq!(sandbox.faults().len(), 1);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fault {
    /// Where it breaks.
    pub point: FaultPoint,
    /// The `operationId` of the request that it waits for; the next request of all where there is none.
    pub operation: Option<&'static str>,
}

impl Fault {
    /// The next request breaks here.
    #[must_use]
    pub fn at(point: FaultPoint) -> Self {
        Self {
            point,
            operation: None,
        }
    }

    /// It waits for a request of this operation.
    #[must_use]
    pub fn of(mut self, operation: &'static str) -> Self {
        self.operation = Some(operation);
        self
    }
}

/// The faults that have not happened yet, in the order in which they were injected.
#[derive(Debug, Default)]
pub(crate) struct Faults(Mutex<Vec<Fault>>);

impl Faults {
    pub(crate) fn push(&self, fault: Fault) {
        self.lock().push(fault);
    }

    pub(crate) fn all(&self) -> Vec<Fault> {
        self.lock().clone()
    }

    pub(crate) fn clear(&self) {
        self.lock().clear();
    }

    /// Takes the first fault that waits for this request.
    pub(crate) fn take(&self, method: &Method, path: &str) -> Option<FaultPoint> {
        let mut faults = self.lock();
        if faults.is_empty() {
            return None;
        }
        let operation = operation(method, path);
        let index = faults
            .iter()
            .position(|fault| fault.operation.is_none() || fault.operation == operation)?;
        Some(faults.remove(index).point)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Fault>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The `operationId` of a request.
fn operation(method: &Method, path: &str) -> Option<&'static str> {
    let (provider, path) = Provider::from_path(path)?;
    operation_id(provider, method, path)
}

/// How many bytes the head of an answer has on a connection: status line, headers, empty line.
pub(crate) fn head_length(answer: &Response<Bytes>) -> usize {
    let status = answer.status();
    let reason = status.canonical_reason().unwrap_or_default();
    let line = format!("HTTP/1.1 {} {reason}\r\n", status.as_str());
    let length = format!("content-length: {}\r\n", answer.body().len());
    let headers: usize = answer
        .headers()
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len() + ": \r\n".len())
        .sum();
    line.len() + headers + length.len() + "\r\n".len()
}
