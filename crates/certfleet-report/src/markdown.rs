//! A Markdown table, for a pull request or a wiki.

use crate::{Report, text::sanitize, words};

/// Writes a summary, a table of the records, and what it does not show.
///
/// Texts of vendors are code spans: nothing in them is a link, a mention, an issue or markup. A `|`, which would end
/// a cell, is written as `¦`.
///
/// ```
/// use certfleet::{Certificate, CertificateId, Inventory, ProviderId, Role};
/// use certfleet_report::{Report, markdown};
///
/// let id = CertificateId::new(ProviderId::OPENAI, "production", "cert_1");
/// let mut one = Certificate::new(id, Role::ClientCa);
/// one.name = Some("[a](https://example.com) | @all".to_owned());
/// let mut inventory = Inventory::new("2026-12-01T00:00:00Z".parse()?);
/// inventory.certificates.push(one.summarise());
///
/// let text = markdown::table(&Report::new(&[inventory])?);
/// assert!(text.contains("| `[a](https://example.com) ¦ @all` |"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn table(report: &Report<'_>) -> String {
    let mut text = format!(
        "{}. As of {}.\n",
        report.summary(),
        words::time(report.taken_at.0)
    );
    if !report.records.is_empty() {
        text.push_str(
            "\n| Expires | Name | Account | State | Where | SHA-256 | Id |\n|---|---|---|---|---|---|---|\n",
        );
    }
    for record in &report.records {
        let certificate = record.certificate;
        let (day, distance) = record.end();
        let (provider, account) = record.account();
        let cells = [
            format!("{day} {distance}").trim_end().to_owned(),
            code(&record.name()),
            code(&format!("{provider}/{account}")),
            certificate.state.to_string(),
            code(&words::whereabouts(certificate)),
            code(&record.sha256()),
            code(&certificate.id.native),
        ];
        for cell in cells {
            text.push_str(&format!("| {cell} "));
        }
        text.push_str("|\n");
    }
    if !report.gaps.is_empty() {
        text.push_str("\nNot shown:\n\n");
    }
    for gap in &report.gaps {
        let kind = if gap.is_failure { "failed" } else { "note" };
        text.push_str(&format!("- {kind}: {}\n", code(&gap.message)));
    }
    text
}

/// Returns a text as a code span, in which nothing has a meaning.
fn code(text: &str) -> String {
    let text = sanitize(text).replace('|', "¦");
    let text = text.trim();
    if text.is_empty() {
        return String::new();
    }
    let longest = text.split(|one| one != '`').map(str::len).max();
    let fence = "`".repeat(longest.unwrap_or_default() + 1);
    if text.contains('`') {
        format!("{fence} {text} {fence}")
    } else {
        format!("{fence}{text}{fence}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_spans() {
        for (text, span) in [
            ("plain", "`plain`"),
            ("", ""),
            (" \n ", ""),
            ("a|b\\|c", "`a¦b\\¦c`"),
            ("one\ntwo", "`one two`"),
            ("`", "`` ` ``"),
            ("a``b`c", "``` a``b`c ```"),
            (
                "<b> @all #1 https://a.example",
                "`<b> @all #1 https://a.example`",
            ),
            ("\\", "`\\`"),
        ] {
            assert_eq!(code(text), span, "{text:?}");
        }
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(10_000))]

        /// A span ends where it should: no run of backticks inside is as long as its fence, and no cell or line ends.
        #[test]
        fn any_text_stays_in_its_span(text in "[`|\\\\ \n\u{85}\u{2028}a@#<&]{0,20}") {
            let span = code(&text);
            let ends = ['|', '\n', '\u{85}', '\u{2028}'];
            proptest::prop_assert!(!span.contains(ends), "{:?}", span);
            let fence = span.len() - span.trim_start_matches('`').len();
            let inside = span.get(fence..span.len() - fence).unwrap_or_default();
            let runs = inside.split(|one| one != '`').map(str::len);
            proptest::prop_assert!(span.is_empty() || runs.max().unwrap_or_default() < fence, "{:?}", span);
        }
    }
}
