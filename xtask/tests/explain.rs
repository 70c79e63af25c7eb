//! What `explain` and `lint` say, as people read it.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use xtask::{Workspace, commands};

#[test]
fn explain_names_every_action_and_pass() {
    for operation in ["activate_certificate", "getCertificate"] {
        let mut out = Vec::new();
        commands::explain::run(&Workspace::of_this_build(), operation, &mut out).unwrap();
        insta::assert_snapshot!(
            format!("explain_{operation}"),
            String::from_utf8(out).unwrap()
        );
    }
}

#[test]
fn explain_of_an_unknown_operation_lists_the_known_ones() {
    let failure =
        commands::explain::run(&Workspace::of_this_build(), "fly", &mut Vec::new()).unwrap_err();
    let text = failure.to_string();
    assert!(
        text.contains("\"fly\"") && text.contains("openai: list_organization_certificates"),
        "{text}"
    );
}

#[test]
fn lint_of_the_vendored_documents() {
    let mut out = Vec::new();
    commands::lint::run(&Workspace::of_this_build(), &[], false, &mut out).unwrap();
    insta::assert_snapshot!(String::from_utf8(out).unwrap());
}
