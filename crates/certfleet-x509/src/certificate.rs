//! The facts of one certificate.

use std::borrow::Cow;
use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use x509_parser::certificate::X509CertificateParser;
use x509_parser::error::X509Error;
use x509_parser::nom::{self, Parser};
use x509_parser::time::ASN1Time;

use crate::algorithm;
use crate::alt_names::AltNames;
use crate::der::{self, Broken, Identity};
use crate::error::{ReadError, ReadErrorKind};
use crate::extensions::{self, Extensions};
use crate::fingerprint::{Sha1, Sha256};
use crate::key::PublicKey;
use crate::name::Name;

/// The largest certificate read, in bytes of DER: 1 MiB. Real ones are below 50 KiB, post-quantum ones included.
pub const MAX_CERTIFICATE: usize = 1024 * 1024;

/// The facts of one certificate, and its DER.
///
/// Nothing here is verified. The fields follow from the DER; the DER itself is not serialised, so that what is
/// deserialised has none: [`X509::der`] and the names' DER are then empty.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct X509 {
    /// SHA-256 over the DER: the certificate's identity.
    pub sha256: Sha256,
    /// SHA-1 over the DER. Only a hint, for vendors that state nothing else.
    pub sha1: Sha1,
    /// SHA-256 over the `SubjectPublicKeyInfo`: the same for a renewal that keeps its key.
    pub spki_sha256: Sha256,
    /// Who the certificate is about.
    pub subject: Name,
    /// Who issued it.
    pub issuer: Name,
    /// Subject and issuer are the same DER. The signature is not verified, so this does not say self-signed.
    pub self_issued: bool,
    /// The serial number in lower-case hex, whole bytes without leading zero bytes; `-` before it where it is negative.
    pub serial: String,
    /// The X.509 version: 1, 2 or 3.
    pub version: u32,
    /// The first moment of validity, to the second.
    pub not_before: DateTime<Utc>,
    /// The last moment of validity, to the second. 9999-12-31T23:59:59Z is RFC 5280's "no expiry".
    pub not_after: DateTime<Utc>,
    /// The algorithm of the issuer's signature, such as `sha256WithRSAEncryption`; its dotted identifier where its
    /// name is not known here.
    pub signature_algorithm: Cow<'static, str>,
    /// The kind and size of the key.
    pub public_key: PublicKey,
    /// The basic constraints say that this is a CA. Version 1 certificates, old roots among them, cannot say so.
    pub is_ca: bool,
    /// How many CAs may stand between this one and a leaf; absent where there is no limit.
    pub path_length: Option<u32>,
    /// What the key may do, by RFC 5280's names; absent where the certificate does not limit it.
    #[serde(deserialize_with = "extensions::key_usage")]
    pub key_usage: Option<Vec<&'static str>>,
    /// What the certificate is for (`serverAuth`, `clientAuth`, …, dotted identifiers of purposes not known here);
    /// absent where the certificate does not limit it.
    pub extended_key_usage: Option<Vec<Cow<'static, str>>>,
    /// The subject's alternative names.
    pub subject_alt_names: AltNames,
    /// The subject key identifier in lower-case hex.
    pub subject_key_id: Option<String>,
    /// The issuer's key identifier in lower-case hex.
    pub authority_key_id: Option<String>,
    /// Extensions that could not be read or are there twice, in words; empty for nearly all certificates.
    pub notes: Vec<String>,
    #[serde(skip)]
    der: Bytes,
}

impl X509 {
    /// Reads one certificate's DER.
    ///
    /// # Errors
    ///
    /// Where `der` is not exactly one certificate: cut off, followed by anything, something else, a private key
    /// ([`ReadErrorKind::PrivateKey`]), or over [`MAX_CERTIFICATE`].
    pub fn from_der(der: &[u8]) -> Result<Self, ReadError> {
        check_length(der)?;
        Self::from_bytes(Bytes::copy_from_slice(der))
    }

