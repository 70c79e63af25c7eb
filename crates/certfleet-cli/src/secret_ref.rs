//! Secrets by reference: `env:NAME`, `file:PATH`, `cmd:COMMAND`. What they lead to is never shown,
//! nor is the reference itself where it may be a secret that somebody wrote in its place.

use crate::trusted_file;
use certfleet::Secret;
use serde::{
    Deserialize, Deserializer,
    de::{self, Visitor},
};
use std::{
    fmt,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};
use tokio::{io::AsyncReadExt as _, process::Command};

/// The longest a secret's command may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// The longest secret, in bytes.
const LONGEST: u64 = 64 * 1024;

const FORMS: &str =
    "a secret stands here by reference only: write env:NAME, file:PATH or cmd:COMMAND";

/// Where a secret is.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum SecretRef {
    /// In an environment variable.
    Env(String),
    /// In a file that only its owner can read.
    File(PathBuf),
    /// In what a program prints. Program and arguments; no shell.
    Cmd(Vec<String>),
}

impl SecretRef {
    /// Reads a reference. The error does not repeat it.
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        if let Some(name) = text.strip_prefix("env:") {
            if name.is_empty() || name.contains(['=', '\0', '$']) {
                return Err(
                    "env: names no variable: write its bare name, as in env:OPENAI_ADMIN_KEY",
                );
            }
            Ok(Self::Env(name.to_owned()))
        } else if let Some(path) = text.strip_prefix("file:") {
            if path.is_empty() || path.contains('\0') {
                return Err("file: names no file: write its path, as in file:/run/secrets/key");
            }
            Ok(Self::File(PathBuf::from(path)))
        } else if let Some(command) = text.strip_prefix("cmd:") {
            match shlex::split(command) {
                Some(words) if !words.is_empty() => Ok(Self::Cmd(words)),
                Some(_) => Err("cmd: names no program: write one, as in cmd:pass show openai"),
                None => Err("cmd: has a quote that is not closed"),
            }
        } else {
            Err(FORMS)
        }
    }

    /// Fetches the secret. Relative paths count from `folder`. The error says what to do and holds
    /// nothing of the secret.
    pub(crate) async fn resolve(&self, folder: &Path) -> Result<Secret, String> {
        let (from, bytes) = self.fetch(folder).await?;
        checked(bytes).map_err(|what| format!("{from} {what}"))
    }

    /// The same for a secret of several lines: a private key in PEM.
    pub(crate) async fn resolve_text(&self, folder: &Path) -> Result<Secret, String> {
        let (from, bytes) = self.fetch(folder).await?;
        let text = String::from_utf8(bytes)
            .map_err(|_| format!("{from} is not text: convert it to PEM or base64"))?;
        if text.trim().is_empty() {
            return Err(format!("{from} is empty: it should hold the secret"));
        }
        Ok(Secret::new(text))
    }

    /// Where the secret came from, for messages, and its bytes.
    async fn fetch(&self, folder: &Path) -> Result<(String, Vec<u8>), String> {
        Ok(match self {
            Self::Env(name) => {
                let value = std::env::var_os(name).ok_or_else(|| {
                    format!("the environment variable {name} is not set: set it to the secret")
                })?;
                (
                    format!("the environment variable {name}"),
                    value.into_encoded_bytes(),
                )
            }
            Self::File(path) => {
                let path = whole_path(path, folder);
                let bytes = trusted_file::read_private(&path, LONGEST)
                    .map_err(|why| format!("{} {why}", path.display()))?;
                (path.display().to_string(), bytes)
            }
            Self::Cmd(words) => {
                let program = words.first().map_or("", String::as_str);
                let bytes = run(words, folder)
                    .await
                    .map_err(|why| format!("the command {program} {why}"))?;
                (format!("the output of {program}"), bytes)
            }
        })
    }
}

/// A path as the configuration means it.
pub(crate) fn whole_path(path: &Path, folder: &Path) -> PathBuf {
    match (path.strip_prefix("~"), std::env::home_dir()) {
        (Ok(rest), Some(home)) => home.join(rest),
        _ => folder.join(path),
    }
}

