//! What is said on stderr while something takes long.

use crate::terminal;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::{
    io::{self, IsTerminal as _, Write as _},
    pin::pin,
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tokio::time::{Instant, timeout_at};

/// What is done sooner shows no progress.
const PATIENCE: Duration = Duration::from_secs(1);

/// Waits, and says on a terminal what for once it takes long. No question may be asked meanwhile: the line
/// would be drawn over it.
pub(crate) async fn while_waiting<T>(text: &str, work: impl Future<Output = T>) -> T {
    Progress::new().wait(|| text.to_owned(), work).await
}

/// One line that changes, where stderr is a terminal; elsewhere one line for every change. It is taken away
/// when it is dropped.
pub(crate) struct Progress {
    on_terminal: bool,
    since: Instant,
    bar: Mutex<Option<ProgressBar>>,
    last: Mutex<String>,
}

impl Progress {
    pub(crate) fn new() -> Self {
        Self {
            on_terminal: io::stderr().is_terminal(),
            since: Instant::now(),
            bar: Mutex::default(),
            last: Mutex::default(),
        }
    }

    /// Waits, and begins to show the line, on a terminal only, when it is time.
    pub(crate) async fn wait<T>(
        &self,
        text: impl FnOnce() -> String,
        work: impl Future<Output = T>,
    ) -> T {
        let mut work = pin!(work);
        if self.on_terminal && !self.is_shown() {
            match timeout_at(self.since + PATIENCE, work.as_mut()).await {
                Ok(done) => return done,
                Err(_) => self.say(text()),
            }
        }
        work.await
    }

    /// Returns whether the changing line is shown.
    pub(crate) fn is_shown(&self) -> bool {
        let bar = self.bar.lock().unwrap_or_else(PoisonError::into_inner);
        bar.is_some()
    }

    /// Something that is going on and whose end is reported: shown on a terminal only.
    pub(crate) fn going_on(&self, text: String) {
        if self.on_terminal {
            self.say(text);
        }
    }

    /// Something that is going on and may take long. The same again is said once.
    pub(crate) fn say(&self, text: String) {
        let text = terminal::sanitize(&text).into_owned();
        if !self.on_terminal {
            return self.line(text);
        }
        let mut bar = self.bar.lock().unwrap_or_else(PoisonError::into_inner);
        let bar = bar.get_or_insert_with(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            // Cut at the end of the line: a second one would be moved over by what is printed next.
            let style = ProgressStyle::with_template("{spinner} {wide_msg}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
            bar.enable_steady_tick(Duration::from_millis(100));
            bar
        });
        bar.set_message(text);
    }

    /// Something that is over and stays to be read.
    pub(crate) fn note(&self, text: String) {
        let text = terminal::sanitize(&text).into_owned();
        match &*self.bar.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(bar) => {
                let text = terminal::for_stderr(&text);
                bar.suspend(|| drop(writeln!(io::stderr(), "{text}")));
            }
            None => self.line(text),
        }
    }

    fn line(&self, text: String) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if *last != text {
            drop(writeln!(io::stderr(), "{}", terminal::for_stderr(&text)));
            *last = text;
        }
    }

    /// Takes the changing line away, until something is said again. What asks a question does it first: the
    /// line would be drawn over the question.
    pub(crate) fn clear(&self) {
        let bar = self
            .bar
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(bar) = bar {
            bar.finish_and_clear();
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.clear();
    }
}
