//! References to secrets: `env:NAME`, `file:PATH`, `cmd:COMMAND`. A secret is never shown, and a malformed
//! reference is not repeated: it may be the secret itself, written in the wrong place.

use crate::{Error, ReferenceContext, Result, child, location, trusted_file};
use certfleet_http::Secret;
use std::{fmt, path::PathBuf, process::Stdio, time::Duration};
use tokio::{io::AsyncReadExt as _, process::Command};

/// The longest a secret's command may take.
const TIMEOUT: Duration = Duration::from_secs(30);

/// The longest secret, in bytes.
const LONGEST: u64 = 64 * 1024;

/// What a secret's text should be.
const NOTHING_ELSE: &str = "it should hold the secret and nothing else";

/// Where a secret is.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SecretRef {
    /// In an environment variable.
    Env(String),
    /// In a file that only its owner can read, or below `/run/secrets` change.
    File(PathBuf),
    /// In what a program prints. Program and arguments; no shell.
    Cmd(Vec<String>),
}

impl SecretRef {
    /// Reads a reference. The error does not repeat it.
    pub fn parse(text: &str) -> Result<Self> {
        if let Some(name) = text.strip_prefix("env:") {
            if name.is_empty() || name.contains(['=', '\0', '$']) {
                return Err(Error::new("env: names no variable")
                    .advise("write its bare name, as in env:OPENAI_ADMIN_KEY"));
            }
            Ok(Self::Env(name.to_owned()))
        } else if let Some(path) = text.strip_prefix("file:") {
            if path.is_empty() || path.contains('\0') {
                return Err(Error::new("file: names no file")
                    .advise("write its path, as in file:/run/secrets/key"));
            }
            Ok(Self::File(PathBuf::from(path)))
        } else if let Some(command) = text.strip_prefix("cmd:") {
            match shlex::split(command) {
                Some(words) if !words.is_empty() => Ok(Self::Cmd(words)),
                Some(_) => Err(Error::new("cmd: names no program")
                    .advise("write one, as in cmd:pass show openai")),
                None => Err(Error::new("cmd: has a quote that is not closed")),
            }
        } else {
            Err(Self::missing())
        }
    }

    /// Returns the error of something else that stands where a reference should. It is not repeated: it may be
    /// the secret itself.
    pub(crate) fn missing() -> Error {
        Error::new("a secret is never stored here, only referenced")
            .advise("write env:NAME, file:PATH or cmd:COMMAND")
    }

    /// Returns where the secret is, for people. Of a command only the program: its arguments may be
    /// confidential.
    pub(crate) fn place(&self) -> String {
        match self {
            Self::Env(name) => format!("env:{name}"),
            Self::File(path) => format!("file:{}", path.display()),
            Self::Cmd(words) => format!("cmd:{}", words.first().map_or("", String::as_str)),
        }
    }

    /// Fetches the secret. Blanks, line ends and a byte order mark around that of a file are taken off; of
    /// others only one line end. The error says what to do and holds nothing of the secret.
    pub async fn resolve(&self, context: &ReferenceContext<'_>) -> Result<Secret> {
        let (from, bytes) = self.fetch(context).await?;
        let is_file = matches!(self, Self::File(_));
        one_line(bytes, is_file).map_err(|error| error.about(format_args!("{from} ")))
    }

    /// Fetches a secret of several lines: a private key in PEM.
    pub async fn resolve_text(&self, context: &ReferenceContext<'_>) -> Result<Secret> {
        let (from, bytes) = self.fetch(context).await?;
        text(bytes, "convert it to PEM or base64")
            .map(Secret::new)
            .map_err(|error| error.about(format_args!("{from} ")))
    }

    /// Where the secret came from, for messages, and its bytes.
    async fn fetch(&self, context: &ReferenceContext<'_>) -> Result<(String, Vec<u8>)> {
        Ok(match self {
            Self::Env(name) => {
                let from = format!("the environment variable {name}");
                let value = std::env::var_os(name).ok_or_else(|| {
                    Error::new(format!("{from} is not set")).advise("set it to the secret")
                })?;
                (from, value.into_encoded_bytes())
            }
            Self::File(path) => {
                let path = location::resolve(path, context.folder);
                let bytes = trusted_file::read_private(&path, LONGEST)
                    .map_err(|error| error.about(format_args!("{} ", path.display())))?;
                (path.display().to_string(), bytes)
            }
            Self::Cmd(words) => {
                let program = words.first().map_or("", String::as_str);
                let bytes = run(words, context)
                    .await
                    .map_err(|error| error.about(format_args!("the command {program} ")))?;
                (format!("the output of {program}"), bytes)
            }
        })
    }
}

/// Makes sure that bytes are a text that is not empty.
fn text(bytes: Vec<u8>, advice: &str) -> Result<String> {
    let text = String::from_utf8(bytes).map_err(|_| Error::new("is not text").advise(advice))?;
    if text.trim().is_empty() {
        return Err(Error::new("is empty").advise("it should hold the secret"));
    }
    Ok(text)
}

