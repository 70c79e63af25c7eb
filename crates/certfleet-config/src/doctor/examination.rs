//! The examination of accounts.

use super::{
    limits::{RequestLimit, quotas},
    report::Examination,
    steps::{Outcome, Step, StepKind, stopped_at},
    watched::Watched,
};
use crate::{Config, Error, OpenOptions, Result, Selection, config::AccountConfig, networks::Way};
use certfleet::{
    Account, Certificate, ContentFetch, Coverage, ErrorKind, ListOptions, Scope, WarningKind,
    adapter::{ListingNotes, provider_of},
};
use certfleet_http::{BaseUrl, Proxy, Retry, Url};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use std::sync::Arc;

/// How many accounts are examined at the same time.
const CONCURRENCY: usize = 16;

/// How far the clocks may be apart before it is worth a warning.
const TOLERATED_SECONDS: u64 = 300;

/// Finds out what works of the selected accounts and what does not: fetches their secrets, and lists each once. An
/// account that fails hides no other. Nothing is written, and nothing is sent twice.
///
/// ```
/// # #[cfg(feature = "openai")]
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// use certfleet_config::{Config, OpenOptions, Selection, doctor::{StepKind, examine}};
///
/// let text = "[[account]]\nprovider = \"openai\"\nadmin_key = \"env:NOT_SET_ANYWHERE\"\n";
/// let config = Config::parse(text, "fleet.toml")?;
/// let found = examine(&config, Selection::default(), &OpenOptions::default()).await?;
/// for account in &found {
///     for step in account.remarks() {
///         println!("{}: {}: {}", account.account, step.step, step.message);
///     }
/// }
/// assert!(!found[0].is_readable());
/// assert_eq!(found[0].remarks().next().unwrap().step, StepKind::Secret);
/// # Ok::<_, certfleet_config::Error>(())
/// # }).unwrap();
/// ```
///
/// # Errors
/// No account is selected, or a named one is not there.
pub async fn examine(
    config: &Config,
    selection: Selection<'_>,
    options: &OpenOptions,
) -> Result<Vec<Examination>> {
    let mut opened = Vec::new();
    let mut networks = options.networks(config.proxy(), config.context());
    for account in config.selected(selection)? {
        let network = networks.of(&account.0).await;
        opened.push(Opened::new(config, account, network, options).await);
    }
    let examined = stream::iter(opened).map(Opened::examine);
    Ok(examined.buffered(CONCURRENCY).collect().await)
}

/// An account whose secrets were asked for.
struct Opened<'a> {
    config: &'a AccountConfig,
    /// Why the network cannot be used.
    network: Option<Error>,
    proxy: Option<Proxy>,
    watched: Arc<Watched>,
    account: Result<Account>,
}

impl<'a> Opened<'a> {
    async fn new(
        config: &Config,
        account: &'a AccountConfig,
        network: Result<Way>,
        options: &OpenOptions,
    ) -> Self {
        let (transport, proxy, network) = match network {
            Ok(way) => (way.transport, way.proxy, None),
            // The secret is looked for all the same; nothing is sent.
            Err(error) => (Arc::clone(&options.transport), None, Some(error)),
        };
        let watched = Arc::new(Watched::new(transport));
        let connection = options.connection.clone().retry(Retry::off());
        let connection = connection.transport(Arc::clone(&watched) as _);
        let opened = options.open_with(&account.0, connection, config.context());
        Self {
            config: account,
            network,
            proxy,
            account: opened.await,
            watched,
        }
    }

