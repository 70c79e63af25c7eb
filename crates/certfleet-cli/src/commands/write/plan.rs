//! `certfleet plan` and `certfleet apply`.

use super::{Session, WriteContext, carry_out, change, files, interrupt::unless_interrupted};
use crate::{
    accounts::Selection,
    cli::{
        Form, Global,
        write::{Apply, Plan as Options, UploadSecrets},
    },
    exit::{Code, Failure, Result},
    output::{
        json,
        plan::{self, PlanFile},
    },
};
use certfleet::{Change, Scope};
use certfleet_changes::{ConsequenceKind, Plan};
use chrono::Utc;
use std::{collections::BTreeSet, io::Write as _, path::Path};

/// The form of plan files that this version writes and reads.
const VERSION: u32 = 1;

pub(crate) async fn plan(global: &Global, options: &Options) -> Result<()> {
    if let Some(file) = &options.save
        && file.exists()
    {
        return Err(Failure::usage(format!(
            "{} is there already: name another file, or move it away",
            file.display()
        )));
    }
    let (account, change) = change::of(&options.args, global, None).await?;
    let planned = unless_interrupted(account.plan(change))
        .await?
        .ok_or_else(|| Failure::new(Code::Interrupted, "interrupted; nothing was sent"))?
        .map_err(|error| Failure::new(super::code_of(&error.report()), &error))?;
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
    let mut out = crate::output::out();
    match options.output {
        Form::Json => json::document(&mut out, &file)?,
        Form::Table => {
            plan::text(&mut out, &file.plan)?;
            if let Some(path) = &options.save {
                writeln!(
                    out,
                    "Kept in {}: certfleet apply {0}{}",
                    path.display(),
                    plan::agreement(&file.plan.kinds())
                )?;
            }
        }
    }
    Ok(out.flush()?)
}

pub(crate) async fn apply(options: &Apply, context: WriteContext<'_>) -> Result<()> {
    super::refuse_if_read_only(context.global, context.consent.dry_run)?;
    let mut planned = load(&options.file)?;
    give(&mut planned.change, &options.secrets).await?;
    let accounts = [format!("{}/{}", planned.provider, planned.account)];
    let selection = Selection {
        providers: &[],
        accounts: &accounts,
    };
    let session = Session::open(context.global, context.journal(), selection).await?;
    let account = session.only_account(&accounts.concat())?;
    let (file, change) = (options.file.clone(), planned.change.clone());
    carry_out(&account, change, context, move |now| {
        changed(&planned, now).map_or(Ok(()), |what| {
            Err(Failure::usage(format!(
                "{} is not what would happen now: {what}. Plan again; nothing was sent",
                file.display()
            )))
        })
    })
    .await
}

fn load(path: &Path) -> Result<Plan> {
    let failure =
        |what: &dyn std::fmt::Display| Failure::usage(format!("{} {what}", path.display()));
    let bytes = files::read(path)?;
    let file: PlanFile = serde_json::from_slice(&bytes)
        .map_err(|error| failure(&format!("is no plan of certfleet: {error}")))?;
    if file.version != VERSION {
        return Err(failure(&format!(
            "is a plan of another form ({}, this version knows {VERSION}): plan again",
            file.version
        )));
    }
    Ok(file.plan)
}

/// Gives a saved upload the secrets that belong to it.
async fn give(change: &mut Change, options: &UploadSecrets) -> Result<()> {
    let (key, passphrase) = change::secrets(options).await?;
    let Change::Upload(upload) = change else {
        if key.is_some() || passphrase.is_some() {
            return Err(Failure::usage(
                "the plan is no upload: leave --key-ref and --passphrase-ref out",
            ));
        }
        return Ok(());
    };
    let key = key.map(|key| change::certificate_with_key(&upload.certificate, &key));
    upload.give(key, passphrase).map_err(Failure::usage)?;
    if let Some(missing) = upload.missing() {
        return Err(Failure::usage(format!(
            "{missing} of the upload is not in the plan: give it with --key-ref or --passphrase-ref"
        )));
    }
    Ok(())
}

/// What would follow now and was not planned, or was and would not.
fn changed(planned: &Plan, now: &Plan) -> Option<String> {
    if now.unchanged {
        return None;
    }
    let kinds = |plan: &Plan| -> BTreeSet<(ConsequenceKind, Option<Scope>)> {
        plan.consequences
            .iter()
            .map(|one| (one.kind, one.scope.clone()))
            .collect()
    };
    let words = |(kind, scope): &(ConsequenceKind, Option<Scope>)| match scope {
        Some(scope) => format!("{kind} at {scope}"),
        None => kind.to_string(),
    };
    let (before, after) = (kinds(planned), kinds(now));
    let added: Vec<_> = after.difference(&before).map(words).collect();
    let gone: Vec<_> = before.difference(&after).map(words).collect();
    match (added.is_empty(), gone.is_empty()) {
        (true, true) => None,
        (false, true) => Some(format!("{} would follow too", added.join(", "))),
        (true, false) => Some(format!("{} would not follow any more", gone.join(", "))),
        (false, false) => Some(format!(
            "{} would follow instead of {}",
            added.join(", "),
            gone.join(", ")
        )),
    }
}
