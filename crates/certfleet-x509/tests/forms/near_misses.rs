//! Text that is meant as armour, or holds it in another coat.

use super::*;

fn message(text: &str) -> String {
    let error = read_all(text.as_bytes()).unwrap_err();
    assert!(
        matches!(
            error.kind(),
            ReadErrorKind::Armour | ReadErrorKind::Base64 | ReadErrorKind::Unsupported
        ),
        "{error:?}"
    );
    error.to_string()
}

#[test]
fn what_is_meant_as_a_begin_line_is_named() {
    let good = pem(&plain());
    let unicode = |dash: &str| good.replace("-----", &dash.repeat(5));
    let cases = [
        (
            include_str!("../cases/lowercase-label.pem").to_owned(),
            1,
            "here is \"-----begin certificate-----\", but",
        ),
        (
            include_str!("../cases/unicode-dashes.pem").to_owned(),
            1,
            "here is \"—————BEGIN CERTIFICATE—————\", with U+2014 in place of hyphens, but",
        ),
        (
            unicode("\u{2013}"),
            1,
            "with U+2013 in place of hyphens, but",
        ),
        (
            unicode("\u{2212}"),
            1,
            "with U+2212 in place of hyphens, but",
        ),
        (unicode("="), 1, "\"=====BEGIN CERTIFICATE=====\""),
        (
            good.replace("-----", "----"),
            1,
            "here is \"----BEGIN CERTIFICATE----\", but",
        ),
        (
            good.replace("-----", ""),
            1,
            "here is \"BEGIN CERTIFICATE\", but",
        ),
        (
            good.replace("-----BEGIN", "--- BEGIN"),
            1,
            "here is \"---BEGIN CERTIFICATE-----\", but",
        ),
        (
            good.to_lowercase().replacen(
                &base64(&plain())[..60].to_lowercase(),
                &base64(&plain())[..60],
                1,
            ),
            1,
            "\"-----begin certificate-----\"",
        ),
        (
            good.replace("-----", "\u{2014}").replace('\n', r"\n"),
            1,
            "U+2014",
        ),
        (
            format!("some text\n\n{}", good.replace("-----", "----")),
            3,
            "here is \"----BEGIN CERTIFICATE----\"",
        ),
        (
            good.replace("-----BEGIN CERTIFICATE", "-----BEGIN certificate"),
            1,
            "the BEGIN line has small letters, unlike -----BEGIN CERTIFICATE-----",
        ),
        (
            good.replace("CERTIFICATE-----\nM", "CERTIFICATE----\nM"),
            1,
            "here is \"-----BEGIN CERTIFICATE----\", but",
        ),
        (
            good.replace("-----", "------"),
            1,
            "the BEGIN line has more hyphens than -----BEGIN CERTIFICATE----- has",
        ),
        (
            good.replace("-----END", "-----End"),
            good.lines().count(),
            "the END line is not as -----END CERTIFICATE----- is",
        ),
        (
            good.replace("-----END", "------END"),
            good.lines().count(),
            "the END line is not as -----END CERTIFICATE----- is",
        ),
        (
            good.replace("-----END", "\u{2014}END"),
            good.lines().count(),
            "holds U+2014, a dash; a PEM block ends with -----END CERTIFICATE-----, in hyphens",
        ),
    ];
    for (text, line, expected) in cases {
        let message = message(&text);
        assert!(message.contains(expected), "{message}\n{text}");
        assert!(message.starts_with(&format!("line {line}: ")), "{message}");
        assert!(message.contains("-----"), "{message}");
    }
}

/// A near miss beside a good block is an entry: nothing is passed over silently.
#[test]
fn a_near_miss_stands_beside_good_blocks() {
    let good = pem(&plain());
    let near = good.replace("-----", "\u{2014}\u{2014}");
    for text in [format!("{near}{good}"), format!("{good}{near}")] {
        let entries = read(text.as_bytes()).unwrap();
        assert_eq!(entries.len(), 2);
        assert_eq!(
            entries
                .iter()
                .filter(|entry| entry.certificate.is_ok())
                .count(),
            1
        );
    }
}

#[test]
fn headings_are_not_near_misses() {
    let good = pem(&plain());
    for text in [
        format!("# BEGIN CERTIFICATE\n{good}"),
        format!("=== Begin certificate ===\nMy root\n{good}"),
        format!("to begin certificate renewal, MIND the gap\n{good}"),
        format!("{good}--- begin certificate ---\n"),
    ] {
        assert_eq!(
            single(text.as_bytes()).unwrap().der(),
            Some(&plain()[..]),
            "{text}"
        );
    }
}

