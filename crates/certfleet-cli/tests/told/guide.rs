//! What docs/guide/monitoring.md and the files beside it show.

use crate::{
    client::Serving,
    support::{NOW, Place},
};
use rustix::process::Signal;
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
};

fn guide(name: &str) -> String {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/guide"));
    fs::read_to_string(folder.join(name)).unwrap()
}

/// The documents of a YAML file.
fn yaml(name: &str) -> Vec<Value> {
    serde_saphyr::from_multiple(&guide(name)).unwrap()
}

/// Every metric that `serve` shows over the sandbox, with its labels.
fn metrics() -> BTreeMap<String, BTreeSet<String>> {
    let place = Place::new();
    let serving = Serving::start(&place, &["--sandbox", "--sandbox-time", NOW], &[]);
    let text = serving.get("/metrics").body;
    serving.stop(Signal::TERM);
    let mut metrics = BTreeMap::<_, BTreeSet<_>>::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (series, _) = line.rsplit_once(' ').unwrap();
        let (name, labels) = series.split_once('{').unwrap_or((series, ""));
        let known = metrics.entry(name.to_owned()).or_default();
        known.extend(labels.split("=\"").filter_map(label_at_the_end));
    }
    metrics
}

/// The label's name that a text ends with, before `="`.
fn label_at_the_end(text: &str) -> Option<String> {
    let start = text.rfind([',', '"', '{']).map_or(0, |at| at + 1);
    let name = text.get(start..)?;
    let is_name = !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    is_name.then(|| name.to_owned())
}

/// The words of a text that are names of metrics, and what follows each.
fn named(text: &str) -> Vec<(&str, &str)> {
    let starts = text.match_indices("certfleet_").map(|(at, _)| at);
    let is_part = |character: char| character.is_ascii_lowercase() || character == '_';
    starts
        .map(|at| {
            let rest = &text[at..];
            let end = rest
                .find(|character| !is_part(character))
                .unwrap_or(rest.len());
            rest.split_at(end)
        })
        .collect()
}

#[test]
fn rules_name_metrics_and_labels_that_exist() {
    let metrics = metrics();
    let documents = yaml("monitoring/alerts.yaml");
    let rules: Vec<_> = documents
        .iter()
        .flat_map(|document| document["groups"].as_array().unwrap())
        .flat_map(|group| group["rules"].as_array().unwrap())
        .collect();
    assert!(rules.len() > 5, "{rules:#?}");
    let mut used = BTreeSet::new();
    for rule in rules {
        let expression = rule["expr"].as_str().unwrap();
        let mut labels = BTreeSet::new();
        for (name, rest) in named(expression) {
            let known = metrics
                .get(name)
                .unwrap_or_else(|| panic!("{name} does not exist: {expression}"));
            used.insert(name.to_owned());
            labels.extend(known.iter().cloned());
            let chosen = rest
                .strip_prefix('{')
                .and_then(|rest| rest.split('}').next());
            for matcher in chosen
                .unwrap_or_default()
                .split(',')
                .filter(|one| !one.is_empty())
            {
                let label = matcher.split(['=', '!']).next().unwrap();
                assert!(known.contains(label), "{label}: {expression}");
            }
        }
        let summary = rule["annotations"]["summary"].as_str().unwrap();
        for label in summary.split("$labels.").skip(1) {
            let label = label.split(' ').next().unwrap();
            assert!(labels.contains(label), "{label}: {summary}");
        }
        assert!(rule["labels"]["severity"].is_string());
    }
    assert!(used.len() > 5, "{used:?}");
}

#[test]
fn the_guide_lists_every_metric_and_no_other() {
    let text = guide("monitoring.md");
    let listed: BTreeSet<_> = text
        .lines()
        .filter_map(|line| line.strip_prefix("| `certfleet_"))
        .map(|line| format!("certfleet_{}", line.split('`').next().unwrap()))
        .collect();
    let metrics = metrics();
    assert_eq!(listed, metrics.keys().cloned().collect());
    for (name, _) in named(&text) {
        assert!(metrics.contains_key(name), "{name}");
    }
}

