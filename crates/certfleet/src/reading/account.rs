//! A handle to one account that only reads.

use super::{ListOptions, Listing, clock, owned::owned};
use crate::{
    Capabilities, Capability, Certificate, CertificateContent, CertificateId, Error, ErrorKind,
    ProviderId, Result, Scope, Verb, Warning,
    adapter::{Provider, Rules},
};
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use std::{fmt, sync::Arc};

/// One account at one provider. It only reads; changes take a `Writer` of the crate `certfleet-changes`.
/// Cheap to clone.
///
/// ```
/// use certfleet::{ListOptions, Verb};
/// use futures_util::TryStreamExt as _;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let fleet = certfleet_sandbox::Sandbox::new().fleet()?;
/// let account = &fleet.accounts()[0];
/// println!("{}", account.full_name());
/// let certificates: Vec<_> = account.list(ListOptions::default()).try_collect().await?;
/// if account.capability(Verb::Get).is_ok() {
///     account.get(&certificates[0].id).await?;
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Account {
    provider: Arc<dyn Provider>,
}

impl Account {
    /// Returns a handle to an adapter's account.
    pub fn new(provider: impl Provider) -> Self {
        Self::from_shared(Arc::new(provider))
    }

    /// Returns a handle to an adapter's account that is shared already.
    pub fn from_shared(provider: Arc<dyn Provider>) -> Self {
        Self { provider }
    }

    /// Returns the provider's name.
    pub fn provider(&self) -> ProviderId {
        self.provider.profile().provider
    }

    /// Returns the account's name in this fleet.
    pub fn name(&self) -> &str {
        &self.provider.profile().account
    }

    /// Returns the account's full name, `provider/name`: it stands before errors.
    pub fn full_name(&self) -> String {
        format!("{}/{}", self.provider(), self.name())
    }

    /// Returns what the provider can do.
    pub fn capabilities(&self) -> &Capabilities {
        &self.provider.profile().capabilities
    }

