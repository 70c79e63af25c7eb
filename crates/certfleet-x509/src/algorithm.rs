//! Names of the algorithms, curves, purposes and attributes that certificates mention, by the content of their identifier.

use std::borrow::Cow;

use crate::der::{self, CONTEXT_0, OID, SEQUENCE};

/// RSASSA-PSS, as a key's and as a signature's algorithm.
pub(crate) const RSASSA_PSS: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a";

/// The name, or the dotted form of an identifier that has none here.
pub(crate) fn or_dotted(name: Option<&'static str>, oid: &[u8]) -> Cow<'static, str> {
    name.map_or_else(|| Cow::Owned(der::dotted(oid)), Cow::Borrowed)
}

/// A signature algorithm as OpenSSL and the RFCs name it. RSASSA-PSS has its hash in its parameters, so that is told too.
pub(crate) fn signature(oid: &[u8], parameters: Option<&[u8]>) -> Cow<'static, str> {
    if oid == RSASSA_PSS {
        return match pss_hash(parameters.unwrap_or_default()) {
            Some(hash) => Cow::Owned(format!("RSASSA-PSS with {hash}")),
            None => Cow::Borrowed("RSASSA-PSS"),
        };
    }
    or_dotted(signature_name(oid).or_else(|| key_is_signature(oid)), oid)
}

/// The hash of `RSASSA-PSS-params`, whose content this is; SHA-1 where it is left out (RFC 4055).
fn pss_hash(parameters: &[u8]) -> Option<&'static str> {
    let Some(first) = der::elements(parameters)
        .next()
        .filter(|first| first.tag == CONTEXT_0)
    else {
        return Some("SHA-1");
    };
    let algorithm = der::exactly(SEQUENCE, first.content)?;
    let oid = der::elements(algorithm)
        .next()
        .filter(|oid| oid.tag == OID)?;
    hash_name(oid.content)
}

fn signature_name(oid: &[u8]) -> Option<&'static str> {
    Some(match oid {
        b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x02" => "md2WithRSAEncryption",
        b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x04" => "md5WithRSAEncryption",
        b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05" => "sha1WithRSAEncryption",
        b"\x2b\x0e\x03\x02\x1d" => "sha1WithRSAEncryption",
        b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0e" => "sha224WithRSAEncryption",
        b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b" => "sha256WithRSAEncryption",
        b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0c" => "sha384WithRSAEncryption",
        b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0d" => "sha512WithRSAEncryption",
        b"\x2a\x86\x48\xce\x3d\x04\x01" => "ecdsa-with-SHA1",
        b"\x2a\x86\x48\xce\x3d\x04\x03\x01" => "ecdsa-with-SHA224",
        b"\x2a\x86\x48\xce\x3d\x04\x03\x02" => "ecdsa-with-SHA256",
        b"\x2a\x86\x48\xce\x3d\x04\x03\x03" => "ecdsa-with-SHA384",
        b"\x2a\x86\x48\xce\x3d\x04\x03\x04" => "ecdsa-with-SHA512",
        b"\x2a\x86\x48\xce\x38\x04\x03" => "dsa-with-SHA1",
        b"\x60\x86\x48\x01\x65\x03\x04\x03\x01" => "dsa-with-SHA224",
        b"\x60\x86\x48\x01\x65\x03\x04\x03\x02" => "dsa-with-SHA256",
        b"\x60\x86\x48\x01\x65\x03\x04\x03\x0a" => "ecdsa-with-SHA3-256",
        b"\x60\x86\x48\x01\x65\x03\x04\x03\x0e" => "RSA-SHA3-256",
        b"\x2a\x85\x03\x02\x02\x03" => "GOST R 34.10-2001",
        b"\x2a\x85\x03\x07\x01\x01\x03\x02" => "GOST R 34.10-2012 (256)",
        b"\x2a\x85\x03\x07\x01\x01\x03\x03" => "GOST R 34.10-2012 (512)",
        b"\x2a\x81\x1c\xcf\x55\x01\x83\x75" => "SM2-with-SM3",
        _ => return None,
    })
}

