//! A thread of a store's own, on which its requests are made and its leases are kept: what the program is busy with
//! does not hold up a lease, and what has to be given back is given back before the program ends.

use certfleet::{Error, ErrorKind, Result};
use futures_util::future::BoxFuture;
use std::{fmt, thread, time::Duration};
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinSet,
    time::timeout,
};

/// How long the end waits for what is under way: to give leases back takes one request each.
const AT_THE_END: Duration = Duration::from_secs(5);

type Job = BoxFuture<'static, ()>;

/// The thread. Its drop waits until what was begun on it has ended.
pub(crate) struct Background {
    jobs: Option<mpsc::UnboundedSender<Job>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Background {
    /// Starts it.
    pub(crate) fn start() -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        let runtime = runtime.map_err(|error| failed(&error))?;
        let (jobs, receiver) = mpsc::unbounded_channel();
        let thread = thread::Builder::new()
            .name("journal".to_owned())
            .spawn(move || runtime.block_on(work(receiver)));
        Ok(Self {
            jobs: Some(jobs),
            thread: Some(thread.map_err(|error| failed(&error))?),
        })
    }

    /// Begins something that only the end of the program waits for.
    pub(crate) fn begin(&self, job: impl Future<Output = ()> + Send + 'static) {
        if let Some(jobs) = &self.jobs {
            // The thread ends after the last sender only.
            let _ = jobs.send(Box::pin(job));
        }
    }

    /// Does something there. It goes on where the caller does not wait for its end.
    ///
    /// # Errors
    /// Its own, and [`ErrorKind::Journal`] where the thread has failed.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        job: impl Future<Output = Result<T>> + Send + 'static,
    ) -> Result<T> {
        let (done, result) = oneshot::channel();
        self.begin(async move {
            let _ = done.send(job.await);
        });
        result
            .await
            .unwrap_or_else(|_| Err(failed(&"a request of it was cut off")))
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        self.jobs = None;
        let thread = self.thread.take();
        // What was cut off may be the last to drop it, on the thread itself.
        if let Some(thread) = thread.filter(|one| one.thread().id() != thread::current().id()) {
            let _ = thread.join();
        }
    }
}

impl fmt::Debug for Background {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Background")
    }
}

async fn work(mut jobs: mpsc::UnboundedReceiver<Job>) {
    let mut tasks = JoinSet::new();
    loop {
        tokio::select! {
            job = jobs.recv() => match job {
                Some(job) => drop(tasks.spawn(job)),
                None => break,
            },
            Some(_) = tasks.join_next() => {}
        }
    }
    let rest = async { while tasks.join_next().await.is_some() {} };
    let _ = timeout(AT_THE_END, rest).await;
}

fn failed(why: &dyn fmt::Display) -> Error {
    Error::new(
        ErrorKind::Journal,
        format!("the thread of the journal has failed: {why}"),
    )
}