    /// Reads the account.
    async fn examine(mut self) -> Examination {
        let (provider, name) = (self.config.provider(), self.config.name());
        let mut found = Examination {
            provider,
            account: name.to_owned(),
            line: self.config.0.line,
            base_url: self.config.0.values.text("base_url").map(str::to_owned),
            proxy: None,
            steps: Vec::new(),
            certificates: None,
            clock_skew_seconds: None,
            quotas: Vec::new(),
            request_limits: Vec::new(),
            coverage: certfleet::capabilities(provider)
                .map_or(Coverage::Complete, |can| can.coverage()),
            cannot_show: Vec::new(),
        };
        if found.coverage == Coverage::AttachedOnly {
            found.cannot_show.push(
                "certificates that are attached to nothing: the vendor lists no others than attached ones"
                    .to_owned(),
            );
        }
        let account = match (&self.account, &self.network) {
            (Ok(account), None) => account,
            (account, network) => {
                self.unopened(account.as_ref().err(), network.as_ref(), &mut found);
                return found;
            }
        };
        let base_url = provider_of(account).session().base_url().clone();
        found.base_url = Some(base_url.to_string());
        // Hosts may be left out of what a proxy carries.
        let url = Url::parse(&base_url.to_string()).ok();
        self.proxy = self
            .proxy
            .filter(|proxy| url.is_none_or(|url| proxy.carries(&url)));
        found.proxy = self.proxy.as_ref().map(ToString::to_string);
        let mut listing = account.list(ListOptions::content(ContentFetch::Skip));
        let notes = listing.notes();
        let mut certificates = Vec::new();
        let failed = loop {
            match listing.try_next().await {
                Ok(Some(certificate)) => certificates.push(certificate),
                Ok(None) => break None,
                Err(error) => break Some(error),
            }
        };
        drop(listing);
        let read = Read {
            account,
            certificates,
            failed,
            notes,
        };
        found.steps = self.before_reading(&base_url, read.failed.as_ref());
        found.steps.extend(read.steps());
        self.finish(account, read, &mut found);
        found
    }

    /// The steps of an account that could not be opened.
    fn unopened(&self, secret: Option<&Error>, network: Option<&Error>, found: &mut Examination) {
        let of = |kind, error: Option<&Error>, well: String| match error {
            Some(error) => Step::misconfigured(kind, error),
            None => Step::ok(kind, well),
        };
        found
            .steps
            .push(of(StepKind::Secret, secret, self.secrets()));
        // Whether a proxy is used depends on the host, and whether it answers was not tried.
        found.steps.push(match (network, &self.proxy) {
            (None, Some(_)) => Step::not_tried(StepKind::Network),
            (network, _) => of(StepKind::Network, network, self.way()),
        });
        let rest = StepKind::BEFORE_READING.iter().skip(2);
        let rest = rest.chain(&[StepKind::Read, StepKind::Clock]);
        found.steps.extend(rest.copied().map(Step::not_tried));
    }

    /// The steps before certificates are read.
    fn before_reading(&self, base_url: &BaseUrl, failed: Option<&certfleet::Error>) -> Vec<Step> {
        let stopped = failed.map(|error| match stopped_at(error) {
            // Where a proxy is in between, it is what cannot be reached.
            StepKind::Address if self.proxy.is_some() => (StepKind::Network, error),
            at => (at, error),
        });
        let step = |kind: StepKind| match stopped {
            Some((at, error)) if at == kind => Step::failed(kind, error),
            Some((at, _)) if at < kind => Step::not_tried(kind),
            Some((StepKind::Read, error)) if kind == StepKind::Credentials => {
                let why = match error.kind() {
                    ErrorKind::RateLimited | ErrorKind::QuotaExceeded => {
                        "not known: the vendor takes no more requests now"
                    }
                    _ => "not known: the vendor refuses to list, which may be for the credentials",
                };
                Step::new(kind, Outcome::Warning, why)
            }
            _ => Step::ok(kind, self.well(kind, base_url)),
        };
        StepKind::BEFORE_READING.into_iter().map(step).collect()
    }

    /// What a step found that ended well.
    fn well(&self, kind: StepKind, base_url: &BaseUrl) -> String {
        match kind {
            StepKind::Secret => self.secrets(),
            StepKind::Network => self.way(),
            StepKind::Address => format!("{base_url} is reached"),
            StepKind::Tls if base_url.origin().starts_with("http:") => {
                "none: plain http, which stays on this machine".to_owned()
            }
            StepKind::Tls => "the server's certificate is trusted".to_owned(),
            StepKind::Answer => "the vendor answers".to_owned(),
            _ => "accepted".to_owned(),
        }
    }

    /// Where the secrets were found.
    fn secrets(&self) -> String {
        let secrets = self.config.0.values.secrets();
        let places: Vec<_> = secrets
            .map(|(key, reference)| format!("{key} found at {}", reference.place()))
            .collect();
        places.join(", ")
    }

    /// How the vendor is reached.
    fn way(&self) -> String {
        let way = match &self.proxy {
            Some(proxy) => format!("through the proxy {proxy}"),
            None => "without a proxy".to_owned(),
        };
        match self.config.0.values.text("ca_file") {
            Some(file) => format!("{way}; {file} is trusted besides the system's authorities"),
            None => way,
        }
    }

