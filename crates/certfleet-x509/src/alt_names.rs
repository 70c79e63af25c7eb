//! The subject's alternative names.

use std::borrow::Cow;
use std::net::{Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Serialize};

use crate::der::{self, CONTEXT_0, OID};
use crate::name;

/// Alternative names by kind, each kind in the certificate's order.
///
/// The texts are as the certificate has them and may hold control characters: escape them before a terminal sees them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct AltNames {
    /// Host names, with wildcards as they are.
    pub dns: Vec<String>,
    /// IPv4 and IPv6 addresses in their usual text form.
    pub ip: Vec<String>,
    /// Mail addresses.
    pub email: Vec<String>,
    /// URIs, such as SPIFFE identities.
    pub uri: Vec<String>,
    /// Everything else as `kind:text`, or `kind:#hex` of the encoded value where there is no text. Also names of the
    /// kinds above that do not fit their kind, such as an address of five bytes.
    pub other: Vec<String>,
}

impl AltNames {
    /// Returns whether there is no name at all.
    pub fn is_empty(&self) -> bool {
        self.first().is_none()
    }

    /// Returns the first name; host names come first, then addresses, mail addresses, URIs and the others.
    pub(crate) fn first(&self) -> Option<&str> {
        let Self {
            dns,
            ip,
            email,
            uri,
            other,
        } = self;
        [dns, ip, email, uri, other]
            .into_iter()
            .flatten()
            .map(String::as_str)
            .next()
    }

    /// Adds one `GeneralName`. Nothing is left out, however odd.
    pub(crate) fn add(&mut self, name: der::Element<'_>) {
        let content = name.content;
        let text = || std::str::from_utf8(content).ok().map(str::to_owned);
        let unread = |kind: &str| format!("{kind}:#{}", der::hex(content));
        let (list, kind, text) = match name.tag {
            0x81 => (&mut self.email, "email", text()),
            0x82 => (&mut self.dns, "dns", text()),
            0x86 => (&mut self.uri, "uri", text()),
            0x87 => (&mut self.ip, "ip", address(content)),
            tag => {
                self.other.push(match tag {
                    CONTEXT_0 => other_name(content).unwrap_or_else(|| unread("otherName")),
                    0xa3 => unread("x400Address"),
                    0xa4 => format!("dirName:{}", name::render(content)),
                    0xa5 => unread("ediPartyName"),
                    0x88 => format!("registeredID:{}", der::dotted(content)),
                    _ => unread("unknown"),
                });
                return;
            }
        };
        match text {
            Some(text) => list.push(text),
            None => self.other.push(unread(kind)),
        }
    }
}

fn address(bytes: &[u8]) -> Option<String> {
    if let Ok(v4) = <[u8; 4]>::try_from(bytes) {
        return Some(Ipv4Addr::from(v4).to_string());
    }
    <[u8; 16]>::try_from(bytes)
        .ok()
        .map(|v6| Ipv6Addr::from(v6).to_string())
}

/// `otherName:identifier=text`, as for a Windows user principal name.
fn other_name(content: &[u8]) -> Option<String> {
    let mut fields = der::elements(content);
    let oid = fields.next().filter(|oid| oid.tag == OID)?;
    let value = fields.next().filter(|value| value.tag == CONTEXT_0)?;
    let text = match der::element(value.content) {
        Ok((inner, [])) => name::decode(inner)
            .map_or_else(|| format!("#{}", der::hex(inner.whole)), Cow::into_owned),
        _ => format!("#{}", der::hex(value.content)),
    };
    Some(format!("otherName:{}={text}", der::dotted(oid.content)))
}
