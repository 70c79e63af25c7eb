//! Whether a new certificate works.

use certfleet::Certificate;
use std::future::Future;

/// The result of probing a new certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProbeResult {
    /// It works: the old one may be retired.
    Passed,
    /// It is said to work, beforehand, by whoever drives the rotation. As [`Passed`](Self::Passed), but not
    /// against a person who looked and said that it does not work: then a person has to look again.
    Stated,
    /// It does not, and why. The rotation stops here; nothing old was touched.
    Failed(String),
    /// A person looked, and says that it does not work. As [`Failed`](Self::Failed), and the rotation keeps
    /// it ([`Rotation::refused_at`](super::Rotation::refused_at)).
    Refused(String),
    /// It is not known yet: an operator has to look first. The rotation stops here and can be gone on
    /// with later.
    Later(String),
}

/// Finds out whether a new certificate works: a TLS call, a canary, a question to the operator. Every
/// `Fn(Certificate) -> Future<Output = ProbeResult>` is one.
pub trait Probe: Send + Sync {
    /// Looks.
    fn probe(&self, certificate: Certificate) -> impl Future<Output = ProbeResult> + Send;
}

impl<F, R> Probe for F
where
    F: Fn(Certificate) -> R + Send + Sync,
    R: Future<Output = ProbeResult> + Send,
{
    fn probe(&self, certificate: Certificate) -> impl Future<Output = ProbeResult> + Send {
        self(certificate)
    }
}
