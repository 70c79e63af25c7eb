//! Choices OpenAI leaves.

use http::StatusCode;

use crate::RateLimit;

/// What OpenAI's sandbox does where documents disagree or are silent.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OpenAiBehaviour {
    /// Toggles answer `object: "list"`, as older documents say, instead of `organization.certificate.activation` and so
    /// on. Default: no.
    pub toggles_answer_list: bool,
    /// `first_id` and `last_id` of an empty page. Default: null, as the newest document says.
    pub empty_page_ids: EmptyPageIds,
    /// The upload's field is `content`, as in the document of April 2025, instead of `certificate`. Default: no.
    pub upload_field_is_content: bool,
    /// Upload asks for what OpenAI's help page lists: key identifiers, both signing usages, more than a day left. When
    /// off, an authority is enough. Default: on.
    pub strict_upload: bool,
    /// Upload refuses a certificate that is there already. OpenAI does not say so. Default: no.
    pub refuses_duplicates: bool,
    /// A project's list and toggles show as active what the organization has activated, as it is inherited; otherwise
    /// only what the project itself has. Default: yes.
    pub projects_show_inherited: bool,
    /// Unknown query parameters and body fields are refused. Default: yes.
    pub refuses_unknown_parameters: bool,
    /// The status for an `after` that names nothing. Default: 404.
    pub unknown_cursor: StatusCode,
    /// Answers 429 beyond this. Default: none.
    pub rate_limit: Option<RateLimit>,
    /// Whether a 429 says when to come back. Default: yes.
    pub retry_after: bool,
}

impl Default for OpenAiBehaviour {
    fn default() -> Self {
        Self {
            toggles_answer_list: false,
            empty_page_ids: EmptyPageIds::Null,
            upload_field_is_content: false,
            strict_upload: true,
            refuses_duplicates: false,
            projects_show_inherited: true,
            refuses_unknown_parameters: true,
            unknown_cursor: StatusCode::NOT_FOUND,
            rate_limit: None,
            retry_after: true,
        }
    }
}

/// How an empty page says that it has no first and last object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmptyPageIds {
    /// `null`.
    Null,
    /// Not at all.
    Absent,
}
