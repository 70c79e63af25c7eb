//! `upload`, `generate`, `rename`, `activate`, `deactivate`, `replace`, `delete`: a change is planned,
//! agreed to, applied and waited for, and its end is printed.

use super::{
    consent::{self, Agreement},
    context::{WriteContext, wait_options},
    gone,
    interrupt::{unless_interrupted, what_is_known},
};
use crate::{
    cli::{write::ChangeArgs, write::Patience},
    exit::Result,
    output::{
        change::{ChangeReport, NOT_DELETED, RESUME, is_gone, next_steps, outcome_of},
        outcome::Outcome,
        plan as shown,
        put_back::{PutBack, Repeated},
        report::print_report,
    },
    progress::{Progress, while_waiting},
};
use certfleet::{
    Account, Applied, Change, Error, How, State, Verb, adapter::Switching, change::SetActive,
};
use certfleet_changes::{Plan, Writer};
use chrono::{DateTime, Utc};

pub(crate) async fn run(args: &ChangeArgs, context: WriteContext<'_>) -> Result<()> {
    context.refuse_if_read_only(context.consent.dry_run)?;
    context.refuse_waiting(args.verb())?;
    let journal = context.journal().await?;
    let naming = gone::from_args(args, context.global, &journal);
    let Some(named) = unless_interrupted(naming).await? else {
        let report = ChangeReport {
            outcome: Outcome::Interrupted,
            next: vec!["nothing was sent".to_owned()],
            ..ChangeReport::default()
        };
        return print_report(report, context.output);
    };
    let named = named?;
    let verb = named.change.verb();
    let making = Making::new(named.writer(journal), context);
    let planned = making.writer.plan(named.change);
    match unless_interrupted(making.waiting("planning", planned)).await? {
        None => making.interrupted(ChangeReport::default()).await,
        Some(Err(error)) => making.failed(&error, verb, ChangeReport::default()),
        Some(Ok(plan)) => making.carry_out(plan).await,
    }
}

/// One change on its way.
pub(super) struct Making<'a> {
    writer: Writer,
    context: WriteContext<'a>,
    since: DateTime<Utc>,
}

impl<'a> Making<'a> {
    pub(super) fn new(writer: Writer, context: WriteContext<'a>) -> Self {
        Self {
            writer,
            context,
            since: Utc::now(),
        }
    }

    /// Plans a saved plan's change as things are now.
    pub(super) async fn plan_again(&self, saved: &Plan) -> certfleet::Result<Plan> {
        self.waiting("planning", self.writer.plan_again(saved))
            .await
    }

    /// Shows a plan, asks, applies it, waits, and prints how it ended.
    pub(super) async fn carry_out(mut self, plan: Plan) -> Result<()> {
        let context = self.context;
        let mut report = ChangeReport {
            plan: Some(plan.clone()),
            ..ChangeReport::default()
        };
        context.show(|out| shown::text(out, &plan));
        if context.consent.dry_run {
            report.outcome = Outcome::Planned;
            return print_report(report, context.output);
        }
        if !plan.unchanged {
            let kinds = plan.kinds();
            let ask = consent::ask(&kinds, context, |out| shown::text(out, &plan));
            match ask.await? {
                Agreement::Given(kinds) => {
                    self.writer = self.writer.acknowledging(kinds);
                    if !context.consent.yes {
                        // What a person was shown is checked against what is there by now.
                        self.writer = self.writer.sharing_looks();
                    }
                }
                Agreement::NotGiven {
                    outcome: Outcome::Interrupted,
                    ..
                } => return self.interrupted(report).await,
                Agreement::NotGiven { outcome, next } => {
                    report.outcome = outcome;
                    report.next.extend(next);
                    return print_report(report, context.output);
                }
            }
        }
        let change = plan.change.clone();
        let verb = change.verb();
        let applied = self.waiting(verb.as_str(), self.writer.apply_plan(plan));
        let applied = match unless_interrupted(applied).await? {
            None => return self.interrupted(report).await,
            Some(Err(error)) => return self.failed(&error, verb, report),
            Some(Ok(applied)) => applied,
        };
        report.outcome = Outcome::from_applied(&applied);
        if report.outcome == Outcome::Unknown {
            report.next.push(RESUME.to_owned());
        }
        let how = applied.how;
        report.result = Some(applied);
        report.next.extend(self.put_back(&change, how).await);
        let waited = wait_until_applied(&self.writer, &change, &mut report, context.patience);
        match unless_interrupted(waited).await? {
            None => return self.interrupted(report).await,
            Some(Ok(())) => {}
            Some(Err(error)) => {
                // It was sent and accepted; only its end was not seen.
                report.outcome = Outcome::Pending;
                report.error = Some(error.report());
            }
        }
        print_report(report, context.output)
    }

