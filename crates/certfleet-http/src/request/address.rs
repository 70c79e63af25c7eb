//! An address as a person writes it: parsed only where no parser could read it differently.

use reqwest::Url;

/// Parses an absolute address without credentials. The error is the end of a sentence that begins
/// with the address' name, and repeats neither credentials nor the text.
pub(crate) fn parse(text: &str) -> Result<Url, String> {
    const EXAMPLE: &str = "write scheme and host, as in https://gateway.example.com";
    if text.contains('\\') {
        return Err(
            "holds a backslash, which some programs read as a slash: take it out".to_owned(),
        );
    }
    // A parser would drop tabs and line breaks wherever they stand.
    if text.contains(is_unseen) {
        return Err(
            "holds a blank, a line break or an invisible character: take it out".to_owned(),
        );
    }
    let Some((_, rest)) = text.split_once("://") else {
        return Err(format!("is not an address: {EXAMPLE}"));
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, below) = rest.split_at(end);
    if authority.is_empty() {
        return Err(format!("names no host: {EXAMPLE}"));
    }
    if authority.contains('@') {
        return Err(
            "holds credentials: take them out and give them by secret reference".to_owned(),
        );
    }
    let url = Url::parse(text).map_err(|_| format!("is not an address: {EXAMPLE}"))?;
    let Some(host) = url.host_str() else {
        return Err(format!("names no host: {EXAMPLE}"));
    };
    // `0x7f.1`, `%6cocalhost` and letters that only look like others lead elsewhere than they seem to.
    if !without_port(authority).eq_ignore_ascii_case(host) {
        return Err(format!("names a host that is read as {host}: write it so"));
    }
    let written = below.split(['?', '#']).next().unwrap_or_default();
    if written.trim_end_matches('/') != url.path().trim_end_matches('/') {
        return Err(format!(
            "has a path that is read as {}: write it so",
            url.path()
        ));
    }
    Ok(url)
}

/// Whether nothing is seen of a character: a blank, a control, a byte order mark, a joiner, a direction.
fn is_unseen(character: char) -> bool {
    character.is_whitespace()
        || character.is_control()
        || matches!(character, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

/// Returns the host of an authority.
fn without_port(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        // The last colon of an IPv6 address is within its brackets.
        Some((host, port)) if !port.contains(']') => host,
        _ => authority,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_every_parser_reads_alike() {
        for text in [
            "https://gw.example",
            "https://GW.example:8443/",
            "https://gw.example/a/b%20c/",
            "https://[::1]:9/x",
            "http://127.0.0.1",
            "socks5://proxy.example:1080",
            "https://gw.example/@me",
            "https://xn--bcher-kva.example",
        ] {
            assert!(parse(text).is_ok(), "{text}: {:?}", parse(text));
        }
        for (text, word) in [
            (r"http://localhost\@evil.example", "backslash"),
            (r"https:\\evil.example", "backslash"),
            (r"https://gw.example\.evil.example", "backslash"),
            ("http://local\thost", "blank"),
            ("https://gw.example\n", "line break"),
            ("\r\nhttps://gw.example", "line break"),
            (" https://gw.example", "blank"),
            ("https://gw.example\u{a0}", "blank"),
            ("\u{feff}https://gw.example", "invisible"),
            ("https://gw.\u{200b}example", "invisible"),
            ("https://gw.\u{202e}example", "invisible"),
            ("https://user:canary@gw.example", "credentials"),
            ("https://@gw.example", "credentials"),
            ("https://:@gw.example", "credentials"),
            ("http://localhost@evil.example", "credentials"),
            ("https:gw.example", "not an address"),
            ("https:/gw.example", "not an address"),
            ("//gw.example", "not an address"),
            ("https:///gw.example", "names no host"),
            ("https://?gw.example", "names no host"),
            ("https://:443", "not an address"),
            ("https://gw.example:99999", "not an address"),
            ("http://0x7f.1", "read as 127.0.0.1"),
            ("http://2130706433", "read as 127.0.0.1"),
            ("http://127.1", "read as 127.0.0.1"),
            ("http://%6cocalhost", "read as localhost"),
            ("http://\u{24db}ocalhost", "read as localhost"),
            ("http://[0:0:0:0:0:0:0:1]", "read as [::1]"),
            (
                "https://b\u{fc}cher.example",
                "read as xn--bcher-kva.example",
            ),
            ("https://gw.example/a/../b", "read as /b"),
            ("https://gw.example/a/%2e%2e/b", "read as /b"),
            ("https://gw.example/\u{fc}", "read as /%C3%BC"),
        ] {
            let why = parse(text).unwrap_err();
            assert!(why.contains(word), "{text:?}: {why}");
            assert!(!why.contains("canary"), "{why}");
        }
    }
}
