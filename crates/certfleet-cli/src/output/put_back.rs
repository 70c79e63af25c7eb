//! The command that puts back what a deletion removed.

use crate::{
    cli::{Global, write::JournalFile},
    output::plan,
    terminal,
};
use certfleet::{
    CertificateId, Change, How, Scope, Upload, Verb,
    adapter::{Field, Rules, UploadScopes},
    change::SetActive,
};
use certfleet_changes::{
    checks::{self, Rule},
    journal::{Contents, Ending, Entry, Event, Intent},
};
use chrono::Utc;
use serde::Serialize;
use std::{
    io::{self, Write},
    path::PathBuf,
};

/// How a record that was deleted is put back. It gets another id, and is not brought into force.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct PutBack {
    /// The command, for a POSIX shell; absent where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) command: Option<String>,
    /// Whether the command uploads it again. Otherwise it only writes what the journal kept to a file.
    pub(crate) uploads: bool,
    /// Why there is no command, or what has to be added to it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) notes: Vec<String>,
}

/// The options that later commands need to find the same accounts and the same journal.
#[derive(Clone, Debug, Default)]
pub(crate) struct Repeated {
    sandbox: bool,
    config: Option<PathBuf>,
    journal: Option<PathBuf>,
}

impl Repeated {
    pub(crate) fn new(global: &Global, journal: &JournalFile) -> Self {
        Self {
            sandbox: global.sandbox,
            config: global.config.clone(),
            journal: journal.journal.clone(),
        }
    }

    /// The command's name, with the options of every command.
    fn program(&self) -> Vec<String> {
        let mut words = vec!["certfleet".to_owned()];
        words.extend(self.sandbox.then(|| "--sandbox".to_owned()));
        words.extend(option("--config", self.config.as_ref()));
        words
    }
}

fn option(name: &str, path: Option<&PathBuf>) -> Vec<String> {
    path.map_or_else(Vec::new, |path| {
        vec![name.to_owned(), path.display().to_string()]
    })
}

impl PutBack {
    /// Writes it for people. The command is on a line of its own, to be copied.
    pub(crate) fn text(&self, out: &mut (impl Write + ?Sized)) -> io::Result<()> {
        if let Some(command) = &self.command {
            let does = if self.uploads { "put back" } else { "take out" };
            writeln!(out, "    {does} with: {}", terminal::sanitize(command))?;
        }
        for note in &self.notes {
            plan::line(out, &format!("  {note}"))?;
        }
        Ok(())
    }

    /// Returns it in sentences.
    pub(crate) fn sentences(&self) -> Vec<String> {
        let command = self.command.iter();
        let does = if self.uploads {
            "to put it back"
        } else {
            "to take its certificate out of the journal"
        };
        let command = command.map(|command| format!("{does}: {command}"));
        command.chain(self.notes.iter().cloned()).collect()
    }

    /// Returns how the last deletion of a record is taken back.
    pub(crate) fn of_record(
        id: &CertificateId,
        contents: &Contents,
        repeated: &Repeated,
    ) -> Option<Self> {
        let is_it = |entry: &&Entry| match &entry.event {
            Event::Begun(intent) => {
                matches!(&intent.change, Change::Delete(delete) if delete.id == *id)
            }
            _ => false,
        };
        let entry = contents.entries.iter().rev().find(is_it)?;
        let (_, ending) = contents.ending(&entry.operation)?;
        Self::of_ended(entry, ending, repeated)
    }

    /// Returns how the last activation of a record in the place of another one is taken back.
    pub(crate) fn of_switch(
        set: &SetActive,
        contents: &Contents,
        repeated: &Repeated,
    ) -> Option<String> {
        let mut entries = contents.entries.iter().rev();
        let displaced = entries.find_map(|entry| match &entry.event {
            Event::Begun(intent) => match &intent.change {
                Change::Activate(one) if one == set => Some(&intent.displaced),
                _ => None,
            },
            _ => None,
        })?;
        let old = displaced.first()?;
        let mut activate = repeated.program();
        activate.extend(["activate".to_owned(), old.to_string()]);
        activate.extend(["--at".to_owned(), set.scope.to_string()]);
        activate.extend(option("--journal", repeated.journal.as_ref()));
        Some(format!("to go back: {}", shell(&[activate])?))
    }

    /// Returns how a change that ended so is taken back; `None` where it is not a deletion that took effect.
    pub(crate) fn of_ended(begun: &Entry, ending: &Ending, repeated: &Repeated) -> Option<Self> {
        let Event::Begun(intent) = &begun.event else {
            return None;
        };
        let Change::Delete(delete) = &intent.change else {
            return None;
        };
        match ending {
            Ending::Applied { how, .. } if *how != How::Unchanged => {}
            _ => return None,
        }
        Some(Self::of_deletion(begun, intent, &delete.id, repeated))
    }

