//! Identifiers that can stand in an address, checked before anything is sent.

/// Checks that a text can be a vendor's identifier, and says why it cannot. The clients refuse the same; here
/// the caller still knows where the text came from.
pub fn check(text: &str) -> Result<(), &'static str> {
    let undotted = text.replace("%2e", ".").replace("%2E", ".");
    if text.trim().is_empty() {
        Err("is empty")
    } else if undotted == "." || undotted == ".." {
        Err("is a path of dots, which would address something else")
    } else if text.contains(['/', '\\']) {
        Err("holds a slash or a backslash, which would address something else")
    } else if text.chars().any(char::is_control) {
        Err("holds a control character")
    } else if text.len() > 256 {
        Err("is longer than 256 bytes")
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_one() {
        for good in ["cert_abc", "a.b", "...", "my certificate", "Zertifikat Ö"] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for bad in [
            "", " ", ".", "..", "%2e%2E", "a/b", "..\\x", "a\u{1b}b", "a\n",
        ] {
            assert!(check(bad).is_err(), "{bad:?}");
        }
        assert!(check(&"x".repeat(257)).is_err());
    }
}
