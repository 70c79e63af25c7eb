//! `fetch` and `drift`: from a vendor's full document to the vendored one, and back.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use serde_json::{Value, json};
use std::{
    fs,
    io::{Read, Write},
    net::TcpListener,
    path::Path,
};
use xtask::{
    Workspace,
    commands::{drift, fetch, generate},
    source::Source,
};

/// A workspace with one vendor, whose vendored document is the one of `full` cut by `fetch`.
fn workspace() -> (tempfile::TempDir, Workspace) {
    let folder = tempfile::tempdir().unwrap();
    let specs = folder.path().join("specs/acme");
    fs::create_dir_all(&specs).unwrap();
    fs::write(specs.join("openapi.json"), "{}").unwrap();
    fs::write(
        specs.join("provenance.toml"),
        "title = \"Acme\"\nupstream = \"https://acme.example.com/openapi.json\"\nlicence = \"MIT\"\n",
    )
    .unwrap();
    fs::write(
        specs.join("overlay.yaml"),
        "overlay: 1.1.0\ninfo: {title: t, version: '1'}\nactions:\n  - target: $.components.schemas.Thing.properties.id\n    description: Stands in prose only.\n    update: {maxLength: 9}\n",
    )
    .unwrap();
    fs::write(
        specs.join("provider.toml"),
        "name = \"acme\"\ndocument = \"openapi.json\"\ntitle = \"Acme\"\nabout = \"Acme.\"\nshared_server = false\nrequest_id_headers = []\ncapability = []\n[auth.Token]\nabout = \"A token.\"\nschemes = [{ field = \"token\", scheme = \"token\" }]\n[errors]\ncode = []\nmessage = []\n[operations.get_thing]\ncall = \"GET /things/{id}\"\nclass = \"read\"\n",
    )
    .unwrap();
    let workspace = Workspace::at(folder.path());
    (folder, workspace)
}

