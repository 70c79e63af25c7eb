//! The root of a document: version, `info`, and the paths.

use super::finding::Findings;
use crate::{pass::Pass, path_template, pointer, references, schema};
use serde_json::Value;

pub(super) fn check(document: &Value, findings: &mut Findings<'_>) {
    let version = document["openapi"].as_str().unwrap_or_default();
    if version.starts_with("3.1.") {
        findings
            .at("/openapi")
            .mended_by(Pass::Downgrade)
            .report(format!("version {version}"), "nothing to do");
    } else if !version.starts_with("3.0.") {
        findings.at("/openapi").report(
            "is not an OpenAPI 3.0 or 3.1 document",
            "vendor a document of OpenAPI 3.0 or 3.1",
        );
    }
    for field in ["title", "version"] {
        let site = findings.at(format!("/info/{field}"));
        match document["info"][field].as_str() {
            None => site.report("is missing or not a text", "add it in overlay.yaml"),
            Some(text) if field == "version" && !text.is_ascii() => {
                site.report("is not ASCII", "correct it in overlay.yaml");
            }
            Some(_) => {}
        }
    }
    let paths = &document["paths"];
    if !paths.is_object() {
        findings.at("/paths").report(
            "is missing or not an object",
            "vendor a document that describes operations",
        );
    }
    for (path, item) in paths.as_object().into_iter().flatten() {
        let site = findings.at(pointer::join(["paths", path]));
        if item.get("$ref").is_some() {
            let leads_somewhere = schema::follow(document, item).is_some();
            site.mended_if(leads_somewhere, Pass::References).report(
                "the path is a reference, which progenitor does not read",
                references::RESOLVE,
            );
        } else if path_template::fixed_query(path).is_none() {
            site.report(
                "the query behind the path is not UTF-8 once it is decoded",
                "correct it in overlay.yaml, or describe it there as query parameters",
            );
        } else if let Some((_, rest)) = path.split_once(['?', '#']) {
            // A fixed query is sent as one.
            let is_fixed = !rest.contains(['{', '}']);
            site.mended_if(is_fixed, Pass::Parameters).report(
                "the path contains a query or a fragment",
                "describe it in overlay.yaml as a path with query parameters",
            );
        } else if !path.starts_with('/') {
            site.report(
                "the path does not begin with a slash",
                "correct it in overlay.yaml",
            );
        }
    }
}
