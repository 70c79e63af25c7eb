//! Where a shared journal is: the address of a store.

use certfleet::{Error, ErrorKind, Result};
use certfleet_config::SecretRef;
use percent_encoding::percent_decode_str;
use std::{fmt, path::PathBuf};

/// The schema of a database where no other is named.
const SCHEMA: &str = "certfleet";

/// The address of a store that several machines share. It holds no secret, only a reference to one.
#[derive(Clone, Debug)]
pub struct Address(pub(crate) Kind);

/// The stores.
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    Postgres(Postgres),
    Objects(Objects),
}

/// The kinds of object stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    S3,
    Gs,
    Az,
}

/// A journal in an object store.
#[derive(Clone, Debug)]
pub(crate) struct Objects {
    pub(crate) scheme: Scheme,
    /// The bucket, or the container.
    pub(crate) bucket: String,
    /// What the names of all objects begin with; may be empty.
    pub(crate) prefix: String,
    /// The address of an engine other than the cloud's own.
    pub(crate) endpoint: Option<String>,
    /// The region.
    pub(crate) region: Option<String>,
}

/// A journal in PostgreSQL.
#[derive(Clone, Debug)]
pub(crate) struct Postgres {
    /// The address without its options.
    pub(crate) url: String,
    /// The schema.
    pub(crate) schema: String,
    /// The password.
    pub(crate) password: Option<SecretRef>,
    /// Whether the connection is encrypted, and the server's certificate verified.
    pub(crate) tls: bool,
    /// Certificates that are trusted besides the system's.
    pub(crate) roots: Option<PathBuf>,
}

impl Address {
    /// Returns whether a text is an address of a store, and not the path of a file.
    pub fn is_address(text: &str) -> bool {
        text.split_once("://").is_some_and(|(scheme, _)| {
            let is_letter = |one: char| one.is_ascii_alphanumeric() || "+.-".contains(one);
            !scheme.is_empty() && scheme.chars().all(is_letter)
        })
    }

    /// Reads an address: `postgres://USER@HOST/DATABASE`, with the options `password` (a reference to the secret),
    /// `sslmode`, `sslrootcert` and `schema`; `s3://BUCKET/PREFIX`, with the options `endpoint` and `region`;
    /// `gs://BUCKET/PREFIX`; `az://CONTAINER/PREFIX`.
    ///
    /// # Errors
    /// [`ErrorKind::Config`]: it is none, or holds a password. The error does not repeat what may be one.
    pub fn parse(text: &str) -> Result<Self> {
        let scheme = text.split_once("://").map_or("", |(scheme, _)| scheme);
        match scheme {
            "postgres" | "postgresql" => Ok(Self(Kind::Postgres(Postgres::parse(text)?))),
            "s3" => Ok(Self(Kind::Objects(Objects::parse(Scheme::S3, text)?))),
            "gs" => Ok(Self(Kind::Objects(Objects::parse(Scheme::Gs, text)?))),
            "az" => Ok(Self(Kind::Objects(Objects::parse(Scheme::Az, text)?))),
            _ => Err(wrong(
                format!("{scheme}:// is not a store of journals"),
                "write the path of a file, postgres://USER@HOST/DATABASE, or s3://, gs:// or az://BUCKET/PREFIX",
            )),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Objects(objects) => write!(f, "{objects}"),
            Kind::Postgres(postgres) => {
                write!(f, "{}", postgres.url)?;
                match postgres.schema.as_str() {
                    SCHEMA => Ok(()),
                    schema => write!(f, "?schema={schema}"),
                }
            }
        }
    }
}

impl fmt::Display for Objects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match self.scheme {
            Scheme::S3 => "s3",
            Scheme::Gs => "gs",
            Scheme::Az => "az",
        };
        write!(f, "{scheme}://{}/{}", self.bucket, self.prefix)?;
        match &self.endpoint {
            Some(endpoint) => write!(f, " at {endpoint}"),
            None => Ok(()),
        }
    }
}

impl Objects {
    fn parse(scheme: Scheme, text: &str) -> Result<Self> {
        let (url, options) = text.split_once('?').unwrap_or((text, ""));
        let rest = url.split_once("://").map_or("", |(_, rest)| rest);
        if rest.contains('@') {
            return Err(wrong(
                "the journal's address holds credentials",
                "take them out: they come from the environment, as docs/guide/team.md says",
            ));
        }
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let mut objects = Self {
            scheme,
            bucket: bucket.to_owned(),
            prefix: prefix.trim_matches('/').to_owned(),
            endpoint: None,
            region: None,
        };
        if bucket.is_empty() {
            return Err(wrong(
                "the journal's address names no bucket",
                "write s3://BUCKET/PREFIX",
            ));
        }
        for option in options.split('&').filter(|option| !option.is_empty()) {
            match (scheme, option.split_once('=')) {
                (Scheme::S3, Some(("endpoint", value))) => {
                    objects.endpoint = Some(endpoint(value)?);
                }
                (Scheme::S3, Some(("region", value))) => objects.region = Some(value.to_owned()),
                // What is not an option may be a part of a secret.
                _ => {
                    return Err(wrong(
                        "the journal's address has an unknown option",
                        "there are endpoint and region, of s3://",
                    ));
                }
            }
        }
        Ok(objects)
    }
}

/// The address of an engine: encrypted, unless it is this machine's own.
fn endpoint(text: &str) -> Result<String> {
    match certfleet_http::BaseUrl::parse(text) {
        Ok(_) => Ok(text.trim_end_matches('/').to_owned()),
        Err(why) => Err(wrong(
            format!("endpoint of the journal's address: {why}"),
            "write https://HOST, or http to this machine",
        )),
    }
}

