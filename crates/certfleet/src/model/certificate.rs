//! A vendor's record, normalised.

use super::{
    CertificateContent, CertificateId, Native, Placement, State, Warning, WarningKind, open_enum,
    stated,
};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// A vendor's record: the unit that is addressed and changed. Its [`contents`](Self::contents)
/// are what it contains, its [`placements`](Self::placements) where it is in force.
///
/// ```
/// use certfleet::{ListOptions, State};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let fleet = certfleet_sandbox::Sandbox::new().fleet()?;
/// for one in fleet.inventory(ListOptions::default()).await.certificates {
///     if one.state == State::Active {
///         println!("{} {:?}, until {:?}", one.id, one.name, one.not_after);
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Certificate {
    /// Its address.
    pub id: CertificateId,
    /// Its name. Cloudflare's have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its description: Apinizer `description`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Where it comes from.
    pub origin: Origin,
    /// What it is for.
    pub role: Role,
    /// In force anywhere? Computed from the placements by [`summarise`](Self::summarise).
    pub state: State,
    /// Whether it is the one that intercepts: Cloudflare `in_use`. The same as active at the
    /// [`Gateway`](super::Scope::Gateway), and not the same as active at the edge.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_use: Option<bool>,
    /// The latest begin of validity over every certificate of the contents, UTC. Computed by
    /// [`summarise`](Self::summarise).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_before: Option<DateTime<Utc>>,
    /// The earliest end of validity over every certificate of the contents, UTC: a record is as good as the
    /// certificate that ends first. Computed by [`summarise`](Self::summarise).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_after: Option<DateTime<Utc>>,
    /// When the record was made, UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<DateTime<Utc>>,
    /// When the record was last changed, UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<DateTime<Utc>>,
    /// When the content was uploaded, UTC: Cloudflare `uploaded_on`, elsewhere the same as
    /// [`created_at`](Self::created_at).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uploaded_at: Option<DateTime<Utc>>,
    /// Its distinct contents. One, except at Apinizer, where every environment may have its own.
    pub contents: Vec<CertificateContent>,
    /// Where it is, and whether it is in force there.
    pub placements: Vec<Placement>,
    /// What is odd about it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
    /// The vendor's record as it came, secrets removed. Not part of the serialised form.
    #[serde(skip)]
    pub native: Native,
}

/// A vendor's reported dates may be of another time zone than they should.
const DATES_MAY_BE_OFF_BY: TimeDelta = TimeDelta::days(2);

impl Certificate {
    /// Returns whether the record may hold a certificate that ends at `end`, by what the vendor reports of it: which
    /// contents are worth reading where a listing does not carry them.
    pub fn may_hold(&self, end: Option<DateTime<Utc>>) -> bool {
        self.contents.iter().any(|held| {
            held.not_after
                .zip(end)
                .is_none_or(|(reported, end)| (reported - end).abs() <= DATES_MAY_BE_OFF_BY)
        })
    }
}

/// Two are equal where their serialised forms say the same: [`native`](Certificate::native) is not compared.
impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        // Taken apart, so that a new field is not forgotten.
        let Self {
            id,
            name,
            description,
            origin,
            role,
            state,
            in_use,
            not_before,
            not_after,
            created_at,
            updated_at,
            uploaded_at,
            contents,
            placements,
            warnings,
            native: _,
        } = self;
        *id == other.id
            && *name == other.name
            && *description == other.description
            && *origin == other.origin
            && *role == other.role
            && *state == other.state
            && *in_use == other.in_use
            && *not_before == other.not_before
            && *not_after == other.not_after
            && *created_at == other.created_at
            && *updated_at == other.updated_at
            && *uploaded_at == other.uploaded_at
            && *contents == other.contents
            && *placements == other.placements
            && *warnings == other.warnings
    }
}