#[test]
fn private_keys_behind_near_misses_are_refused() {
    let key = armour("RSA PRIVATE KEY", b"canary", "\n");
    for text in [
        key.replace('-', "\u{2014}"),
        key.replace('-', "\u{2212}").to_lowercase(),
        key.replace("-----", "===="),
    ] {
        for text in [text.clone(), format!("{}{text}", pem(&plain()))] {
            assert_eq!(
                read_all(text.as_bytes()).unwrap_err().kind(),
                ReadErrorKind::PrivateKey,
                "{text}"
            );
        }
    }
}

#[test]
fn header_lines_are_passed_over() {
    let certificate = single(include_bytes!("../cases/header-lines.pem")).unwrap();
    assert_eq!(certificate.subject.as_str(), "CN=leaf.example.test");
    // A header's name needs a colon, and no header stands behind base64.
    let within = pem(&plain()).replacen("M", "M\nComment: x\n", 1);
    assert_eq!(
        read_all(within.as_bytes()).unwrap_err().kind(),
        ReadErrorKind::Base64
    );
}

#[test]
fn pem_in_base64_within_a_text_is_recognised() {
    let message_of = |text: &str| message(text);
    assert_eq!(
        message_of(include_str!("../cases/kubernetes-secret.yaml")),
        "line 7: this is a Kubernetes secret that holds PEM in base64; take the PEM out with \
         `tr -s \"\\\"'{},: \\r\" '\\n' <FILE | awk 'key { print } { key = $0 == \"tls.crt\" }' | base64 -d`, or from the cluster with \
         `kubectl get secret NAME -o jsonpath='{.data.tls\\.crt}' | base64 -d`"
    );
    assert_eq!(
        message_of(include_str!("../cases/kubeconfig.yaml")),
        "line 6: this is a kubeconfig that holds PEM in base64; take the PEM out with \
         `tr -s \"\\\"'{},: \\r\" '\\n' <FILE | awk 'key { print } { key = $0 == \"certificate-authority-data\" }' | base64 -d`, or with \
         `kubectl config view --raw -o jsonpath='{.clusters[0].cluster.certificate-authority-data}' | base64 -d`"
    );
    let certificate = base64(pem(&plain()).as_bytes());
    let key = base64(armour("EC PRIVATE KEY", b"x", "\n").as_bytes());
    let json =
        serde_json::json!({"kind": "Secret", "data": {"tls.crt": certificate, "tls.key": key}});
    for text in [
        json.to_string(),
        serde_json::to_string_pretty(&json).unwrap(),
    ] {
        let message = message(&text);
        assert!(
            message.contains("`jq -r '.. | objects | .[\"tls.crt\"] // empty' FILE | base64 -d`"),
            "{message}"
        );
    }
    // The key before the certificate changes nothing; the key alone is refused as one.
    let yaml = format!("data:\n  tls.key: {key}\n  tls.crt: {certificate}\n");
    assert!(message(&yaml).starts_with("line 3: this is a Kubernetes secret"));
    let alone = format!("data:\n  tls.key: {key}\n");
    let error = read_all(alone.as_bytes()).unwrap_err();
    assert_eq!(
        (error.kind(), error.line()),
        (ReadErrorKind::PrivateKey, Some(2))
    );
    let webhook = format!("webhooks:\n- clientConfig:\n    caBundle: {certificate}\n");
    assert!(message(&webhook).contains("$0 == \"caBundle\""));
    // A name that is not known is not repeated.
    let other = format!("canary: {certificate}\n");
    assert!(message(&other).contains("$0 == \"KEY\"") && !message(&other).contains("canary"));
    // Beside a PEM block it is an entry.
    let both = format!("{}{yaml}", pem(&plain()));
    let entries = read(both.as_bytes()).unwrap();
    assert!(entries[0].certificate.is_ok() && entries[1].certificate.is_err());
}

/// What a command that a message advises makes of a text; `None` where there is no such command here.
#[cfg(unix)]
fn taken_out(command: &str, text: &str) -> Option<Vec<u8>> {
    use std::{
        io::Write,
        process::{Command, Stdio},
    };
    let command = command.replace("<FILE", "").replace(" FILE", "");
    let program = command.split(' ').next().unwrap().to_owned();
    let is_there = Command::new("sh")
        .args(["-c", &format!("command -v {program} >/dev/null")])
        .status()
        .unwrap();
    if !is_there.success() {
        return None;
    }
    let mut shell = Command::new("sh")
        .args(["-c", &command])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = shell.stdin.take().unwrap();
    input.write_all(text.as_bytes()).unwrap();
    drop(input);
    Some(shell.wait_with_output().unwrap().stdout)
}

