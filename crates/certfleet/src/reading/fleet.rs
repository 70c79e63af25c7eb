//! Many accounts at once.

use super::{Account, AccountReport, Inventory, ListOptions, Listing, UnopenedAccount};
use crate::{Certificate, CertificateId, Error, ErrorKind, Result, WarningKind};
use chrono::Utc;
use futures_util::{Stream, StreamExt, stream};
use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

/// How many accounts are listed at the same time. How many requests each of them has under way is bounded by its own
/// limits.
const CONCURRENCY: usize = 64;

/// Accounts, of any vendors, in any number. Cheap to clone.
///
/// ```
/// use certfleet::{Fleet, ProviderId};
/// use certfleet_sandbox::Sandbox;
///
/// // In your program: `Fleet::new([Account::new(adapter)])`, or `certfleet_config::Config::fleet`.
/// let fleet: Fleet = Sandbox::new().fleet()?;
/// let cloudflare = fleet.only(|account| account.provider() == ProviderId::CLOUDFLARE);
/// assert_eq!(cloudflare.accounts().len(), 2);
/// # Ok::<(), certfleet::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Fleet {
    accounts: Vec<Account>,
    unopened: Vec<UnopenedAccount>,
}

/// What a fleet's listing yields.
///
/// ```
/// use certfleet::{FleetItem, ListOptions};
/// use futures_util::StreamExt as _;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let fleet = certfleet_sandbox::Sandbox::new().fleet()?;
/// let mut listing = fleet.list(ListOptions::default());
/// while let Some(item) = listing.next().await {
///     match item {
///         FleetItem::Certificate(one) => println!("{}", one.id),
///         FleetItem::Ended(report) => println!("{}: complete: {}", report.account, report.complete),
///         _ => {}
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum FleetItem {
    /// A certificate of some account.
    Certificate(Box<Certificate>),
    /// An account came to its end, well or not. Comes once for every account.
    Ended(Box<AccountReport>),
}

impl Fleet {
    /// A fleet of these accounts.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] if two accounts of one provider have the same name, or a name is empty
    /// or holds a slash: their certificates' addresses would not be distinct.
    pub fn new(accounts: impl IntoIterator<Item = Account>) -> Result<Self> {
        let accounts: Vec<Account> = accounts.into_iter().collect();
        for (index, account) in accounts.iter().enumerate() {
            let name = account.name();
            if name.is_empty() || name.contains('/') {
                return Err(Error::new(
                    ErrorKind::Config,
                    format!(
                        "the {} account {name:?} has an unusable name: use one without a slash",
                        account.provider()
                    ),
                ));
            }
            if accounts.iter().take(index).any(|other| {
                (other.provider(), other.name()) == (account.provider(), account.name())
            }) {
                return Err(Error::new(
                    ErrorKind::Config,
                    format!(
                        "two {} accounts are named {name:?}: give each its own name",
                        account.provider()
                    ),
                ));
            }
        }
        Ok(Self {
            accounts,
            unopened: Vec::new(),
        })
    }

    /// Adds accounts that could not be opened. A listing reports each as one that failed, and hides nothing of
    /// the others.
    #[must_use]
    pub fn with_unopened(mut self, unopened: impl IntoIterator<Item = UnopenedAccount>) -> Self {
        self.unopened.extend(unopened);
        self
    }

    /// The accounts that could not be opened.
    pub fn unopened(&self) -> &[UnopenedAccount] {
        &self.unopened
    }

    /// The accounts.
    pub fn accounts(&self) -> &[Account] {
        &self.accounts
    }

    /// The accounts that a predicate keeps, of those that could be opened.
    #[must_use]
    pub fn only(&self, keep: impl Fn(&Account) -> bool) -> Self {
        Self {
            accounts: self.accounts.iter().filter(|a| keep(a)).cloned().collect(),
            unopened: Vec::new(),
        }
    }

    /// Lists all accounts concurrently. Certificates come as they arrive, so their order over
    /// accounts varies; every account ends with its [`AccountReport`]. An account that fails hides
    /// nothing of the others. The listing keeps the accounts alive, as [`Account::list`] does.
    pub fn list(&self, options: ListOptions) -> FleetListing {
        let reports: Vec<_> = self.unopened.iter().map(AccountReport::unopened).collect();
        let unopened = reports.into_iter().map(Box::new).map(FleetItem::Ended);
        let listed = stream::iter(self.accounts.clone())
            .map(move |account| listing(account, options))
            .flatten_unordered(CONCURRENCY);
        FleetListing(stream::iter(unopened).chain(listed).boxed())
    }

