//! What every account has to keep to, whoever the vendor is. It is written once, over
//! [`certfleet::Account`], and chosen by [`Capabilities`](certfleet::Capabilities): a provider that
//! is added later, and a consumer's own, get it for free.
//!
//! It only reads, so it can be run against a live account:
//!
//! ```no_run
//! # async fn check(account: certfleet::Account) {
//! use certfleet_tests::conformance::{Options, conformance};
//! conformance(&account, &Options::default()).await.assert();
//! # }
//! ```

use certfleet::{
    Account, Certificate, CertificateId, ContentFetch, Coverage, Effect, Error, ErrorKind,
    ListOptions, ProviderId, State, Verb, WarningKind, model::Paging,
};
use futures_util::TryStreamExt;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

/// How to check.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Options {
    /// The most records that are also got one by one.
    pub gets: usize,
    /// Whether to fetch contents that the listing does not carry: one request for each record.
    pub fetch: bool,
    /// Texts that nothing that is shown may hold: keys, passphrases.
    pub secrets: Vec<String>,
    /// An identifier in the vendor's form that names nothing.
    pub unknown: String,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            gets: 10,
            fetch: true,
            secrets: Vec::new(),
            unknown: "no-such-certificate".to_owned(),
        }
    }
}

/// How one rule was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Kept, in so many cases.
    Kept(usize),
    /// Not checked: the account cannot do it, or has nothing to check it on.
    Skipped(&'static str),
    /// Broken.
    Broken(String),
}

/// How an account kept to every rule.
#[derive(Debug, Clone)]
pub struct Report {
    /// The account.
    pub account: String,
    /// Each rule and its outcome.
    pub rules: Vec<(&'static str, Outcome)>,
}

impl Report {
    /// Whether no rule is broken.
    pub fn is_kept(&self) -> bool {
        !self
            .rules
            .iter()
            .any(|(_, outcome)| matches!(outcome, Outcome::Broken(_)))
    }

    /// Fails a test where a rule is broken.
    ///
    /// # Panics
    /// A rule is broken.
    pub fn assert(&self) {
        assert!(self.is_kept(), "{self}");
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.account)?;
        for (rule, outcome) in &self.rules {
            match outcome {
                Outcome::Kept(cases) => writeln!(f, "  kept     {rule} ({cases})")?,
                Outcome::Skipped(why) => writeln!(f, "  skipped  {rule}: {why}")?,
                Outcome::Broken(how) => writeln!(f, "  BROKEN   {rule}: {how}")?,
            }
        }
        Ok(())
    }
}

/// How many cases kept a rule, or how it was broken.
type Kept = Result<usize, String>;

/// Checks every rule that the account's capabilities choose. Sends listings and gets, nothing else.
pub async fn conformance(account: &Account, options: &Options) -> Report {
    let mut report = Report {
        account: format!("{}/{}", account.provider(), account.name()),
        rules: Vec::new(),
    };
    let mut rule = |name, kept: Result<Kept, &'static str>| {
        let outcome = match kept {
            Ok(Ok(cases)) => Outcome::Kept(cases),
            Ok(Err(how)) => Outcome::Broken(how),
            Err(why) => Outcome::Skipped(why),
        };
        report.rules.push((name, outcome));
    };
    let can = |verb| account.capabilities().get(verb).is_some();

    rule(
        "its capabilities do not contradict each other",
        Ok(capabilities(account)),
    );
    if !can(Verb::List) {
        rule("it lists", Err("it cannot list"));
        return report;
    }
    let listed = match list(account, ContentFetch::Included).await {
        Ok(listed) => listed,
        Err(error) => {
            rule("it lists", Ok(Err(format!("{error:?}"))));
            return report;
        }
    };
    rule("it lists", Ok(Ok(listed.len())));
    rule(
        "every record has an address of this account, once",
        Ok(addresses(account, &listed)),
    );
    rule(
        "what is computed follows from what is stated",
        Ok(each(&listed, settled)),
    );
    rule(
        "the vendor's record stays beside the normalised one",
        Ok(each(&listed, native)),
    );
    rule(
        "nothing that is shown holds a secret",
        Ok(each(&listed, |one| secrets(one, &options.secrets))),
    );
    rule(
        "places are named, and say what is there",
        Ok(each(&listed, placements)),
    );

    let again = list(account, ContentFetch::Included).await;
    rule(
        "listing twice says the same",
        Ok(same(&listed, again, |one| one.clone())),
    );
    let skipped = list(account, ContentFetch::Skip).await;
    rule(
        "without contents nothing else is missing",
        Ok(without(&listed, skipped)),
    );
    let fetched = match (options.fetch, can(Verb::Content)) {
        (false, _) => Err("not asked for"),
        (_, false) => Err("it has no contents"),
        _ => Ok(list(account, ContentFetch::Fetch).await),
    };
    rule(
        "fetching brings every content that can be read",
        fetched.map(|fetched| contents(&listed, fetched)),
    );

    if can(Verb::Get) {
        rule(
            "get gives the listed record",
            Ok(gets(account, &listed, options.gets).await),
        );
        rule(
            "what is not there is not found",
            Ok(unknown(account, &options.unknown).await),
        );
    } else {
        rule("get gives the listed record", Err("it cannot get"));
        let id = CertificateId::new(account.provider(), account.name(), options.unknown.as_str());
        rule(
            "get is refused before anything is sent",
            Ok(refused(account, &id, ErrorKind::Unsupported).await),
        );
    }
    rule(
        "identifiers that lead elsewhere are refused",
        Ok(identifiers(account).await),
    );
    rule(
        "addresses of other accounts are refused",
        Ok(strangers(account).await),
    );
    report
}