#[cfg(unix)]
#[test]
fn the_advised_command_takes_the_pem_out() {
    let whole = pem(&plain());
    let other = base64(b"another value");
    let key = base64(armour("EC PRIVATE KEY", b"x", "\n").as_bytes());
    let value = base64(whole.as_bytes());
    for (name, text) in [
        (
            "tls.crt",
            format!("data:\n  tls.key: {key}\n  tls.crt: {value}\n"),
        ),
        (
            "tls.crt",
            format!("data:\n  tls.crt: \"{value}\"\n  tls.key: {key}\n"),
        ),
        (
            "tls.crt",
            format!("data:\r\n  \"tls.crt\": {value}\r\n  tls.key: {key}\r\n"),
        ),
        ("tls.crt", format!("data:\n  'tls.crt': '{value}'\n")),
        (
            "tls.crt",
            format!("data: {{tls.key: {key}, tls.crt: {value}}}\n"),
        ),
        ("tls.crt", format!("data: {{\"tls.crt\":\"{value}\"}}\n")),
        ("tls.crt", format!("{{tls.crt: \"{value}\"}}\n")),
        (
            "ca.crt",
            format!("data:\n  client-ca.crt: {other}\n  ca.crt: {value}\n"),
        ),
        (
            "certificate",
            format!("listeners:\n- certificate: {value}\n  name: a\n"),
        ),
        (
            "certificate",
            format!("- key: {key}\n- - certificate: \"{value}\"\n"),
        ),
        (
            "tls.crt",
            format!("{{\"data\": {{\"tls.crt\": \"{value}\", \"tls.key\": \"{key}\"}}}}"),
        ),
    ] {
        let message = message(&text);
        assert!(message.contains(&format!("\"{name}\"")), "{message}");
        let command = message.split('`').nth(1).unwrap();
        let is_json = text.starts_with("{\"");
        assert_eq!(command.starts_with("jq "), is_json, "{text}");
        if let Some(taken) = taken_out(command, &text) {
            assert_eq!(String::from_utf8_lossy(&taken), whole, "{command}\n{text}");
        }
    }
}

#[test]
fn a_key_is_known_by_its_whole_name() {
    let value = base64(pem(&plain()).as_bytes());
    for key in ["client-ca.crt", "my.tls.crt", "xcaBundle", "a/certificate"] {
        let text = format!("data:\n  {key}: {value}\n");
        let message = message(&text);
        assert!(
            message.contains("this is a file that") && message.contains("\"KEY\""),
            "{message}"
        );
    }
    // A value on lines of its own has no key before it.
    for lines in [
        value.clone(),
        format!("{}\n    {}", &value[..64], &value[64..]),
    ] {
        let message = message(&format!("data:\n  tls.crt: |\n    {lines}\n"));
        assert_eq!(
            message,
            "line 3: here begins PEM in base64; hand over what `base64 -d` makes of it"
        );
    }
}

#[test]
fn embedded_pem_stands_in_the_order_of_the_input() {
    let block = pem(&plain());
    let value = base64(block.as_bytes());
    let entries = read(format!("{block}tls.crt: {value}\n{block}").as_bytes()).unwrap();
    let read: Vec<_> = entries
        .iter()
        .map(|entry| (entry.position, entry.certificate.is_ok()))
        .collect();
    assert_eq!(read, [(1, true), (2, false), (3, true)]);
    assert!(entries.is_sorted_by_key(|entry| entry.offset));
    let error = entries[1].certificate.as_ref().unwrap_err();
    assert!(
        error.to_string().starts_with("certificate 2 of 3"),
        "{error}"
    );
    // What is not a certificate is listed in its order too.
    let secret = armour("EC PRIVATE KEY", b"x", "\n");
    let embedded = base64(secret.as_bytes());
    let survey =
        certfleet_x509::survey(format!("{block}a: {embedded}\n{secret}").as_bytes()).unwrap();
    let lines: Vec<_> = survey
        .others
        .iter()
        .map(|other| other.line.unwrap())
        .collect();
    assert!(lines.len() == 2 && lines.is_sorted(), "{lines:?}");
}
