//! The rules for writing.

use crate::report::{Kept, Report, ensure};
use certfleet::{
    Account, Applied, Certificate, CertificateId, Change, ContentFetch, Effect, Error, ErrorKind,
    How, ListOptions, Name, Scope, State, Upload, Verb,
    adapter::{Field, UploadScopes},
    change::{Delete, Generate, ReferencePolicy, Rename, Replace, SetActive},
    model::OtherScope,
};
use certfleet_changes::{ConsequenceKind, Journal, WaitOptions, Writer};
use futures_util::TryStreamExt;
use std::fmt::Display;

/// What to make.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct WriteOptions {
    /// A certificate that the account takes and does not have; without one, and without
    /// [`generate`](Self::generate), only refusals are checked.
    pub certificate: Option<String>,
    /// Another one, to replace it by.
    pub other: Option<String>,
    /// Whether to have one generated, which uses up a part of a daily quota.
    pub generate: bool,
    /// The scopes to put it in.
    pub scopes: Vec<Scope>,
    /// The scope to activate it in; none unless said. In a scope where nothing is active yet, that
    /// may start enforcement.
    pub activate: Option<Scope>,
    /// How to wait for states.
    pub waiting: WaitOptions,
}

const NAME: &str = "certfleet-conformance";

struct Run<'a> {
    writer: &'a Writer,
    report: Report,
}

impl Run<'_> {
    fn can(&self, verb: Verb) -> bool {
        self.writer.account().capabilities().get(verb).is_some()
    }

    async fn listed(&self) -> Result<Vec<Certificate>, String> {
        self.writer
            .account()
            .list(ListOptions::content(ContentFetch::Fetch))
            .try_collect()
            .await
            .map_err(text)
    }

    fn deletion(&self, id: &CertificateId) -> Change {
        let references = self.writer.account().rules().delete_references;
        Change::Delete(Delete {
            id: id.clone(),
            references: references.first().copied().unwrap_or(ReferencePolicy::Keep),
        })
    }

    /// Plans a change, applies it, and applies it once more.
    async fn twice(&mut self, change: Change) -> Result<Applied, String> {
        let plan = self.writer.plan(change.clone()).await.map_err(text)?;
        ensure(!plan.unchanged, || "it is so before it is done".to_owned())?;
        ensure(!plan.steps.is_empty(), || "a plan without steps".to_owned())?;
        let applied = self.writer.apply(change.clone()).await.map_err(text)?;
        ensure(applied.is_complete(), || format!("{applied:?}"))?;
        match self.writer.apply(change).await {
            Ok(again) => ensure(again.how == How::Unchanged, || {
                format!("done twice: {again:?}")
            })?,
            Err(error) => return Err(format!("not so once it is done: {error:?}")),
        }
        Ok(applied)
    }
}

/// Checks every rule for writing that the account's capabilities and the options choose. It makes one record,
/// changes it and deletes it, with a journal in memory, every consequence acknowledged.
pub async fn writes(account: &Account, options: &WriteOptions) -> Report {
    let writer = Writer::new(account.clone(), Journal::memory())
        .acknowledging(ConsequenceKind::ALL.iter().copied());
    let mut run = Run {
        writer: &writer,
        report: Report::new(account),
    };
    let refused = refusals(&writer, options).await;
    run.report.rule(
        "what it cannot do is refused before anything is sent",
        refused,
    );
    let before = run.listed().await;
    match make(&mut run, options).await {
        Some(Ok(id)) => {
            change(&mut run, options, &id).await;
            let removed = remove(&mut run, &id).await;
            run.report.rule("what was made is deleted, once", removed);
        }
        Some(Err(how)) => run.report.rule("one record is made", Err(how)),
        None => run.report.skip(
            "one record is made",
            "nothing to make was named, or it could not be deleted again",
        ),
    }
    let left = left_as_it_was(&run, before).await;
    run.report.rule("nothing else was changed", left);
    let pending = writer.journal().pending().await;
    run.report.rule(
        "the journal has nothing pending",
        match pending {
            Ok(pending) if pending.is_empty() => Ok(1),
            other => Err(format!("{other:?}")),
        },
    );
    run.report
}

