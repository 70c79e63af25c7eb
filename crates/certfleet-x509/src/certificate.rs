//! The facts of one certificate.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::algorithm;
use crate::alt_names::AltNames;
use crate::der::{self, Broken, Identity};
use crate::error::{ReadError, ReadErrorKind};
use crate::extensions::{self, Extensions};
use crate::fingerprint::{Sha1, Sha256};
use crate::key::{self, PublicKey};
use crate::moment;
use crate::name::{self, Name};
use crate::other::OtherKind;
use crate::pem;
use crate::tbs::{self, Wrong};

/// The largest certificate read, in bytes of DER: 1 MiB. Real ones are below 50 KiB, post-quantum ones included.
pub const MAX_CERTIFICATE: usize = 1024 * 1024;

/// The facts of one certificate, and its DER.
///
/// Nothing here is verified. The fields follow from the DER, which is serialised as PEM: what is deserialised is read
/// from that PEM, and equal to what was serialised. Where there is no PEM, as in what earlier versions wrote, the
/// fields are taken as they are, and there is no DER: then [`X509::der`] is `None`, and the names' DER is empty.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(remote = "X509")]
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
    /// The first moment of validity, to the second; absent where it is not a moment that exists.
    pub not_before: Option<DateTime<Utc>>,
    /// The last moment of validity, to the second; absent where it is not a moment that exists.
    /// 9999-12-31T23:59:59Z is RFC 5280's "no expiry".
    pub not_after: Option<DateTime<Utc>>,
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
    /// What could not be read or breaks the rules, in words: parts of names, times, extensions. Empty for nearly all
    /// certificates.
    pub notes: Vec<String>,
    /// The certificate as PEM. Everything else follows from it.
    #[serde(
        default,
        rename = "pem",
        skip_serializing_if = "Option::is_none",
        with = "pem"
    )]
    #[cfg_attr(feature = "schemars", schemars(with = "Option<String>"))]
    der: Option<Bytes>,
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
        let element = match der::element(&der) {
            Ok((element, [])) => element,
            Ok((element, trailing)) => {
                return Err(match tbs::fields(element) {
                    Ok(_) => trailing_data(trailing),
                    Err(wrong) => explain(&der, wrong),
                });
            }
            Err(broken) => return Err(explain_broken(&der, Some(broken))),
        };
        let fields = tbs::fields(element).map_err(|wrong| explain(&der, wrong))?;
        let Extensions {
            is_ca,
            path_length,
            key_usage,
            extended_key_usage,
            subject_alt_names,
            subject_key_id,
            authority_key_id,
            notes: of_extensions,
            ..
        } = fields.extensions.map(Extensions::read).unwrap_or_default();
        let subject = Name::from_der(der.slice_ref(fields.subject.whole));
        let self_issued = subject.der() == fields.issuer.whole;
        let issuer = if self_issued {
            subject.clone()
        } else {
            Name::from_der(der.slice_ref(fields.issuer.whole))
        };
        let mut notes = Vec::new();
        let not_before = time("beginning", fields.not_before, &mut notes);
        let not_after = time("end", fields.not_after, &mut notes);
        subject.note("subject", &mut notes);
        issuer.note("issuer", &mut notes);
        notes.extend(key::note(fields.key_algorithm));
        notes.extend(of_extensions);
        if fields.has_more {
            notes.push("it holds data that belongs to no field of a certificate".to_owned());
        }
        let signature = fields.signature_algorithm;
        Ok(Self {
            sha256: Sha256::digest(&der),
            sha1: Sha1::digest(&der),
            spki_sha256: Sha256::digest(fields.key_info),
            self_issued,
            subject,
            issuer,
            serial: serial(fields.serial),
            version: fields.version,
            not_before,
            not_after,
            signature_algorithm: algorithm::signature(
                signature.oid,
                signature.parameters.map(|parameters| parameters.content),
            ),
            public_key: PublicKey::new(fields.key_algorithm, fields.key),
            is_ca,
            path_length,
            key_usage,
            extended_key_usage,
            subject_alt_names,
            subject_key_id,
            authority_key_id,
            notes,
            der: Some(der),
        })
    }

    /// What people call the certificate: its subject, or where that is empty its first alternative name, or where there
    /// is none its serial number. Never empty, and without control characters.
    ///
    /// Alternative names come in this order: host names, addresses, mail addresses, URIs, others.
    pub fn display_name(&self) -> Cow<'_, str> {
        if !self.subject.is_empty() {
            return Cow::Borrowed(self.subject.as_str());
        }
        Cow::Owned(match self.subject_alt_names.first() {
            Some(name) if !name.is_empty() => name::escaped(name),
            _ => format!("serial {}", self.serial),
        })
    }

    /// The certificate's DER; `None` where it was deserialised from what has no PEM.
    pub fn der(&self) -> Option<&[u8]> {
        self.der.as_deref()
    }

    /// The certificate's DER as a handle that is cheap to clone; `None` as [`X509::der`].
    pub fn der_bytes(&self) -> Option<Bytes> {
        self.der.clone()
    }

    /// The certificate as PEM: lines of 64 characters, `\n` between and at the end; `None` as [`X509::der`].
    pub fn to_pem(&self) -> Option<String> {
        self.der().map(pem::write)
    }
}

impl Serialize for X509 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for X509 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let stated = Self::deserialize(deserializer)?;
        match stated.der {
            // Nothing beside the DER can contradict it.
            Some(der) => Self::from_bytes(der).map_err(D::Error::custom),
            None => Ok(stated),
        }
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

pub(crate) fn not_a_certificate(kind: OtherKind) -> ReadError {
    ReadError::new(
        ReadErrorKind::NotACertificate,
        format!("this is {kind}, not a certificate; hand over the certificate"),
    )
    .about(kind)
}

/// What is wrong with DER that did not read as a certificate.
pub(crate) fn explain_broken(der: &[u8], broken: Option<Broken>) -> ReadError {
    match (der::identify(der), broken) {
        (Identity::PrivateKey, _) => ReadError::private_key(),
        (Identity::Pkcs12, _) => ReadError::pkcs12(),
        (Identity::Request, _) => not_a_certificate(OtherKind::Request),
        (Identity::RevocationList, _) => not_a_certificate(OtherKind::RevocationList),
        (Identity::PublicKey, _) => not_a_certificate(OtherKind::PublicKey),
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

fn explain(der: &[u8], wrong: Wrong) -> ReadError {
    let general = explain_broken(der, der::element(der).err());
    if general.kind() != ReadErrorKind::Malformed {
        return general;
    }
    let Wrong(part) = wrong;
    ReadError::new(
        ReadErrorKind::Malformed,
        format!(
            "this is not the DER of a certificate: its {part} is missing or damaged; get the certificate again from \
             its source"
        ),
    )
}

/// One time of the validity; one that cannot be read costs a note. `which` names it.
fn time(which: &str, time: der::Element<'_>, notes: &mut Vec<String>) -> Option<DateTime<Utc>> {
    let Some(moment) = moment::read(time) else {
        notes.push(format!(
            "the {which} of its validity, {}, is not a moment that exists",
            moment::shown(time)
        ));
        return None;
    };
    if !moment.is_plain {
        notes.push(format!(
            "the {which} of its validity is written as {}, which RFC 5280 does not allow; it is read as {}",
            moment::shown(time),
            moment.at.format("%Y-%m-%dT%H:%M:%SZ")
        ));
    }
    Some(moment.at)
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