    /// Lists all accounts and keeps everything, ordered by address.
    pub async fn inventory(&self, options: ListOptions) -> Inventory {
        let mut inventory = Inventory::new(Utc::now());
        let mut items = self.list(options);
        while let Some(item) = items.next().await {
            match item {
                FleetItem::Certificate(certificate) => inventory.certificates.push(*certificate),
                FleetItem::Ended(report) => inventory.accounts.push(*report),
            }
        }
        inventory.certificates.sort_by(|a, b| a.id.cmp(&b.id));
        inventory
            .accounts
            .sort_by(|a, b| (a.provider, &a.account).cmp(&(b.provider, &b.account)));
        inventory
    }

    /// One certificate, from the account it names.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] if the fleet has no such account; else as [`Account::get`].
    pub async fn get(&self, id: &CertificateId) -> Result<Certificate> {
        self.account(id)?.get(id).await
    }

    /// The account that an address names.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] if the fleet has no such account.
    pub fn account(&self, id: &CertificateId) -> Result<&Account> {
        self.accounts
            .iter()
            .find(|account| account.provider() == id.provider && *account.name() == *id.account)
            .ok_or_else(|| {
                if let Some(error) = self.why_unopened(id) {
                    return error;
                }
                let known: Vec<_> = self
                    .accounts
                    .iter()
                    .map(|account| format!("{}/{}", account.provider(), account.name()))
                    .collect();
                Error::new(
                    ErrorKind::InvalidInput,
                    format!(
                        "there is no account {}/{}: there are {}",
                        id.provider,
                        id.account,
                        if known.is_empty() {
                            "none".to_owned()
                        } else {
                            known.join(", ")
                        }
                    ),
                )
            })
    }
}

impl Fleet {
    /// Why the account that an address names could not be opened.
    fn why_unopened(&self, id: &CertificateId) -> Option<Error> {
        let mut unopened = self.unopened.iter();
        let account =
            unopened.find(|one| (one.provider, &*one.name) == (id.provider, &*id.account))?;
        Some(Error::new(account.error.kind, account.error.to_string()))
    }
}

/// What the accounts of a fleet have, as it comes ([`Fleet::list`](crate::Fleet::list)).
///
/// ```
/// use certfleet::{FleetListing, ListOptions};
/// use futures_util::StreamExt as _;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let fleet = certfleet_sandbox::Sandbox::new().fleet()?;
/// // It owns what it reads: it outlives the fleet, and can be the body of a response.
/// let listing: FleetListing = fleet.list(ListOptions::default());
/// drop(fleet);
/// assert!(listing.count().await > 39);
/// # Ok(())
/// # }
/// ```
pub struct FleetListing(stream::BoxStream<'static, FleetItem>);

impl Stream for FleetListing {
    type Item = FleetItem;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<FleetItem>> {
        self.0.as_mut().poll_next(context)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl fmt::Debug for FleetListing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FleetListing").finish_non_exhaustive()
    }
}

/// Whether a record, or what a scope says of it, could not be read.
fn is_unread(certificate: &Certificate) -> bool {
    let mut warnings = certificate.warnings.iter();
    warnings.any(|warning| {
        matches!(
            warning.kind,
            WarningKind::UnreadableRecord | WarningKind::UnreadableScope
        )
    })
}

/// The certificates of one account, and its report.
fn listing(account: Account, options: ListOptions) -> stream::BoxStream<'static, FleetItem> {
    /// What is left to do.
    enum Step {
        /// The listing, how many certificates came, and how many of them could not be read.
        Next(Account, Listing<'static>, usize, usize),
        Done,
    }

    let certificates = account.list(options);
    stream::unfold(
        Step::Next(account, certificates, 0, 0),
        move |step| async move {
            let Step::Next(account, mut certificates, listed, unreadable) = step else {
                return None;
            };
            Some(match certificates.next().await {
                Some(Ok(certificate)) => {
                    let unreadable = unreadable + usize::from(is_unread(&certificate));
                    (
                        FleetItem::Certificate(Box::new(certificate)),
                        Step::Next(account, certificates, listed + 1, unreadable),
                    )
                }
                end => {
                    let error = end.and_then(Result::err);
                    let report = AccountReport::new(
                        &account,
                        (listed, unreadable),
                        &certificates.notes(),
                        error.as_ref(),
                    );
                    (FleetItem::Ended(Box::new(report)), Step::Done)
                }
            })
        },
    )
    .boxed()
}
