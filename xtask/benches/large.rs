//! A document of 20 MB, as JSON and as YAML: what it costs to cut four of its 8,000 operations out
//! (`xtask fetch`) and to make a client of them (`xtask generate --from`), beside the floor, which is
//! `serde_json` reading the same bytes. Fails where a limit is not held.
//!
//!     cargo bench -p xtask --bench large

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a benchmark prints, and fails by panicking"
)]

use certfleet_codegen::document;
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
    time::{Duration, Instant},
};
use xtask::{
    Workspace,
    commands::{fetch, generate_from},
    source::Source,
};

/// The size of the documents.
const BYTES: usize = 20_000_000;
/// What a run may take.
const SECONDS: f64 = 3.0;
/// What a run may hold at its most.
const MEGABYTES: f64 = 1024.0;
/// How often each is measured; the median counts.
const RUNS: usize = 3;
/// The wanted operations.
const WANTED: [(&str, &str); 4] = [
    ("list_things_0", "GET /things-0"),
    ("add_thing_0", "POST /things-0"),
    ("list_things_7", "GET /things-7"),
    ("add_thing_99", "POST /things-99"),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        // Each run is a process of its own: the kernel tells a process its peak.
        ["run", what, file, folder] => run(what, Path::new(file), Path::new(folder)),
        ["--bench", ..] => measure(),
        // `cargo test --all-targets` only builds it.
        _ => ExitCode::SUCCESS,
    }
}

