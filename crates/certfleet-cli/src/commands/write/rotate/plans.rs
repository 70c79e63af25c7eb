//! What `certfleet rotate TARGET` would do.

use super::super::{change, files, secrets, session};
use crate::{
    cli::{Global, rotate::RotateArgs},
    commands::{
        incomplete::{code_of, complaint},
        search::Search,
        target::exactly_one,
    },
    exit::{Failure, Result},
    output::{
        self,
        outcome::{self, Outcome},
    },
    progress::while_waiting,
};
use certfleet::{
    Account, Certificate, Change, Fleet, Inventory, Secret, Upload, change::Generate, x509::Sha256,
};
use certfleet_changes::{
    FleetWriter, Journal, LookStart,
    rotation::{Replacement, Rotation, RotationPlan, RotationSpec},
};
use std::collections::BTreeSet;

/// What is to be begun, what belongs to it and is under way already, and what changes their accounts.
pub(super) struct Planned {
    pub(super) writer: FleetWriter,
    /// Everything that was asked for, whether or not it is under way.
    pub(super) wanted: Vec<RotationPlan>,
    pub(super) plans: Vec<RotationPlan>,
    pub(super) under_way: Vec<Rotation>,
    /// The private key and its passphrase, where the options name them.
    pub(super) secrets: (Option<Secret>, Option<Secret>),
}

/// Plans what the options ask for.
pub(super) async fn plan(
    target: &str,
    options: &RotateArgs,
    global: &Global,
    journal: Journal,
) -> Result<Planned> {
    let secrets = secrets::resolve(&options.secrets, global).await?;
    let replacement = replacement(options, &secrets)?;
    let start = LookStart::now(&journal).await.map_err(Failure::failed)?;
    let mut search = Search::of_one(global, &options.filter, target).await?;
    let found = search.every().await?;
    let old = search.content_among(&found)?;
    let writer = FleetWriter::new(search.opened.fleet.clone(), journal).sharing_looks();
    let inventory = search.into_inventory();
    if let Some(inventory) = &inventory {
        writer.remember(start, inventory);
    }
    let mut plans = match &replacement {
        None => vec![generation(&writer, exactly_one(&found, target)?, options).await?],
        Some(replacement) => match (old, inventory) {
            // All contents were read to find it.
            (Some(old), Some(inventory)) => {
                everywhere(&writer, inventory, old, replacement).await?
            }
            _ => {
                let one = exactly_one(&found, target)?;
                let writer = writer
                    .writer(&one.id)
                    .map_err(|error| outcome::failure(&error))?;
                let plan = writer.plan_replacement(one, content(one)?, replacement);
                vec![
                    while_waiting("planning the rotation", plan)
                        .await
                        .map_err(|error| outcome::failure(&error))?,
                ]
            }
        },
    };
    let wanted = plans.clone();
    let under_way = writer
        .take_under_way(&mut plans)
        .await
        .map_err(|error| outcome::failure(&error))?;
    let writer = with_accounts_of(writer, global, &under_way).await?;
    Ok(Planned {
        writer,
        wanted,
        plans,
        under_way,
        secrets,
    })
}

/// What takes the old one's place; `None` where the vendor makes it.
fn replacement(
    options: &RotateArgs,
    (key, passphrase): &(Option<Secret>, Option<Secret>),
) -> Result<Option<Replacement>> {
    let Some(file) = &options.with else {
        if options.generate {
            return Ok(None);
        }
        return Err(Failure::usage(
            "name the new certificate with --with FILE, or have the vendor make it with --generate (Cloudflare)",
        ));
    };
    let bytes = files::read(file)?;
    Upload::new(&bytes).map_err(|error| files::failure_of(file, &error))?;
    let with_key = key
        .clone()
        .map(|key| Upload::with_separate_key(&bytes, key));
    let with_key = with_key
        .transpose()
        .map_err(|error| files::failure_of(file, &error))?;
    let mut replacement = Replacement::new(bytes);
    replacement.key = with_key.map(|upload| upload.body());
    replacement.passphrase.clone_from(passphrase);
    replacement.soak = options.soak;
    replacement.keep_old = options.keep_old;
    Ok(Some(replacement))
}

async fn generation(
    writer: &FleetWriter,
    one: &Certificate,
    options: &RotateArgs,
) -> Result<RotationPlan> {
    let writer = writer
        .writer(&one.id)
        .map_err(|error| outcome::failure(&error))?;
    let generate = Generate {
        validity_days: options.days,
    };
    let references = change::references(writer.account(), None)?;
    let mut spec = RotationSpec::new(one.id.clone(), Change::Generate(generate), references)
        .soak(options.soak);
    spec.keep_old = options.keep_old;
    let plan = writer.plan_rotation(spec);
    while_waiting("planning the rotation", plan)
        .await
        .map_err(|error| outcome::failure(&error))
}

/// A plan for every record that has a certificate.
async fn everywhere(
    writer: &FleetWriter,
    inventory: Inventory,
    old: Sha256,
    replacement: &Replacement,
) -> Result<Vec<RotationPlan>> {
    let plan = writer.plan_rotation_in(inventory, old, replacement);
    let plan = while_waiting("planning the rotation", plan).await;
    let plan = plan.map_err(|error| outcome::failure(&error))?;
    if let Some(report) = plan.accounts.iter().find(|report| !report.complete) {
        return Err(Failure::new(
            code_of(report),
            format!(
                "{}; leave it out by naming the others with --account. Nothing was sent",
                complaint(report)
            ),
        ));
    }
    if let Some(one) = plan.not_rotated.first() {
        let why = output::error_about(&one.error, &one.id.to_string());
        return Err(Failure::new(
            Outcome::from_error(&one.error).code(),
            format!(
                "{} has the certificate and cannot be rotated: {why}; leave it out by naming the others with --account",
                one.id
            ),
        ));
    }
    Ok(plan.parts)
}

/// Adds to a fleet the accounts of rotations that it lacks.
pub(super) async fn with_accounts_of(
    writer: FleetWriter,
    global: &Global,
    rotations: &[Rotation],
) -> Result<FleetWriter> {
    let has = |one: &Rotation| writer.fleet().account(&one.spec.old).is_ok();
    if rotations.iter().all(has) {
        return Ok(writer);
    }
    let others = session::open_accounts_of(global, rotations).await?;
    let others = others.only(|account| {
        let own = writer.fleet().accounts().iter().map(Account::full_name);
        !own.into_iter().any(|name| name == account.full_name())
    });
    let all = writer.fleet().accounts().iter().chain(others.accounts());
    let fleet = Fleet::new(all.cloned()).map_err(|error| outcome::failure(&error))?;
    Ok(FleetWriter::new(fleet, writer.journal().clone()))
}

/// The one content of a record.
fn content(one: &Certificate) -> Result<Sha256> {
    let prints: BTreeSet<_> = one.contents.iter().map(|content| content.sha256).collect();
    let mut prints = prints.into_iter();
    match (prints.next(), prints.next()) {
        (Some(Some(sha256)), None) => Ok(sha256),
        (Some(None) | None, None) => Err(Failure::failed(format!(
            "the content of {} is not known: rotate it by hand. Nothing was sent",
            one.id
        ))),
        _ => Err(Failure::usage(format!(
            "{} has several contents: name the one that is replaced by its SHA-256, with --account {}/{}. Nothing was sent",
            one.id, one.id.provider, one.id.account
        ))),
    }
}
