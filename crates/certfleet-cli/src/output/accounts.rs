//! What `accounts` shows.

use crate::{
    accounts::Source,
    terminal::{self, Terminal},
};
use certfleet_config::{
    Environment,
    doctor::{Counted, Examination, Outcome, Quota, RequestLimit, Step},
};
use serde::Serialize;
use std::io::{self, Write};

/// What `accounts --output json` prints.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct AccountsReport {
    /// The exit code.
    pub(crate) exit_code: u8,
    /// Where the accounts come from.
    pub(crate) source: SourceReport,
    /// What was found of each account.
    pub(crate) accounts: Vec<Examination>,
}

/// Where the accounts come from.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum SourceReport {
    /// A configuration file.
    File {
        /// The file.
        path: String,
    },
    /// There is no file; the environment's variables make the accounts.
    Environment {
        /// Where a file would be.
        #[serde(skip_serializing_if = "Option::is_none")]
        path: Option<String>,
        /// The variables that stand for settings.
        variables: Vec<VariableReport>,
    },
    /// The sandbox.
    Sandbox,
}

/// A variable of the environment that stands for a setting.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct VariableReport {
    /// Its name.
    pub(crate) name: &'static str,
    /// The provider whose account it is for.
    pub(crate) provider: certfleet::ProviderId,
    /// The setting.
    pub(crate) key: &'static str,
    /// Whether it is set.
    pub(crate) is_set: bool,
}

impl SourceReport {
    pub(crate) fn new(source: &Source) -> Self {
        let path = source.path().map(|path| path.display().to_string());
        if !source.is_environment() {
            return Self::File {
                path: path.unwrap_or_default(),
            };
        }
        let variables = Environment::read().variables().into_iter();
        Self::Environment {
            path,
            variables: variables
                .map(|one| VariableReport {
                    name: one.name,
                    provider: one.provider,
                    key: one.key,
                    is_set: one.is_set,
                })
                .collect(),
        }
    }
}

impl AccountsReport {
    /// One sentence for each account that cannot be read, or only in part.
    pub(crate) fn complaints(&self) -> Vec<String> {
        let of = |one: &Examination| {
            let failed = one.remarks().find(|step| step.outcome == Outcome::Failed)?;
            Some(format!(
                "the account {}/{} cannot be read, or not all of it: {}: {}",
                one.provider,
                one.account,
                failed.step,
                found(failed)
            ))
        };
        self.accounts.iter().filter_map(of).collect()
    }
}

/// The columns where it is not a terminal.
const WIDTH: usize = 80;
/// The widest lines of text on a wider terminal.
const WIDEST: usize = 100;
/// Before the text of a step: how it ended, and what it is.
const INDENT: usize = 26;

/// Writes every account, step by step.
pub(crate) fn text(
    out: &mut impl Write,
    report: &AccountsReport,
    terminal: Terminal,
) -> io::Result<()> {
    let mut page = Page {
        out,
        width: terminal.width.map_or(WIDTH, |width| width.min(WIDEST)),
        color: terminal.color,
    };
    page.source(&report.source)?;
    for account in &report.accounts {
        page.account(account)?;
    }
    let all = report.accounts.len();
    let failed = report.accounts.iter().filter(|one| !one.is_readable());
    let accounts = if all == 1 { "account" } else { "accounts" };
    match failed.count() {
        0 => writeln!(page.out, "\n{all} {accounts}, all of them can be read."),
        failed => writeln!(
            page.out,
            "\n{all} {accounts}, {failed} of them cannot be read, or only in part."
        ),
    }
}

struct Page<'a, W> {
    out: &'a mut W,
    width: usize,
    color: bool,
}

