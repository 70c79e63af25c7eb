//! Taking rotations through their steps, all of them together.

use super::super::{LOOK_EVERY, Session, WriteContext, change, probe::Check, unless_interrupted};
use crate::{
    accounts::Selection,
    cli::write::{Patience, UploadSecrets},
    exit::{Code, Failure, Result},
    output::{
        self,
        outcome::Outcome,
        rotation::{self as shown, RotationReport},
    },
    progress::Progress,
};
use certfleet::{Account, CertificateId, Change, Error, ErrorReport};
use certfleet_changes::{WaitOptions, journal::Event, rotation::{Rotation, RotationOptions, RotationStep}};
use chrono::Utc;
use std::time::Duration;

/// The longest sleep at once while soaking, so that a machine that was suspended notices.
const NAP: Duration = Duration::from_secs(30);

/// One record's rotation.
pub(crate) struct Part {
    pub(crate) account: Account,
    pub(crate) rotation: Rotation,
    error: Option<ErrorReport>,
}

impl Part {
    pub(crate) fn new(account: Account, rotation: Rotation) -> Self {
        Self {
            account,
            rotation,
            error: None,
        }
    }

    /// Takes steps as long as `goes_on` says so, none fails, and nothing has to be waited for.
    async fn advance(
        &mut self,
        check: &Check,
        options: RotationOptions,
        progress: &Progress,
        goes_on: impl Fn(RotationStep) -> bool,
    ) {
        while self.error.is_none() && !self.rotation.is_over() && goes_on(self.rotation.step) {
            let before = self.rotation.step;
            progress.going_on(format!("{}: {before}", self.rotation.spec.old));
            let id = self.rotation.id.clone();
            match self
                .account
                .advance(self.rotation.clone(), check, options)
                .await
            {
                Ok(rotation) => {
                    self.rotation = rotation;
                    if self.rotation.step == before {
                        return;
                    }
                    progress.note(format!("{}: {before} done", self.rotation.spec.old));
                }
                Err(error) => {
                    progress.note(format!(
                        "{}: {before} failed: {error}",
                        self.rotation.spec.old
                    ));
                    self.error = Some(error.report());
                    // The journal has it as far as it came.
                    let left = self.account.journal().rotations().unwrap_or_default();
                    if let Some(rotation) = left.into_iter().find(|one| one.id == id) {
                        self.rotation = rotation;
                    }
                }
            }
        }
    }
}

/// Opens the accounts of rotations, and gives back the secrets that what is still to be uploaded
/// needs.
pub(crate) async fn open_parts(
    rotations: Vec<Rotation>,
    context: WriteContext<'_>,
    secrets: &UploadSecrets,
) -> Result<Vec<Part>> {
    if rotations.is_empty() {
        return Ok(Vec::new());
    }
    let accounts: Vec<_> = rotations
        .iter()
        .map(|one| format!("{}/{}", one.provider, one.account))
        .collect();
    let selection = Selection {
        providers: &[],
        accounts: &accounts,
    };
    let session = Session::open(context.global, Some(context.journal), selection).await?;
    let (key, passphrase) = change::secrets(secrets).await?;
    let mut parts = Vec::new();
    for mut rotation in rotations {
        let account = session
            .account(rotation.provider, &rotation.account)
            .ok_or_else(|| {
                Failure::usage(format!(
                    "there is no account {}/{}, which the rotation {} is of",
                    rotation.provider, rotation.account, rotation.id
                ))
            })?;
        if let Change::Upload(upload) = &mut rotation.spec.introduce {
            let key = key.as_ref().filter(|_| upload.with_key);
            let key = key.map(|key| change::certificate_with_key(&upload.certificate, key));
            let passphrase = passphrase.clone().filter(|_| upload.with_passphrase);
            upload.give(key, passphrase).map_err(Failure::usage)?;
        }
        let account = account.acknowledging(context.consent.acknowledge.iter().copied());
        settle(&account, &rotation).await?;
        parts.push(Part::new(account, rotation));
    }
    Ok(parts)
}

/// Finds out what became of what was on its way when the rotation was cut off.
async fn settle(account: &Account, rotation: &Rotation) -> Result<()> {
    let failure = |error: Error| Failure::new(Code::Failed, error);
    let left_open = account
        .journal()
        .open()
        .map_err(failure)?
        .iter()
        .any(|open| {
            matches!(&open.begun.event, Event::Begun(intent)
            if intent.rotation.as_ref() == Some(&rotation.id))
        });
    if left_open {
        account.resume().await.map_err(failure)?;
    }
    Ok(())
}

