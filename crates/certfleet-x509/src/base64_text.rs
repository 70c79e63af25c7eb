//! Base64 as it arrives: wrapped, indented, on one line, with its line ends escaped once or twice on the way.

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use memchr::memchr_iter;

/// Missing padding is forgiven: DER says itself where it ends, so nothing can be lost by it.
const ENGINE: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Why a text is not base64.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotBase64 {
    /// A character at this offset belongs neither to base64 nor to a known damage.
    Character(usize),
    /// The characters are right, but not their number, or the padding stands within.
    Shape,
}

/// Decodes `text`. `scratch` saves an allocation per call; its content does not matter.
pub(crate) fn decode(text: &[u8], scratch: &mut Vec<u8>) -> Result<Vec<u8>, NotBase64> {
    // Nearly all inputs are whole lines: copying those is several times faster than looking at every byte.
    scratch.clear();
    scratch.reserve(text.len());
    let mut start = 0;
    for end in memchr_iter(b'\n', text).chain([text.len()]) {
        scratch.extend_from_slice(text.get(start..end).unwrap_or_default().trim_ascii());
        start = end + 1;
    }
    if let Ok(bytes) = ENGINE.decode(&*scratch) {
        return Ok(bytes);
    }
    scratch.clear();
    collect(text, scratch)?;
    ENGINE.decode(&*scratch).map_err(|_| NotBase64::Shape)
}

/// Copies the base64 characters of `text`, undoing escapes and passing over white space.
fn collect(text: &[u8], out: &mut Vec<u8>) -> Result<(), NotBase64> {
    let mut rest = text;
    loop {
        rest = match *rest {
            [] => return Ok(()),
            [byte, ref after @ ..] if is_base64(byte) => {
                out.push(byte);
                after
            }
            [byte, ref after @ ..] if byte.is_ascii_whitespace() || byte == 0x0b => after,
            [b'\\', b'n' | b'r' | b't', ref after @ ..] => after,
            // PHP's JSON writes every slash so.
            [b'\\', b'/', ref after @ ..] => {
                out.push(b'/');
                after
            }
            // .NET's JSON writes every plus so.
            [b'\\', b'u', b'0', b'0', high, low, ref after @ ..] => {
                let byte = nibble(high)
                    .zip(nibble(low))
                    .map(|(high, low)| high << 4 | low);
                match byte {
                    Some(byte) if is_base64(byte) => out.push(byte),
                    Some(byte) if byte.is_ascii_whitespace() => {}
                    _ => return Err(NotBase64::Character(text.len() - rest.len())),
                }
                after
            }
            // An escaped backslash, whose escape follows; or a shell's continued line.
            [b'\\', ref after @ ..]
                if after
                    .first()
                    .is_none_or(|&next| next == b'\\' || next.is_ascii_whitespace()) =>
            {
                after
            }
            // No-break space, zero-width space, byte order mark: copied along from web pages.
            [0xc2, 0xa0, ref after @ ..]
            | [0xe2, 0x80, 0x8b, ref after @ ..]
            | [0xef, 0xbb, 0xbf, ref after @ ..] => after,
            _ => return Err(NotBase64::Character(text.len() - rest.len())),
        };
    }
}

pub(crate) fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
}

fn nibble(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}
