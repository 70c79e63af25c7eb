//! What is said on stderr while something takes long.

use crate::terminal;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::{
    io::{self, IsTerminal as _, Write as _},
    sync::Mutex,
    time::Duration,
};

/// One line that changes, where stderr is a terminal; elsewhere one line for every change.
pub(crate) struct Progress {
    bar: Option<ProgressBar>,
    last: Mutex<String>,
}

impl Progress {
    pub(crate) fn new() -> Self {
        let bar = io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            bar.set_style(ProgressStyle::default_spinner());
            bar
        });
        Self {
            bar,
            last: Mutex::default(),
        }
    }

    /// Something that is going on and whose end is reported: shown on a terminal only.
    pub(crate) fn going_on(&self, text: String) {
        if self.bar.is_some() {
            self.say(text);
        }
    }

    /// Something that is going on and may take long. The same again is said once.
    pub(crate) fn say(&self, text: String) {
        let text = terminal::sanitize(&text).into_owned();
        match &self.bar {
            Some(bar) => {
                bar.enable_steady_tick(Duration::from_millis(100));
                bar.set_message(text);
            }
            None => self.line(text),
        }
    }

    /// Something that is over and stays to be read.
    pub(crate) fn note(&self, text: String) {
        let text = terminal::sanitize(&text).into_owned();
        match &self.bar {
            Some(bar) => bar.suspend(|| drop(writeln!(io::stderr(), "{text}"))),
            None => self.line(text),
        }
    }

    fn line(&self, text: String) {
        let Ok(mut last) = self.last.lock() else {
            return;
        };
        if *last != text {
            drop(writeln!(io::stderr(), "{text}"));
            *last = text;
        }
    }

    /// Takes the changing line away.
    pub(crate) fn clear(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
