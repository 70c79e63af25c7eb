//! A build without the stores that a team shares.

use crate::served::Served;

/// It says what to do, sends nothing, and repeats no password.
#[test]
fn an_address_is_refused_with_what_to_do() {
    let served = Served::new();
    let address = "postgres://ci@db.example.com/ops?password=env:X";
    for line in [
        "upload new.pem --account openai --name n --yes --journal",
        "resume --journal",
        "journal --journal",
        "journal status --journal",
        "journal migrate --journal",
    ] {
        let mut arguments: Vec<_> = line.split(' ').collect();
        arguments.push(address);
        let ran = served.run(&arguments);
        assert_eq!(ran.code, Some(2), "{line}: {ran:?}");
        assert!(
            ran.stderr.contains("cargo install") && ran.stderr.contains("--features postgres"),
            "{line}: {ran:?}"
        );
    }
    let ran = served.run(&["journal", "--journal", "postgres://ci:canary@db/ops"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(!ran.stderr.contains("canary"), "{ran:?}");
    assert!(ran.stderr.contains("?password=env:NAME"), "{ran:?}");
    assert!(served.sandbox.requests().is_empty());
}
