//! The request body of an operation: which of its media types can be sent.

use super::finding::Findings;
use crate::{
    media_type::{MULTIPART, URLENCODED, is_json},
    pass::Pass,
    request_body,
    schema::{self, OperationAt},
};
use serde_json::Value;

pub(super) fn check(document: &Value, at: &OperationAt<'_>, findings: &mut Findings<'_>) {
    let Some(body) = schema::follow(document, &at.operation["requestBody"]) else {
        return;
    };
    let Some(content) = body["content"].as_object() else {
        return;
    };
    let pointer = format!("{}/requestBody", at.pointer());
    let operation = at.name();
    let mut mended = |pass, what: &str, remedy: &str| {
        findings
            .at(&pointer)
            .in_operation(&operation)
            .mended_by(pass)
            .report(what, remedy);
    };
    if content.len() > 1 {
        mended(
            Pass::Bodies,
            "the body has several media types",
            "nothing to do: JSON is sent",
        );
    }
    for (media_type, sent) in content {
        if is_json(media_type) && sent.get("schema").is_none() {
            mended(
                Pass::Bodies,
                "a JSON body without a schema",
                "nothing to do: any JSON is sent; remove the body in overlay.yaml if nothing is to be sent, or give it `example: {}` if that is",
            );
        } else if media_type == MULTIPART {
            mended(
                Pass::Forms,
                "a multipart body, which progenitor cannot send",
                "nothing to do: the generated client sends it",
            );
        } else if media_type == URLENCODED && sent.get("encoding").is_some() {
            mended(
                Pass::Urlencoded,
                "a form with encodings, which progenitor does not read",
                "nothing to do: the generated client follows them",
            );
        }
    }
    // Whether a choice was made already or is the overlay's to make, a body has to be sendable.
    if !content.keys().any(|media_type| is_json(media_type))
        && !content
            .values()
            .any(|sent| request_body::is_needless(at.method, body, sent))
        && let Err((what, remedy)) = request_body::chosen(content, true)
    {
        findings
            .at(&pointer)
            .in_operation(&operation)
            .report(what, remedy);
    }
}