async fn list(account: &Account, content: ContentFetch) -> Result<Vec<Certificate>, Error> {
    let mut listed: Vec<Certificate> = account
        .list(ListOptions::content(content))
        .try_collect()
        .await?;
    listed.sort_by(|one, other| one.id.cmp(&other.id));
    Ok(listed)
}

fn each(listed: &[Certificate], check: impl Fn(&Certificate) -> Result<(), String>) -> Kept {
    for one in listed {
        check(one).map_err(|how| format!("{}: {how}", one.id))?;
    }
    Ok(listed.len())
}

fn ensure(kept: bool, how: impl FnOnce() -> String) -> Result<(), String> {
    if kept { Ok(()) } else { Err(how()) }
}

fn capabilities(account: &Account) -> Kept {
    let capabilities = account.capabilities();
    let verbs: Vec<Verb> = capabilities
        .verbs
        .iter()
        .map(|capability| capability.verb)
        .collect();
    let distinct: BTreeSet<_> = verbs.iter().collect();
    ensure(distinct.len() == verbs.len(), || {
        format!("a verb twice: {verbs:?}")
    })?;
    for capability in &capabilities.verbs {
        ensure(!capability.operations.is_empty(), || {
            format!("{} is done by no operation", capability.verb)
        })?;
        let zero = [
            capability.max_batch,
            capability.max_objects,
            capability.max_per_day,
        ]
        .contains(&Some(0));
        ensure(!zero, || format!("{} has a limit of none", capability.verb))?;
        let paged = matches!(
            capability.paging,
            Some(Paging::Cursor { max: 0 } | Paging::Numbered { max: 0 })
        );
        ensure(!paged, || {
            format!("{} has pages of nothing", capability.verb)
        })?;
        let partial = capability.coverage == Coverage::AttachedOnly;
        ensure(!partial || capability.note.is_some(), || {
            format!("{} is partial and does not say so", capability.verb)
        })?;
    }
    let lists = capabilities.get(Verb::List);
    ensure(lists.is_none_or(|list| list.paging.is_some()), || {
        "it does not say how a listing comes".to_owned()
    })?;
    Ok(verbs.len())
}

fn addresses(account: &Account, listed: &[Certificate]) -> Kept {
    let distinct: BTreeSet<_> = listed.iter().map(|one| &one.id).collect();
    ensure(distinct.len() == listed.len(), || {
        "an address comes twice".to_owned()
    })?;
    each(listed, |one| {
        let here = one.id.provider == account.provider() && *one.id.account == *account.name();
        ensure(here && !one.id.native.is_empty(), || {
            "it is of another account".to_owned()
        })?;
        ensure(one.id.to_string().parse().as_ref() == Ok(&one.id), || {
            "its text is not its address".to_owned()
        })
    })
}

fn settled(one: &Certificate) -> Result<(), String> {
    ensure(one.state == State::from_placements(&one.placements), || {
        format!("{} does not follow from the places", one.state)
    })?;
    let end = one
        .contents
        .iter()
        .filter_map(|content| content.not_after)
        .min();
    let begin = one
        .contents
        .iter()
        .filter_map(|content| content.not_before)
        .max();
    ensure((one.not_before, one.not_after) == (begin, end), || {
        "its validity is not that of its contents".to_owned()
    })?;
    for content in &one.contents {
        if let Some(x509) = &content.x509 {
            let read = (content.sha256, content.not_before, content.not_after);
            let says = (
                Some(x509.sha256),
                Some(x509.not_before),
                Some(x509.not_after),
            );
            ensure(read == says, || {
                "the content says something else than its record".to_owned()
            })?;
        }
    }
    Ok(())
}

fn native(one: &Certificate) -> Result<(), String> {
    ensure(one.native.to_value().is_object(), || {
        "its native record is no object".to_owned()
    })
}

/// Everything of a record that could be shown to somebody.
fn shown(one: &Certificate) -> String {
    let json = serde_json::to_string(one).expect("a record can be written");
    format!("{one:?}\n{json}\n{}", one.native.as_str())
}

fn secrets(one: &Certificate, secrets: &[String]) -> Result<(), String> {
    let shown = shown(one);
    ensure(!shown.contains("PRIVATE KEY"), || {
        "it shows a private key".to_owned()
    })?;
    ensure(!secrets.iter().any(|secret| shown.contains(secret)), || {
        "it shows a secret".to_owned()
    })
}