    /// As [`X509::from_der`], without the copy.
    pub(crate) fn from_bytes(der: Bytes) -> Result<Self, ReadError> {
        check_length(&der)?;
        // The extensions are read here, laxly, and only those whose facts are told.
        let mut parser = X509CertificateParser::new().with_deep_parse_extensions(false);
        let parsed = match parser.parse(&der) {
            Ok(([], parsed)) => parsed,
            Ok((trailing, _)) => return Err(trailing_data(trailing)),
            Err(error) => return Err(explain(&der, &error)),
        };
        let mut extensions = Extensions::default();
        for extension in parsed.extensions() {
            extensions.add(extension.oid.as_bytes(), extension.value);
        }
        let Extensions {
            is_ca,
            path_length,
            key_usage,
            extended_key_usage,
            subject_alt_names,
            subject_key_id,
            authority_key_id,
            notes,
            ..
        } = extensions;
        let subject = Name::from_der(der.slice_ref(parsed.subject.as_raw()));
        let self_issued = subject.der() == parsed.issuer.as_raw();
        let issuer = if self_issued {
            subject.clone()
        } else {
            Name::from_der(der.slice_ref(parsed.issuer.as_raw()))
        };
        let key = &parsed.subject_pki;
        let key_parameters = key.algorithm.parameters.as_ref();
        let signature_parameters = parsed.signature_algorithm.parameters.as_ref();
        Ok(Self {
            sha256: Sha256::digest(&der),
            sha1: Sha1::digest(&der),
            spki_sha256: Sha256::digest(key.raw),
            self_issued,
            subject,
            issuer,
            serial: serial(parsed.raw_serial()),
            version: parsed.version.0.saturating_add(1),
            not_before: moment(parsed.validity.not_before)?,
            not_after: moment(parsed.validity.not_after)?,
            signature_algorithm: algorithm::signature(
                parsed.signature_algorithm.algorithm.as_bytes(),
                signature_parameters.map(|parameters| parameters.data),
            ),
            public_key: PublicKey::new(
                key.algorithm.algorithm.as_bytes(),
                key_parameters.and_then(|parameters| {
                    Some((
                        universal_tag(parameters.header.raw_tag()?)?,
                        parameters.data,
                    ))
                }),
                &key.subject_public_key.data,
            ),
            is_ca,
            path_length,
            key_usage,
            extended_key_usage,
            subject_alt_names,
            subject_key_id,
            authority_key_id,
            notes,
            der,
        })
    }

    /// The certificate's DER.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The certificate's DER as a handle that is cheap to clone.
    pub fn der_bytes(&self) -> Bytes {
        self.der.clone()
    }

    /// The certificate as PEM: lines of 64 characters, `\n` between and at the end.
    pub fn to_pem(&self) -> String {
        let base64 = STANDARD.encode(&self.der);
        let mut pem = String::with_capacity(base64.len() + base64.len() / 64 + 56);
        pem.push_str("-----BEGIN CERTIFICATE-----\n");
        let mut rest = base64.as_str();
        while !rest.is_empty() {
            let (line, after) = rest.split_at_checked(64).unwrap_or((rest, ""));
            pem.push_str(line);
            pem.push('\n');
            rest = after;
        }
        pem.push_str("-----END CERTIFICATE-----\n");
        pem
    }
}

impl fmt::Debug for X509 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("X509")
            .field("sha256", &self.sha256)
            .field("subject", &self.subject)
            .field("issuer", &self.issuer)
            .field("serial", &self.serial)
            .field("not_before", &self.not_before)
            .field("not_after", &self.not_after)
            .finish_non_exhaustive()
    }
}

fn check_length(der: &[u8]) -> Result<(), ReadError> {
    if der.len() > MAX_CERTIFICATE {
        return Err(ReadError::new(
            ReadErrorKind::TooLarge,
            "the certificate is larger than 1 MiB, the most that is read",
        ));
    }
    Ok(())
}

/// The error for bytes behind a certificate's end. A key appended to a certificate is the worse trouble of the two.
pub(crate) fn trailing_data(trailing: &[u8]) -> ReadError {
    match der::identify(trailing) {
        Identity::PrivateKey => ReadError::private_key(),
        Identity::Pkcs12 => ReadError::pkcs12(),
        _ => ReadError::new(
            ReadErrorKind::TrailingData,
            format!(
                "{} more bytes follow the certificate's end; remove them, or get the certificate again from its source",
                trailing.len()
            ),
        ),
    }
}

