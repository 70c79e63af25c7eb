//! DER that is serialised as PEM, as this crate itself writes it. Other people's PEM is read elsewhere.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";

/// Lines of 64 characters, `\n` between and at the end.
pub(crate) fn write(der: &[u8]) -> String {
    let base64 = STANDARD.encode(der);
    let mut pem = String::with_capacity(base64.len() + base64.len() / 64 + 56);
    pem.push_str(BEGIN);
    pem.push('\n');
    let mut rest = base64.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at_checked(64).unwrap_or((rest, ""));
        pem.push_str(line);
        pem.push('\n');
        rest = after;
    }
    pem.push_str(END);
    pem.push('\n');
    pem
}

fn read(pem: &str) -> Option<Vec<u8>> {
    let base64 = pem.trim().strip_prefix(BEGIN)?.strip_suffix(END)?;
    let base64: String = base64.split_ascii_whitespace().collect();
    STANDARD.decode(base64).ok()
}

pub(crate) fn serialize<S: Serializer>(
    der: &Option<Bytes>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    der.as_deref().map(write).serialize(serializer)
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Bytes>, D::Error> {
    let Some(text) = Option::<String>::deserialize(deserializer)? else {
        return Ok(None);
    };
    match read(&text) {
        Some(der) => Ok(Some(der.into())),
        None => Err(de::Error::custom("this is not the PEM of one certificate")),
    }
}
