//! Choices Apinizer leaves.

use std::collections::BTreeSet;

use http::StatusCode;

/// What Apinizer's sandbox does where versions of the product differ or its pages disagree.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ApinizerBehaviour {
    /// The shape of refusals. Default: as documented.
    pub errors: ErrorShape,
    /// The shape of successes. Default: as documented.
    pub successes: SuccessShape,
    /// What PUT does with the entries that are there. Default: it adds to them.
    pub update: UpdateRule,
    /// Lists carry `base64EncodedContent`. Default: yes, as the samples show, though the prose says no.
    pub content_in_lists: bool,
    /// What `base64EncodedContent` encodes. Default: DER.
    pub content: ContentForm,
    /// Dates carry milliseconds. Default: yes.
    pub milliseconds: bool,
    /// The status for a project that is not there. Default: 400; one page says 404.
    pub unknown_project: StatusCode,
    /// Environments where deploying and undeploying fails: the answer is 200, and its `deploymentResult` says so. An
    /// import has no such result: it leaves what is there, and names the environment in `unresolvedReferences`. Default:
    /// none.
    pub failing_environments: BTreeSet<String>,
}

impl Default for ApinizerBehaviour {
    fn default() -> Self {
        Self {
            errors: ErrorShape::AsDocumented,
            successes: SuccessShape::AsDocumented,
            update: UpdateRule::Adds,
            content_in_lists: true,
            content: ContentForm::Der,
            milliseconds: true,
            unknown_project: StatusCode::BAD_REQUEST,
            failing_environments: BTreeSet::new(),
        }
    }
}

/// The shape of a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorShape {
    /// [`New`](Self::New) for the import and for every 401, [`Old`](Self::Old) otherwise.
    AsDocumented,
    /// `{error, error_description}`
    Old,
    /// `{status: FAILURE, resultMessage}`
    New,
}

/// How a success says that it is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SuccessShape {
    /// `success` on POST, PUT and DELETE of a certificate, `status` and `resultCount` otherwise.
    AsDocumented,
    /// `success: true` everywhere.
    Old,
    /// `status: "SUCCESS"` everywhere.
    New,
}

/// What PUT does with the entries that are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UpdateRule {
    /// They stay beside the new ones, a second for the same environment too.
    Adds,
    /// They go: "the old certificate is deleted and a new one is created".
    Replaces,
}

/// What is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContentForm {
    /// The DER.
    Der,
    /// PEM text, as an older page says.
    Pem,
}
