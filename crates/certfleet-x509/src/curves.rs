//! Elliptic curves: by their identifier, and by their numbers where a key writes those out.

use crate::der::{self, INTEGER, OCTET_STRING, OID, SEQUENCE};
use crate::fingerprint::Sha256;

const PRIME_FIELD: &[u8] = b"\x2a\x86\x48\xce\x3d\x01\x01";
const BINARY_FIELD: &[u8] = b"\x2a\x86\x48\xce\x3d\x01\x02";

/// A curve that has a name here.
pub(crate) struct Curve {
    oid: &'static [u8],
    pub(crate) name: &'static str,
    /// The bits of its field.
    pub(crate) bits: u32,
    /// The digest of its numbers, as [`digest`] makes it; empty for a curve over a binary field.
    numbers: &'static str,
}

const fn row(oid: &'static [u8], name: &'static str, bits: u32, numbers: &'static str) -> Curve {
    Curve {
        oid,
        name,
        bits,
        numbers,
    }
}

/// The curve of an identifier.
pub(crate) fn by_oid(oid: &[u8]) -> Option<&'static Curve> {
    CURVES.iter().find(|curve| curve.oid == oid)
}

/// What `ECParameters` say: the bits of the field, and the curve whose every number they repeat.
pub(crate) fn explicit(parameters: &[u8]) -> (Option<u32>, Option<&'static Curve>) {
    let Some(field) = der::elements(parameters)
        .nth(1)
        .filter(|field| field.tag == SEQUENCE)
    else {
        return (None, None);
    };
    let mut fields = der::elements(field.content);
    match (fields.next(), fields.next()) {
        (Some(kind), Some(prime)) if is_oid(kind, PRIME_FIELD) => {
            let curve = digest(parameters, prime.content)
                .map(|digest| der::hex(digest.as_bytes()))
                .and_then(|digest| CURVES.iter().find(|curve| curve.numbers == digest));
            (der::number_bits(prime), curve)
        }
        (Some(kind), Some(polynomial)) if is_oid(kind, BINARY_FIELD) => {
            let degree = der::elements(polynomial.content).next();
            let degree = degree.filter(|degree| degree.tag == INTEGER);
            (
                degree.and_then(|degree| der::small_number(degree.content)),
                None,
            )
        }
        _ => (None, None),
    }
}

fn is_oid(element: der::Element<'_>, oid: &[u8]) -> bool {
    element.tag == OID && element.content == oid
}

/// SHA-256 over the prime, both coefficients, the generator's x and the order, each with its length in two bytes
/// before it and without leading zero bytes, then whether the generator's y is odd.
///
/// All of them: whoever chooses the generator freely can make up a private key for a public one (CVE-2020-0601).
fn digest(parameters: &[u8], prime: &[u8]) -> Option<Sha256> {
    let mut fields = der::elements(parameters).skip(2);
    let coefficients = fields.next().filter(|field| field.tag == SEQUENCE)?;
    let mut coefficients = der::elements(coefficients.content);
    let a = coefficients.next()?.content;
    let b = coefficients.next()?.content;
    let (&form, point) = fields
        .next()
        .filter(|field| field.tag == OCTET_STRING)?
        .content
        .split_first()?;
    let (x, odd) = match form {
        2 | 3 => (point, form & 1),
        4 | 6 | 7 => (point.get(..point.len() / 2)?, point.last()? & 1),
        _ => return None,
    };
    let order = fields.next().filter(|field| field.tag == INTEGER)?.content;
    let mut all = Vec::new();
    for number in [prime, a, b, x, order] {
        let zeros = number.iter().take_while(|&&byte| byte == 0).count();
        let number = number.get(zeros..)?;
        all.extend(u16::try_from(number.len()).ok()?.to_be_bytes());
        all.extend(number);
    }
    all.push(odd);
    Some(Sha256::digest(&all))
}