/// Takes one line end off, and makes sure that the rest can be a secret.
fn checked(bytes: Vec<u8>) -> Result<Secret, &'static str> {
    let text = String::from_utf8(bytes)
        .map_err(|_| "is not text: it should hold the secret and nothing else")?;
    let text = text.strip_suffix('\n').unwrap_or(&text);
    let text = text.strip_suffix('\r').unwrap_or(text);
    if text.trim().is_empty() {
        Err("is empty: it should hold the secret")
    } else if text.chars().any(char::is_control) {
        Err("holds a line break or a control character: it should hold the secret and nothing else")
    } else {
        Ok(Secret::new(text))
    }
}

/// Runs a program and takes what it prints. Its stderr is dropped: it may hold the secret.
async fn run(words: &[String], folder: &Path) -> Result<Vec<u8>, String> {
    let (program, arguments) = words.split_first().ok_or("is empty")?;
    let mut command = Command::new(program);
    command
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    if folder.is_dir() {
        command.current_dir(folder);
    }
    let mut child = command
        .spawn()
        .map_err(|error| format!("cannot be run: {error}"))?;
    let Some(stdout) = child.stdout.take() else {
        return Err("has no output".to_owned());
    };
    let finished = async {
        let mut bytes = Vec::new();
        stdout.take(LONGEST + 1).read_to_end(&mut bytes).await?;
        Ok::<_, std::io::Error>((bytes, child.wait().await?))
    };
    match tokio::time::timeout(PATIENCE, finished).await {
        Err(_) => Err(format!("took more than {} seconds", PATIENCE.as_secs())),
        Ok(Err(error)) => Err(format!("cannot be read: {error}")),
        Ok(Ok((bytes, _))) if bytes.len() as u64 > LONGEST => {
            Err("printed more than 64 KiB: it should print the secret and nothing else".to_owned())
        }
        Ok(Ok((_, status))) if !status.success() => {
            Err(format!("failed ({status}): run it yourself to see why"))
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

impl<'de> Deserialize<'de> for SecretRef {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reference;

        /// Serde's own messages repeat a value of the wrong type.
        macro_rules! not_a_text {
            ($($visit:ident($type:ty)),*) => {
                $(fn $visit<E: de::Error>(self, _: $type) -> Result<SecretRef, E> {
                    Err(E::custom(FORMS))
                })*
            };
        }

        impl<'de> Visitor<'de> for Reference {
            type Value = SecretRef;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a reference to a secret")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<SecretRef, E> {
                SecretRef::parse(text).map_err(E::custom)
            }

            not_a_text!(
                visit_bool(bool),
                visit_i64(i64),
                visit_u64(u64),
                visit_i128(i128),
                visit_u128(u128),
                visit_f64(f64)
            );

            fn visit_map<A: de::MapAccess<'de>>(self, _: A) -> Result<SecretRef, A::Error> {
                Err(de::Error::custom(FORMS))
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, _: A) -> Result<SecretRef, A::Error> {
                Err(de::Error::custom(FORMS))
            }
        }

        deserializer.deserialize_any(Reference)
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
            let message = SecretRef::parse(bad).unwrap_err();
            assert!(!message.contains("canary"), "{message}");
        }
    }

    #[test]
    fn what_a_secret_may_be() {
        for (bytes, secret) in [
            (&b"abc"[..], Some("abc")),
            (b"abc\n", Some("abc")),
            (b"abc\r\n", Some("abc")),
            (b" a b ", Some(" a b ")),
            (b"abc\n\n", None),
            (b"", None),
            (b"\n", None),
            (b"a\0canary", None),
            (b"\xffcanary", None),
        ] {
            match (checked(bytes.to_vec()), secret) {
                (Ok(read), Some(secret)) => assert_eq!(read.expose(), secret),
                (Err(message), None) => assert!(!message.contains("canary"), "{message}"),
                (read, _) => panic!("{bytes:?}: {read:?}"),
            }
        }
    }
}
