//! From the options of `check` and `serve` to certificates that are judged.

use crate::{
    accounts::Selection,
    cli::judging::JudgingArgs,
    commands::write,
    exit::{Failure, Result},
};
use certfleet::{ContentFetch, Inventory, State, reading::Threshold};
use certfleet_report::{
    ignore_list::{EntryReport, IgnoreList},
    judgement::{Judgements, Thresholds},
};
use chrono::{DateTime, Utc};
use std::{path::Path, str};

/// What certificates are judged by.
pub(crate) struct Judging {
    args: JudgingArgs,
    thresholds: Thresholds,
    ignore: IgnoreList,
}

/// An inventory that was judged.
pub(crate) struct Judged {
    pub(crate) judgements: Judgements,
    pub(crate) entries: Vec<EntryReport>,
    /// What is wrong with entries of the ignore list.
    pub(crate) problems: Vec<String>,
}

impl Judging {
    /// Reads what the options name. `within` stands for both thresholds.
    pub(crate) fn new(args: &JudgingArgs, within: Option<Threshold>) -> Result<Self> {
        let (warn, crit) = within.map_or((args.warn, Some(args.crit)), |within| (within, None));
        let thresholds = Thresholds::new(warn, crit).map_err(|_| {
            Failure::usage(format!(
                "--crit {} is reached before --warn {warn}, so nothing would be a warning: set --crit (7d unless given) to less than --warn",
                args.crit
            ))
        })?;
        let ignore = args.ignore.as_deref().map(read_list).transpose()?;
        Ok(Self {
            args: args.clone(),
            thresholds,
            ignore: ignore.unwrap_or_default(),
        })
    }

    /// Returns how much has to be read.
    pub(crate) fn content(&self) -> ContentFetch {
        // Of what follows the first certificate of a content, no vendor says when it ends.
        if self.args.no_content {
            ContentFetch::Skip
        } else {
            ContentFetch::Fetch
        }
    }

    /// Returns the accounts that are chosen.
    pub(crate) fn selection(&self) -> Selection<'_> {
        Selection {
            providers: &self.args.provider,
            accounts: &self.args.account,
        }
    }

    /// Takes out what is not to be judged.
    pub(crate) fn choose(&self, inventory: &mut Inventory) {
        if self.args.active {
            let certificates = &mut inventory.certificates;
            certificates.retain(|one| one.state != State::Inactive);
        }
    }

    /// Judges an inventory.
    pub(crate) fn judge(&self, inventory: &Inventory, now: DateTime<Utc>) -> Judged {
        let mut judgements = Judgements::new(inventory, self.thresholds, now);
        let entries = self.ignore.apply(&mut judgements, now);
        let is_chosen =
            self.args.active || !self.args.provider.is_empty() || !self.args.account.is_empty();
        let is_whole = !is_chosen && inventory.is_complete();
        let file = self.args.ignore.as_deref().unwrap_or(Path::new(""));
        let problems = entries
            .iter()
            .filter_map(|one| one.problem(is_whole))
            .map(|problem| format!("{}: {problem}", file.display()));
        Judged {
            problems: problems.collect(),
            judgements,
            entries,
        }
    }
}

fn read_list(path: &Path) -> Result<IgnoreList> {
    let failure =
        |why: &dyn std::fmt::Display| Failure::usage(format!("{}: {why}", path.display()));
    let bytes = write::read(path)?;
    let text = str::from_utf8(&bytes).map_err(|_| failure(&"the ignore list is not UTF-8"))?;
    IgnoreList::parse(text).map_err(|error| failure(&error))
}