    fn of_deletion(
        entry: &Entry,
        intent: &Intent,
        id: &CertificateId,
        repeated: &Repeated,
    ) -> Self {
        let provider = entry.provider;
        let none = |why: String| Self {
            command: None,
            uploads: false,
            notes: vec![why],
        };
        let uploads = certfleet::capabilities(provider)
            .is_some_and(|capabilities| capabilities.get(Verb::Upload).is_some());
        let rules = certfleet::rules(provider).filter(|_| uploads);
        let Some(rules) = rules else {
            return none(format!(
                "it cannot be put back: {provider} takes no certificate that was made elsewhere"
            ));
        };
        if intent.deleted.is_empty() {
            return none(
                "it cannot be put back: the vendor did not show its content, so that the journal has no PEM of it"
                    .to_owned(),
            );
        }
        let mut contents = intent.deleted.clone();
        contents.sort_unstable();
        contents.dedup();
        let mut export = repeated.program();
        export.extend(["export", "--from-journal"].map(str::to_owned));
        export.push(entry.operation.to_string());
        export.extend(["--to".to_owned(), file_of(entry)]);
        export.extend(option("--journal", repeated.journal.as_ref()));
        if contents.len() > 1 {
            return Self {
                command: shell(&[export]),
                uploads: false,
                notes: vec![format!(
                    "it had {} contents, which the command writes into one file: upload the first one, and put the others in their scopes with certfleet replace",
                    contents.len()
                )],
            };
        }
        let mut notes = refused(entry, rules, contents.first().map_or("", String::as_str));
        if !notes.is_empty() {
            return Self {
                command: shell(&[export]),
                uploads: false,
                notes,
            };
        }
        let upload = upload(entry, intent, id, rules, repeated, &mut notes);
        Self {
            command: shell(&[export, upload]),
            uploads: true,
            notes,
        }
    }
}

/// Why a certificate would not be taken again, where that is known: it has expired since.
fn refused(entry: &Entry, rules: &Rules, pem: &str) -> Vec<String> {
    let findings = match Upload::new(pem.as_bytes()) {
        Ok(upload) => checks::check(entry.provider, rules, &Change::Upload(upload), Utc::now()),
        Err(error) => return vec![format!("it cannot be uploaded again: {error}")],
    };
    let of_certificate = findings
        .iter()
        .filter(|finding| !matches!(finding.rule, Rule::Fields | Rule::Scopes | Rule::Secrets));
    of_certificate
        .map(|finding| format!("it cannot be uploaded again: {}", finding.message))
        .collect()
}

/// The upload of what the export of a deletion wrote.
fn upload(
    entry: &Entry,
    intent: &Intent,
    id: &CertificateId,
    rules: &Rules,
    repeated: &Repeated,
    notes: &mut Vec<String>,
) -> Vec<String> {
    let mut upload = repeated.program();
    let account = format!("{}/{}", entry.provider, entry.account);
    upload.extend(["upload".to_owned(), file_of(entry)]);
    upload.extend(["--account".to_owned(), account]);
    upload.extend(option("--journal", repeated.journal.as_ref()));
    let about = intent.about.first();
    let name = about.and_then(|about| about.name.clone());
    let alias = intent.replaced.iter().find_map(|saved| saved.alias.clone());
    let known = [
        if rules.name_is_address {
            Some(id.native.clone())
        } else {
            name
        },
        alias,
        about.and_then(|about| about.description.clone()),
    ];
    for ((option, field), known) in ["--name", "--alias", "--description"]
        .into_iter()
        .zip(rules.fields)
        .zip(known)
    {
        match (field, known) {
            (Field::None, Some(known)) => notes.push(format!(
                "it is not called {known:?} again: an upload to {} has no {option}",
                entry.provider
            )),
            (Field::None, None) | (Field::Optional, None) => {}
            // A value that looks like an option belongs to its option this way only.
            (_, Some(known)) if known.starts_with('-') => upload.push(format!("{option}={known}")),
            (_, Some(known)) => upload.extend([option.to_owned(), known]),
            _ => notes.push(format!("add {option}, which the journal does not know")),
        }
    }
    scopes(rules.upload_scopes, &intent.held_in, &mut upload, notes);
    if rules.private_key {
        notes.push("add --key-ref if it had a private key: the journal holds none".to_owned());
    }
    upload
}

/// The name of the file that a deletion's certificate is written to.
fn file_of(entry: &Entry) -> String {
    format!("{}.pem", entry.operation)
}

/// Adds the scopes that an upload names.
fn scopes(
    rule: UploadScopes,
    held_in: &[Scope],
    upload: &mut Vec<String>,
    notes: &mut Vec<String>,
) {
    let (kind, most) = match rule {
        UploadScopes::Fixed(_) => return,
        UploadScopes::Optional(kind) => (kind, 1),
        UploadScopes::Required(kind, _) => (kind, usize::MAX),
    };
    let mut names: Vec<_> = held_in
        .iter()
        .filter(|scope| scope.kind() == kind)
        .filter_map(Scope::name)
        .collect();
    if names.len() > most {
        notes.push(format!(
            "it was attached to {} {kind}s, and an upload is attached to one: attach it to {} yourself",
            names.len(),
            names.split_off(most).join(", ")
        ));
    }
    match (names.is_empty(), rule) {
        (false, _) => upload.extend([format!("--{kind}"), names.join(",")]),
        (true, UploadScopes::Required(..)) => {
            notes.push(format!("add --{kind}, which the journal does not know"));
        }
        _ => {}
    }
}

/// Commands as a shell reads them, each only where the one before it went well.
fn shell(commands: &[Vec<String>]) -> Option<String> {
    let quoted: Vec<_> = commands
        .iter()
        .map(|words| shlex::try_join(words.iter().map(String::as_str)).ok())
        .collect::<Option<_>>()?;
    Some(quoted.join(" && "))
}
