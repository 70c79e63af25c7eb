//! Programs that are run for the operator: what they get of the environment, and what they complain about.

use certfleet_http::{Secret, redact};
use futures_util::future::{Either, select};
use std::{
    env,
    ffi::{OsStr, OsString},
    pin::pin,
    time::Duration,
};
use tokio::io::{AsyncRead, AsyncReadExt as _};

/// How much of a complaint is kept, in bytes.
const KEPT: u64 = 2048;

/// How long a complaint is waited for once the program has ended: a daemon that it left behind may hold its
/// stderr for ever.
const GRACE: Duration = Duration::from_millis(200);

/// What every program needs to run at all. Tokens stand in other variables.
const NEEDED: [&str; 8] = [
    "PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "TZ", "LANG", "LANGUAGE",
];

/// The same on Windows.
const NEEDED_ON_WINDOWS: [&str; 9] = [
    "SYSTEMROOT",
    "SYSTEMDRIVE",
    "PATHEXT",
    "COMSPEC",
    "TEMP",
    "TMP",
    "USERPROFILE",
    "APPDATA",
    "LOCALAPPDATA",
];

/// Returns the environment of a program that is run for the operator: what every program needs (`PATH`, `HOME`,
/// `USER`, `LOGNAME`, `TMPDIR`, `TZ`, the locale), and the variables that `passed` names. The tokens of
/// all accounts may stand in the others.
pub fn environment(passed: &[String]) -> Vec<(OsString, OsString)> {
    env::vars_os()
        .filter(|(name, _)| is_passed(name, passed))
        .collect()
}

fn is_passed(name: &OsStr, passed: &[String]) -> bool {
    let is = |other: &str| {
        // Windows does not tell the case of names.
        name == other || cfg!(windows) && name.eq_ignore_ascii_case(other)
    };
    NEEDED.into_iter().any(is)
        || cfg!(windows) && NEEDED_ON_WINDOWS.into_iter().any(is)
        || name.to_str().is_some_and(|name| name.starts_with("LC_"))
        || passed.iter().any(|other| is(other))
}

/// The start of what a program says on stderr.
#[derive(Debug, Default)]
pub struct Complaint(Vec<u8>);

impl Complaint {
    /// Reads a program's stderr while `finished` waits for its end, and returns what that returns.
    pub async fn during<T>(
        &mut self,
        finished: impl Future<Output = T>,
        stderr: Option<impl AsyncRead + Unpin>,
    ) -> T {
        let kept = &mut self.0;
        let listen = async move {
            let Some(mut stderr) = stderr else { return };
            // What cannot be read is not said.
            let start = (&mut stderr).take(KEPT).read_to_end(kept).await;
            if start.is_ok() {
                drop(tokio::io::copy(&mut stderr, &mut tokio::io::sink()).await);
            }
        };
        match select(pin!(finished), pin!(listen)).await {
            Either::Left((ended, listen)) => {
                drop(tokio::time::timeout(GRACE, listen).await);
                ended
            }
            Either::Right(((), finished)) => finished.await,
        }
    }

    /// Returns it as the end of a sentence, without what was `printed` and the values of the variables that
    /// the program was given: either may be secret. Empty where it said nothing.
    pub fn without<'a>(
        &self,
        printed: impl IntoIterator<Item = &'a str>,
        passed: &[String],
    ) -> String {
        let values = passed.iter().filter_map(|name| env::var(name).ok());
        let secrets: Vec<_> = printed
            .into_iter()
            .map(Secret::new)
            .chain(values.map(Secret::new))
            .collect();
        let said = redact(&String::from_utf8_lossy(&self.0), &secrets);
        let lines: Vec<_> = said
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .collect();
        if lines.is_empty() {
            return String::new();
        }
        format!(" and says {:?}", lines.join("; "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_program_gets() {
        let passed = ["VAULT_ADDR".to_owned()];
        for (name, gets) in [
            ("PATH", true),
            ("HOME", true),
            ("TMPDIR", true),
            ("LANG", true),
            ("LC_ALL", true),
            ("VAULT_ADDR", true),
            ("VAULT_TOKEN", false),
            ("OPENAI_ADMIN_KEY", false),
            ("LD_PRELOAD", false),
            ("HTTPS_PROXY", false),
            ("MY_LC_TOKEN", false),
        ] {
            assert_eq!(is_passed(OsStr::new(name), &passed), gets, "{name}");
        }
        let given = environment(&[]);
        let all = env::vars_os().count();
        assert!(
            !given.is_empty() && given.len() < all,
            "{} of {all}",
            given.len()
        );
    }

    #[tokio::test]
    async fn what_it_says_is_kept_without_secrets() {
        let mut complaint = Complaint::default();
        let text = "no such entry: canary-1\n\n  in /vault\n".to_owned() + &"x".repeat(100_000);
        let ended = complaint
            .during(std::future::ready(7), Some(text.as_bytes()))
            .await;
        assert_eq!(ended, 7);
        let said = complaint.without(["canary-1"], &[]);
        let start = " and says \"no such entry: [redacted]; in /vault; xxx";
        assert!(said.starts_with(start), "{said}");
        assert!(said.len() < 2200, "{}", said.len());
        assert_eq!(Complaint::default().without([], &[]), "");
    }

    #[tokio::test]
    async fn a_stderr_that_stays_open_is_not_waited_for() {
        let (mut writer, reader) = tokio::io::duplex(64);
        tokio::io::AsyncWriteExt::write_all(&mut writer, b"locked")
            .await
            .unwrap();
        let mut complaint = Complaint::default();
        let finished = std::future::ready(());
        complaint.during(finished, Some(reader)).await;
        assert_eq!(complaint.without([], &[]), " and says \"locked\"");
        drop(writer);
    }
}
