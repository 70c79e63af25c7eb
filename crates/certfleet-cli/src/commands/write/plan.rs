//! `certfleet plan` and `certfleet apply`.

use super::{
    context::WriteContext,
    files, gone,
    interrupt::unless_interrupted,
    make::Making,
    secrets,
    session::{existing_journal, full_name, only_account},
};
use crate::{
    cli::{
        Form, Global,
        write::{Apply, Plan as Options, UploadSecrets},
    },
    exit::{Code, Failure, Result},
    output::{
        self,
        change::{ChangeReport, outcome_of},
        json,
        plan::{self, PlanFile},
    },
    progress::while_waiting,
};
use certfleet::{Change, ErrorKind};
use certfleet_changes::{Plan, Writer};
use chrono::Utc;
use std::{io::Write as _, path::Path};

/// The form of plan files that this version writes.
const VERSION: u32 = 2;

/// The oldest form of plan files that this version reads.
const OLDEST_VERSION: u32 = 1;

pub(crate) async fn plan(global: &Global, options: &Options) -> Result<()> {
    if let Some(file) = &options.save
        && file.exists()
    {
        return Err(Failure::usage(format!(
            "{} is there already: name another file, or move it away",
            file.display()
        )));
    }
    let journal = existing_journal(global, &options.journal)?;
    let named = unless_interrupted(gone::from_args(&options.args, global, &journal));
    let interrupted = || Failure::new(Code::Interrupted, "interrupted; nothing was sent");
    let named = named.await?.ok_or_else(interrupted)??;
    let verb = named.change.verb();
    let writer = named.writer(journal);
    let planned = unless_interrupted(while_waiting("planning", writer.plan(named.change)))
        .await?
        .ok_or_else(interrupted)?
        .map_err(|error| Failure::new(outcome_of(&error.report(), verb).code(), error))?;
    let file = PlanFile {
        version: VERSION,
        made_at: Utc::now(),
        plan: planned,
    };
    if let Some(path) = &options.save {
        let mut bytes = Vec::new();
        json::document(&mut bytes, &file)?;
        files::write_private(path, &bytes, false)?;
    }
    output::print(|out| {
        if options.output == Form::Json {
            return json::document(out, &file);
        }
        plan::text(out, &file.plan)?;
        if let Some(path) = &options.save {
            writeln!(
                out,
                "Saved in {}: certfleet apply {0}{}",
                path.display(),
                plan::agreement(&file.plan.kinds())
            )?;
        }
        Ok(())
    })
    .ended(Code::Done)
}

pub(crate) async fn apply(options: &Apply, context: WriteContext<'_>) -> Result<()> {
    context.refuse_if_read_only(context.consent.dry_run)?;
    let mut saved = load(&options.file)?;
    context.refuse_waiting(saved.change.verb())?;
    attach_secrets(&mut saved.change, &options.secrets, context.global).await?;
    let journal = context.journal()?;
    let account = only_account(context.global, &full_name(saved.provider, &saved.account)).await?;
    let making = Making::new(Writer::new(account, journal).sharing_looks(), context);
    match unless_interrupted(making.plan_again(&saved)).await? {
        None => making.interrupted(ChangeReport::default()).await,
        // What it was to remove may have been removed by this plan already: the journal tells.
        Some(Err(error)) if error.kind() == ErrorKind::NotFound => making.carry_out(saved).await,
        Some(Err(error)) => making.failed(&error, saved.change.verb(), ChangeReport::default()),
        Some(Ok(now)) => match saved.difference(&now).filter(|_| !now.unchanged) {
            Some(what) => Err(Failure::usage(format!(
                "{} is not what would happen now: {what}. Plan again; nothing was sent",
                options.file.display()
            ))),
            None => making.carry_out(now).await,
        },
    }
}

fn load(path: &Path) -> Result<Plan> {
    let failure =
        |what: &dyn std::fmt::Display| Failure::usage(format!("{} {what}", path.display()));
    let bytes = files::read(path)?;
    let file: PlanFile = serde_json::from_slice(&bytes)
        .map_err(|error| failure(&format!("is not a plan of certfleet: {error}")))?;
    if !(OLDEST_VERSION..=VERSION).contains(&file.version) {
        return Err(failure(&format!(
            "is a plan of another form ({}; this version reads {OLDEST_VERSION} to {VERSION}): plan again",
            file.version
        )));
    }
    Ok(file.plan)
}

/// Attaches to a saved upload the secrets that belong to it.
async fn attach_secrets(
    change: &mut Change,
    options: &UploadSecrets,
    global: &Global,
) -> Result<()> {
    let (key, passphrase) = secrets::resolve(options, global).await?;
    let Change::Upload(upload) = change else {
        if key.is_some() || passphrase.is_some() {
            return Err(Failure::usage(
                "the plan is not an upload: leave --key-ref and --passphrase-ref out",
            ));
        }
        return Ok(());
    };
    for (option, is_given, belongs) in [
        ("--key-ref", key.is_some(), upload.with_key),
        (
            "--passphrase-ref",
            passphrase.is_some(),
            upload.with_passphrase,
        ),
    ] {
        if is_given && !belongs {
            return Err(Failure::usage(format!(
                "the upload was planned without what {option} names: leave it out, or plan again with it. Nothing was sent"
            )));
        }
    }
    upload
        .attach_secrets(key, passphrase)
        .map_err(Failure::usage)?;
    if let Some(missing) = upload.missing_secrets() {
        return Err(Failure::usage(format!(
            "{missing} of the upload is not in the plan: give it with --key-ref or --passphrase-ref"
        )));
    }
    Ok(())
}