#[rustfmt::skip]
const CURVES: &[Curve] = &[
    row(b"\x2b\x81\x04\x00\x06", "secp112r1", 112, "e73879a57c800c7cafbb9f435eb4f793ddb2b6acbe36d6c2295a7f8c871cda80"),
    row(b"\x2b\x81\x04\x00\x07", "secp112r2", 112, "3dc379f8749f2abd0b4e76787b06ad294bdf2061ec96e2ce0c4f9bbce638e93d"),
    row(b"\x2b\x81\x04\x00\x1c", "secp128r1", 128, "4c3faa08e362a809c00e955067c690383c13367810e19252e7e912faa4d3717b"),
    row(b"\x2b\x81\x04\x00\x1d", "secp128r2", 128, "5022032ca7353e164c605e8cf20a8abaee6a3c5b246f055fb07ca156def29096"),
    row(b"\x2b\x81\x04\x00\x09", "secp160k1", 160, "4aa90ae974e5795aba8d20088df966cb8a5df14f65d9de06fe1c226f173bcd33"),
    row(b"\x2b\x81\x04\x00\x08", "secp160r1", 160, "3e072fd66bf7b05903e882d69c5d9089d91d23a09c8448e7d567f71d4f6aa87b"),
    row(b"\x2b\x81\x04\x00\x1e", "secp160r2", 160, "b0ce934c107dd9057db062a90aedfd2bb5c4c679e21ad307c348c66247f14e61"),
    row(b"\x2b\x81\x04\x00\x1f", "secp192k1", 192, "f6b8afbf0aa1d2ddba6920eca4ed7f4a317f333131bca9ae5c44eb9aa86a56ba"),
    row(b"\x2b\x81\x04\x00\x20", "secp224k1", 224, "ac9c0f0a1a3a198b906a0e0247501b6e2503b31d3c835b18a752fb4e38f6c203"),
    row(b"\x2b\x81\x04\x00\x21", "P-224", 224, "17fadff3d5164be33943b048ea757ed71cbfc2dfcd7a259de6fc6d085092f93d"),
    row(b"\x2b\x81\x04\x00\x0a", "secp256k1", 256, "145e7fa6552a3b199ea397c275aeeec225198f493bcb640edcc3461eab5acbf1"),
    row(b"\x2b\x81\x04\x00\x22", "P-384", 384, "2d29d814f3485892e63378329b37c51ba806dc9bad36bd70aba39f6462e56dd1"),
    row(b"\x2b\x81\x04\x00\x23", "P-521", 521, "61f50ba450b88644efe2aa99931b94c78198262fa042ee3f97c4f2a4526fed92"),
    row(b"\x2a\x86\x48\xce\x3d\x03\x01\x01", "P-192", 192, "bc4ac4b626d4b621f25417e7947ee83fa1e1eeb6ed9f09c1df806aaedc492d8b"),
    row(b"\x2a\x86\x48\xce\x3d\x03\x01\x07", "P-256", 256, "e0f2bc183377575d9f3a2a0a085b686d0487a674df052e4adf3662ea31e4c8eb"),
    row(b"\x2b\x81\x04\x00\x04", "sect113r1", 113, ""),
    row(b"\x2b\x81\x04\x00\x05", "sect113r2", 113, ""),
    row(b"\x2b\x81\x04\x00\x16", "sect131r1", 131, ""),
    row(b"\x2b\x81\x04\x00\x17", "sect131r2", 131, ""),
    row(b"\x2b\x81\x04\x00\x01", "sect163k1", 163, ""),
    row(b"\x2b\x81\x04\x00\x02", "sect163r1", 163, ""),
    row(b"\x2b\x81\x04\x00\x0f", "sect163r2", 163, ""),
    row(b"\x2b\x81\x04\x00\x18", "sect193r1", 193, ""),
    row(b"\x2b\x81\x04\x00\x19", "sect193r2", 193, ""),
    row(b"\x2b\x81\x04\x00\x1a", "sect233k1", 233, ""),
    row(b"\x2b\x81\x04\x00\x1b", "sect233r1", 233, ""),
    row(b"\x2b\x81\x04\x00\x03", "sect239k1", 239, ""),
    row(b"\x2b\x81\x04\x00\x10", "sect283k1", 283, ""),
    row(b"\x2b\x81\x04\x00\x11", "sect283r1", 283, ""),
    row(b"\x2b\x81\x04\x00\x24", "sect409k1", 409, ""),
    row(b"\x2b\x81\x04\x00\x25", "sect409r1", 409, ""),
    row(b"\x2b\x81\x04\x00\x26", "sect571k1", 571, ""),
    row(b"\x2b\x81\x04\x00\x27", "sect571r1", 571, ""),
    row(b"\x2b\x24\x03\x03\x02\x08\x01\x01\x01", "brainpoolP160r1", 160, "c33e90e4bf3a50689f35de5d26e399d0a1bc17cc5a1952fc70145855b32ffdac"),
    row(b"\x2b\x24\x03\x03\x02\x08\x01\x01\x02", "brainpoolP160t1", 160, "24d0ddfcd64d3d7f80bfc134a7e035a83600813c9d1bb6fda0e32b94bbc5acda"),
    row(b"\x2b\x24\x03\x03\x02\x08\x01\x01\x03", "brainpoolP192r1", 192, "1e23660878e536774fce9b9930a18213fe1bf8c21a0f89eb661100d054de56fe"),
    row(b"\x2b\x24\x03\x03\x02\x08\x01\x01\x04", "brainpoolP192t1", 192, "5b5b81b762f07bf55dca9440463ecec302da17bb9df718d603c6d7135a271edf"),
    row(b"\x2b\x24\x03\x03\x02\x08\x01\x01\x05", "brainpoolP224r1", 224, "601b921798222101ea767ac6094099c0f0bc4742110e7c2e90f525442c959e3b"),
    row(b"\x2b\x24\x03\x03\x02\x08\x01\x01\x06", "brainpoolP224t1", 224, "0aba608b36a47577fe01ec00ee77ee1d7054eaf7a9d95477404c98baedece8a8"),
    row(b"\x2b\x24\x03\x03\x02\x08\x01\x01\x07", "brainpoolP256r1", 256, "d054ce7e61e683f3be0150a07c404be801380c9218b912964e11e87b9eeadb51"),
    row(b"\x2b\x24\x03\x03\x02\x08\x01\x01\x08", "brainpoolP256t1", 256, "4736298e7eefe28084e6806f2193505457ee47677a0bb29e59981389c042adf7"),
    row(b"\x2b\x24\x03\x03\x02\x08\x01\x01\x09", "brainpoolP320r1", 320, "dd30db8d1545013a1e4bbef1e2a7581feea3bf1ab8a997fc44a2878bc432ab6c"),
    row(b"\x2b\x24\x03\x03\x02\x08\x01\x01\x0a", "brainpoolP320t1", 320, "8752edcf665ad91bdfaefd74fc9091fc6ee59a185a9c87c2fc5124b89c028af2"),
    row(b"\x2b\x24\x03\x03\x02\x08\x01\x01\x0b", "brainpoolP384r1", 384, "003d53965e0230c78a3e5daae9a7b3d403d820ef578e9672a558eef7de7351d4"),
    row(b"\x2b\x24\x03\x03\x02\x08\x01\x01\x0c", "brainpoolP384t1", 384, "43416dcec3ef98a8f77db3d9bb0d274be42b85d2322abc5c888183d1f0e78a8c"),
    row(b"\x2b\x24\x03\x03\x02\x08\x01\x01\x0d", "brainpoolP512r1", 512, "f57b5f190745c7c615a560f0bda3d29f3986d5aa7198be988c6f4511b43a2138"),
    row(b"\x2b\x24\x03\x03\x02\x08\x01\x01\x0e", "brainpoolP512t1", 512, "5d0eb73cb9a6efd9d20b80a201569701c26ff04b60923f0a721a7ac15350172c"),
    row(b"\x2a\x81\x1c\xcf\x55\x01\x82\x2d", "SM2", 256, "7aae7d2e050c291f8dd052dfe7390763598399dfbb7b64e066adfba868637d07"),
];
