//! Optional texts that say nothing.

/// Drops an optional text that is empty or blank: a vendor that writes one states nothing.
///
/// What the model reads itself ([`CertificateContent::read`](crate::CertificateContent::read),
/// [`read_date`](super::read_date), [`Certificate::summarise`](crate::Certificate::summarise)) has been through this; an
/// adapter calls it for texts that it compares or maps.
pub fn stated<T>(text: Option<T>, as_str: impl Fn(&T) -> &str) -> Option<T> {
    text.filter(|text| !as_str(text).trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_text_states_nothing() {
        for (text, kept) in [
            (None, None),
            (Some(""), None),
            (Some(" \t\n"), None),
            (Some(" a"), Some(" a")),
            (Some("0"), Some("0")),
        ] {
            assert_eq!(stated(text, |text| text), kept);
        }
    }
}
