//! `certfleet plan` and `certfleet apply`.

use super::{
    context::WriteContext,
    files, gone,
    interrupt::unless_interrupted,
    journals::existing_journal,
    make::Making,
    rotate, secrets,
    session::{full_name, only_account},
};
use crate::{
    cli::{
        Form, Global,
        plan::{Apply, Plan as Options, PlanArgs},
        write::ChangeArgs,
    },
    exit::{Code, Failure, Result},
    output::{
        self,
        change::{ChangeReport, outcome_of},
        json, plan,
        plan_file::PlanFile,
    },
    progress::while_waiting,
};
use certfleet::Change;
use certfleet_changes::{Journal, Plan, Writer};
use std::{io::Write as _, path::Path};

pub(crate) async fn plan(global: &Global, options: &Options) -> Result<()> {
    if let Some(file) = &options.save
        && file.exists()
    {
        return Err(Failure::usage(format!(
            "{} is there already: name another file, or move it away",
            file.display()
        )));
    }
    let journal = existing_journal(global, &options.journal).await?;
    let planning = async {
        match &options.args {
            PlanArgs::Change(args) => of_change(args, global, journal).await,
            PlanArgs::Rotate(args) => rotate::plan(args, global, journal).await,
        }
    };
    let interrupted = || Failure::new(Code::Interrupted, "interrupted; nothing was sent");
    let planned = unless_interrupted(planning).await?;
    let file = planned.ok_or_else(interrupted)??;
    if let Some(path) = &options.save {
        let mut bytes = Vec::new();
        json::document(&mut bytes, &file)?;
        files::write_private(path, &bytes, false)?;
    }
    output::print(|out| {
        if options.output == Form::Json {
            return json::document(out, &file);
        }
        file.text(out)?;
        if let Some(path) = &options.save {
            writeln!(
                out,
                "Saved in {}: certfleet apply {0}{}",
                path.display(),
                plan::agreement(&file.kinds())
            )?;
            if !file.rotations.is_empty() {
                plan::line(out, NOT_VERIFIED)?;
            }
        }
        Ok(())
    })
    .ended(Code::Done)
}

/// What is said below a saved plan of a rotation.
const NOT_VERIFIED: &str = "Add how the new certificate is verified: --verify-command, --verify-tls, or --verified once you have verified it. Without them the rotation asks, or stops before the old certificate is retired.";

async fn of_change(args: &ChangeArgs, global: &Global, journal: Journal) -> Result<PlanFile> {
    let named = gone::from_args(args, global, &journal).await?;
    let verb = named.change.verb();
    let writer = named.writer(journal);
    let planned = while_waiting("planning", writer.plan(named.change)).await;
    let planned =
        planned.map_err(|error| Failure::new(outcome_of(&error.report(), verb).code(), error))?;
    Ok(PlanFile::of_change(planned))
}

pub(crate) async fn apply(options: &Apply, context: WriteContext<'_>) -> Result<()> {
    context.refuse_if_read_only(context.consent.dry_run)?;
    let file = load(&options.file)?;
    match file.plan {
        Some(plan) => apply_change(*plan, options, context).await,
        None => rotate::apply(file.rotations, options, context).await,
    }
}

async fn apply_change(mut saved: Plan, options: &Apply, context: WriteContext<'_>) -> Result<()> {
    context.refuse_waiting(saved.change.verb())?;
    if options.verification.is_given() {
        return Err(Failure::usage(format!(
            "{} plans no rotation, and nothing is verified: leave --verify-command, --verify-tls and --verified out. Nothing was sent",
            options.file.display()
        )));
    }
    let uploads = match &mut saved.change {
        Change::Upload(upload) => vec![upload],
        _ => Vec::new(),
    };
    secrets::attach(uploads, &options.secrets, context.global).await?;
    let journal = context.journal().await?;
    let account = only_account(context.global, &full_name(saved.provider, &saved.account)).await?;
    let making = Making::new(Writer::new(account, journal).sharing_looks(), context);
    match unless_interrupted(making.plan_again(&saved)).await? {
        None => making.interrupted(ChangeReport::default()).await,
        Some(Err(error)) => making.failed(&error, saved.change.verb(), ChangeReport::default()),
        Some(Ok(now)) => match saved.difference(&now).filter(|_| !now.unchanged) {
            Some(what) => Err(Failure::usage(format!(
                "{} is not what would happen now: {what}{}. Plan again; nothing was sent",
                options.file.display(),
                new_notes(&saved, &now)
            ))),
            None => making.carry_out(now).await,
        },
    }
}

/// Returns what a newer plan notes that a saved one did not: what is so already, where a part of it is.
fn new_notes(saved: &Plan, now: &Plan) -> String {
    let notes = now.notes.iter();
    let new = notes.filter(|note| !saved.notes.contains(note));
    new.map(|note| format!("; {note}")).collect()
}

fn load(path: &Path) -> Result<PlanFile> {
    let failure =
        |what: &dyn std::fmt::Display| Failure::usage(format!("{} {what}", path.display()));
    let bytes = files::read(path)?;
    let file: PlanFile = serde_json::from_slice(&bytes)
        .map_err(|error| failure(&format!("is not a plan of certfleet: {error}")))?;
    file.check().map_err(|what| failure(&what))?;
    Ok(file)
}
