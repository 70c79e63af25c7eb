//! Choices Patchworks leaves.

use crate::RateLimit;

/// What Patchworks' sandbox does where the document is silent.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PatchworksBehaviour {
    /// Answers carry the passphrase, as the schema says. Default: yes.
    pub echoes_passphrase: bool,
    /// What `name` and `user_id`, typed `object`, really are. Default: scalars.
    pub loose_fields: LooseFields,
    /// How the absence of a connector, a passphrase or a connector's certificate is written. Default: left out.
    pub missing_values: MissingValues,
    /// How dates are written. Default: RFC 3339 with microseconds.
    pub dates: DateForm,
    /// Bodies of 401, 403 and 404. Default: `{message}`.
    pub refusals: Refusals,
    /// Refusals are HTML when the request does not accept JSON. Default: yes.
    pub html_without_accept: bool,
    /// What becomes of a connector's certificate when another is attached. Default: the new one is attached instead.
    pub second_certificate: SecondCertificate,
    /// Answers 429 beyond this. Documented are 240 a minute. Default: none.
    pub rate_limit: Option<RateLimit>,
}

impl Default for PatchworksBehaviour {
    fn default() -> Self {
        Self {
            echoes_passphrase: true,
            loose_fields: LooseFields::Scalar,
            missing_values: MissingValues::Absent,
            dates: DateForm::Rfc3339,
            refusals: Refusals::Message,
            html_without_accept: true,
            second_certificate: SecondCertificate::Replaces,
            rate_limit: None,
        }
    }
}

/// What the fields typed `object` for no visible reason are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LooseFields {
    /// A string and a number.
    Scalar,
    /// Objects.
    Object,
    /// Null.
    Null,
    /// Not there.
    Absent,
}

/// How the absence of a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MissingValues {
    /// Not at all, as the schema allows no null.
    Absent,
    /// `null`, as the vendor's framework likes it.
    Null,
}

/// How a date is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateForm {
    /// `2026-11-22T10:00:00.000000Z`
    Rfc3339,
    /// `2026-11-22 10:00:00`
    Spaced,
}

/// The body of a refusal the document gives no schema for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusals {
    /// `{message}`
    Message,
    /// None.
    Empty,
}

/// What becomes of a connector's certificate when another is attached to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecondCertificate {
    /// It stays, loose.
    Replaces,
    /// It stays attached; the new one is refused with 422.
    Refused,
}