impl<W: Write> Page<'_, W> {
    fn source(&mut self, source: &SourceReport) -> io::Result<()> {
        match source {
            SourceReport::Sandbox => self.lines(0, "", "", "Configuration: the sandbox's"),
            SourceReport::File { path } => self.lines(0, "", "", &format!("Configuration: {path}")),
            SourceReport::Environment { path, variables } => {
                let file = path.as_ref().map_or(String::new(), |path| {
                    format!(", because there is no file {path}")
                });
                self.lines(0, "", "", &format!("Configuration: the environment{file}"))?;
                for one in variables {
                    let state = if one.is_set { "set" } else { "missing" };
                    let for_what = format!("{} ({})", one.name, one.provider);
                    self.lines(12, &format!("  {state}"), "", &for_what)?;
                }
                Ok(())
            }
        }
    }

    fn account(&mut self, account: &Examination) -> io::Result<()> {
        let line = account
            .line
            .map_or(String::new(), |line| format!(" (line {line})"));
        let title = format!("{}/{}{line}", account.provider, account.account);
        writeln!(self.out)?;
        self.lines(0, "", if self.color { "\u{1b}[1m" } else { "" }, &title)?;
        for step in &account.steps {
            self.step(step)?;
        }
        for quota in &account.quotas {
            self.fact("used", &used(quota))?;
        }
        for limit in &account.request_limits {
            self.fact("requests", &requests(limit))?;
        }
        for unseen in &account.cannot_show {
            self.fact("cannot show", unseen)?;
        }
        Ok(())
    }

    fn step(&mut self, step: &Step) -> io::Result<()> {
        let (word, color) = match step.outcome {
            Outcome::Ok => ("ok", ""),
            Outcome::Warning => ("warning", "\u{1b}[33m"),
            Outcome::Failed => ("FAILED", "\u{1b}[31m"),
            Outcome::NotTried => ("-", ""),
        };
        let before = format!("  {word:<9} {:<13}", step.step);
        let color = if self.color { color } else { "" };
        self.lines(INDENT, &before, color, &found(step))?;
        match &step.advice {
            Some(advice) => self.fact("what to do", advice),
            None => Ok(()),
        }
    }

    fn fact(&mut self, name: &str, text: &str) -> io::Result<()> {
        self.lines(INDENT, &format!("{:12}{name:<13}", ""), "", text)
    }

    /// Writes a text behind what stands before it, in as many lines as it takes.
    fn lines(&mut self, indent: usize, before: &str, color: &str, text: &str) -> io::Result<()> {
        let end = if color.is_empty() { "" } else { "\u{1b}[0m" };
        let text = terminal::sanitize(text);
        let width = self.width.saturating_sub(indent).max(20);
        for (index, line) in wrapped(&text, width).iter().enumerate() {
            let before = if index == 0 { before } else { "" };
            writeln!(self.out, "{color}{before:<indent$}{line}{end}")?;
        }
        Ok(())
    }
}

/// What a step found, with the scope that it is about.
fn found(step: &Step) -> String {
    match &step.scope {
        Some(scope) => format!("{scope}: {}", step.message),
        None => step.message.clone(),
    }
}

fn used(quota: &Quota) -> String {
    let least = if quota.at_least { "at least " } else { "" };
    let what = match quota.of {
        Counted::Certificates => "certificates",
        Counted::GeneratedInADay => "that may be generated in 24 hours",
        _ => "of what the vendor limits",
    };
    format!("{least}{} of {} {what}", quota.used, quota.limit)
}

fn requests(limit: &RequestLimit) -> String {
    let all = limit
        .limit
        .map_or(String::new(), |all| format!(" of {all}"));
    let window = limit
        .window_seconds
        .map_or(String::new(), |seconds| format!(" in {seconds} seconds"));
    format!("{}{all}{window} are left", limit.remaining)
}

/// A text in lines of at most so many columns. A word that is longer is broken.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split(' ') {
        let gap = usize::from(!line.is_empty());
        if terminal::width(&line) + gap + terminal::width(word) <= width {
            if gap > 0 {
                line.push(' ');
            }
            line.push_str(word);
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        for character in word.chars() {
            line.push(character);
            if terminal::width(&line) > width {
                line.pop();
                lines.push(std::mem::take(&mut line));
                line.push(character);
            }
        }
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_fit() {
        for (text, lines) in [
            ("", &[""][..]),
            ("one two", &["one two"]),
            ("one two three four", &["one two", "three", "four"]),
            ("abcdefghij", &["abcdefg", "hij"]),
            ("a abcdefghij k", &["a", "abcdefg", "hij k"]),
            ("証明書証明書", &["証明書", "証明書"]),
        ] {
            assert_eq!(wrapped(text, 7), lines, "{text}");
        }
    }
}
