//! A handle to one account.

use crate::{
    Capabilities, Certificate, CertificateId, Coverage, Error, ErrorKind, ErrorReport, ListOptions,
    Provider, ProviderKind, Result, Verb,
};
use futures_util::stream::BoxStream;
use serde::{Deserialize, Serialize};
use std::{fmt, sync::Arc};

/// One account at one vendor. Cheap to clone.
#[derive(Clone)]
pub struct Account(Arc<dyn Provider>);

impl Account {
    /// A handle to an adapter's account.
    pub fn new(provider: impl Provider) -> Self {
        Self(Arc::new(provider))
    }

    /// The vendor.
    pub fn provider(&self) -> ProviderKind {
        self.0.kind()
    }

    /// The account's name in this fleet.
    pub fn name(&self) -> &str {
        self.0.account()
    }

    /// What it can do.
    pub fn capabilities(&self) -> &Capabilities {
        self.0.capabilities()
    }

    /// Every certificate the vendor can list. The stream ends after the first error: what came
    /// before it is then not the whole. [`Capabilities::coverage`] says what a whole covers.
    pub fn list(&self, options: ListOptions) -> BoxStream<'_, Result<Certificate>> {
        self.0.list(options)
    }

    /// One certificate, with its content where the vendor gives it.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] where the vendor cannot get one (nothing is sent);
    /// [`ErrorKind::InvalidInput`] if the address is of another account, or its identifier cannot
    /// be one; [`ErrorKind::NotFound`]; everything a call can meet.
    pub async fn get(&self, id: &CertificateId) -> Result<Certificate> {
        if id.provider != self.provider() || *id.account != *self.name() {
            return Err(Error::new(
                ErrorKind::InvalidInput,
                format!(
                    "{id} is not of the account {}/{}: ask the account it names",
                    self.provider(),
                    self.name()
                ),
            ));
        }
        if self.capabilities().get(Verb::Get).is_none() {
            return Err(Error::unsupported(
                self.provider(),
                format!(
                    "{} offers no way to get one certificate: list the account instead, which shows what is attached",
                    self.provider()
                ),
            ));
        }
        self.0.get(id).await
    }

    /// The report of a listing that ended.
    pub(crate) fn report(&self, listed: usize, error: Option<&Error>) -> AccountReport {
        AccountReport {
            provider: self.provider(),
            account: self.name().to_owned(),
            complete: error.is_none(),
            coverage: self.capabilities().coverage(),
            certificates: listed,
            error: error.map(Error::report),
        }
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Account({}/{})", self.provider(), self.name())
    }
}

/// How the listing of one account ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct AccountReport {
    /// The vendor.
    pub provider: ProviderKind,
    /// The account's name.
    pub account: String,
    /// Whether the listing came to its end. If not, [`certificates`](Self::certificates) are some,
    /// not all.
    pub complete: bool,
    /// What a complete listing covers.
    pub coverage: Coverage,
    /// How many certificates came.
    pub certificates: usize,
    /// Why it is not complete.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorReport>,
}
