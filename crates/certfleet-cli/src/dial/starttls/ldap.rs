//! LDAP: one request and one answer in BER (RFC 4511, sections 4.14 and 5.1).

use super::talk::{Talk, refused, repeated};
use asn1_rs::{Any, Class, FromBer as _, Tag};
use tokio::io::{AsyncRead, AsyncWrite};

/// An extended request with the message id 1 for StartTLS, whose name is 1.3.6.1.4.1.1466.20037.
pub(super) const REQUEST: [u8; 31] = *b"\x30\x1d\x02\x01\x01\x77\x18\x80\x161.3.6.1.4.1.1466.20037";

/// The number of an extended response among LDAP's messages.
const EXTENDED_RESPONSE: Tag = Tag(24);

/// The result codes that a server refuses StartTLS with (RFC 4511, section 4.14.2), and what they mean.
const REFUSALS: [(u32, &str); 3] = [
    (1, "TLS is already on, or other requests are in progress"),
    (2, "it does not support StartTLS on this port"),
    (52, "it cannot begin TLS now"),
];

/// Asks for TLS, and reads the answer up to its last byte.
pub(super) async fn lead<S>(talk: &mut Talk<'_, S>) -> Result<(), String>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    talk.send(&REQUEST).await?;
    let answer = message(talk).await?;
    let (code, diagnosis) = result(&answer)
        .ok_or_else(|| refused("LDAP", "StartTLS", &String::from_utf8_lossy(&answer)))?;
    if code == 0 {
        return Ok(());
    }
    let meaning = REFUSALS
        .iter()
        .find(|(refusal, _)| *refusal == code)
        .map_or(String::new(), |(_, meaning)| format!(", {meaning}"));
    let diagnosis = match diagnosis.is_empty() {
        true => String::new(),
        false => format!(": {:?}", repeated(&diagnosis)),
    };
    Err(format!(
        "the LDAP server refuses StartTLS (result {code}{meaning}){diagnosis}"
    ))
}

/// One message, whose length is known from its head. Lengths are definite (RFC 4511, section 5.1).
async fn message<S>(talk: &mut Talk<'_, S>) -> Result<Vec<u8>, String>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut bytes = vec![talk.byte().await?];
    if bytes != [0x30] {
        return Err(refused(
            "LDAP",
            "StartTLS",
            &String::from_utf8_lossy(&bytes),
        ));
    }
    let first = talk.byte().await?;
    bytes.push(first);
    let mut length = usize::from(first);
    if first > 0x80 {
        length = 0;
        for _ in 0..first - 0x80 {
            let byte = talk.byte().await?;
            bytes.push(byte);
            length = length.saturating_mul(256).saturating_add(usize::from(byte));
        }
    }
    // What is longer than a dialogue may be ends in the bound of `Talk`.
    for _ in 0..length {
        bytes.push(talk.byte().await?);
    }
    Ok(bytes)
}

/// The result code and the diagnostic message of the answer to the request, `None` for anything else.
fn result(message: &[u8]) -> Option<(u32, String)> {
    let (_, envelope) = Any::from_ber(message).ok()?;
    let (rest, id) = Any::from_ber(envelope.data).ok()?;
    // 0 is a notice of disconnection, which has a result too.
    let expected = [0, 1].contains(&id.u32().ok()?);
    let (_, response) = Any::from_ber(rest).ok()?;
    if !expected || response.class() != Class::Application || response.tag() != EXTENDED_RESPONSE {
        return None;
    }
    let (rest, code) = Any::from_ber(response.data).ok()?;
    let (rest, _matched) = Any::from_ber(rest).ok()?;
    let (_, diagnosis) = Any::from_ber(rest).ok()?;
    let code = code.enumerated().ok()?.0;
    Some((code, String::from_utf8_lossy(diagnosis.data).into_owned()))
}
