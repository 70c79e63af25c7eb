//! How an account kept to the rules.

use certfleet::Account;
use std::fmt;

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
    /// The account, or the store.
    pub account: String,
    /// Each rule and its outcome.
    pub rules: Vec<(&'static str, Outcome)>,
}

/// How many cases kept a rule, or how it was broken.
pub(crate) type Kept = Result<usize, String>;

impl Report {
    pub(crate) fn new(account: &Account) -> Self {
        Self::of(&account.full_name())
    }

    /// Begins a report of something else than an account.
    pub(crate) fn of(name: &str) -> Self {
        Self {
            account: name.to_owned(),
            rules: Vec::new(),
        }
    }

    /// Adds a rule that was checked.
    pub(crate) fn rule(&mut self, name: &'static str, kept: Kept) {
        let outcome = match kept {
            Ok(cases) => Outcome::Kept(cases),
            Err(how) => Outcome::Broken(how),
        };
        self.rules.push((name, outcome));
    }

    /// Adds a rule that was not checked.
    pub(crate) fn skip(&mut self, name: &'static str, why: &'static str) {
        self.rules.push((name, Outcome::Skipped(why)));
    }

    /// Returns the outcome of a rule.
    pub fn outcome(&self, rule: &str) -> Option<&Outcome> {
        let found = self.rules.iter().find(|(name, _)| *name == rule);
        found.map(|(_, outcome)| outcome)
    }

    /// Returns whether no rule is broken.
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

/// Returns an error that says how a rule was broken, unless it was kept.
pub(crate) fn ensure(kept: bool, how: impl FnOnce() -> String) -> Result<(), String> {
    if kept { Ok(()) } else { Err(how()) }
}