    /// How what was just deleted or displaced is put back, in sentences: what the journal has of it says.
    async fn put_back(&self, change: &Change, how: How) -> Vec<String> {
        let rules = self.writer.account().rules();
        let may_be_put_back = match change {
            Change::Delete(_) => true,
            Change::Activate(set) => how != How::Unchanged && rules.hands_over(set.scope.kind()),
            _ => false,
        };
        if !may_be_put_back {
            return Vec::new();
        }
        // The sandbox in this process ends with it.
        if self.context.global.sandbox {
            return Vec::new();
        }
        let Ok(contents) = self.writer.journal().read().await else {
            return Vec::new();
        };
        let repeated = Repeated::new(self.context.global, self.context.journal);
        match change {
            Change::Delete(delete) => {
                let put_back = PutBack::of_record(&delete.id, &contents, &repeated);
                put_back.map_or_else(Vec::new, |put_back| put_back.sentences())
            }
            Change::Activate(set) => {
                let go_back = PutBack::of_switch(set, &contents, &repeated);
                go_back.into_iter().collect()
            }
            _ => Vec::new(),
        }
    }

    /// Waits for the vendor, and says so once it takes long.
    async fn waiting<T>(&self, what: &str, work: impl Future<Output = T>) -> T {
        let account = self.writer.account().full_name();
        while_waiting(&format!("{account}: {what}, waiting for an answer"), work).await
    }

    /// Ends with an error of the engine.
    pub(super) fn failed(&self, error: &Error, verb: Verb, mut report: ChangeReport) -> Result<()> {
        let error = error.report();
        report.outcome = outcome_of(&error, verb);
        if is_gone(&error, verb) {
            report.next.push(NOT_DELETED.to_owned());
        }
        report.next.extend(next_steps(&error));
        report.error = Some(error);
        print_report(report, self.context.output)
    }

    /// Ends after SIGINT or SIGTERM with what the journal knows.
    pub(super) async fn interrupted(&self, mut report: ChangeReport) -> Result<()> {
        report.outcome = Outcome::Interrupted;
        let accepted = report.result.is_some();
        let known = what_is_known(&self.writer, self.since, accepted).await;
        report.next.push(known);
        print_report(report, self.context.output)
    }
}

/// Waits for what the vendor does in its own time.
async fn wait_until_applied(
    writer: &Writer,
    change: &Change,
    report: &mut ChangeReport,
    patience: Patience,
) -> certfleet::Result<()> {
    let (set, wanted) = match change {
        Change::Activate(set) => (set, State::Active),
        Change::Deactivate(set) => (set, State::Inactive),
        _ => return Ok(()),
    };
    let account = writer.account();
    let Some(result) = &mut report.result else {
        return Ok(());
    };
    if !switches_eventually(account, set) || !result.is_complete() {
        return Ok(());
    }
    let Some(options) = wait_options(patience) else {
        if result.how != How::Unchanged {
            report.next.push(format!(
                "it is on its way: certfleet list --provider {} shows when it is {wanted}",
                account.provider()
            ));
        }
        return Ok(());
    };
    let progress = Progress::new();
    let seen = writer
        .wait(&set.ids, &set.scope, wanted, options, |seen| {
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
        update(result, seen);
    }
    Ok(())
}

/// Whether the vendor switches certificates on and off in a scope some time after its answer.
fn switches_eventually(account: &Account, set: &SetActive) -> bool {
    let rules = account.rules().scope(set.scope.kind());
    rules.is_some_and(|rules| rules.switching == Switching::Eventually)
}

/// Puts a record as it is now into a result.
fn update(result: &mut Applied, seen: certfleet::Certificate) {
    match result.certificates.iter_mut().find(|one| one.id == seen.id) {
        Some(one) => {
            one.placements = seen.placements;
            one.state = seen.state;
        }
        None => result.certificates.push(seen),
    }
}
