//! The folder in `specs/`: the document cut to its operations, its origin, an overlay with what the
//! lint proposes, and a configuration to correct.

use crate::{Workspace, commands::Failure, new_folder, provenance::Provenance, source::Source};
use certfleet_codegen::{
    Provider, cut, document, infer, lint,
    provider::{Auth, Class},
    schema, tidy,
};
use serde_json::Value;
use std::{collections::BTreeSet, fmt::Write as _};

/// Writes the folder.
pub(super) fn write(
    workspace: &Workspace,
    name: &str,
    from: &Source,
    operations: &[String],
) -> Result<(), Failure> {
    let bytes = from.read()?;
    let mut document = document::parse(&bytes, &from.name())?;
    document::check(&mut document, &from.name())?;
    let before = schema::operations(&document).count();
    let mut provider = infer(name, &document, &from.name(), operations)?;
    let calls: BTreeSet<String> = provider
        .operations
        .values()
        .map(|choice| choice.call.clone())
        .collect();
    cut(&mut document, &calls);
    tidy(&mut document);
    // Nothing that authenticates is sent only where the vendor has no way to authenticate.
    if provider.auth.len() > 1 {
        provider.auth.remove("Anonymous");
    }
    let is_json = bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{');
    let folder = format!("specs/{name}");
    let (file, text) = if is_json {
        ("openapi.json", document::to_json(&document))
    } else {
        let below = format!("{folder}/openapi.yaml");
        ("openapi.yaml", document::to_yaml(&document, &below)?)
    };
    file.clone_into(&mut provider.document);
    let provenance = Provenance {
        title: provider.title.clone(),
        upstream: match from {
            Source::Url(url) => url.clone(),
            // Where a file lies says nothing to others.
            Source::File(_) => String::new(),
        },
        file: file.to_owned(),
        operations: calls.len(),
        notes: vec![format!(
            "Cut by the tool out of the vendor's document of {before} operations: {} and what they refer to, as the vendor wrote them.",
            calls.len()
        )],
        ..Provenance::from_document(&document, &bytes, &text)
    }
    .to_toml(&format!("{folder}/provenance.toml"))?;
    let overlay = overlay(&provider.title, &document, &format!("{folder}/{file}"));
    let configuration = configuration(&provider, &document);
    let files = [
        (file, &*text),
        ("provenance.toml", &*provenance),
        ("overlay.yaml", &*overlay),
        ("provider.toml", &*configuration),
    ];
    Ok(new_folder::write(workspace, &folder, files)?)
}

/// An overlay without actions; what the lint would have corrected stands in it as a comment.
fn overlay(title: &str, document: &Value, name: &str) -> String {
    let mut text = format!(
        "overlay: 1.1.0\ninfo:\n  title: Corrections to {}\n  version: 1.0.0\n",
        title.replace(": ", " ")
    );
    let open: Vec<_> = lint::all(document, name)
        .into_iter()
        .filter(|finding| finding.mended_by.is_none())
        .map(|finding| finding.problem)
        .collect();
    if open.is_empty() {
        text.push_str("actions: []\n");
        return text;
    }
    text.push_str(
        "# The lint proposes these. Write each as an action with its reason in the description, and take the\n\
         # proposal out.\nactions: []\n",
    );
    for problem in open {
        let _ = write!(
            text,
            "#\n# {}\n#   remedy: {}\n#  - target: {}\n#    description: \n#    update:\n",
            problem.what,
            problem.remedy,
            json_path(document, &problem.pointer)
        );
    }
    text
}

/// The JSONPath of a JSON pointer into a document, which says whether digits are an index or a name.
fn json_path(document: &Value, pointer: &str) -> String {
    let mut path = "$".to_owned();
    let mut parent = document;
    for token in pointer.split('/').skip(1) {
        let name = token.replace("~1", "/").replace("~0", "~");
        let index = parent
            .is_array()
            .then(|| name.parse::<usize>().ok())
            .flatten();
        let is_plain = name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            && !name.starts_with(|first: char| first.is_ascii_digit());
        if let Some(index) = index {
            let _ = write!(path, "[{index}]");
            parent = &parent[index];
        } else {
            if is_plain {
                let _ = write!(path, ".{name}");
            } else {
                let _ = write!(path, "['{}']", name.replace('\'', "\\'"));
            }
            parent = &parent[name.as_str()];
        }
    }
    path
}

/// `provider.toml`, with a comment wherever something was guessed.
fn configuration(provider: &Provider, document: &Value) -> String {
    let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
    let list = |texts: &[String]| {
        let texts: Vec<_> = texts.iter().map(|text| quoted(text)).collect();
        format!("[{}]", texts.join(", "))
    };
    let unauthenticated: String = provider
        .unauthenticated
        .iter()
        .map(|one| {
            let codes = list(&one.codes);
            format!(
                "[[unauthenticated]]\nstatus = {}\ncodes = {codes}\n",
                one.status
            )
        })
        .collect();
    let mut text = format!(
        "name = {}\ndocument = {}\ntitle = {}\n# Two sentences for the crate's front page.\nabout = {}\n\
         # Whether the document's server is everybody's, and not each customer's own.\nshared_server = {}\n\
         # Guessed: answer headers with the vendor's request id.\nrequest_id_headers = {}\n\
         \n# Guessed: the refusals that say that the credentials are not accepted, so that renewed ones are asked for: a\n\
         # status, and the vendor's codes where the status alone does not say it.\n{}",
        quoted(&provider.name),
        quoted(&provider.document),
        quoted(&provider.title),
        quoted(&provider.about),
        provider.shared_server,
        list(&provider.request_id_headers),
        unauthenticated
    );
    text.push_str(
        "\n# `class`: `read`; `idempotent`, where the second time changes nothing more; `create`, where it may\n\
         # make another object. Guessed by the method: read the vendor's words.\n",
    );
    for (id, choice) in &provider.operations {
        let class = match choice.class {
            Class::Read => "read",
            Class::Idempotent => "idempotent",
            Class::Create => "create",
        };
        let _ = write!(
            text,
            "[operations.{id}]\ncall = {}\nclass = \"{class}\"\n\n",
            quoted(&choice.call)
        );
    }
    for (variant, Auth { about, schemes }) in &provider.auth {
        let schemes: Vec<_> = schemes
            .iter()
            .map(|one| {
                format!(
                    "{{ field = {}, scheme = {} }}",
                    quoted(&one.field),
                    quoted(&one.scheme)
                )
            })
            .collect();
        let _ = write!(
            text,
            "[auth.{variant}]\nabout = {}\nschemes = [{}]\n\n",
            quoted(about),
            schemes.join(", ")
        );
    }
    let _ = write!(
        text,
        "# Secret fields, wherever they stand; `certificates` are kept where they plainly are one.\n[secrets]\n\
         request = {}\nresponse = {}\ncertificates = []\n\n\
         # Guessed: JSON pointers into a failure's body; the first that matches counts.\n[errors]\ncode = {}\nmessage = {}\n\n\
         # Guessed: what the operations mean for certificates.\n",
        list(&provider.secrets.request),
        list(&provider.secrets.response),
        list(&provider.errors.code),
        list(&provider.errors.message)
    );
    text.push_str(&capabilities(provider, document));
    text
}

/// What each operation looks like it does: a collection is listed and added to, its items are got and
/// deleted.
fn capabilities(provider: &Provider, document: &Value) -> String {
    let mut text = String::new();
    let mut done = BTreeSet::new();
    for (id, choice) in &provider.operations {
        let (method, path) = choice.call.split_once(' ').unwrap_or_default();
        let of_one = path.trim_end_matches('/').ends_with('}');
        let verb = match (method, of_one) {
            ("GET", false) => "list",
            ("GET", true) => "get",
            ("POST", false) => "upload",
            ("DELETE", true) => "delete",
            _ => continue,
        };
        if !done.insert(verb) {
            continue;
        }
        let _ = write!(
            text,
            "[[capability]]\nverb = \"{verb}\"\noperations = [\"{id}\"]\n"
        );
        if verb == "list" {
            text.push_str(&paging(document, &choice.call));
        }
        text.push('\n');
    }
    text.trim_end().to_owned() + "\n"
}

fn paging(document: &Value, call: &str) -> String {
    let parameters: Vec<String> = schema::operations(document)
        .find(|at| at.call() == call)
        .into_iter()
        .flat_map(|at| at.operation["parameters"].as_array().into_iter().flatten())
        .filter_map(|parameter| schema::follow(document, parameter))
        .filter_map(|parameter| parameter["name"].as_str().map(str::to_owned))
        .collect();
    let named = |names: &[&str]| {
        parameters
            .iter()
            .find(|parameter| names.contains(&parameter.as_str()))
            .cloned()
    };
    let kind = if named(&["page"]).is_some() {
        "numbered"
    } else if named(&["after", "cursor", "starting_after"]).is_some() {
        "cursor"
    } else {
        "single"
    };
    match named(&["per_page", "page_size", "limit", "size"]) {
        Some(size) if kind != "single" => {
            format!("paging = {{ kind = \"{kind}\", size = \"{size}\" }}\n")
        }
        _ => format!("paging = {{ kind = \"{kind}\" }}\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn pointers_as_paths() {
        let document = json!({"paths": {"/a": {"get": {
            "parameters": [{"name": "id"}],
            "responses": {"200": {"content": {}}, "404": {}},
        }}}});
        for (pointer, path) in [
            ("", "$"),
            ("/paths/~1a~1{id}/get", "$.paths['/a/{id}'].get"),
            (
                "/paths/~1a/get/parameters/0/name",
                "$.paths['/a'].get.parameters[0].name",
            ),
            (
                "/paths/~1a/get/responses/200/content",
                "$.paths['/a'].get.responses['200'].content",
            ),
            // Where nothing is, there is no array.
            (
                "/paths/~1b/get/responses/500",
                "$.paths['/b'].get.responses['500']",
            ),
            (
                "/components/schemas/A-b's",
                "$.components.schemas['A-b\\'s']",
            ),
        ] {
            assert_eq!(json_path(&document, pointer), path, "{pointer}");
        }
    }
}
