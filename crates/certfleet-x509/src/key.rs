//! What kind of public key a certificate holds.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::algorithm;
use crate::curves;
use crate::der::{self, OID, SEQUENCE};
use crate::tbs::Algorithm;

const RSA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01";
const EC: &[u8] = b"\x2a\x86\x48\xce\x3d\x02\x01";
const ECDH: &[u8] = b"\x2b\x81\x04\x01\x0c";
const ECMQV: &[u8] = b"\x2b\x81\x04\x01\x0d";
const RSAES_OAEP: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x07";
const DH: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x03\x01";
const X942_DH: &[u8] = b"\x2a\x86\x48\xce\x3e\x02\x01";
const DSA: &[u8] = b"\x2a\x86\x48\xce\x38\x04\x01";

/// The kind and size of a public key. Shown as `RSA 2048`, `P-256`, `Ed25519`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct PublicKey {
    /// `RSA`, `RSASSA-PSS`, `EC`, `DSA`, `Ed25519`, …; the dotted identifier of an algorithm not known here.
    pub algorithm: Cow<'static, str>,
    /// Bits of the modulus (RSA), of the prime (DSA, DH) or of the curve's field (EC); absent where the algorithm fixes
    /// them or they cannot be told.
    pub bits: Option<u32>,
    /// The curve of an EC key, such as `P-256`; its dotted identifier where the name is not known here. Also where the
    /// key writes out a known curve's numbers.
    pub curve: Option<Cow<'static, str>>,
}

impl PublicKey {
    pub(crate) fn new(algorithm: Algorithm<'_>, key: &[u8]) -> Self {
        let Algorithm { oid, parameters } = algorithm;
        let plain = |algorithm, bits| Self {
            algorithm: Cow::Borrowed(algorithm),
            bits,
            curve: None,
        };
        let of_tag = |tag| parameters.filter(|found| found.tag == tag);
        match oid {
            RSA => plain("RSA", modulus_bits(key)),
            RSAES_OAEP => plain("RSAES-OAEP", modulus_bits(key)),
            algorithm::RSASSA_PSS => plain("RSASSA-PSS", modulus_bits(key)),
            DSA => plain(
                "DSA",
                of_tag(SEQUENCE).and_then(|numbers| first_number_bits(numbers.content)),
            ),
            // The prime stands first in both forms of the parameters.
            DH | X942_DH => plain(
                "DH",
                of_tag(SEQUENCE).and_then(|numbers| first_number_bits(numbers.content)),
            ),
            EC | ECDH | ECMQV => {
                let (bits, curve) = match (of_tag(OID), of_tag(SEQUENCE)) {
                    (Some(named), _) => {
                        let known = curves::by_oid(named.content);
                        let name =
                            algorithm::or_dotted(known.map(|curve| curve.name), named.content);
                        (known.map(|curve| curve.bits), Some(name))
                    }
                    (_, Some(written_out)) => {
                        let (bits, known) = curves::explicit(written_out.content);
                        (bits, known.map(|curve| Cow::Borrowed(curve.name)))
                    }
                    _ => (None, None),
                };
                Self {
                    algorithm: Cow::Borrowed("EC"),
                    bits,
                    curve,
                }
            }
            _ => {
                let name = algorithm::key_is_signature(oid).or_else(|| algorithm::key_only(oid));
                Self {
                    algorithm: algorithm::or_dotted(name, oid),
                    bits: None,
                    curve: None,
                }
            }
        }
    }
}

/// What is odd about how a key is written; its facts are told all the same.
pub(crate) fn note(algorithm: Algorithm<'_>) -> Option<String> {
    let is_written_out = matches!(algorithm.oid, EC | ECDH | ECMQV)
        && algorithm
            .parameters
            .is_some_and(|parameters| parameters.tag == SEQUENCE);
    is_written_out.then(|| {
        "the key's curve is written out in numbers, which RFC 5480 does not allow; many programs refuse it".to_owned()
    })
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

fn first_number_bits(numbers: &[u8]) -> Option<u32> {
    der::number_bits(der::elements(numbers).next()?)
}
