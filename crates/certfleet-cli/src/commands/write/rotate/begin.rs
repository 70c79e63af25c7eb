//! Planning a rotation, and beginning it.

use super::{
    super::{
        Session, WriteContext, code_of, consent, files,
        probe::Check,
        target::{find_all, fingerprint},
        unless_interrupted,
    },
    drive::{self, Part},
    not_agreed,
};
use crate::{
    cli::{Form, rotate::Rotate},
    exit::{Code, Failure, Result},
    output::{
        self,
        outcome::Outcome,
        report::print_report,
        rotation::{self, RotationReport},
    },
};
use certfleet::{Certificate, CertificateId, Change, Error, change::Generate, x509::Sha256};
use certfleet_changes::rotation::{Replacement, Rotation, RotationPlan, RotationSpec};
use consent::Agreement;
use std::{collections::BTreeSet, io::Write as _};

pub(super) async fn run(target: &str, options: &Rotate, context: WriteContext<'_>) -> Result<()> {
    let check = Check::of(&options.verification)?;
    let replacement = replacement(options).await?;
    let planned =
        unless_interrupted(planned(target, options, context, replacement.as_ref())).await?;
    let Some(planned) = planned else {
        let report = RotationReport {
            outcome: Outcome::Interrupted,
            next: vec!["nothing was sent".to_owned()],
            ..RotationReport::default()
        };
        return print_report(report, context.output);
    };
    let (session, plans, under_way) = planned?;
    let mut report = RotationReport {
        plans: plans.clone(),
        ..RotationReport::default()
    };
    if context.output == Form::Table {
        let mut out = crate::output::out();
        rotation::plans(&mut out, &plans)?;
        rotation::under_way(&mut out, &under_way)?;
        out.flush()?;
    }
    if context.consent.dry_run {
        report.outcome = Outcome::Planned;
        return print_report(report, context.output);
    }
    let mut kinds: Vec<_> = plans.iter().flat_map(RotationPlan::kinds).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let agreed = consent::ask(&kinds, context, |out| {
        rotation::plans(out, &plans)?;
        rotation::under_way(out, &under_way)
    })
    .await?;
    let Agreement::Given(kinds) = agreed else {
        return print_report(not_agreed(report, agreed), context.output);
    };
    let mut parts = drive::open_parts(under_way, context, &options.secrets).await?;
    // All of them are in the journal before anything is sent.
    for plan in plans {
        let old = plan.spec.old.clone();
        let begun = async {
            let account = session.fleet.account(&old)?;
            let account = account.acknowledging(kinds.iter().copied());
            let rotation = account.begin_rotation(plan).await?;
            Ok::<_, Error>(Part::new(account, rotation))
        };
        match begun.await {
            Ok(part) => parts.push(part),
            Err(error) => {
                report.outcome = super::super::effect::outcome_of_error(&error);
                report.error = Some(error.report());
                report.next.push("nothing was sent; begin again".to_owned());
                return print_report(report, context.output);
            }
        }
    }
    drive::run(&mut parts, &check, context, &mut report).await?;
    print_report(report, context.output)
}

/// What takes the old one's place; `None` where the vendor makes it.
async fn replacement(options: &Rotate) -> Result<Option<Replacement>> {
    let Some(file) = &options.with else {
        if options.generate {
            return Ok(None);
        }
        return Err(Failure::usage(
            "name the new certificate with --with FILE, or have the vendor make it with --generate (Cloudflare)",
        ));
    };
    let bytes = files::read(file)?;
    let upload = certfleet::Upload::new(&bytes).map_err(Failure::usage)?;
    let (key, passphrase) = super::super::change::secrets(&options.secrets).await?;
    let mut replacement = Replacement::new(bytes);
    replacement.key =
        key.map(|key| super::super::change::certificate_with_key(&upload.certificate, &key));
    replacement.passphrase = passphrase;
    replacement.soak = options.soak;
    replacement.keep_old = options.keep_old;
    Ok(Some(replacement))
}

type Planned = (Session, Vec<RotationPlan>, Vec<Rotation>);