fn hash_name(oid: &[u8]) -> Option<&'static str> {
    Some(match oid {
        b"\x2b\x0e\x03\x02\x1a" => "SHA-1",
        b"\x60\x86\x48\x01\x65\x03\x04\x02\x04" => "SHA-224",
        b"\x60\x86\x48\x01\x65\x03\x04\x02\x01" => "SHA-256",
        b"\x60\x86\x48\x01\x65\x03\x04\x02\x02" => "SHA-384",
        b"\x60\x86\x48\x01\x65\x03\x04\x02\x03" => "SHA-512",
        b"\x60\x86\x48\x01\x65\x03\x04\x02\x08" => "SHA3-256",
        b"\x60\x86\x48\x01\x65\x03\x04\x02\x09" => "SHA3-384",
        b"\x60\x86\x48\x01\x65\x03\x04\x02\x0a" => "SHA3-512",
        _ => return None,
    })
}

/// Algorithms whose identifier says all of a key, and names no signature.
pub(crate) fn key_only(oid: &[u8]) -> Option<&'static str> {
    Some(match oid {
        b"\x60\x86\x48\x01\x65\x03\x04\x04\x01" => "ML-KEM-512",
        b"\x60\x86\x48\x01\x65\x03\x04\x04\x02" => "ML-KEM-768",
        b"\x60\x86\x48\x01\x65\x03\x04\x04\x03" => "ML-KEM-1024",
        b"\x2a\x85\x03\x02\x02\x13" => "GOST R 34.10-2001",
        b"\x2a\x85\x03\x07\x01\x01\x01\x01" => "GOST R 34.10-2012 (256)",
        b"\x2a\x85\x03\x07\x01\x01\x01\x02" => "GOST R 34.10-2012 (512)",
        _ => return None,
    })
}

/// Algorithms whose identifier names the key and the signature alike.
pub(crate) fn key_is_signature(oid: &[u8]) -> Option<&'static str> {
    Some(match oid {
        b"\x2b\x65\x6e" => "X25519",
        b"\x2b\x65\x6f" => "X448",
        b"\x2b\x65\x70" => "Ed25519",
        b"\x2b\x65\x71" => "Ed448",
        b"\x60\x86\x48\x01\x65\x03\x04\x03\x11" => "ML-DSA-44",
        b"\x60\x86\x48\x01\x65\x03\x04\x03\x12" => "ML-DSA-65",
        b"\x60\x86\x48\x01\x65\x03\x04\x03\x13" => "ML-DSA-87",
        b"\x60\x86\x48\x01\x65\x03\x04\x03\x14" => "SLH-DSA-SHA2-128s",
        b"\x60\x86\x48\x01\x65\x03\x04\x03\x15" => "SLH-DSA-SHA2-128f",
        b"\x60\x86\x48\x01\x65\x03\x04\x03\x16" => "SLH-DSA-SHA2-192s",
        b"\x60\x86\x48\x01\x65\x03\x04\x03\x17" => "SLH-DSA-SHA2-192f",
        b"\x60\x86\x48\x01\x65\x03\x04\x03\x18" => "SLH-DSA-SHA2-256s",
        b"\x60\x86\x48\x01\x65\x03\x04\x03\x19" => "SLH-DSA-SHA2-256f",
        b"\x60\x86\x48\x01\x65\x03\x04\x03\x1a" => "SLH-DSA-SHAKE-128s",
        b"\x60\x86\x48\x01\x65\x03\x04\x03\x1b" => "SLH-DSA-SHAKE-128f",
        b"\x60\x86\x48\x01\x65\x03\x04\x03\x1c" => "SLH-DSA-SHAKE-192s",
        b"\x60\x86\x48\x01\x65\x03\x04\x03\x1d" => "SLH-DSA-SHAKE-192f",
        b"\x60\x86\x48\x01\x65\x03\x04\x03\x1e" => "SLH-DSA-SHAKE-256s",
        b"\x60\x86\x48\x01\x65\x03\x04\x03\x1f" => "SLH-DSA-SHAKE-256f",
        _ => return None,
    })
}