fn placements(one: &Certificate) -> Result<(), String> {
    for placement in &one.placements {
        ensure(!placement.scope.to_string().trim().is_empty(), || {
            "a place without a name".to_owned()
        })?;
        let there = placement
            .content
            .is_none_or(|index| index < one.contents.len());
        ensure(there, || {
            format!("{} holds a content that is not there", placement.scope)
        })?;
    }
    Ok(())
}

fn same<T: PartialEq>(
    listed: &[Certificate],
    other: Result<Vec<Certificate>, Error>,
    part: impl Fn(&Certificate) -> T,
) -> Kept {
    let other = other.map_err(|error| format!("{error:?}"))?;
    ensure(listed.len() == other.len(), || {
        format!("{} records, then {}", listed.len(), other.len())
    })?;
    for (one, other) in listed.iter().zip(&other) {
        ensure(part(one) == part(other), || {
            format!("{} is another", one.id)
        })?;
    }
    Ok(listed.len())
}

fn without(listed: &[Certificate], skipped: Result<Vec<Certificate>, Error>) -> Kept {
    if let Ok(skipped) = &skipped {
        let read = skipped
            .iter()
            .flat_map(|one| &one.contents)
            .any(|content| content.x509.is_some());
        ensure(!read, || "a content was read".to_owned())?;
    }
    same(listed, skipped, |one| {
        (
            one.id.clone(),
            one.name.clone(),
            one.state,
            one.native.to_value(),
        )
    })
}

fn contents(listed: &[Certificate], fetched: Result<Vec<Certificate>, Error>) -> Kept {
    let fetched = fetched.map_err(|error| format!("{error:?}"))?;
    let excused = |one: &Certificate| {
        let kinds = [WarningKind::UnreadableContent, WarningKind::ContentWithheld];
        one.warnings
            .iter()
            .any(|warning| kinds.contains(&warning.kind))
    };
    for one in &fetched {
        let read = one.contents.iter().all(|content| content.x509.is_some());
        ensure(read || excused(one), || {
            format!("{}: a content is missing, and no warning says why", one.id)
        })?;
    }
    same(listed, Ok(fetched), |one| {
        (one.id.clone(), one.name.clone())
    })
}

async fn gets(account: &Account, listed: &[Certificate], most: usize) -> Kept {
    let by_id: BTreeMap<_, _> = listed.iter().map(|one| (&one.id, one)).collect();
    for (id, one) in by_id.iter().take(most) {
        let got = account
            .get(id)
            .await
            .map_err(|error| format!("{id}: {error:?}"))?;
        ensure((&got.id, &got.name) == (&one.id, &one.name), || {
            format!("{id} gives {}", got.id)
        })?;
        let seconds = |one: &Certificate| one.not_after.map(|end| end.timestamp());
        ensure(seconds(&got) == seconds(one), || {
            format!("{id} ends at another time")
        })?;
        settled(&got)
            .and_then(|()| native(&got))
            .map_err(|how| format!("{id}: {how}"))?;
    }
    Ok(by_id.len().min(most))
}

async fn unknown(account: &Account, unknown: &str) -> Kept {
    let id = CertificateId::new(account.provider(), account.name(), unknown);
    match account.get(&id).await {
        Ok(_) => Err(format!("{id} is there")),
        Err(error) => {
            ensure(error.kind() == ErrorKind::NotFound, || format!("{error:?}"))?;
            ensure(error.effect() == Effect::None, || {
                format!("a get had an effect: {error:?}")
            })?;
            Ok(1)
        }
    }
}

async fn refused(account: &Account, id: &CertificateId, kind: ErrorKind) -> Kept {
    match account.get(id).await {
        Ok(_) => Err(format!("{id:?} was got")),
        Err(error) => {
            ensure(error.kind() == kind, || format!("{id:?}: {error:?}"))?;
            ensure(error.status().is_none(), || {
                format!("{id:?} was sent: {error:?}")
            })?;
            Ok(1)
        }
    }
}

async fn identifiers(account: &Account) -> Kept {
    let kind = match account.capabilities().get(Verb::Get) {
        Some(_) => ErrorKind::InvalidInput,
        None => ErrorKind::Unsupported,
    };
    let natives = [
        "",
        ".",
        "..",
        "%2e%2E",
        "a/b",
        "../x",
        "a\\b",
        "a\nb",
        "a\u{0}b",
        &"x".repeat(300),
    ];
    for native in natives {
        refused(
            account,
            &CertificateId::new(account.provider(), account.name(), native),
            kind,
        )
        .await?;
    }
    Ok(natives.len())
}

async fn strangers(account: &Account) -> Kept {
    let other = ProviderId::KNOWN
        .iter()
        .copied()
        .find(|kind| *kind != account.provider())
        .expect("several providers");
    let ids = [
        CertificateId::new(account.provider(), format!("{}-other", account.name()), "x"),
        CertificateId::new(other, account.name(), "x"),
    ];
    for id in &ids {
        refused(account, id, ErrorKind::InvalidInput).await?;
    }
    Ok(ids.len())
}