/// Takes all of them as far as they go, and reports. No old one is retired before every new one is
/// verified.
pub(crate) async fn run(
    parts: &mut [Part],
    check: &Check,
    context: WriteContext<'_>,
    report: &mut RotationReport,
) -> Result<()> {
    let missing = match parts.first() {
        Some(part) => never_begun(&part.account, parts)?,
        None => Vec::new(),
    };
    let progress = Progress::new();
    let ran = unless_interrupted(drive(
        parts,
        check,
        context.patience,
        &progress,
        !missing.is_empty(),
    ))
    .await?;
    progress.clear();
    let ended = parts.iter().map(|part| shown::Part {
        old: part.rotation.spec.old.clone(),
        rotation: latest(part),
        error: part.error.clone(),
    });
    report.ended(ended.collect());
    if ran.is_none() {
        report.outcome = Outcome::Interrupted;
    }
    if !missing.is_empty() {
        let names: Vec<_> = missing.iter().map(ToString::to_string).collect();
        report.next.push(format!(
            "{} was to be rotated with it and was never begun, so no old one is retired: give the same rotate command again",
            names.join(", ")
        ));
    }
    Ok(())
}

/// A rotation as the journal has it.
fn latest(part: &Part) -> Rotation {
    let entries = part
        .account
        .journal()
        .read()
        .map(|contents| contents.entries);
    entries
        .unwrap_or_default()
        .into_iter()
        .rev()
        .find_map(|entry| match entry.event {
            Event::Rotation(rotation) if rotation.id == part.rotation.id => Some(*rotation),
            _ => None,
        })
        .unwrap_or_else(|| part.rotation.clone())
}

async fn drive(
    parts: &mut [Part],
    check: &Check,
    patience: Patience,
    progress: &Progress,
    hold: bool,
) {
    let waiting = patience.waiting().unwrap_or(
        WaitOptions::default()
            .timeout(Duration::ZERO)
            .poll_interval(LOOK_EVERY),
    );
    let options = RotationOptions::default().waiting(waiting).stop_at_soak();
    for part in &mut *parts {
        part.advance(check, options, progress, |step| step < RotationStep::Retire)
            .await;
    }
    let all_verified = parts
        .iter()
        .all(|part| part.rotation.step >= RotationStep::Retire);
    if hold || !all_verified {
        return;
    }
    for part in &mut *parts {
        part.advance(check, options, progress, |step| step < RotationStep::Soak)
            .await;
    }
    for part in &mut *parts {
        soak(&part.rotation, patience, progress).await;
        part.advance(check, options, progress, |_| true).await;
    }
}

/// Waits for the end of the soak, if that is wanted.
async fn soak(rotation: &Rotation, patience: Patience, progress: &Progress) {
    if patience.no_wait || rotation.step != RotationStep::Soak {
        return;
    }
    while let Some(until) = rotation.soaks_until() {
        let Ok(left) = until.signed_duration_since(Utc::now()).to_std() else {
            return;
        };
        if left.is_zero() {
            return;
        }
        progress.say(format!(
            "{}: retired; it is removed at {}",
            rotation.spec.old,
            output::time(until)
        ));
        tokio::time::sleep(left.min(NAP)).await;
    }
}

/// Records that were to be rotated together with these, and have no rotation in the journal: a crash
/// came between.
fn never_begun(account: &Account, parts: &[Part]) -> Result<Vec<CertificateId>> {
    let contents = account
        .journal()
        .read()
        .map_err(|error: Error| Failure::failed(error))?;
    let mut missing: Vec<CertificateId> = parts
        .iter()
        .flat_map(|part| part.rotation.spec.together.iter().map(move |id| (part, id)))
        .filter(|(part, id)| {
            !contents.entries.iter().any(|entry| {
                matches!(&entry.event, Event::Rotation(other)
                    if other.spec.old == **id && other.spec.together == part.rotation.spec.together)
            })
        })
        .map(|(_, id)| id.clone())
        .collect();
    missing.sort_unstable();
    missing.dedup();
    Ok(missing)
}
