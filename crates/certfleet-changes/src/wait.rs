//! Waiting until a state is reached that a vendor brings about in its own time.

use crate::{
    reading::listed,
    snapshot::{Snapshot, state_in},
    writer::Writer,
};
use certfleet::{
    Certificate, CertificateId, ContentFetch, Error, ErrorKind, ListOptions, Result, Scope, State,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::time::Instant;

/// How long to wait, and how often to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct WaitOptions {
    /// The longest to wait in all. Two minutes unless said otherwise.
    pub timeout: Duration,
    /// How long to wait before each look. Two seconds unless said otherwise.
    pub poll_interval: Duration,
}

impl Default for WaitOptions {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(120),
            poll_interval: Duration::from_secs(2),
        }
    }
}

impl WaitOptions {
    /// Sets the longest to wait in all.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets how long to wait before each look.
    #[must_use]
    pub fn poll_interval(mut self, poll_interval: Duration) -> Self {
        self.poll_interval = poll_interval;
        self
    }
}

/// What was read while waiting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Progress {
    /// How many looks there were.
    pub looks: u32,
    /// How long it has been, in milliseconds.
    pub elapsed_ms: u64,
    /// The certificates that are not there yet, and their states.
    pub pending: Vec<(CertificateId, State)>,
    /// Why the last look failed, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<String>,
}

impl Writer {
    /// Waits until certificates are in a state in a scope, and returns them as they are then. Looks
    /// at once, and then at intervals; `progress` hears of every look. A look that fails in a way
    /// that may pass does not end the wait.
    ///
    /// # Errors
    /// [`ErrorKind::Timeout`]: not within the limit; what is pending is in
    /// [`certificates`](Error::certificates). [`ErrorKind::NotFound`]: one is gone. A look that
    /// was refused.
    pub async fn wait(
        &self,
        ids: &[CertificateId],
        scope: &Scope,
        wanted: State,
        options: WaitOptions,
        progress: impl FnMut(&Progress) + Send,
    ) -> Result<Vec<Certificate>> {
        let scopes = std::slice::from_ref(scope);
        self.wait_in(ids, scopes, wanted, options, progress).await
    }

    /// [`wait`](Self::wait), for several scopes at once.
    pub(crate) async fn wait_in(
        &self,
        ids: &[CertificateId],
        scopes: &[Scope],
        wanted: State,
        options: WaitOptions,
        mut progress: impl FnMut(&Progress) + Send,
    ) -> Result<Vec<Certificate>> {
        for id in ids {
            self.account().own(id)?;
        }
        let started = Instant::now();
        let mut looks = 0;
        loop {
            let looked = self.look_once().await;
            looks += 1;
            let mut late: Vec<&Scope> = Vec::new();
            let mut seen = Progress {
                looks,
                elapsed_ms: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
                pending: Vec::new(),
                failed: None,
            };
            match looked {
                Ok(snapshot) => {
                    let mut found = Vec::new();
                    for id in ids {
                        let one = match snapshot.find(id) {
                            Some(one) => one,
                            // It may be a record whose address cannot be read.
                            None if snapshot.unidentified() > 0 => {
                                seen.pending.push((id.clone(), State::Unknown));
                                continue;
                            }
                            None => return Err(Error::not_found(id)),
                        };
                        // A record that can be read and is not said to be in a scope is not in force there.
                        let absent = |scope| match snapshot.in_force(id, scope) {
                            Some(false) => State::Inactive,
                            _ => State::Unknown,
                        };
                        let state = |scope| state_in(one, scope).unwrap_or_else(|| absent(scope));
                        let behind = scopes.iter().filter(|scope| state(scope) != wanted);
                        let behind: Vec<_> = behind.collect();
                        if let Some(first) = behind.first() {
                            seen.pending.push((id.clone(), state(first)));
                        }
                        late.extend(behind);
                        found.push(one.clone());
                    }
                    if seen.pending.is_empty() {
                        progress(&seen);
                        return Ok(found);
                    }
                }
                Err(error) if may_pass(&error) => {
                    seen.failed = Some(error.to_string());
                    seen.pending = ids.iter().map(|id| (id.clone(), State::Unknown)).collect();
                }
                Err(error) => return Err(error),
            }
            progress(&seen);
            if started.elapsed() + options.poll_interval > options.timeout {
                if late.is_empty() {
                    late.extend(scopes);
                }
                return Err(self.overdue(&seen, &late, wanted, options));
            }
            tokio::time::sleep(options.poll_interval).await;
        }
    }

    /// One look; it stands for what is there afterwards, where looks are shared.
    async fn look_once(&self) -> Result<Snapshot> {
        if !self.shares_looks() {
            let skip = ListOptions::content(ContentFetch::Skip);
            return listed(self.account(), skip).await;
        }
        let journal = self.journal().read().await?;
        self.snapshot_now(None, &journal).await
    }

    fn overdue(
        &self,
        seen: &Progress,
        late: &[&Scope],
        wanted: State,
        options: WaitOptions,
    ) -> Error {
        let states: Vec<_> = seen
            .pending
            .iter()
            .map(|(id, state)| format!("{id} is {state}"))
            .collect();
        let names: BTreeSet<_> = late.iter().map(ToString::to_string).collect();
        let names: Vec<_> = names.into_iter().collect();
        let mut error = self
            .refusal(
                ErrorKind::Timeout,
                format!(
                    "not {wanted} at {} within {} seconds: {}",
                    names.join(", "),
                    options.timeout.as_secs_f32(),
                    states.join(", ")
                ),
            )
            .with_certificates(seen.pending.iter().map(|(id, _)| id.clone()));
        if let Some(failed) = &seen.failed {
            error = error.with_advice(format!("The last look failed: {failed}"));
        }
        error
    }
}

/// Whether the next look may fare better.
fn may_pass(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Network | ErrorKind::Timeout | ErrorKind::RateLimited | ErrorKind::Provider
    )
}
