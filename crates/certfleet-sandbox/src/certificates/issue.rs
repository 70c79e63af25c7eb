//! Making certificates: the same seed and times give the same bytes.

use chrono::{DateTime, TimeDelta, Utc};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyIdMethod, KeyUsagePurpose, SanType, SerialNumber,
};
use time::OffsetDateTime;

use super::keys::{PublicKey, Signer, Subject, identifier};
use super::read::Certificate;
use crate::clock::later;
use crate::random::Seed;

/// The end of RFC 5280's time: "no expiry".
const YEAR_9999: i64 = 253_402_300_799;
/// The beginning of what its times can say.
const YEAR_1: i64 = -62_135_596_800;

/// When a certificate begins or ends.
#[derive(Clone, Copy, Debug)]
pub(crate) enum When {
    /// So many days (and a quarter, so that a listing's day count does not turn at once) from the sandbox's start.
    Days(i64),
    /// 9999-12-31T23:59:59Z.
    Never,
}

/// What a certificate is for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Use {
    /// It signs others.
    Authority,
    /// A TLS client has it.
    Client,
    /// A TLS server has it, under this name.
    Server(&'static str),
}

/// What is asked for.
#[derive(Clone, Copy)]
pub(crate) struct Order<'a> {
    /// Names the certificate among the seeded ones; its serial number follows from it.
    pub(crate) label: &'a str,
    /// The subject's common name.
    pub(crate) name: &'a str,
    /// The subject's other attributes.
    pub(crate) organization: Organization,
    /// What for.
    pub(crate) usage: Use,
    /// From when.
    pub(crate) from: When,
    /// Until when.
    pub(crate) until: When,
}

/// The attributes of a subject beside its common name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Organization {
    /// O
    pub(crate) name: &'static str,
    /// L
    pub(crate) locality: &'static str,
    /// ST
    pub(crate) state: Option<&'static str>,
    /// C
    pub(crate) country: &'static str,
}

/// A certificate whose key can sign others.
pub(crate) struct Authority {
    params: CertificateParams,
    signer: Signer,
    /// The certificate.
    pub(crate) certificate: Certificate,
}

/// Makes certificates.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mint {
    /// What keys and serial numbers come from.
    pub(crate) seed: Seed,
    /// What [`When::Days`] counts from.
    pub(crate) start: DateTime<Utc>,
}

impl Mint {
    /// A self-signed Ed25519 authority. `key` names the key: two certificates with one key are a renewal.
    pub(crate) fn root(&self, order: Order<'_>, key: &str) -> Result<Authority, rcgen::Error> {
        let signer = Signer::derive(self.seed, key)?;
        let params = self.params(order, identifier(&signer));
        let der = params.self_signed(&signer)?.der().to_vec();
        Authority::new(params, signer, der)
    }

    /// An Ed25519 authority under another.
    pub(crate) fn intermediate(
        &self,
        by: &Authority,
        order: Order<'_>,
    ) -> Result<Authority, rcgen::Error> {
        let signer = Signer::derive(self.seed, order.label)?;
        let params = self.params(order, identifier(&signer));
        let der = params.signed_by(&signer, &by.issuer())?.der().to_vec();
        Authority::new(params, signer, der)
    }

    /// A certificate for an Ed25519 key, or for the public key given.
    pub(crate) fn issue(
        &self,
        by: &Authority,
        order: Order<'_>,
        key: Option<&PublicKey>,
    ) -> Result<Certificate, rcgen::Error> {
        let subject = match key {
            None => Subject::Signer(Signer::derive(self.seed, order.label)?),
            Some(key) => Subject::public(key)?,
        };
        let params = self.params(order, identifier(&subject));
        let der = params.signed_by(&subject, &by.issuer())?.der().to_vec();
        read_back(der)
    }

    fn params(&self, order: Order<'_>, key_identifier: Vec<u8>) -> CertificateParams {
        let mut params = CertificateParams::default();
        params.not_before = offset(self.at(order.from));
        params.not_after = offset(self.at(order.until));
        params.serial_number = Some(self.serial(order.label));
        params.distinguished_name = distinguished(order);
        params.use_authority_key_identifier_extension = true;
        params.key_identifier_method = KeyIdMethod::PreSpecified(key_identifier);
        match order.usage {
            Use::Authority => {
                params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
                params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
            }
            Use::Client => {
                params.is_ca = IsCa::ExplicitNoCa;
                params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
                params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
            }
            Use::Server(host) => {
                params.is_ca = IsCa::ExplicitNoCa;
                params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
                params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
                params.subject_alt_names =
                    host.try_into().map(SanType::DnsName).into_iter().collect();
            }
        }
        params
    }

    /// 16 bytes, positive, never short.
    fn serial(&self, label: &str) -> SerialNumber {
        let mut bytes = self.seed.bytes(&format!("serial {label}"));
        if let Some(first) = bytes.first_mut() {
            *first = (*first & 0x3f) | 0x40;
        }
        SerialNumber::from(bytes.into_iter().take(16).collect::<Vec<u8>>())
    }

    /// The instant meant, in whole seconds.
    pub(crate) fn at(&self, when: When) -> DateTime<Utc> {
        match when {
            When::Days(days) => {
                let by =
                    TimeDelta::try_days(days).and_then(|by| by.checked_add(&TimeDelta::hours(6)));
                whole(later(self.start, by.unwrap_or(TimeDelta::MAX)))
            }
            When::Never => {
                DateTime::from_timestamp(YEAR_9999, 0).unwrap_or(DateTime::<Utc>::MAX_UTC)
            }
        }
    }
}

impl Authority {
    fn new(params: CertificateParams, signer: Signer, der: Vec<u8>) -> Result<Self, rcgen::Error> {
        Ok(Self {
            params,
            signer,
            certificate: read_back(der)?,
        })
    }

    fn issuer(&self) -> Issuer<'_, &Signer> {
        Issuer::from_params(&self.params, &self.signer)
    }
}

fn read_back(der: Vec<u8>) -> Result<Certificate, rcgen::Error> {
    Certificate::from_der(der).map_err(|_| rcgen::Error::CouldNotParseCertificate)
}

fn distinguished(order: Order<'_>) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, order.name);
    name.push(DnType::OrganizationName, order.organization.name);
    name.push(DnType::LocalityName, order.organization.locality);
    if let Some(state) = order.organization.state {
        name.push(DnType::StateOrProvinceName, state);
    }
    name.push(DnType::CountryName, order.organization.country);
    name
}

fn whole(at: DateTime<Utc>) -> DateTime<Utc> {
    DateTime::from_timestamp(at.timestamp(), 0).unwrap_or(at)
}

fn offset(at: DateTime<Utc>) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(at.timestamp().clamp(YEAR_1, YEAR_9999))
        .unwrap_or(OffsetDateTime::UNIX_EPOCH)
}