/// Takes off what stands around a secret, and makes sure that the rest can be one. Editors and `echo` leave
/// blanks and line ends in files, and some editors a byte order mark; anywhere else they may be meant, and a
/// vendor would refuse them without saying why.
fn one_line(bytes: Vec<u8>, is_file: bool) -> Result<Secret> {
    let is_around = |character: char| character.is_whitespace() || character == '\u{feff}';
    let text = text(bytes, NOTHING_ELSE)?;
    let text = if is_file {
        text.trim_matches(is_around)
    } else {
        let text = text.strip_suffix('\n').unwrap_or(&text);
        text.strip_suffix('\r').unwrap_or(text)
    };
    if text.is_empty() {
        return Err(Error::new("is empty").advise("it should hold the secret"));
    }
    if text.chars().any(char::is_control) {
        return Err(Error::new("holds a line break or a control character").advise(NOTHING_ELSE));
    }
    if text.starts_with(is_around) || text.ends_with(is_around) {
        return Err(
            Error::new("begins or ends with a blank or a byte order mark").advise(NOTHING_ELSE),
        );
    }
    Ok(Secret::new(text))
}

/// Runs a program and takes what it prints. What it says on stderr is shown if it fails, without what it
/// printed: that may hold the secret.
async fn run(words: &[String], context: &ReferenceContext<'_>) -> Result<Vec<u8>> {
    let (program, arguments) = words.split_first().ok_or_else(|| Error::new("is empty"))?;
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env_clear()
        .envs(child::environment(context.pass_env))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    if context.folder.is_dir() {
        command.current_dir(context.folder);
    }
    let mut child = command
        .spawn()
        .map_err(|error| Error::new(format!("cannot be run: {error}")))?;
    let Some(stdout) = child.stdout.take() else {
        return Err(Error::new("has no output"));
    };
    let stderr = child.stderr.take();
    let finished = async {
        let mut bytes = Vec::new();
        stdout.take(LONGEST + 1).read_to_end(&mut bytes).await?;
        Ok::<_, std::io::Error>((bytes, child.wait().await?))
    };
    let mut complaint = child::Complaint::default();
    let finished = complaint.during(finished, stderr);
    match tokio::time::timeout(TIMEOUT, finished).await {
        Err(_) => Err(Error::new(format!(
            "took more than {} seconds",
            TIMEOUT.as_secs()
        ))),
        Ok(Err(error)) => Err(Error::new(format!("cannot be read: {error}"))),
        Ok(Ok((bytes, _))) if bytes.len() as u64 > LONGEST => {
            Err(Error::new("printed more than 64 KiB").advise(NOTHING_ELSE))
        }
        Ok(Ok((bytes, status))) if !status.success() => {
            let printed = String::from_utf8_lossy(&bytes);
            let said = complaint.without(printed.split_whitespace(), context.pass_env);
            let error = Error::new(format!("failed ({status}){said}"));
            Err(error.advise(
                "run it yourself to see why; of the environment it gets PATH, HOME, the locale and what pass_env names",
            ))
        }
        Ok(Ok((bytes, _))) => Ok(bytes),
    }
}

impl fmt::Debug for SecretRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Env(_) => "env:…",
            Self::File(_) => "file:…",
            Self::Cmd(_) => "cmd:…",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        assert_eq!(
            SecretRef::parse("env:A_B"),
            Ok(SecretRef::Env("A_B".into()))
        );
        assert_eq!(
            SecretRef::parse("cmd:pass show 'a b'"),
            Ok(SecretRef::Cmd(vec![
                "pass".into(),
                "show".into(),
                "a b".into()
            ]))
        );
        for bad in [
            "",
            "canary",
            "env:",
            "env:$canary",
            "file:",
            "cmd:",
            "cmd:'canary",
            "vault:canary",
            "ENV:canary",
        ] {
            let message = SecretRef::parse(bad).unwrap_err().to_string();
            assert!(!message.contains("canary"), "{message}");
        }
    }

    #[test]
    fn what_a_secret_may_be() {
        for (bytes, elsewhere, of_file) in [
            (&b"abc"[..], Some("abc"), Some("abc")),
            (b"abc\n", Some("abc"), Some("abc")),
            (b"abc\r\n", Some("abc"), Some("abc")),
            (b"a b", Some("a b"), Some("a b")),
            (b" a b ", None, Some("a b")),
            (b"abc \n", None, Some("abc")),
            (b"\tabc\n", None, Some("abc")),
            (b"\nabc\n\n", None, Some("abc")),
            (b"\xef\xbb\xbfabc\r\n", None, Some("abc")),
            (b"abc\xc2\xa0", None, Some("abc")),
            (b"canary\ncanary", None, None),
            (b"", None, None),
            (b"\n", None, None),
            (b"\xef\xbb\xbf", None, None),
            (b"a\0canary", None, None),
            (b"\xffcanary", None, None),
            // UTF-16, as PowerShell writes it.
            (b"\xff\xfea\0b\0", None, None),
        ] {
            for (is_file, secret) in [(false, elsewhere), (true, of_file)] {
                match (one_line(bytes.to_vec(), is_file), secret) {
                    (Ok(read), Some(secret)) => assert_eq!(read.expose(), secret),
                    (Err(error), None) => assert!(!error.to_string().contains("canary"), "{error}"),
                    (read, _) => panic!("{bytes:?}: {read:?}"),
                }
            }
        }
    }
}