fn measure() -> ExitCode {
    let folder = tempfile::tempdir().unwrap();
    let small = large(100).to_string().len();
    let json = large(100 * BYTES / small + 1);
    let yaml = document::to_yaml(&large(100), "large").unwrap().len();
    let yaml = document::to_yaml(&large(100 * BYTES / yaml + 1), "large").unwrap();
    let json_file = folder.path().join("large.json");
    let yaml_file = folder.path().join("large.yaml");
    fs::write(&json_file, json.to_string()).unwrap();
    fs::write(&yaml_file, yaml).unwrap();
    drop(json);

    let mut is_held = true;
    println!("{:<28} {:>8} {:>9} {:>9}", "", "MB", "s", "peak MB");
    for (what, file) in [
        ("floor", &json_file),
        ("fetch", &json_file),
        ("generate", &json_file),
        ("fetch", &yaml_file),
        ("generate", &yaml_file),
    ] {
        let mut runs: Vec<(f64, f64)> = (0..RUNS)
            .map(|_| in_a_process(what, file, folder.path()))
            .collect();
        runs.sort_by(|one, other| one.0.total_cmp(&other.0));
        let (seconds, peak) = runs[RUNS / 2];
        let size = fs::metadata(file).unwrap().len() as f64 / 1e6;
        let name = format!("{what} {}", file.extension().unwrap().to_string_lossy());
        let is_within = what == "floor" || (seconds < SECONDS && peak < MEGABYTES);
        is_held &= is_within;
        println!(
            "{name:<28} {size:>8.1} {seconds:>9.2} {peak:>9.0}{}",
            if is_within { "" } else { "  beyond its limit" }
        );
    }
    println!("limits: {SECONDS} s, {MEGABYTES} MB");
    if is_held {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Time and peak of one run.
fn in_a_process(what: &str, file: &Path, folder: &Path) -> (f64, f64) {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["run", what])
        .args([file, folder])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let mut numbers = said.split_whitespace().map(|text| text.parse().ok());
    match (numbers.next().flatten(), numbers.next().flatten()) {
        (Some(seconds), Some(peak)) if output.status.success() => (seconds, peak),
        _ => panic!("{what}: {said}{}", String::from_utf8_lossy(&output.stderr)),
    }
}

fn run(what: &str, file: &Path, folder: &Path) -> ExitCode {
    let workspace = workspace(folder, file);
    let mut out = Vec::new();
    let started = Instant::now();
    match what {
        "floor" => {
            let bytes = fs::read(file).unwrap();
            let value: Value = serde_json::from_slice(&bytes).unwrap();
            assert!(value.is_object());
        }
        "fetch" => {
            let request = fetch::Request {
                provider: "large".to_owned(),
                from: Some(Source::File(file.to_owned())),
                without_prose: false,
            };
            fetch::run(&workspace, &request, &mut out).unwrap();
        }
        _ => {
            let request = generate_from::Request {
                from: file.to_owned(),
                operations: WANTED.iter().map(|(_, call)| (*call).to_owned()).collect(),
                overlay: None,
                folder: folder.join("client"),
                http: PathBuf::from("../certfleet-http"),
                resolve: false,
                keep_going: false,
            };
            let code = generate_from::run(&request, &mut out).unwrap();
            assert_eq!(code, generate_from::DONE);
        }
    }
    println!("{} {}", seconds(started.elapsed()), peak());
    ExitCode::SUCCESS
}

fn seconds(time: Duration) -> f64 {
    time.as_secs_f64()
}

/// The most memory that this process has held, in MB; nothing where the kernel does not say.
fn peak() -> f64 {
    fs::read_to_string("/proc/self/status")
        .unwrap_or_default()
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .and_then(|rest| rest.trim().trim_end_matches(" kB").parse::<f64>().ok())
        .map_or(0.0, |kilobytes| kilobytes / 1024.0)
}

/// A workspace whose provider takes the wanted operations.
fn workspace(folder: &Path, file: &Path) -> Workspace {
    let specs = folder.join("specs/large");
    fs::create_dir_all(&specs).unwrap();
    let name = file.file_name().unwrap().to_string_lossy();
    let operations: String = WANTED
        .iter()
        .map(|(name, call)| format!("[operations.{name}]\ncall = {call:?}\nclass = \"read\"\n"))
        .collect();
    fs::write(
        specs.join("provider.toml"),
        format!(
            "name = \"large\"\ndocument = {name:?}\ntitle = \"Large\"\nabout = \"Large.\"\nshared_server = false\nrequest_id_headers = []\ncapability = []\n[auth]\n[errors]\ncode = []\nmessage = []\n{operations}"
        ),
    )
    .unwrap();
    Workspace::at(folder)
}

/// A document as large vendors write them: two operations a path, each with parameters, a body,
/// failures, an example and a type of its own, which leads to others.
fn large(paths: usize) -> Value {
    let mut document = json!({
        "openapi": "3.0.3",
        "info": {"title": "Large", "version": "1"},
        "servers": [{"url": "https://api.example.com/v1"}],
        "paths": {},
        "components": {
            "schemas": {"Problem": {"type": "object", "properties": {"code": {"type": "string"}, "message": {"type": "string"}}}},
            "parameters": {"Page": {"name": "page", "in": "query", "schema": {"type": "integer", "minimum": 1}}}
        }
    });
    for number in 0..paths {
        let reference =
            |number: usize| json!({"$ref": format!("#/components/schemas/Thing{number}")});
        let failure = json!({"description": "The request was not understood.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}});
        let prose = format!(
            "Thing number {number} of a vendor who explains at length what it is for, when it changes, and who may see it. "
        )
        .repeat(3);
        document["paths"][format!("/things-{number}")] = json!({
            "get": {
                "operationId": format!("listThings{number}"),
                "summary": "Lists things",
                "description": prose,
                "parameters": [
                    {"$ref": "#/components/parameters/Page"},
                    {"name": "sort", "in": "query", "schema": {"type": "string", "enum": ["name", "age"]}}
                ],
                "responses": {
                    "200": {"description": "The things.", "content": {"application/json": {"schema": {"type": "object", "properties": {"data": {"type": "array", "items": reference(number)}}}}}},
                    "400": failure
                }
            },
            "post": {
                "operationId": format!("addThing{number}"),
                "description": prose,
                "requestBody": {"required": true, "content": {"application/json": {"schema": reference(number), "example": {"id": "a", "name": "b"}}}},
                "responses": {
                    "201": {"description": "The thing.", "content": {"application/json": {"schema": reference(number)}}},
                    "400": failure
                }
            }
        });
        // Twenty things lead to each other, and no further.
        let next = number - number % 20 + (number + 1) % 20;
        let next = if next < paths { next } else { number };
        document["components"]["schemas"][format!("Thing{number}")] = json!({
            "type": "object",
            "description": prose,
            "required": ["id"],
            "properties": {
                "id": {"type": "string", "format": "uuid"},
                "name": {"type": "string", "maxLength": 100, "nullable": true},
                "kind": {"type": "string", "enum": ["large", "small", "none"]},
                "created": {"type": "string", "format": "date-time"},
                "labels": {"type": "object", "additionalProperties": {"type": "string"}},
                "sizes": {"type": "array", "items": {"type": "integer"}},
                "next": reference(next),
                "inner": {"allOf": [reference(next), {"type": "object", "properties": {"since": {"type": "string"}}}]}
            }
        });
    }
    document
}
