//! Accounts that the environment makes.

use crate::support::{Place, Ran, served::Served};
use serde_json::Value;

/// Without a file the environment's variables make an account, also for a change; a file takes their place.
#[test]
fn without_a_file_the_environment_serves() {
    let place = Place::new();
    let served = Served::start();
    let apinizer = served.config.split("[[account]]");
    let apinizer = apinizer
        .clone()
        .find(|table| table.contains("\"apinizer\""))
        .unwrap();
    let value = |key: &str| {
        let mut lines = apinizer.lines();
        let found = lines.find_map(|line| line.strip_prefix(&format!("{key} = \"")));
        found.unwrap().trim_end_matches('"').to_owned()
    };
    let token = value("access_token").replace("env:", "");
    let token = served.variables.iter().find(|(name, _)| *name == token);
    let variables = [
        ("APINIZER_URL", value("base_url")),
        ("APINIZER_PROJECT", value("project")),
        ("APINIZER_TOKEN", token.unwrap().1.clone()),
        ("CLOUDFLARE_API_TOKEN", "made-up".to_owned()),
    ];
    let run = |arguments: &[&str]| -> Ran {
        let mut command = place.certfleet(arguments);
        command.envs(variables.iter().cloned());
        command.output().unwrap().into()
    };
    let inventory: Value = serde_json::from_str(&run(&["list", "--output", "json"]).ok()).unwrap();
    assert_eq!(inventory["accounts"].as_array().unwrap().len(), 1);
    assert_eq!(inventory["accounts"][0]["account"], "apinizer");
    let all = inventory["certificates"].as_array().unwrap();
    let name = all[0]["id"]["native"].as_str().or(all[0]["name"].as_str());
    let name = name.unwrap();

    let told = run(&["accounts"]).ok();
    for line in [
        "set       APINIZER_URL (apinizer)",
        "missing   CLOUDFLARE_ACCOUNT_ID (cloudflare)",
        "set       CLOUDFLARE_API_TOKEN (cloudflare)",
        "access_token found at env:APINIZER_TOKEN",
    ] {
        assert!(told.contains(line), "{told}");
    }
    let address = format!("apinizer/apinizer/{name}");
    let deleted = run(&[
        "delete",
        &address,
        "--yes",
        "--references",
        "detach",
        "--acknowledge",
        "cannot_be_undone,undeploys,trust_ends,detaches_references,may_be_partial",
    ]);
    assert_eq!(deleted.code, Some(0), "{deleted:?}");
    let after: Value = serde_json::from_str(&run(&["list", "--output", "json"]).ok()).unwrap();
    assert_eq!(
        after["certificates"].as_array().unwrap().len(),
        all.len() - 1
    );

    std::fs::create_dir_all(place.0.path().join("none/certfleet")).unwrap();
    place.write(
        "none/certfleet/config.toml",
        "[[account]]\nprovider = \"openai\"\nadmin_key = \"env:NOT_SET\"\n",
    );
    let other = run(&["list", "--account", "apinizer"]);
    assert_eq!(other.code, Some(2));
    assert!(
        other.stderr.contains("there are openai/openai"),
        "{}",
        other.stderr
    );
}