/// The accounts, what is to be begun, and what belongs to it and is under way already.
async fn planned(
    target: &str,
    options: &Rotate,
    context: WriteContext<'_>,
    replacement: Option<&Replacement>,
) -> Result<Planned> {
    let (session, found) = find_all(
        context.global,
        Some(context.journal),
        &options.filter,
        target,
    )
    .await?;
    let failure = |error: Error| Failure::new(code_of(&error.report()), error);
    let mut plans = match replacement {
        None => {
            let one = exactly_one(&found, target)?;
            let account = session.fleet.account(&one.id).map_err(failure)?;
            let generate = Generate {
                validity_days: options.days,
            };
            let references = super::super::change::references(account, None)?;
            let mut spec =
                RotationSpec::new(one.id.clone(), Change::Generate(generate), references)
                    .soak(options.soak);
            spec.keep_old = options.keep_old;
            vec![account.plan_rotation(spec).await.map_err(failure)?]
        }
        Some(replacement) => plans(&session, target, &found, replacement).await?,
    };
    let rotations = session.journal.rotations().map_err(failure)?;
    let mut olds: BTreeSet<CertificateId> = plans.iter().map(|one| one.spec.old.clone()).collect();
    let is_ours = |rotation: &Rotation| {
        olds.contains(&rotation.spec.old)
            || rotation.spec.together.iter().any(|id| olds.contains(id))
    };
    let under_way: Vec<_> = rotations.into_iter().filter(is_ours).collect();
    plans.retain(|plan| under_way.iter().all(|one| one.spec.old != plan.spec.old));
    for rotation in &under_way {
        olds.extend(rotation.spec.together.iter().cloned());
    }
    if olds.len() > 1 {
        for plan in &mut plans {
            plan.spec.together = olds.iter().cloned().collect();
        }
    }
    Ok((session, plans, under_way))
}

/// A plan for every record that has the certificate; where a record is named, for it alone.
async fn plans(
    session: &Session,
    target: &str,
    found: &[Certificate],
    replacement: &Replacement,
) -> Result<Vec<RotationPlan>> {
    let failure = |error: Error| Failure::new(code_of(&error.report()), error);
    let by_content = fingerprint(target)
        .filter(|print| !target.contains('/') && found.iter().any(|one| print.matches(one)));
    let (fleet, sha256, record) = match by_content {
        Some(print) => {
            let prints: BTreeSet<Sha256> = found
                .iter()
                .flat_map(|one| &one.contents)
                .filter_map(|content| content.sha256)
                .filter(|sha256| print.is_beginning_of(*sha256))
                .collect();
            let mut prints = prints.into_iter();
            let (Some(sha256), None) = (prints.next(), prints.next()) else {
                return Err(Failure::usage(format!(
                    "several certificates begin with {target}: write more of the SHA-256. Nothing was sent"
                )));
            };
            (session.fleet.clone(), sha256, None)
        }
        None => {
            let one = exactly_one(found, target)?;
            let account = session.fleet.account(&one.id).map_err(failure)?;
            let fleet = certfleet::Fleet::new([account.clone()]).map_err(failure)?;
            (fleet, content(one)?, Some(one.id.clone()))
        }
    };
    let mut plan = fleet
        .plan_rotation(sha256, replacement)
        .await
        .map_err(failure)?;
    if let Some(record) = &record {
        plan.parts.retain(|part| part.spec.old == *record);
        plan.not_rotated.retain(|one| one.id == *record);
    }
    if let Some(report) = plan.accounts.iter().find(|report| !report.complete) {
        let code = report.error.as_ref().map_or(Code::Failed, code_of);
        return Err(Failure::new(
            code,
            format!(
                "{}; leave it out by naming the others with --account. Nothing was sent",
                output::listing::complaint(report).unwrap_or_default()
            ),
        ));
    }
    if let Some(one) = plan.not_rotated.first() {
        return Err(Failure::new(
            code_of(&one.error),
            format!(
                "{} has the certificate and cannot be rotated: {}; leave it out by naming the others with --account",
                one.id, one.error.message
            ),
        ));
    }
    Ok(plan.parts)
}

/// The one record that is meant.
fn exactly_one<'a>(found: &'a [Certificate], target: &str) -> Result<&'a Certificate> {
    match found {
        [one] => Ok(one),
        several => {
            let names: Vec<_> = several.iter().map(|one| one.id.to_string()).collect();
            Err(Failure::usage(format!(
                "{target:?} could mean {}: name one by its address, or all of one content by its SHA-256. Nothing was sent",
                names.join(", ")
            )))
        }
    }
}

/// The one content of a record.
fn content(one: &Certificate) -> Result<Sha256> {
    let prints: BTreeSet<_> = one
        .contents
        .iter()
        .map(|content| content.sha256)
        .collect();
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
