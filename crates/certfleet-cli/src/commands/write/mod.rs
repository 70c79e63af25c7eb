//! Commands that change something: find out what is meant, plan, ask, apply, wait, tell.

mod change;
mod consent;
mod effect;
mod files;
mod interrupt;
mod plan;
mod probe;
mod resume;
mod rotate;
mod session;
mod target;
mod tls;

pub(crate) use effect::code_of;
pub(crate) use effect::outcome_of_report;
pub(crate) use interrupt::unless_interrupted;
pub(crate) use resume::run as resume;
pub(crate) use rotate::run as rotate;
pub(crate) use session::{Session, refuse_if_read_only};

use crate::{
    cli::{
        Form, Global,
        write::{ChangeArgs, Consent, JournalFile, Patience},
    },
    exit::Result,
    output::{
        outcome::{Outcome, Report},
        report::print_report,
    },
    progress::Progress,
};
use certfleet::{Account, Change, Error, How, Scope, State};
use certfleet_changes::{Plan, WaitOptions};
use chrono::Utc;
use std::{io::Write as _, time::Duration};

use consent::{Agreement, ask};
pub(crate) use files::{read, write_private};
pub(crate) use plan::{apply, plan};
pub(crate) use target::find_all;

/// How often is looked while something is waited for.
pub(crate) const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How a command that changes something is carried out.
#[derive(Clone, Copy)]
pub(crate) struct WriteContext<'a> {
    pub(crate) global: &'a Global,
    pub(crate) consent: &'a Consent,
    pub(crate) patience: Patience,
    pub(crate) journal: &'a JournalFile,
    pub(crate) output: Form,
}

impl<'a> WriteContext<'a> {
    /// The journal that is written; none where nothing is changed.
    fn journal(&self) -> Option<&'a JournalFile> {
        (!self.consent.dry_run).then_some(self.journal)
    }
}

impl Patience {
    /// How to wait, if at all.
    pub(crate) fn waiting(self) -> Option<Waiting> {
        (!self.no_wait).then(|| {
            WaitOptions::default()
                .timeout(self.wait_for)
                .poll_interval(LOOK_EVERY)
        })
    }
}

/// `upload`, `generate`, `rename`, `activate`, `deactivate`, `replace`, `delete`.
pub(crate) async fn run(args: &ChangeArgs, context: WriteContext<'_>) -> Result<()> {
    refuse_if_read_only(context.global, context.consent.dry_run)?;
    let (account, change) = change::of(args, context.global, context.journal()).await?;
    carry_out(&account, change, context, |_| Ok(())).await
}

/// Plans a change, asks, applies it, waits, and tells. `check` may refuse the plan.
async fn carry_out(
    account: &Account,
    change: Change,
    context: WriteContext<'_>,
    check: impl FnOnce(&Plan) -> Result<()>,
) -> Result<()> {
    let started = Utc::now();
    let mut report = Report::default();
    let planned = match unless_interrupted(account.plan(change)).await? {
        None => return interrupted(account, started, report, context),
        Some(Err(error)) => return failed(&error, report, context),
        Some(Ok(plan)) => plan,
    };
    check(&planned)?;
    report.plan = Some(planned.clone());
    if context.output == Form::Table {
        let mut out = crate::output::out();
        crate::output::plan::text(&mut out, &planned)?;
        out.flush()?;
    }
    if context.consent.dry_run {
        report.outcome = Outcome::Planned;
        return print_report(report, context.output);
    }
    let agreed = if planned.unchanged {
        Agreement::Given(Vec::new())
    } else {
        ask(&planned.kinds(), context, |out| {
            crate::output::plan::text(out, &planned)
        })
        .await?
    };
    let kinds = match agreed {
        Agreement::Given(kinds) => kinds,
        Agreement::Declined => {
            report.outcome = Outcome::Declined;
            return print_report(report, context.output);
        }
        Agreement::Interrupted => return interrupted(account, started, report, context),
        Agreement::Refused(why) => {
            report.outcome = Outcome::Refused;
            report.next = vec![why];
            return print_report(report, context.output);
        }
    };
    let account = account.acknowledging(kinds);
    let applied = match unless_interrupted(account.apply(planned.change)).await? {
        None => return interrupted(&account, started, report, context),
        Some(Err(error)) => return failed(&error, report, context),
        Some(Ok(applied)) => applied,
    };
    report.outcome = effect::outcome_of(&applied);
    report.result = Some(applied);
    match unless_interrupted(settle(&account, &mut report, context.patience)).await? {
        None => return interrupted(&account, started, report, context),
        Some(Ok(())) => {}
        Some(Err(error)) => {
            // It was sent and accepted; only its end was not seen.
            report.outcome = Outcome::Pending;
            report.error = Some(error.report());
        }
    }
    print_report(report, context.output)
}

/// Waits for what the vendor does in its own time.
async fn settle(
    account: &Account,
    report: &mut Report,
    patience: Patience,
) -> certfleet::Result<()> {
    let Some((set, wanted)) = report.plan.as_ref().and_then(|plan| match &plan.change {
        Change::Activate(set) => Some((set.clone(), State::Active)),
        Change::Deactivate(set) => Some((set.clone(), State::Inactive)),
        _ => None,
    }) else {
        return Ok(());
    };
    let Some(result) = &mut report.result else {
        return Ok(());
    };
    // What is switched by the vendor in its own time is at its edge.
    if set.scope != Scope::Edge || !result.is_complete() {
        return Ok(());
    }
    let Some(waiting) = patience.waiting() else {
        if result.how != How::Unchanged {
            report.next.push(format!(
                "it is on its way: certfleet list --provider {} shows when it is {wanted}",
                account.provider()
            ));
        }
        return Ok(());
    };
    let progress = Progress::new();
    let seen = account
        .wait(&set.ids, &set.scope, wanted, waiting, |seen| {
            let states: Vec<_> = seen
                .pending
                .iter()
                .map(|(id, state)| format!("{id} is {state}"))
                .collect();
            if !states.is_empty() {
                progress.say(format!("waiting until {wanted}: {}", states.join(", ")));
            }
        })
        .await;
    progress.clear();
    for seen in seen? {
        match result.certificates.iter_mut().find(|one| one.id == seen.id) {
            Some(one) => {
                one.placements = seen.placements;
                one.state = seen.state;
            }
            None => result.certificates.push(seen),
        }
    }
    Ok(())
}

/// Ends with an error of the facade.
pub(crate) fn failed(error: &Error, mut report: Report, context: WriteContext<'_>) -> Result<()> {
    report.outcome = effect::outcome_of_error(error);
    report.error = Some(error.report());
    report.next.extend(effect::advice(error));
    print_report(report, context.output)
}

/// Ends after SIGINT or SIGTERM with what the journal knows.
fn interrupted(
    account: &Account,
    since: chrono::DateTime<Utc>,
    mut report: Report,
    context: WriteContext<'_>,
) -> Result<()> {
    report.outcome = Outcome::Interrupted;
    report.next.push(interrupt::what_is_known(
        account.journal(),
        since,
        report.result.is_some(),
    ));
    print_report(report, context.output)
}
