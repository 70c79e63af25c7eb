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
        write::{Consent, JournalFile, Patience, Wanted},
    },
    exit::{Code, Failure, Result},
    output::{
        json,
        outcome::{Outcome, Report},
    },
    progress::Progress,
};
use certfleet::{Account, Change, Error, How, Plan, Scope, State, WaitOptions};
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
pub(crate) struct Manner<'a> {
    pub(crate) global: &'a Global,
    pub(crate) consent: &'a Consent,
    pub(crate) patience: Patience,
    pub(crate) journal: &'a JournalFile,
    pub(crate) output: Form,
}

impl<'a> Manner<'a> {
    /// The journal that is written; none where nothing is changed.
    fn journal(&self) -> Option<&'a JournalFile> {
        (!self.consent.dry_run).then_some(self.journal)
    }
}

impl Patience {
    /// How to wait, if at all.
    pub(crate) fn waiting(self) -> Option<WaitOptions> {
        (!self.no_wait).then(|| {
            WaitOptions::default()
                .timeout(self.wait_for)
                .poll_interval(LOOK_EVERY)
        })
    }
}

/// `upload`, `generate`, `rename`, `activate`, `deactivate`, `replace`, `delete`.
pub(crate) async fn run(wanted: &Wanted, manner: Manner<'_>) -> Result<()> {
    refuse_if_read_only(manner.global, manner.consent.dry_run)?;
    let (account, change) = change::of(wanted, manner.global, manner.journal()).await?;
    carry_out(&account, change, manner, |_| Ok(())).await
}

/// Plans a change, asks, applies it, waits, and tells. `check` may refuse the plan.
async fn carry_out(
    account: &Account,
    change: Change,
    manner: Manner<'_>,
    check: impl FnOnce(&Plan) -> Result<()>,
) -> Result<()> {
    let started = Utc::now();
    let mut report = Report::default();
    let planned = match unless_interrupted(account.plan(change)).await? {
        None => return interrupted(account, started, report, manner),
        Some(Err(error)) => return failed(&error, report, manner),
        Some(Ok(plan)) => plan,
    };
    check(&planned)?;
    report.plan = Some(planned.clone());
    if manner.output == Form::Table {
        let mut out = crate::commands::out();
        crate::output::plan::text(&mut out, &planned)?;
        out.flush()?;
    }
    if manner.consent.dry_run {
        report.outcome = Outcome::Planned;
        return tell(report, manner);
    }
    let agreed = if planned.unchanged {
        Agreement::Given(Vec::new())
    } else {
        ask(&planned.kinds(), manner, |out| {
            crate::output::plan::text(out, &planned)
        })
        .await?
    };
    let kinds = match agreed {
        Agreement::Given(kinds) => kinds,
        Agreement::Declined => {
            report.outcome = Outcome::Declined;
            return tell(report, manner);
        }
        Agreement::Interrupted => return interrupted(account, started, report, manner),
        Agreement::Refused(why) => {
            report.outcome = Outcome::Refused;
            report.next = vec![why];
            return tell(report, manner);
        }
    };
    let account = account.acknowledging(kinds);
    let applied = match unless_interrupted(account.apply(planned.change)).await? {
        None => return interrupted(&account, started, report, manner),
        Some(Err(error)) => return failed(&error, report, manner),
        Some(Ok(applied)) => applied,
    };
    report.outcome = effect::outcome_of(&applied);
    report.result = Some(applied);
    match unless_interrupted(settle(&account, &mut report, manner.patience)).await? {
        None => return interrupted(&account, started, report, manner),
        Some(Ok(())) => {}
        Some(Err(error)) => {
            // It was sent and accepted; only its end was not seen.
            report.outcome = Outcome::Pending;
            report.error = Some(error.report());
        }
    }
    tell(report, manner)
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
pub(crate) fn failed(error: &Error, mut report: Report, manner: Manner<'_>) -> Result<()> {
    report.outcome = effect::outcome_of_error(error);
    report.error = Some(error.report());
    report.next.extend(effect::advice(error));
    tell(report, manner)
}

/// Ends after SIGINT or SIGTERM with what the journal knows.
fn interrupted(
    account: &Account,
    since: chrono::DateTime<Utc>,
    mut report: Report,
    manner: Manner<'_>,
) -> Result<()> {
    report.outcome = Outcome::Interrupted;
    report.next.push(interrupt::what_is_known(
        account.journal(),
        since,
        report.result.is_some(),
    ));
    tell(report, manner)
}

/// Prints a report; its outcome is the exit code.
pub(crate) fn tell(mut report: Report, manner: Manner<'_>) -> Result<()> {
    let code = report.outcome.code();
    report.exit_code = code.number();
    let mut out = crate::commands::out();
    match manner.output {
        Form::Json => json::document(&mut out, &report)?,
        Form::Table => report.text(&mut out)?,
    }
    out.flush()?;
    drop(out);
    if code == Code::Done {
        return Ok(());
    }
    Err(Failure::new(code, report.summary()))
}