/// A purpose of the extended key usage, as OpenSSL and RFC 5280 name it.
pub(crate) fn purpose(oid: &[u8]) -> Option<&'static str> {
    Some(match oid {
        b"\x55\x1d\x25\x00" => "any",
        b"\x2b\x06\x01\x05\x05\x07\x03\x01" => "serverAuth",
        b"\x2b\x06\x01\x05\x05\x07\x03\x02" => "clientAuth",
        b"\x2b\x06\x01\x05\x05\x07\x03\x03" => "codeSigning",
        b"\x2b\x06\x01\x05\x05\x07\x03\x04" => "emailProtection",
        b"\x2b\x06\x01\x05\x05\x07\x03\x08" => "timeStamping",
        b"\x2b\x06\x01\x05\x05\x07\x03\x09" => "OCSPSigning",
        b"\x2b\x06\x01\x05\x05\x07\x03\x05" => "ipsecEndSystem",
        b"\x2b\x06\x01\x05\x05\x07\x03\x06" => "ipsecTunnel",
        b"\x2b\x06\x01\x05\x05\x07\x03\x07" => "ipsecUser",
        b"\x2b\x06\x01\x05\x05\x07\x03\x11" => "ipsecIKE",
        b"\x2b\x06\x01\x04\x01\x82\x37\x0a\x03\x03" => "msSGC",
        b"\x2b\x06\x01\x04\x01\x82\x37\x14\x02\x02" => "msSmartcardLogin",
        b"\x2b\x06\x01\x04\x01\x82\x37\x0a\x03\x04" => "msEFS",
        b"\x2b\x06\x01\x04\x01\x82\x37\x0a\x03\x0c" => "msDocumentSigning",
        b"\x60\x86\x48\x01\x86\xf8\x42\x04\x01" => "nsSGC",
        b"\x2b\x06\x01\x05\x02\x03\x04" => "pkInitClientAuth",
        b"\x2b\x06\x01\x05\x02\x03\x05" => "pkInitKDC",
        _ => return None,
    })
}

/// An attribute of a name, by its short name: those of RFC 4514, then those OpenSSL prints.
pub(crate) fn attribute(oid: &[u8]) -> Option<&'static str> {
    Some(match oid {
        b"\x55\x04\x03" => "CN",
        b"\x55\x04\x04" => "SN",
        b"\x55\x04\x05" => "serialNumber",
        b"\x55\x04\x06" => "C",
        b"\x55\x04\x07" => "L",
        b"\x55\x04\x08" => "ST",
        b"\x55\x04\x09" => "STREET",
        b"\x55\x04\x0a" => "O",
        b"\x55\x04\x0b" => "OU",
        b"\x55\x04\x0c" => "title",
        b"\x55\x04\x0d" => "description",
        b"\x55\x04\x0f" => "businessCategory",
        b"\x55\x04\x10" => "postalAddress",
        b"\x55\x04\x11" => "postalCode",
        b"\x55\x04\x12" => "postOfficeBox",
        b"\x55\x04\x14" => "telephoneNumber",
        b"\x55\x04\x29" => "name",
        b"\x55\x04\x2a" => "GN",
        b"\x55\x04\x2b" => "initials",
        b"\x55\x04\x2c" => "generationQualifier",
        b"\x55\x04\x2d" => "x500UniqueIdentifier",
        b"\x55\x04\x2e" => "dnQualifier",
        b"\x55\x04\x41" => "pseudonym",
        b"\x55\x04\x61" => "organizationIdentifier",
        b"\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x01" => "UID",
        b"\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x03" => "mail",
        b"\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x19" => "DC",
        b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01" => "emailAddress",
        b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x02" => "unstructuredName",
        b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x08" => "unstructuredAddress",
        b"\x2b\x06\x01\x04\x01\x82\x37\x3c\x02\x01\x01" => "jurisdictionL",
        b"\x2b\x06\x01\x04\x01\x82\x37\x3c\x02\x01\x02" => "jurisdictionST",
        b"\x2b\x06\x01\x04\x01\x82\x37\x3c\x02\x01\x03" => "jurisdictionC",
        _ => return None,
    })
}