    /// Returns what the provider demands of changes, and what follows from them there.
    pub fn rules(&self) -> &'static Rules {
        self.provider.profile().rules
    }

    /// Returns the scopes where certificates can be brought into force and whose states can be read.
    /// `None` where they are not known beforehand.
    pub fn scopes(&self) -> Option<Vec<Scope>> {
        self.provider.scopes()
    }

    /// Lists every certificate that the vendor can list. The stream ends after the first error: what came
    /// before it is then not the whole. A record that cannot be read is a certificate with a warning; one
    /// without an address, and a scope that cannot be read, is in [`Listing::notes`] only, so that a listing
    /// without an error is the whole where these are empty. [`Capabilities::coverage`] says what a whole covers.
    /// The listing keeps the account alive: it can be returned, stored, or be the body of an HTTP response.
    pub fn list(&self, options: ListOptions) -> Listing<'static> {
        owned(Arc::clone(&self.provider), options)
    }

    /// Gets one certificate as [`list`](Self::list) shows it, with its content where the vendor gives it.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] where the vendor cannot get one (nothing is sent);
    /// [`ErrorKind::InvalidInput`] if the address is of another account, or its identifier cannot
    /// be one; [`ErrorKind::NotFound`]; everything that a call can meet.
    pub async fn get(&self, id: &CertificateId) -> Result<Certificate> {
        self.own(id)?;
        self.capability(Verb::Get)?;
        self.provider.get(id).await
    }

    /// Gets the contents of one certificate alone, for a caller that knows the rest from a listing: where
    /// [`get`](Self::get) takes several requests, this takes one.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub async fn contents(&self, id: &CertificateId) -> Result<Vec<CertificateContent>> {
        self.own(id)?;
        self.capability(Verb::Get)?;
        self.provider.contents(id).await
    }

    /// Exports everything of one record as the vendor's file: Apinizer's ZIP with one DER file for each
    /// environment, named `<certificate>-<environment>.cer`.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub async fn export(&self, id: &CertificateId) -> Result<Bytes> {
        self.own(id)?;
        self.capability(Verb::Export)?;
        self.provider.export(id).await
    }

    /// Checks that an address is of this account.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`]: it is of another.
    pub fn own(&self, id: &CertificateId) -> Result<()> {
        if id.provider == self.provider() && *id.account == *self.name() {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::InvalidInput,
            format!(
                "{id} is not of the account {}: ask the account it names",
                self.full_name()
            ),
        ))
    }

    /// Returns how the provider does something.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`]: it cannot; the message says what it can do instead.
    pub fn capability(&self, verb: Verb) -> Result<&Capability> {
        self.capabilities().get(verb).ok_or_else(|| {
            let instead = instead(verb, self.capabilities())
                .map_or_else(String::new, |instead| format!(": {instead}"));
            let what = match verb {
                Verb::Get => "get one certificate".to_owned(),
                Verb::Upload | Verb::Generate => format!("{verb} certificates"),
                _ => format!("{verb} a certificate"),
            };
            Error::unsupported(
                self.provider(),
                format!(
                    "{} offers no way to {what}{instead}. Nothing was sent",
                    self.provider()
                ),
            )
        })
    }

    /// Returns how far the vendor's clock is ahead of the local one, by the `Date` of its last response,
    /// where that is more than five minutes. `None` also before the first response.
    pub fn clock_skew(&self) -> Option<TimeDelta> {
        clock::beyond_tolerance(self.provider.session().clock_skew())
    }

    /// Returns the time that ends of validity of this account are judged by, when it is `local` here: that
    /// of the vendor's last response where it is more than five minutes later, else this.
    pub fn time(&self, local: DateTime<Utc>) -> DateTime<Utc> {
        clock::later(local, self.clock_skew())
    }

    /// Returns a warning where the vendor's clock is more than five minutes off
    /// ([`clock_skew`](Self::clock_skew)).
    pub fn clock_warning(&self) -> Option<Warning> {
        self.clock_skew().map(clock::warning)
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Account({})", self.full_name())
    }
}

/// Returns the provider behind an account: what engines for changes are built on. What is sent through it
/// is not checked, not journalled, and not looked for when its response is lost; the crate
/// `certfleet-changes` does all that.
pub fn provider_of(account: &Account) -> &Arc<dyn Provider> {
    &account.provider
}

/// What to do instead of something that a provider cannot do.
fn instead(verb: Verb, capabilities: &Capabilities) -> Option<&'static str> {
    let can = |verb| capabilities.get(verb).is_some();
    match verb {
        Verb::Get if can(Verb::List) => {
            Some("list the account instead, which shows what is attached")
        }
        Verb::Upload if can(Verb::Generate) => {
            Some("it makes its certificates itself, and keeps their keys; generate one instead")
        }
        Verb::Generate if can(Verb::Upload) => Some("upload one that was made elsewhere instead"),
        Verb::Rename if can(Verb::Replace) => {
            Some("a name never changes; replace can give another description or alias")
        }
        Verb::Rename if can(Verb::Upload) => {
            Some("upload it again and delete the old record instead")
        }
        Verb::Activate | Verb::Deactivate if can(Verb::Replace) => {
            Some("it is in force where it is deployed; upload, replace and delete change that")
        }
        Verb::Activate | Verb::Deactivate if can(Verb::Upload) => {
            Some("it is in force where it is attached; upload it to a connector, or delete it")
        }
        Verb::Replace if can(Verb::Upload) => {
            Some("contents never change; upload the new one, then delete the old record instead")
        }
        Verb::Replace if can(Verb::Generate) => {
            Some("contents never change; generate a new one, then delete the old record instead")
        }
        Verb::Export if can(Verb::Content) => {
            Some("read the certificate itself, with get or list, instead")
        }
        _ => None,
    }
}
