//! References to other files: what is read, what it is called, and what stays out.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use certfleet_codegen::external::read;
use serde_json::{Value, json};
use std::{fs, path::Path};
use tempfile::TempDir;

/// A folder with these files.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

/// What the document `api.yml` in a folder becomes.
fn resolved(folder: &Path) -> Value {
    read(&folder.join("api.yml"), "api.yml").unwrap()
}

/// Why the document `api.yml` in a folder is refused.
fn refusal(folder: &Path) -> String {
    read(&folder.join("api.yml"), "api.yml")
        .unwrap_err()
        .to_string()
}

fn schema(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

#[test]
fn files_beside_the_document() {
    let outside = folder(&[
        ("secret.yml", "type: string"),
        (
            "api/api.yml",
            "openapi: 3.0.3\npaths:\n  /a:\n    get: {$ref: parts/get.yml}\n    put: {$ref: 'https://x.example/put.yml'}\n    post: {$ref: ../secret.yml}\n  /b: {$ref: 'parts/b.yml#/~1b'}\n",
        ),
        (
            "api/parts/get.yml",
            "operationId: getA\nparameters: [{$ref: 'b.yml#/limit'}]\nresponses: {'200': {content: {application/json: {schema: {$ref: Thing.yml}}}}}\n",
        ),
        (
            "api/parts/b.yml",
            "/b:\n  get: {operationId: getB}\nlimit: {name: limit, in: query, schema: {$ref: '#/count'}}\ncount: {type: integer}\n",
        ),
        (
            "api/parts/Thing.yml",
            "properties: {next: {$ref: Thing.yml}, size: {$ref: './b.yml#/count'}, example: {$ref: ../api.yml#/x}}\n",
        ),
    ]);
    let document = resolved(&outside.path().join("api"));
    assert_eq!(
        document,
        json!({
            "openapi": "3.0.3",
            "paths": {
                "/a": {
                    "get": {
                        "operationId": "getA",
                        "parameters": [{"name": "limit", "in": "query", "schema": schema("count")}],
                        "responses": {"200": {"content": {"application/json": {"schema": schema("Thing")}}}},
                    },
                    "put": {"$ref": "https://x.example/put.yml"},
                    "post": {"$ref": "../secret.yml"},
                },
                "/b": {"get": {"operationId": "getB"}},
            },
            "components": {"schemas": {
                "Thing": {"properties": {
                    "next": schema("Thing"),
                    "size": schema("count"),
                    "example": {"$ref": "#/x"},
                }},
                "count": {"type": "integer"},
            }},
        })
    );
}

#[test]
fn names_of_members_are_not_keywords() {
    let folder = folder(&[
        (
            "api.yml",
            "openapi: 3.0.3
paths:
  /a:
    get:
      responses:
        default: {$ref: errors.yml}
        '200': {description: {$ref: text.md}, content: {a/b: {example: {$ref: errors.yml}}}}
components:
  parameters: {schema: {$ref: page.yml}, example: {$ref: page.yml}}
  schemas:
    A: {properties: {enum: {$ref: B.yml}, x-b: {$ref: B.yml}}, default: {$ref: B.yml}, if: {$ref: B.yml}}
",
        ),
        ("errors.yml", "description: It failed."),
        ("page.yml", "name: page\nin: query"),
        ("text.md", "# A: heading\n- [ of no document"),
        ("B.yml", "type: string"),
    ]);
    let page = json!({"name": "page", "in": "query"});
    assert_eq!(
        resolved(folder.path()),
        json!({
            "openapi": "3.0.3",
            "paths": {"/a": {"get": {"responses": {
                "default": {"description": "It failed."},
                "200": {
                    "description": {"$ref": "text.md"},
                    "content": {"a/b": {"example": {"$ref": "errors.yml"}}},
                },
            }}}},
            "components": {
                "parameters": {"schema": page, "example": page},
                "schemas": {
                    "A": {
                        "properties": {"enum": schema("B"), "x-b": schema("B")},
                        "default": {"$ref": "B.yml"},
                        "if": schema("B"),
                    },
                    "B": {"type": "string"},
                },
            },
        })
    );
}

#[test]
fn a_component_names_the_schema_that_it_refers_to() {
    let folder = folder(&[
        (
            "api.yml",
            "openapi: 3.0.3
paths: {}
components:
  schemas:
    Katze: {$ref: cat.yml}
    Cat: {$ref: cat.yml}
    Hund: {$ref: api.yml#/components/schemas/Pet}
    Nothing: {$ref: empty.yml}
    Pet:
      oneOf: [{$ref: cat.yml}, {$ref: 'more.yml#/Dog'}]
      discriminator: {propertyName: kind, mapping: {a: cat.yml, b: 'more.yml#/Dog', c: Cat}}
",
        ),
        ("cat.yml", "$ref: more.yml#/Feline"),
        (
            "more.yml",
            "Feline: {type: object}\nDog: {properties: {chases: {$ref: cat.yml}}}",
        ),
        ("empty.yml", ""),
    ]);
    assert_eq!(
        resolved(folder.path())["components"]["schemas"],
        json!({
            "Cat": {"type": "object"},
            "Katze": schema("Cat"),
            "Hund": schema("Pet"),
            "Nothing": {"$ref": "empty.yml"},
            "Pet": {
                "oneOf": [schema("Cat"), schema("Dog")],
                "discriminator": {"propertyName": "kind", "mapping": {
                    "a": "#/components/schemas/Cat",
                    "b": "#/components/schemas/Dog",
                    "c": "Cat",
                }},
            },
            "Dog": {"properties": {"chases": schema("Cat")}},
        })
    );
}

#[test]
fn schemas_of_another_file_keep_their_names() {
    let schemas = [
        (
            "parts/schemas.yml",
            "Alias: {$ref: '#/Cat'}
Cat: {properties: {owner: {$ref: '#/Owner'}, other: {$ref: 'other.yml#/Cat'}}}
Owner: {type: string}
",
        ),
        ("parts/other.yml", "Cat: {type: integer}"),
        ("parts/components.yml", "schemas: {$ref: schemas.yml}"),
    ];
    let mains = [
        "components: {$ref: parts/components.yml}",
        "components: {schemas: {$ref: parts/schemas.yml}}",
    ];
    for main in mains {
        let main = format!(
            "openapi: 3.0.3
paths: {{/a: {{get: {{parameters: [{{schema: {{$ref: 'parts/schemas.yml#/Cat'}}}}]}}}}}}
{main}
"
        );
        let mut files = schemas.to_vec();
        files.push(("api.yml", &main));
        let document = resolved(folder(&files).path());
        assert_eq!(
            document["paths"]["/a"]["get"]["parameters"][0],
            json!({"schema": schema("Cat")})
        );
        assert_eq!(
            document["components"],
            json!({"schemas": {
                "Alias": schema("Cat"),
                "Cat": {"properties": {"owner": schema("Owner"), "other": schema("Cat2")}},
                "Owner": {"type": "string"},
                "Cat2": {"type": "integer"},
            }})
        );
    }
}

#[test]
fn what_stands_in_itself_stays_a_reference() {
    let folder = folder(&[
        (
            "api.yml",
            "openapi: 3.0.3\npaths: {/a: {$ref: a.yml}, /empty: {$ref: empty.yml}, /text: {$ref: text.yml}}",
        ),
        ("a.yml", "get: {$ref: a.yml}\nput: {$ref: b.yml}"),
        ("b.yml", "x: {$ref: a.yml}"),
        ("empty.yml", ""),
        ("text.yml", "a text"),
    ]);
    assert_eq!(
        resolved(folder.path())["paths"],
        json!({
            "/a": {"get": {"$ref": "a.yml"}, "put": {"x": {"$ref": "a.yml"}}},
            "/empty": {"$ref": "empty.yml"},
            "/text": {"$ref": "text.yml"},
        })
    );
}

#[test]
fn files_that_multiply_or_nest_too_deep_are_refused() {
    // Every file refers twice to the next: 2^30 copies of the last.
    let names: Vec<String> = (0..=30).map(|number| format!("f{number}.yml")).collect();
    let many = "0, ".repeat(10_000);
    let texts: Vec<String> = (1..=31)
        .map(|next| {
            format!("get: {{$ref: f{next}.yml}}\nput: {{$ref: f{next}.yml}}\ntags: [{many}]")
        })
        .collect();
    let mut files = vec![("api.yml", "openapi: 3.0.3\npaths: {/a: {$ref: f0.yml}}")];
    files.extend(
        names
            .iter()
            .map(String::as_str)
            .zip(texts.iter().map(String::as_str)),
    );
    let message = refusal(folder(&files).path());
    assert!(
        message.starts_with("api.yml: the files that it refers to would add more than"),
        "{message}"
    );

    let deep = format!("a: {}1{}", "{a: ".repeat(60), "}".repeat(60));
    let last = format!("a: {}{{$ref: g1.yml}}{}", "{a: ".repeat(60), "}".repeat(60));
    let message = refusal(
        folder(&[
            ("api.yml", "openapi: 3.0.3\npaths: {/a: {$ref: g0.yml}}"),
            ("g0.yml", &last),
            ("g1.yml", &deep),
        ])
        .path(),
    );
    assert!(
        message.starts_with("api.yml: is nested deeper than 100 levels"),
        "{message}"
    );
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    for (text, why) in [
        ("get: [}", "broken.yml: "),
        ("{\"get\": 1, \"get\": 2}", "broken.yml: repeats the member"),
    ] {
        let folder = folder(&[
            (
                "api.yml",
                "openapi: 3.0.3\npaths: {/a: {$ref: broken.yml}, /b: {$ref: none.yml}}",
            ),
            ("broken.yml", text),
        ]);
        let message = refusal(folder.path());
        assert!(message.contains(why), "{message}");
        fs::remove_file(folder.path().join("broken.yml")).unwrap();
        assert_eq!(
            resolved(folder.path())["paths"],
            json!({"/a": {"$ref": "broken.yml"}, "/b": {"$ref": "none.yml"}})
        );
    }
}

#[cfg(unix)]
#[test]
fn nothing_outside_the_folder_is_read() {
    let outside = folder(&[
        ("secret.yml", "description: secret"),
        ("api/parts/in.yml", "description: inside"),
    ]);
    let api = outside.path().join("api");
    let absolute = outside.path().join("api/parts/in.yml");
    let absolute = absolute.to_str().unwrap();
    std::os::unix::fs::symlink("../secret.yml", api.join("out.yml")).unwrap();
    std::os::unix::fs::symlink("parts/in.yml", api.join("in.yml")).unwrap();
    let document = json!({"openapi": "3.0.3", "paths": {
        "/link": {"$ref": "out.yml"},
        "/inner-link": {"$ref": "in.yml"},
        "/absolute": {"$ref": absolute},
        "/file": {"$ref": format!("file://{absolute}")},
        "/up": {"$ref": "../secret.yml"},
        "/encoded": {"$ref": "%2e%2e/secret.yml"},
        "/encoded-slash": {"$ref": "parts%2F..%2f..%2fsecret.yml"},
        "/encoded-inside": {"$ref": "parts/%69n.yml"},
    }});
    fs::write(api.join("api.yml"), document.to_string()).unwrap();
    let inside = json!({"description": "inside"});
    let mut expected = document;
    for path in ["/inner-link", "/encoded-inside"] {
        expected["paths"][path] = inside.clone();
    }
    assert_eq!(resolved(&api), expected);

    // A document that is a link is read as the file that it leads to.
    let elsewhere = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(api.join("api.yml"), elsewhere.path().join("api.yml")).unwrap();
    assert_eq!(resolved(elsewhere.path()), expected);
}
