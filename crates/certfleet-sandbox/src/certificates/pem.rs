//! PEM text in the shapes the vendors' answers and samples have.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";

/// How PEM text is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    /// 64 columns, LF.
    Lines,
    /// 64 columns, CR LF.
    WindowsLines,
    /// All on one line, spaces for the line ends: OpenAI's samples.
    OneLine,
    /// All on one line, a backslash and an `n` for each line end: Cloudflare's samples.
    LiteralNewlines,
}

/// One PEM block for each certificate, in order.
pub(crate) fn encode<'a>(ders: impl IntoIterator<Item = &'a [u8]>, layout: Layout) -> String {
    let text: String = ders.into_iter().map(block).collect();
    match layout {
        Layout::Lines => text,
        Layout::WindowsLines => text.replace('\n', "\r\n"),
        Layout::OneLine => text.trim_end().replace('\n', " "),
        Layout::LiteralNewlines => text.replace('\n', "\\n"),
    }
}

fn block(der: &[u8]) -> String {
    let base64 = STANDARD.encode(der);
    let mut text = format!("{BEGIN}\n");
    let mut rest = base64.as_str();
    while !rest.is_empty() {
        let (line, more) = rest.split_at_checked(64).unwrap_or((rest, ""));
        text.push_str(line);
        text.push('\n');
        rest = more;
    }
    text.push_str(END);
    text.push('\n');
    text
}

/// The DER of every block, in order; `None` if a block is broken or there is none.
///
/// Accepts every [`Layout`], leading text and a byte order mark.
pub(crate) fn decode(text: &str) -> Option<Vec<Vec<u8>>> {
    let mut ders = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once(BEGIN) {
        let (body, after) = after.split_once(END)?;
        let base64: String = body
            .replace("\\r", "")
            .replace("\\n", "")
            .split_whitespace()
            .collect();
        ders.push(STANDARD.decode(base64).ok()?);
        rest = after;
    }
    (!ders.is_empty()).then_some(ders)
}