/// Where a certificate comes from.
///
/// ```
/// use certfleet::Origin;
///
/// fn can_be_put_back(origin: &Origin) -> bool {
///     // The vendor keeps the key of what it made.
///     *origin != Origin::ProviderManaged
/// }
/// assert!(can_be_put_back(&Origin::Uploaded));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Origin {
    /// Its owner uploaded it.
    #[default]
    Uploaded,
    /// The vendor made it and holds its key: Cloudflare `gateway_managed`.
    ProviderManaged,
    /// The vendor says something this version does not know, or nothing.
    Unknown(Option<String>),
}

open_enum! {
    /// What a certificate is for.
    ///
    /// ```
    /// use certfleet::{Certificate, CertificateId, ProviderId, Role};
    ///
    /// let id = CertificateId::new(ProviderId::OPENAI, "production", "cert_abc");
    /// let certificate = Certificate::new(id, Role::ClientCa);
    /// assert_eq!(certificate.role.as_str(), "client_ca");
    /// ```
    pub enum Role {
        /// The CA whose client certificates are accepted (OpenAI).
        ClientCa => "client_ca",
        /// The CA that re-signs intercepted traffic (Cloudflare).
        InterceptionCa => "interception_ca",
        /// What a connector shows of itself (Patchworks).
        ClientIdentity => "client_identity",
        /// A trusted certificate, or the source of a JWK (Apinizer).
        Trust => "trust",
    }
}

impl Certificate {
    /// Returns a record of which nothing is known but its address and its role.
    pub fn new(id: CertificateId, role: Role) -> Self {
        Self {
            id,
            name: None,
            description: None,
            origin: Origin::default(),
            role,
            state: State::default(),
            in_use: None,
            not_before: None,
            not_after: None,
            created_at: None,
            updated_at: None,
            uploaded_at: None,
            contents: Vec::new(),
            placements: Vec::new(),
            warnings: Vec::new(),
            native: Native::default(),
        }
    }

    /// Computes what follows from contents and placements, and drops texts that are empty. An adapter calls it last.
    #[must_use]
    pub fn summarise(mut self) -> Self {
        let text = |text: &mut Option<String>| *text = stated(text.take(), String::as_str);
        text(&mut self.name);
        text(&mut self.description);
        for placement in &mut self.placements {
            text(&mut placement.reported);
            text(&mut placement.alias);
        }
        self.state = State::from_placements(&self.placements);
        let validities = || {
            self.contents
                .iter()
                .flat_map(CertificateContent::validities)
        };
        let begin = validities().filter_map(|(begin, _)| begin).max();
        let end = validities().filter_map(|(_, end)| end).min();
        (self.not_before, self.not_after) = (begin, end);
        self
    }

    /// Returns whether the vendor's record could not be read: what is absent here may be there.
    pub fn is_unreadable(&self) -> bool {
        let mut warnings = self.warnings.iter();
        warnings.any(|warning| warning.kind == WarningKind::UnreadableRecord)
    }

    /// Returns what it goes by: its name, or, where the vendor has none, the common name of its first
    /// certificate, else that one's subject, first alternative name or serial number. `None` where it has no
    /// name and its content is not known.
    pub fn display_name(&self) -> Option<Cow<'_, str>> {
        if let Some(name) = &self.name {
            return Some(Cow::Borrowed(name));
        }
        let x509 = self.contents.first()?.x509.as_ref()?;
        let common_name = x509.subject.common_name();
        let common_name = common_name.filter(|name| !name.trim().is_empty());
        Some(common_name.map_or_else(|| x509.display_name(), Cow::Owned))
    }

    /// Returns whether the validity of any of its certificates has ended at `now`. `None` where its end is not known.
    pub fn is_expired(&self, now: DateTime<Utc>) -> Option<bool> {
        self.not_after.map(|end| end <= now)
    }

    /// Returns whether the validity of any of its certificates ends before `now` and `within` have passed; an
    /// expired one does. `None` where no end is known.
    pub fn expires_within(&self, now: DateTime<Utc>, within: TimeDelta) -> Option<bool> {
        self.not_after
            .map(|end| end.signed_duration_since(now) <= within)
    }
}