impl Postgres {
    fn parse(text: &str) -> Result<Self> {
        let (url, options) = text.split_once('?').unwrap_or((text, ""));
        let rest = url.split_once("://").map_or("", |(_, rest)| rest);
        // A password may hold what would end it.
        let user = rest.rsplit_once('@').map(|(user, _)| user);
        if user.is_some_and(|user| user.contains(':')) {
            return Err(wrong(
                "the journal's address holds a password",
                "take it out, and add ?password=env:NAME, file:PATH or cmd:COMMAND to refer to it",
            ));
        }
        let mut postgres = Self {
            url: url.to_owned(),
            schema: SCHEMA.to_owned(),
            password: None,
            tls: true,
            roots: None,
        };
        for option in options.split('&').filter(|option| !option.is_empty()) {
            let (name, value) = option.split_once('=').unwrap_or((option, ""));
            let value = percent_decode_str(value).decode_utf8().map_err(|_| {
                wrong(
                    "an option of the journal's address is not UTF-8",
                    "correct it",
                )
            })?;
            postgres.option(name, &value)?;
        }
        Ok(postgres)
    }

    fn option(&mut self, name: &str, value: &str) -> Result<()> {
        match (name, value) {
            ("password", reference) => {
                let reference = SecretRef::parse(reference).map_err(|why| {
                    Error::new(
                        ErrorKind::Config,
                        format!("password of the journal's address: {why}"),
                    )
                })?;
                self.password = Some(reference);
            }
            ("sslmode", "verify-full" | "require") => self.tls = true,
            ("sslmode", "disable") => self.tls = false,
            ("sslmode", _) => {
                return Err(wrong(
                    "sslmode of the journal's address is not verify-full or disable",
                    "leave it out: the server's certificate is verified then",
                ));
            }
            ("sslrootcert", path) => self.roots = Some(PathBuf::from(path)),
            ("schema", schema) if is_identifier(schema) => self.schema = schema.to_owned(),
            ("schema", _) => {
                return Err(wrong(
                    "schema of the journal's address is not a name for a schema of its own",
                    "write lower-case letters, digits and _, at most 63, and neither public nor pg_…",
                ));
            }
            _ => {
                // Not repeated: it may be the rest of a password that holds a question mark.
                return Err(wrong(
                    "the journal's address has an unknown option",
                    "there are password, sslmode, sslrootcert and schema",
                ));
            }
        }
        Ok(())
    }
}

/// Whether a text can be the name of a schema as it is written, and of one that no others make things in: the journal's
/// functions run with the rights of their owner.
fn is_identifier(text: &str) -> bool {
    let is_part = |one: char| one.is_ascii_lowercase() || one.is_ascii_digit() || one == '_';
    let begins = text.starts_with(|one: char| one.is_ascii_lowercase() || one == '_');
    let is_own = text != "public" && !text.starts_with("pg_");
    begins && is_own && text.len() <= 63 && text.chars().all(is_part)
}

pub(crate) fn wrong(message: impl fmt::Display, advice: &str) -> Error {
    Error::new(ErrorKind::Config, message.to_string()).with_advice(advice)
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::panic,
        reason = "a test fails by panicking"
    )]
    use super::*;

    #[test]
    fn addresses() {
        for text in ["postgres://a/b", "s3://bucket", "x://"] {
            assert!(Address::is_address(text), "{text}");
        }
        for text in ["journal.jsonl", "/a/b", "C:\\a", "://a", "a b://c", ""] {
            assert!(!Address::is_address(text), "{text}");
        }
        let text = "postgres://ci@db.example.com:5433/ops?password=env:JOURNAL_PASSWORD&schema=fleet_2&sslrootcert=%2Fetc%2Fca.pem";
        let address = Address::parse(text).unwrap();
        assert_eq!(
            address.to_string(),
            "postgres://ci@db.example.com:5433/ops?schema=fleet_2"
        );
        let Kind::Postgres(postgres) = address.0 else {
            panic!("another store");
        };
        assert!(postgres.tls);
        assert_eq!(
            postgres.password,
            Some(SecretRef::Env("JOURNAL_PASSWORD".to_owned()))
        );
        assert_eq!(postgres.roots, Some(PathBuf::from("/etc/ca.pem")));
    }

    /// A password is refused wherever it is written, and never repeated.
    #[test]
    fn what_is_refused() {
        for text in [
            "postgres://ci:canary@db/ops",
            "postgres://ci:canary@db",
            "postgres://ci:can/ary@db",
            "postgres://db/ops?password=canary",
            "postgres://db/ops?sslmode=canary",
            "postgres://db/ops?schema=Canary;",
            "postgres://db/ops?schema=public",
            "postgres://db/ops?schema=pg_canary",
            "postgres://ci:pa?canary&x@db/ops",
            "postgres://ci:pa?canary=x@db/ops",
            "postgres://db/ops?can/ary=1",
            "postgres://db/ops?options=-c",
            "mysql://db/ops",
            "s3://key:canary@bucket/a",
            "s3://bucket?canary",
            "s3://bucket?endpoint=http://db.example.com",
            "gs://bucket?endpoint=https://db.example.com",
            "az://",
        ] {
            let error = Address::parse(text).unwrap_err().to_string();
            assert!(!error.to_lowercase().contains("canary"), "{error}");
        }
    }
}
