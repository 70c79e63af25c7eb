//! The keys of a configuration: one description that the parser obeys, and that the schema, the templates and
//! the environment's accounts are made of.

/// What the value of a key is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyKind {
    /// The name of an account.
    Name,
    /// The name of a provider.
    Provider,
    /// An identifier at the vendor, which becomes part of a request's path.
    Identifier,
    /// A list of such identifiers.
    Identifiers,
    /// A reference to a secret.
    Secret,
    /// A text, or a reference to it.
    TextOrSecret,
    /// A mail address, or a reference to it.
    MailAddress,
    /// The address of an API.
    Address,
    /// The address of a proxy.
    ProxyAddress,
    /// The path of a file.
    Path,
    /// A whole number.
    Number,
    /// A list of hosts.
    Hosts,
    /// A proxy: an address, a word or a table.
    Proxy,
}

/// One key of a table: what its value is, and what it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Key {
    /// The key, as it is written.
    pub name: &'static str,
    /// What its value is.
    pub kind: KeyKind,
    /// What it is for, as a part of a sentence.
    pub about: &'static str,
    /// A value, as TOML.
    pub example: &'static str,
    /// Whether the table needs it.
    pub required: bool,
    /// The environment variable that stands for it where there is no configuration file.
    pub variable: Option<&'static str>,
}

impl Key {
    pub(crate) const fn new(
        name: &'static str,
        kind: KeyKind,
        about: &'static str,
        example: &'static str,
    ) -> Self {
        Self {
            name,
            kind,
            about,
            example,
            required: false,
            variable: None,
        }
    }

    /// Sets that the table needs it.
    pub(crate) const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// Sets the environment variable that stands for it.
    pub(crate) const fn variable(mut self, name: &'static str) -> Self {
        self.variable = Some(name);
        self
    }
}

/// The keys that every account has besides its provider's own. A provider's own key of the same name goes first.
pub(crate) const COMMON: &[Key] = &[
    Key::new(
        "base_url",
        KeyKind::Address,
        "another address than the vendor's own: https, or http to this machine",
        "\"https://api.example.com\"",
    ),
    Key::new(
        "ca_file",
        KeyKind::Path,
        "PEM: certificates that are trusted for this account besides the system's",
        "\"private-ca.pem\"",
    ),
    Key::new(
        "listing_bytes",
        KeyKind::Number,
        "the most bytes of a listing that are read",
        "268435456",
    ),
    Key::new(
        "listing_records",
        KeyKind::Number,
        "the most records of a listing that are read",
        "1000000",
    ),
    PROXY,
];

/// The key of a proxy, of one account or of all.
pub(crate) const PROXY: Key = Key::new(
    "proxy",
    KeyKind::Proxy,
    "the proxy: an address, \"environment\", \"none\", or a table with url",
    "\"environment\"",
);

/// The keys that stand first in every account.
pub(crate) const FIRST: &[Key] = &[
    Key::new("provider", KeyKind::Provider, "the provider", "\"openai\"").required(),
    Key::new(
        "name",
        KeyKind::Name,
        "the account's name, unique at its provider; without one it is the provider's",
        "\"production\"",
    ),
];
