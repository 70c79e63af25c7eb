//! What kind of public key a certificate holds.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::algorithm;
use crate::der::{self, INTEGER, SEQUENCE};

const RSA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01";
const EC: &[u8] = b"\x2a\x86\x48\xce\x3d\x02\x01";
const DSA: &[u8] = b"\x2a\x86\x48\xce\x38\x04\x01";

/// The kind and size of a public key. Shown as `RSA 2048`, `P-256`, `Ed25519`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct PublicKey {
    /// `RSA`, `RSASSA-PSS`, `EC`, `DSA`, `Ed25519`, …; the dotted identifier of an algorithm not known here.
    pub algorithm: Cow<'static, str>,
    /// Bits of the modulus (RSA), of the prime (DSA) or of the curve's field (EC); absent where the algorithm fixes
    /// them or they cannot be told.
    pub bits: Option<u32>,
    /// The named curve of an EC key, such as `P-256`; its dotted identifier where the name is not known here.
    pub curve: Option<Cow<'static, str>>,
}

impl PublicKey {
    /// `parameters` is the whole element after the algorithm's identifier: its tag says what it is.
    pub(crate) fn new(oid: &[u8], parameters: Option<(u8, &[u8])>, key: &[u8]) -> Self {
        let plain = |algorithm, bits| Self {
            algorithm: Cow::Borrowed(algorithm),
            bits,
            curve: None,
        };
        match oid {
            RSA => plain("RSA", modulus_bits(key)),
            algorithm::RSASSA_PSS => plain("RSASSA-PSS", modulus_bits(key)),
            DSA => plain(
                "DSA",
                parameters
                    .filter(|&(tag, _)| tag == SEQUENCE)
                    .and_then(|(_, content)| first_number_bits(content)),
            ),
            EC => {
                let curve = parameters
                    .filter(|&(tag, _)| tag == der::OID)
                    .map(|(_, oid)| oid);
                let known = curve.and_then(algorithm::curve);
                Self {
                    algorithm: Cow::Borrowed("EC"),
                    bits: known.map(|(_, bits)| bits),
                    curve: curve.map(|oid| algorithm::or_dotted(known.map(|(name, _)| name), oid)),
                }
            }
            _ => Self {
                algorithm: algorithm::or_dotted(algorithm::key_is_signature(oid), oid),
                bits: None,
                curve: None,
            },
        }
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.curve, self.bits) {
            (Some(curve), Some(_)) => f.pad(curve),
            (Some(curve), None) => f.pad(&format!("{} {curve}", self.algorithm)),
            (None, Some(bits)) => f.pad(&format!("{} {bits}", self.algorithm)),
            (None, None) => f.pad(&self.algorithm),
        }
    }
}

fn modulus_bits(key: &[u8]) -> Option<u32> {
    first_number_bits(der::exactly(SEQUENCE, key)?)
}

/// The length of the first number, without the zero bits in front.
fn first_number_bits(numbers: &[u8]) -> Option<u32> {
    let number = der::elements(numbers)
        .next()
        .filter(|number| number.tag == INTEGER)?;
    let zeros = number.content.iter().take_while(|&&byte| byte == 0).count();
    let first = number.content.get(zeros)?;
    let bytes = u32::try_from(number.content.len() - zeros).ok()?;
    bytes.checked_mul(8)?.checked_sub(first.leading_zeros())
}
