//! The page of each vendor says what the command says of it.

use crate::{page, support::Place};
use serde_json::Value;
use std::{collections::BTreeSet, fs};

#[test]
fn a_vendors_page_has_its_verbs_scopes_and_limits() {
    let all = Place::new().run(&["capabilities", "--output", "json"]).ok();
    let all: Vec<Value> = serde_json::from_str(&all).unwrap();
    assert!(all.len() >= 4);
    for of in all {
        let provider = of["provider"].as_str().unwrap();
        let path = page::root().join(format!("docs/providers/{provider}.md"));
        let text = fs::read_to_string(&path).unwrap();
        let rows: Vec<Vec<&str>> = text
            .lines()
            .filter(|line| line.starts_with("| `"))
            .map(|line| line.split('|').map(str::trim).collect())
            .collect();
        let verbs = of["verbs"].as_array().unwrap();
        let listed: BTreeSet<_> = rows.iter().map(|row| row[1].trim_matches('`')).collect();
        let known: BTreeSet<_> = verbs
            .iter()
            .map(|verb| verb["verb"].as_str().unwrap())
            .collect();
        assert_eq!(listed, known, "{provider}");
        for verb in verbs {
            let name = format!("`{}`", verb["verb"].as_str().unwrap());
            let row = rows.iter().find(|row| row[1] == name).unwrap();
            let scopes: Vec<_> = verb["scopes"]
                .as_array()
                .unwrap()
                .iter()
                .map(|scope| scope.as_str().unwrap())
                .collect();
            assert_eq!(row[2], scopes.join(", "), "{provider} {name}");
            for limit in ["max_batch", "max_objects", "max_per_day"] {
                if let Some(limit) = verb[limit].as_u64() {
                    let words: BTreeSet<_> = row[3].split([' ', ';', ',']).collect();
                    assert!(
                        words.contains(limit.to_string().as_str()),
                        "{provider} {name}: {limit}"
                    );
                }
            }
        }
    }
}