/// Makes a record; `None` where none was named, or it could not be deleted again.
async fn make(run: &mut Run<'_>, options: &WriteOptions) -> Option<Result<CertificateId, String>> {
    if !run.can(Verb::Delete) {
        return None;
    }
    let made = match &options.certificate {
        Some(certificate) if run.can(Verb::Upload) => {
            let change = match upload(run.writer.account(), certificate, options) {
                Ok(upload) => Change::Upload(upload),
                Err(error) => return Some(Err(text(error))),
            };
            let plain = plain_refused(run.writer, &change).await;
            run.report
                .rule("consequences have to be acknowledged", plain);
            run.twice(change).await
        }
        _ if options.generate && run.can(Verb::Generate) => {
            let change = Change::Generate(Generate::default());
            let plain = plain_refused(run.writer, &change).await;
            run.report
                .rule("consequences have to be acknowledged", plain);
            run.writer.apply(change).await.map_err(text)
        }
        _ => return None,
    };
    let id = made.and_then(|applied| {
        let first = applied.certificates.first();
        first
            .map(|one| one.id.clone())
            .ok_or_else(|| "it names no record".to_owned())
    });
    if id.is_ok() {
        run.report.rule("one record is made", Ok(1));
    }
    Some(id)
}

fn upload(account: &Account, certificate: &str, options: &WriteOptions) -> Result<Upload, Error> {
    let rules = account.rules();
    let mut upload = Upload::new(certificate.as_bytes())?;
    for (field, set) in rules.fields.into_iter().zip([
        Upload::name as fn(Upload, &'static str) -> Upload,
        Upload::alias,
        Upload::description,
    ]) {
        if field != Field::None {
            upload = set(upload, NAME);
        }
    }
    if !matches!(rules.upload_scopes, UploadScopes::Fixed(_)) {
        upload.scopes.clone_from(&options.scopes);
    }
    Ok(upload)
}

/// Without an acknowledgement, what has consequences is not sent.
async fn plain_refused(writer: &Writer, change: &Change) -> Kept {
    let kinds = writer.plan(change.clone()).await.map_err(text)?.kinds();
    for missing in &kinds {
        let acknowledged = kinds.iter().filter(|kind| *kind != missing).copied();
        let plain = writer.acknowledging_only(acknowledged);
        match plain.apply(change.clone()).await {
            Err(error) if error.kind() == ErrorKind::NotAcknowledged => {}
            other => return Err(format!("{missing} was not asked for: {other:?}")),
        }
    }
    Ok(kinds.len())
}

async fn change(run: &mut Run<'_>, options: &WriteOptions, id: &CertificateId) {
    if run.can(Verb::Rename) {
        let change = Change::Rename(Rename {
            id: id.clone(),
            name: format!("{NAME}-renamed"),
        });
        let renamed = run.twice(change).await.map(|_| 1);
        run.report.rule("a name is changed, once", renamed);
    }
    match (&options.activate, run.can(Verb::Activate)) {
        (Some(scope), true) => {
            let switched = switch(run, options, id, scope).await;
            run.report
                .rule("it is brought into force and out of it, once", switched);
        }
        (None, true) => run.report.skip(
            "it is brought into force and out of it, once",
            "no scope was named",
        ),
        (_, false) => {}
    }
    match (&options.other, run.can(Verb::Replace)) {
        (Some(other), true) => {
            let replace = Replace::new(
                id.clone(),
                other.as_bytes(),
                options.scopes.clone(),
                ReferencePolicy::Keep,
            );
            let replaced = match replace {
                Ok(replace) => run.twice(Change::Replace(replace)).await.map(|_| 1),
                Err(error) => Err(text(error)),
            };
            run.report.rule("its content is replaced, once", replaced);
        }
        (None, true) => run
            .report
            .skip("its content is replaced, once", "no other one was named"),
        (_, false) => {}
    }
}

async fn switch(
    run: &mut Run<'_>,
    options: &WriteOptions,
    id: &CertificateId,
    scope: &Scope,
) -> Kept {
    let set = || SetActive::new([id.clone()], scope.clone());
    let ids = [id.clone()];
    let wait = async |wanted| {
        run.writer
            .wait(&ids, scope, wanted, options.waiting, |_| ())
            .await
            .map_err(text)
    };
    let apply = async |change: Change| run.writer.apply(change).await.map_err(text);
    apply(Change::Activate(set())).await?;
    wait(State::Active).await?;
    let again = apply(Change::Activate(set())).await?;
    ensure(again.how == How::Unchanged, || format!("{again:?}"))?;
    let rules = run.writer.account().rules().scope(scope.kind());
    if rules.is_some_and(|rules| !rules.delete_undeploys) {
        let deleted = run.writer.apply(run.deletion(id)).await;
        ensure(
            deleted
                .as_ref()
                .is_err_and(|error| error.kind() == ErrorKind::Precondition),
            || format!("deleted while it is in force: {deleted:?}"),
        )?;
    }
    apply(Change::Deactivate(set())).await?;
    wait(State::Inactive).await?;
    let again = apply(Change::Deactivate(set())).await?;
    ensure(again.how == How::Unchanged, || format!("{again:?}"))?;
    Ok(5)
}

async fn remove(run: &mut Run<'_>, id: &CertificateId) -> Kept {
    let change = run.deletion(id);
    run.writer.apply(change.clone()).await.map_err(text)?;
    let listed = run.listed().await?;
    ensure(!listed.iter().any(|one| one.id == *id), || {
        format!("{id} is still listed")
    })?;
    let again = run.writer.apply(change.clone()).await.map_err(text)?;
    ensure(again.how == How::Unchanged, || {
        format!("deleted twice: {again:?}")
    })?;
    // Another journal does not know who deleted it.
    let other = Writer::new(run.writer.account().clone(), Journal::memory())
        .acknowledging(ConsequenceKind::ALL.iter().copied());
    match other.apply(change).await {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(3),
        other => Err(format!("deleted twice: {other:?}")),
    }
}

async fn left_as_it_was(run: &Run<'_>, before: Result<Vec<Certificate>, String>) -> Kept {
    let (before, after) = (before?, run.listed().await?);
    let facts = |listed: &[Certificate]| {
        let mut facts: Vec<_> = listed
            .iter()
            .map(|one| (one.id.clone(), one.name.clone(), one.state))
            .collect();
        facts.sort();
        facts
    };
    ensure(facts(&before) == facts(&after), || {
        "the listing is another than before".to_owned()
    })?;
    Ok(before.len())
}

/// Every verb that the account does not have.
async fn refusals(writer: &Writer, options: &WriteOptions) -> Kept {
    let account = writer.account();
    let id = CertificateId::new(account.provider(), account.name(), "no-such-certificate");
    const SCOPE: Name = Name::new("no-such-scope").unwrap();
    let set = || SetActive::new([id.clone()], Scope::Other(OtherScope::new(SCOPE, None)));
    let mut changes = vec![
        Change::Generate(Generate::default()),
        Change::Rename(Rename {
            id: id.clone(),
            name: NAME.to_owned(),
        }),
        Change::Activate(set()),
        Change::Deactivate(set()),
    ];
    if let Some(certificate) = &options.certificate {
        let pem = certificate.as_bytes();
        changes.push(Change::Upload(Upload::new(pem).map_err(text)?));
        let replace = Replace::new(id.clone(), pem, [], ReferencePolicy::Keep).map_err(text)?;
        changes.push(Change::Replace(replace));
    }
    let mut cases = 0;
    for change in changes {
        if account.capabilities().get(change.verb()).is_some() {
            continue;
        }
        match writer.apply(change.clone()).await {
            Err(error)
                if error.kind() == ErrorKind::Unsupported
                    && error.effect() == Effect::None
                    && error.status().is_none() =>
            {
                cases += 1;
            }
            other => return Err(format!("{}: {other:?}", change.verb())),
        }
    }
    Ok(cases)
}

fn text(error: impl Display) -> String {
    error.to_string()
}
