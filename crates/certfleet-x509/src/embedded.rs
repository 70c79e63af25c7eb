//! PEM in base64 within a larger text, as in Kubernetes secrets and kubeconfigs. Recognised, not read: which of its
//! values is meant, only the caller knows.

use memchr::memmem;

use crate::base64_text;
use crate::error::{ReadError, ReadErrorKind};
use crate::other::OtherKind;

/// Base64 of `-----BEGIN ` and the first bits of the label.
const BEGIN: &[u8] = b"LS0tLS1CRUdJTiB";

/// Enough base64 for the longest label of certificates.
const ENOUGH: usize = 64;

/// Names under which certificates stand, with what holds them.
const NAMES: [(&str, Holder); 6] = [
    ("tls.crt", Holder::Secret),
    ("ca.crt", Holder::Secret),
    ("certificate-authority-data", Holder::Kubeconfig),
    ("client-certificate-data", Holder::Kubeconfig),
    ("caBundle", Holder::Other),
    ("certificate", Holder::Other),
];

#[derive(Clone, Copy)]
enum Holder {
    Secret,
    Kubeconfig,
    Other,
}

/// Where the first certificates stand in base64 of PEM, and what to do about it. A private key is told where no
/// certificate is.
pub(crate) fn find(text: &[u8]) -> Option<(usize, ReadError)> {
    let mut key = None;
    for at in memmem::find_iter(text, BEGIN) {
        match kind(text.get(at..).unwrap_or_default()) {
            Some(None) => return Some((at, certificates(text, at).on_line(line(text, at)))),
            Some(Some(OtherKind::PrivateKey)) => {
                key.get_or_insert(at);
            }
            _ => {}
        }
    }
    key.map(|at| (at, ReadError::private_key().on_line(line(text, at))))
}

/// What the label says that this base64 begins with: `Some(None)` for certificates.
fn kind(base64: &[u8]) -> Option<Option<OtherKind>> {
    let length = base64
        .iter()
        .take(ENOUGH)
        .take_while(|&&byte| base64_text::is_base64(byte))
        .count();
    let whole = base64.get(..length - length % 4)?;
    let begin = base64_text::decode(whole, &mut Vec::new()).ok()?;
    let label = begin.strip_prefix(b"-----BEGIN ")?;
    let end = memmem::find(label, b"-----")?;
    Some(OtherKind::from_label(
        std::str::from_utf8(label.get(..end)?).ok()?,
    ))
}

fn certificates(text: &[u8], at: usize) -> ReadError {
    let before = text.get(..at).unwrap_or_default();
    let start = memchr::memrchr2(b'\n', b'\r', before).map_or(0, |end| end + 1);
    let before = before.get(start..).unwrap_or_default();
    let Some(key) = Key::before(before) else {
        return ReadError::new(
            ReadErrorKind::Unsupported,
            "here begins PEM in base64; hand over what `base64 -d` makes of it",
        );
    };
    let is_json = key.is_quoted && text.trim_ascii_start().starts_with(b"{");
    let named = NAMES
        .into_iter()
        .find(|(name, _)| key.name == name.as_bytes());
    let (name, holder) = named.unwrap_or(("KEY", Holder::Other));
    let (what, from_cluster) = match holder {
        Holder::Secret => (
            "a Kubernetes secret",
            format!(
                ", or from the cluster with `kubectl get secret NAME -o jsonpath='{{.data.{}}}' | base64 -d`",
                name.replace('.', r"\.")
            ),
        ),
        Holder::Kubeconfig => (
            "a kubeconfig",
            format!(
                ", or with `kubectl config view --raw -o jsonpath='{{.{}.{name}}}' | base64 -d`",
                if name.starts_with("client") {
                    "users[0].user"
                } else {
                    "clusters[0].cluster"
                }
            ),
        ),
        Holder::Other => ("a file", String::new()),
    };
    let take = if is_json {
        format!("`jq -r '.. | objects | .[\"{name}\"] // empty' FILE | base64 -d`")
    } else {
        // One word a line, whichever way the value is quoted, nested or listed; then the word after the key.
        format!(
            "`tr -s \"\\\"'{{}},: \\r\" '\\n' <FILE | awk 'key {{ print }} {{ key = $0 == \"{name}\" }}' | base64 -d`"
        )
    };
    ReadError::new(
        ReadErrorKind::Unsupported,
        format!(
            "this is {what} that holds PEM in base64; take the PEM out with {take}{from_cluster}"
        ),
    )
}

/// The key of a value.
struct Key<'a> {
    name: &'a [u8],
    /// Whether the key and its value stand in quotation marks, as in JSON.
    is_quoted: bool,
}

impl<'a> Key<'a> {
    /// The key that the text of a line before a value ends with.
    fn before(text: &'a [u8]) -> Option<Self> {
        let (text, is_value_quoted) = unquoted(text);
        let (text, is_key_quoted) = unquoted(text.strip_suffix(b":")?);
        let start = text.iter().rposition(is_limit).map_or(0, |at| at + 1);
        Some(Self {
            name: text.get(start..)?,
            is_quoted: is_value_quoted && is_key_quoted,
        })
    }
}

/// Whether a key begins after this byte.
fn is_limit(byte: &u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'{' | b',')
}

/// A text without blanks and one quote at its end, and whether that is a double one.
fn unquoted(text: &[u8]) -> (&[u8], bool) {
    let text = text.trim_ascii_end();
    let inner = text
        .strip_suffix(b"\"")
        .or_else(|| text.strip_suffix(b"'"))
        .unwrap_or(text);
    (inner.trim_ascii_end(), text.ends_with(b"\""))
}

fn line(text: &[u8], at: usize) -> usize {
    let before = text.get(..at).unwrap_or_default();
    memchr::memchr_iter(b'\n', before).count() + 1
}
