//! The configuration file: it is read or refused, and what is shown of a refusal holds no secret that was
//! written where a reference belongs.

#![no_main]

use certfleet_config::Config;
use certfleet_fuzz::CANARY;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let with_secret = format!("{text}\napi_key = \"{CANARY}\"\n");
    drop(Config::parse(text, "config.toml"));
    if let Err(error) = Config::parse(&with_secret, "config.toml") {
        let shown = format!("{error} {error:?}");
        // What stands in the text itself may be a name, which is shown.
        assert!(text.contains(CANARY) || !shown.contains(CANARY), "{shown}");
    }
});
