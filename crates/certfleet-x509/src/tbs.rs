//! The fields of a certificate, each as its own DER.
//!
//! A field is only found here. What is in it is read where its facts are told, so that one that breaks the rules costs
//! its own fact and not the certificate.

use crate::der::{
    self, BIT_STRING, BOOLEAN, CONTEXT_0, Element, INTEGER, OCTET_STRING, OID, SEQUENCE,
};

/// The `[3]` that holds the extensions.
const EXTENSIONS: u8 = 0xa3;

/// The `[1]` and `[2]` before them, which certificates have not had for decades.
const ISSUER_ID: u8 = 0x81;
const SUBJECT_ID: u8 = 0x82;

/// An `AlgorithmIdentifier`.
#[derive(Clone, Copy)]
pub(crate) struct Algorithm<'a> {
    /// The content of its identifier.
    pub(crate) oid: &'a [u8],
    pub(crate) parameters: Option<Element<'a>>,
}

/// Every field whose facts are told.
pub(crate) struct Fields<'a> {
    /// As people count: 1, 2 or 3.
    pub(crate) version: u32,
    /// The content of the INTEGER.
    pub(crate) serial: &'a [u8],
    pub(crate) issuer: Element<'a>,
    pub(crate) not_before: Element<'a>,
    pub(crate) not_after: Element<'a>,
    pub(crate) subject: Element<'a>,
    /// The whole `SubjectPublicKeyInfo`.
    pub(crate) key_info: &'a [u8],
    pub(crate) key_algorithm: Algorithm<'a>,
    /// The key's bits, without the byte that counts the unused ones.
    pub(crate) key: &'a [u8],
    /// What stands where the extensions belong, still wrapped.
    pub(crate) extensions: Option<&'a [u8]>,
    pub(crate) signature_algorithm: Algorithm<'a>,
    /// Where something follows that no field of a certificate is.
    pub(crate) has_more: bool,
}

/// The part of a certificate that is not where, or not what, it has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wrong(pub(crate) &'static str);

/// Finds the fields of the certificate that is exactly `certificate`.
pub(crate) fn fields(certificate: Element<'_>) -> Result<Fields<'_>, Wrong> {
    if certificate.tag != SEQUENCE {
        return Err(Wrong("outermost form"));
    }
    let mut outer = der::elements(certificate.content);
    let signed = take(&mut outer, SEQUENCE, "signed part")?;
    let signature_algorithm = algorithm(outer.next()).ok_or(Wrong("algorithm"))?;
    bits(outer.next()).ok_or(Wrong("signature"))?;

    let mut fields = der::elements(signed.content);
    let version = version(&mut fields)?;
    let serial = take(&mut fields, INTEGER, "serial number")?.content;
    if serial.is_empty() {
        return Err(Wrong("serial number"));
    }
    algorithm(fields.next()).ok_or(Wrong("algorithm"))?;
    let issuer = take(&mut fields, SEQUENCE, "issuer")?;
    let validity = take(&mut fields, SEQUENCE, "validity")?;
    let subject = take(&mut fields, SEQUENCE, "subject")?;
    let key_info = take(&mut fields, SEQUENCE, "public key")?;

    let mut times = der::elements(validity.content);
    let (Some(not_before), Some(not_after)) = (times.next(), times.next()) else {
        return Err(Wrong("validity"));
    };
    let mut key_fields = der::elements(key_info.content);
    let key_algorithm = algorithm(key_fields.next()).ok_or(Wrong("public key"))?;
    let key = bits(key_fields.next()).ok_or(Wrong("public key"))?;
    let mut extensions = None;
    let mut has_more = false;
    for field in fields.by_ref() {
        match field.tag {
            EXTENSIONS if extensions.is_none() => extensions = Some(field.content),
            ISSUER_ID | SUBJECT_ID if extensions.is_none() => {}
            _ => has_more = true,
        }
    }
    Ok(Fields {
        version,
        serial,
        issuer,
        not_before,
        not_after,
        subject,
        key_info: key_info.whole,
        key_algorithm,
        key,
        extensions,
        signature_algorithm,
        has_more: has_more
            || ![&outer, &fields, &times, &key_fields]
                .iter()
                .all(|part| part.is_clean()),
    })
}

/// One extension: the content of its identifier and of its value.
pub(crate) fn extension(element: Element<'_>) -> Option<(&[u8], &[u8])> {
    let mut fields = der::elements(element.content);
    let oid = fields.next().filter(|oid| oid.tag == OID)?;
    let mut value = fields.next()?;
    if value.tag == BOOLEAN {
        value = fields.next()?;
    }
    (element.tag == SEQUENCE && value.tag == OCTET_STRING && fields.is_clean())
        .then_some((oid.content, value.content))
}

/// Takes the version where it is told: version 1 is not.
fn version(fields: &mut der::Elements<'_>) -> Result<u32, Wrong> {
    let mut after = fields.clone();
    let Some(version) = after.next().filter(|field| field.tag == CONTEXT_0) else {
        return Ok(1);
    };
    *fields = after;
    der::exactly(INTEGER, version.content)
        .and_then(der::small_number)
        .map(|number| number.saturating_add(1))
        .ok_or(Wrong("version"))
}

fn take<'a>(
    fields: &mut der::Elements<'a>,
    tag: u8,
    part: &'static str,
) -> Result<Element<'a>, Wrong> {
    fields
        .next()
        .filter(|field| field.tag == tag)
        .ok_or(Wrong(part))
}

fn algorithm(element: Option<Element<'_>>) -> Option<Algorithm<'_>> {
    let mut fields = der::elements(element.filter(|found| found.tag == SEQUENCE)?.content);
    let oid = fields.next().filter(|oid| oid.tag == OID)?.content;
    Some(Algorithm {
        oid,
        parameters: fields.next(),
    })
}

fn bits(element: Option<Element<'_>>) -> Option<&[u8]> {
    match element.filter(|found| found.tag == BIT_STRING)?.content {
        [0..=7, bits @ ..] => Some(bits),
        _ => None,
    }
}