/// The vendor's full document.
fn full() -> Value {
    json!({
        "openapi": "3.0.3",
        "info": {"title": "Acme", "version": "7", "license": {"name": "Apache-2.0"}},
        "servers": [{"url": "https://acme.example.com"}],
        "tags": [{"name": "things"}],
        "security": [{"token": []}],
        "paths": {
            "/things/{id}": {
                "parameters": [{"$ref": "#/components/parameters/Id"}],
                "get": {"summary": "A thing.", "responses": {"200": {"description": "d", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}}}},
                "delete": {"responses": {"204": {"description": "d"}}}
            },
            "/others": {"get": {"responses": {"200": {"description": "d", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Other"}}}}}}}
        },
        "components": {
            "parameters": {"Id": {"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}, "unused": {"type": "http", "scheme": "basic"}},
            "schemas": {
                "Thing": {"type": "object", "required": ["id"], "properties": {"id": {"type": "string", "description": "Its id."}, "part": {"$ref": "#/components/schemas/Part/properties/inner"}}},
                "Part": {"type": "object", "properties": {"inner": {"type": "object", "properties": {"description": {"type": "string"}}}}},
                "Other": {"type": "object"}
            }
        }
    })
}

fn fetched(workspace: &Workspace, from: Source, without_prose: bool) -> Result<String, String> {
    let mut out = Vec::new();
    fetch::run(
        workspace,
        &fetch::Request {
            provider: "acme".to_owned(),
            from: Some(from),
            without_prose,
        },
        &mut out,
    )
    .map(|_| String::from_utf8(out).unwrap())
    .map_err(|failure| failure.to_string())
}

fn write(folder: &Path, name: &str, document: &Value) -> Source {
    let path = folder.join(name);
    fs::write(&path, document.to_string()).unwrap();
    Source::File(path)
}

#[test]
fn fetch_cuts_and_says_where_from() {
    let (folder, workspace) = workspace();
    let source = write(folder.path(), "full.json", &full());
    let said = fetched(&workspace, source, false).unwrap();
    assert!(said.contains("1 of 3 operations"), "{said}");
    let vendored: Value =
        serde_json::from_slice(&fs::read(workspace.path("specs/acme/openapi.json")).unwrap())
            .unwrap();
    assert_eq!(vendored["paths"]["/things/{id}"]["delete"], Value::Null);
    assert_eq!(vendored["paths"]["/others"], Value::Null);
    assert_eq!(vendored["components"]["schemas"]["Other"], Value::Null);
    assert_eq!(
        vendored["components"]["securitySchemes"]["unused"],
        Value::Null
    );
    assert_eq!(vendored["tags"], Value::Null);
    assert_eq!(vendored["components"]["parameters"]["Id"]["name"], "id");
    assert_eq!(
        vendored["components"]["schemas"]["Thing"]["properties"]["id"]["description"],
        "Its id."
    );
    let provenance: toml::Table =
        toml::from_str(&fs::read_to_string(workspace.path("specs/acme/provenance.toml")).unwrap())
            .unwrap();
    for (key, value) in [
        ("title", "Acme"),
        ("upstream", "https://acme.example.com/openapi.json"),
        ("upstream_version", "7"),
        ("openapi", "3.0.3"),
        ("licence", "Apache-2.0"),
        ("file", "openapi.json"),
    ] {
        assert_eq!(provenance[key].as_str(), Some(value), "{key}");
    }
    assert!(provenance["retrieved"].is_datetime());
    // What was fetched is what `generate` accepts.
    let mut out = Vec::new();
    let code = generate::run(&workspace, &[], false, &mut out).unwrap();
    assert_eq!(code, generate::FRESH, "{}", String::from_utf8_lossy(&out));
}

#[test]
fn fetch_without_prose_keeps_members_that_are_called_description() {
    let (folder, workspace) = workspace();
    let source = write(folder.path(), "full.json", &full());
    fetched(&workspace, source, true).unwrap();
    let text = fs::read_to_string(workspace.path("specs/acme/openapi.json")).unwrap();
    assert!(
        !text.contains("Its id.") && !text.contains("A thing."),
        "{text}"
    );
    assert!(text.contains("\"description\": {\n"), "{text}");
}

#[test]
fn fetch_over_loopback_and_what_it_refuses() {
    let (_folder, workspace) = workspace();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = [0; 4096];
        let length = stream.read(&mut request).unwrap();
        let body = full().to_string();
        write!(
            stream,
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        String::from_utf8_lossy(&request[..length]).into_owned()
    });
    let url = format!("http://{address}/openapi.json");
    fetched(&workspace, Source::named(&url), false).unwrap();
    let request = server.join().unwrap();
    assert!(
        request.starts_with("GET /openapi.json HTTP/1.1"),
        "{request}"
    );
    assert!(
        !request.to_lowercase().contains("authorization"),
        "{request}"
    );
    for (from, word) in [
        ("http://acme.example.com/openapi.json", "https"),
        ("ftp://acme.example.com/openapi.json", "https"),
        ("no/such/file.json", "cannot be read"),
    ] {
        let said = fetched(&workspace, Source::named(from), false).unwrap_err();
        assert!(said.contains(word) && said.contains("remedy: "), "{said}");
    }
}

#[test]
fn fetch_of_a_document_that_lacks_an_operation_changes_nothing() {
    let (folder, workspace) = workspace();
    let mut document = full();
    document["paths"]["/things/{id}"] = json!({});
    let source = write(folder.path(), "full.json", &document);
    let said = fetched(&workspace, source, false).unwrap_err();
    assert!(said.contains("there is no GET /things/{id}"), "{said}");
    assert_eq!(
        fs::read_to_string(workspace.path("specs/acme/openapi.json")).unwrap(),
        "{}"
    );
}

#[test]
fn drift_says_what_changed_and_what_the_overlay_has_to_do_with_it() {
    let (folder, workspace) = workspace();
    let source = write(folder.path(), "full.json", &full());
    fetched(&workspace, source, false).unwrap();
    let thing = |document: &mut Value, value: Value| {
        document["components"]["schemas"]["Thing"]["properties"]["id"] = value;
    };
    let mut breaking = full();
    thing(&mut breaking, json!({"type": "integer"}));
    let mut compatible = full();
    compatible["components"]["schemas"]["Thing"]["properties"]["more"] = json!({"type": "string"});
    let mut cosmetic = full();
    cosmetic["info"]["version"] = json!("8");
    let mut unneeded = full();
    thing(&mut unneeded, json!({"type": "string", "maxLength": 9}));
    let mut inapplicable = full();
    inapplicable["components"]["schemas"]["Thing"]["properties"] =
        json!({"name": {"type": "string"}});
    let mut unused = full();
    unused["paths"]["/others"] = json!({});
    let mut told = String::new();
    for (name, document, code) in [
        ("the same", full(), drift::NONE),
        ("breaking", breaking, drift::BREAKING),
        ("compatible", compatible, drift::COMPATIBLE),
        ("cosmetic", cosmetic, drift::NONE),
        ("overlay unneeded", unneeded, drift::COMPATIBLE),
        ("overlay inapplicable", inapplicable, drift::BREAKING),
        ("not used", unused, drift::NONE),
    ] {
        let against = write(folder.path(), "new.json", &document);
        for format in [drift::Format::Text, drift::Format::Json] {
            let mut out = Vec::new();
            let found = drift::run(&workspace, "acme", &against, format, &mut out).unwrap();
            let text = String::from_utf8(out).unwrap();
            assert_eq!(found, code, "{name}: {text}");
            match format {
                drift::Format::Text => told.push_str(&format!("### {name} -> {found}\n{text}\n")),
                drift::Format::Json => {
                    let report: Value = serde_json::from_str(&text).unwrap();
                    assert!(report["differences"].is_array() && report["overlay"].is_array());
                }
            }
        }
    }
    insta::assert_snapshot!(told);
    let broken = folder.path().join("broken.json");
    fs::write(&broken, "{").unwrap();
    let failure = drift::run(
        &workspace,
        "acme",
        &Source::File(broken),
        drift::Format::Text,
        &mut Vec::new(),
    )
    .unwrap_err();
    assert!(failure.to_string().contains("is not JSON"), "{failure}");
}