/// What is wrong with DER that did not read as a certificate.
pub(crate) fn explain_broken(der: &[u8], broken: Option<Broken>) -> ReadError {
    let other = |what: &str| {
        ReadError::new(
            ReadErrorKind::NotACertificate,
            format!("this is {what}, not a certificate; hand over the certificate"),
        )
    };
    match (der::identify(der), broken) {
        (Identity::PrivateKey, _) => ReadError::private_key(),
        (Identity::Pkcs12, _) => ReadError::pkcs12(),
        (Identity::Request, _) => other("a certificate signing request"),
        (Identity::RevocationList, _) => other("a certificate revocation list"),
        (Identity::PublicKey, _) => other("a bare public key"),
        (_, Some(Broken::Truncated(missing))) => ReadError::new(
            ReadErrorKind::Truncated,
            format!(
                "the data is cut off, at least {missing} bytes are missing; copy the whole certificate"
            ),
        ),
        (_, Some(Broken::Indefinite)) => ReadError::new(
            ReadErrorKind::Unsupported,
            "this is BER with indefinite lengths, which is not read; convert it, for example with \
             `openssl pkcs7 -inform DER -print_certs`",
        ),
        (Identity::Pkcs7, _) => ReadError::new(
            ReadErrorKind::Unsupported,
            "this is a PKCS#7 message that is not a plain list of certificates; \
             take them out with `openssl pkcs7 -print_certs`",
        ),
        _ => ReadError::new(
            ReadErrorKind::Malformed,
            "this is not the DER of a certificate; get the certificate again from its source",
        ),
    }
}

fn explain(der: &[u8], error: &nom::Err<X509Error>) -> ReadError {
    let general = explain_broken(der, der::element(der).err());
    if general.kind() != ReadErrorKind::Malformed {
        return general;
    }
    let part = match error {
        nom::Err::Error(error) | nom::Err::Failure(error) => match error {
            X509Error::InvalidVersion => "version",
            X509Error::InvalidSerial => "serial number",
            X509Error::InvalidAlgorithmIdentifier => "algorithm",
            X509Error::InvalidX509Name => "subject or issuer",
            X509Error::InvalidDate => "validity",
            X509Error::InvalidSPKI => "public key",
            X509Error::InvalidExtensions => "list of extensions",
            X509Error::InvalidSignatureValue => "signature",
            _ => return general,
        },
        nom::Err::Incomplete(_) => return general,
    };
    ReadError::new(
        ReadErrorKind::Malformed,
        format!(
            "the certificate's {part} is not valid DER; get the certificate again from its source"
        ),
    )
}

fn moment(time: ASN1Time) -> Result<DateTime<Utc>, ReadError> {
    DateTime::from_timestamp(time.timestamp(), 0).ok_or_else(|| {
        ReadError::new(
            ReadErrorKind::Malformed,
            "the certificate's validity is out of range",
        )
    })
}

/// The tag where its encoding is one byte.
fn universal_tag(raw: &[u8]) -> Option<u8> {
    match raw {
        &[tag] => Some(tag),
        _ => None,
    }
}

/// Hex of the number an INTEGER's content stands for, so that vendors' decimal and hex forms can be compared with it.
fn serial(content: &[u8]) -> String {
    let Some(0x80..) = content.first() else {
        let zeros = content.iter().take_while(|&&byte| byte == 0).count();
        return match content.get(zeros..) {
            None | Some([]) => "00".to_owned(),
            Some(digits) => der::hex(digits),
        };
    };
    // Two's complement: invert, add one.
    let mut magnitude: Vec<u8> = content.iter().map(|byte| !byte).collect();
    for byte in magnitude.iter_mut().rev() {
        let (sum, carry) = byte.overflowing_add(1);
        *byte = sum;
        if !carry {
            break;
        }
    }
    let zeros = magnitude.iter().take_while(|&&byte| byte == 0).count();
    format!("-{}", der::hex(magnitude.get(zeros..).unwrap_or_default()))
}
