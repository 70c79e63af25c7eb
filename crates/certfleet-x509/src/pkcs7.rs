//! Certificates in a PKCS#7 (CMS) `SignedData`, the content of `.p7b` and `.p7c` files.

use crate::der::{self, CONTEXT_0, INTEGER, OID, SEQUENCE, SET};

/// 1.2.840.113549.1.7.2
const SIGNED_DATA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";

/// The elements of the certificate list of this `ContentInfo`, or `None` where it is not a whole `SignedData` with one.
///
/// Signatures and revocation lists in it are passed over: such files are used as bags of certificates.
pub(crate) fn certificates(message: &[u8]) -> Option<Vec<&[u8]>> {
    let mut fields = der::elements(der::exactly(SEQUENCE, message)?);
    fields
        .next()
        .filter(|kind| kind.tag == OID && kind.content == SIGNED_DATA)?;
    let signed = fields.next().filter(|field| field.tag == CONTEXT_0)?;
    let mut fields = der::elements(der::exactly(SEQUENCE, signed.content)?);
    for expected in [INTEGER, SET, SEQUENCE] {
        fields.next().filter(|field| field.tag == expected)?;
    }
    let list = fields.next().filter(|field| field.tag == CONTEXT_0)?;
    let mut elements = der::elements(list.content);
    let certificates: Vec<&[u8]> = elements.by_ref().map(|element| element.whole).collect();
    (elements.is_clean() && !certificates.is_empty()).then_some(certificates)
}