/// What manifests, units and the guide call certfleet with is what it takes.
#[test]
fn every_command_line_is_one_that_certfleet_takes() {
    let mut lines: Vec<Vec<String>> = Vec::new();
    let words = |text: &str| {
        text.split_whitespace()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    for unit in ["certfleet.service", "certfleet-textfile.service"] {
        let text = guide(&format!("monitoring/{unit}"));
        let commands = text
            .lines()
            .filter_map(|line| line.strip_prefix("ExecStart=/usr/local/bin/certfleet "));
        lines.extend(commands.map(words));
    }
    let kinds: Vec<_> = yaml("monitoring/kubernetes.yaml")
        .iter()
        .map(|document| {
            for spec in [
                "/spec/template/spec",
                "/spec/jobTemplate/spec/template/spec",
            ] {
                let Some(spec) = document.pointer(spec) else {
                    continue;
                };
                for container in spec["containers"].as_array().unwrap() {
                    assert_eq!(container["command"], serde_json::json!(["certfleet"]));
                    let arguments = container["args"].as_array().unwrap().iter();
                    lines.push(
                        arguments
                            .map(|one| one.as_str().unwrap().to_owned())
                            .collect(),
                    );
                }
            }
            document["kind"].as_str().unwrap().to_owned()
        })
        .collect();
    assert_eq!(
        kinds,
        ["ConfigMap", "Deployment", "NetworkPolicy", "CronJob"]
    );
    let text = guide("monitoring.md");
    lines.extend(
        text.lines()
            .filter_map(|line| line.strip_prefix("$ certfleet "))
            .map(words),
    );
    assert!(lines.len() >= 7, "{lines:#?}");

    let place = Place::new();
    for line in lines {
        // An unknown argument is said before a configuration that is not there.
        let mut arguments: Vec<_> = line
            .iter()
            .map(String::as_str)
            .filter(|one| !one.starts_with("--ignore"))
            .collect();
        arguments.retain(|one| *one != "ignore.toml");
        let config = arguments.iter().position(|one| one.starts_with("--config"));
        if let Some(at) = config {
            let is_two = arguments[at] == "--config";
            arguments.drain(at..=at + usize::from(is_two));
        }
        let ran = place.run(&[&["--config", "nothing.toml"], &arguments[..]].concat());
        let said = format!("{}{}", ran.stdout, ran.stderr);
        assert!(said.contains("nothing.toml"), "{line:?}: {said}");
        assert_eq!(
            ran.code,
            Some(if line.contains(&"nagios".to_owned()) {
                3
            } else {
                2
            }),
            "{line:?}"
        );
    }
}

/// The configuration and the ignore list of the manifest are read as they are.
#[test]
fn the_files_of_the_manifest_are_valid() {
    let documents = yaml("monitoring/kubernetes.yaml");
    let files = &documents[0]["data"];
    let place = Place::new();
    place.write_private("config.toml", files["config.toml"].as_str().unwrap());
    let ignore = files["ignore.toml"].as_str().unwrap();
    let uncommented: String = ignore
        .lines()
        .map(|line| line.trim_start_matches("# ").to_owned() + "\n")
        .collect();
    place.write("ignore.toml", &uncommented);
    let ran = place.run(&["--config", "config.toml", "check"]);
    assert!(ran.stderr.contains("OPENAI_ADMIN_KEY"), "{ran:?}");
    let ran = place.sandbox(&["check", "--ignore", "ignore.toml"]);
    assert!(
        ran.stderr
            .starts_with("warning: ignore.toml: entry 1 (name test-*): it matches no certificate"),
        "{ran:?}"
    );
}

/// The example of the guide's text.
#[test]
fn the_ignore_list_of_the_guide_is_valid() {
    let text = guide("monitoring.md");
    let list = text
        .split("```toml\n")
        .nth(1)
        .unwrap()
        .split("```")
        .next()
        .unwrap();
    let place = Place::new();
    place.write("ignore.toml", list);
    let ran = place.sandbox(&["check", "--ignore", "ignore.toml"]);
    assert!(
        ran.stderr
            .contains("entry 1 (address openai/production/cert_abc): it matches no certificate"),
        "{ran:?}"
    );
}