    /// Adds what does not come in steps: the clock, and the limits.
    fn finish(&self, account: &Account, read: Read<'_>, found: &mut Examination) {
        let session = provider_of(account).session();
        let skew = session.clock_skew().map(|skew| skew.num_seconds());
        found.clock_skew_seconds = skew;
        found.steps.push(clock(skew, read.failed.is_some()));
        let limits = self.watched.limits().into_iter();
        found.request_limits = limits.map(RequestLimit::from).collect();
        if read.failed.is_none() {
            found.certificates = Some(read.certificates.len());
            let now = session
                .vendor_time()
                .unwrap_or_else(|| session.clock().now());
            found.quotas = quotas(account, &read.certificates, now);
        }
    }
}

/// What a listing of an account led to.
struct Read<'a> {
    account: &'a Account,
    certificates: Vec<Certificate>,
    failed: Option<certfleet::Error>,
    notes: ListingNotes,
}

impl Read<'_> {
    /// The steps of reading: one for the account, or for each scope that can be read by itself.
    fn steps(&self) -> Vec<Step> {
        let scopes = self.account.scopes().unwrap_or_default();
        let mut scopes = scopes.into_iter();
        let first = scopes.next();
        let mut steps = vec![self.whole(first)];
        let mut failed = Vec::new();
        while let Some(one) = self.notes.take_failed_scope() {
            failed.push(one);
        }
        let is_of_account = self.failed.as_ref().is_some_and(|error| {
            stopped_at(error) != StepKind::Read || error.kind() == ErrorKind::RateLimited
        });
        for scope in scopes {
            let error = failed.iter().find(|(known, _)| *known == scope);
            let step = match error {
                Some((_, error)) => Step::failed(StepKind::Read, error),
                None if is_of_account => Step::not_tried(StepKind::Read),
                None => Step::ok(StepKind::Read, "can be read"),
            };
            steps.push(step.of(Some(scope)));
        }
        steps
    }

    /// The step of the account's own listing.
    fn whole(&self, scope: Option<Scope>) -> Step {
        let all = self.certificates.len();
        let is_odd = |certificate: &&Certificate| {
            let mut warnings = certificate.warnings.iter();
            warnings.any(|warning| warning.kind == WarningKind::UnreadableRecord)
        };
        let odd = self.certificates.iter().filter(is_odd).count() + self.notes.unidentified();
        let step = match &self.failed {
            Some(error) if stopped_at(error) == StepKind::Read => {
                Step::failed(StepKind::Read, error)
            }
            Some(_) => Step::not_tried(StepKind::Read),
            None if odd > 0 => Step::new(
                StepKind::Read,
                Outcome::Failed,
                format!("{} in all, {odd} of them cannot be read", certificates(all)),
            )
            .advise("list the account to see what is wrong with each"),
            None => Step::ok(StepKind::Read, certificates(all) + &self.elsewhere()),
        };
        step.of(scope)
    }

    /// The scopes that only the listing tells.
    fn elsewhere(&self) -> String {
        if self.account.scopes().is_some() {
            return String::new();
        }
        let placements = self.certificates.iter().flat_map(|one| &one.placements);
        let mut scopes: Vec<_> = placements.map(|one| one.scope.to_string()).collect();
        scopes.sort();
        scopes.dedup();
        match scopes.as_slice() {
            [] => String::new(),
            [one] => format!(", in {one}"),
            [first, .., last] => format!(", in {} scopes from {first} to {last}", scopes.len()),
        }
    }
}

fn certificates(number: usize) -> String {
    format!("{number} certificate{}", if number == 1 { "" } else { "s" })
}

/// The step of the vendor's clock.
fn clock(skew: Option<i64>, is_failed: bool) -> Step {
    let Some(skew) = skew else {
        return if is_failed {
            Step::not_tried(StepKind::Clock)
        } else {
            Step::ok(
                StepKind::Clock,
                "not known: the vendor's answers state no time",
            )
        };
    };
    let seconds = skew.unsigned_abs();
    let way = if skew < 0 { "behind" } else { "ahead of" };
    let message = match seconds {
        0 => "the vendor's and this machine's agree".to_owned(),
        1 => format!("the vendor's is 1 second {way} this machine's"),
        _ => format!("the vendor's is {seconds} seconds {way} this machine's"),
    };
    if seconds <= TOLERATED_SECONDS {
        return Step::ok(StepKind::Clock, message);
    }
    Step::new(StepKind::Clock, Outcome::Warning, message).advise(
        "set this machine's clock; until then the later of the two decides what has expired",
    )
}
