//! Values of options that several commands have.

use certfleet::{ProviderId, State};
use clap::{
    ValueEnum,
    builder::{PossibleValue, PossibleValuesParser, TypedValueParser},
};

/// When to colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The forms of an output of many things.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Output {
    /// For people.
    Table,
    /// One document.
    Json,
    /// One JSON object on each line.
    Ndjson,
    /// Comma-separated values with a header.
    Csv,
}

/// The forms of an output of one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// For people.
    Table,
    /// One document.
    Json,
}

/// What a listing has one row for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum GroupBy {
    /// A certificate, by its SHA-256.
    Certificate,
}

/// A column of a listing's table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ListColumn {
    /// The provider.
    Provider,
    /// The account's name.
    Account,
    /// The record's name.
    Name,
    /// Its state.
    State,
    /// Where it is in force.
    Where,
    /// The end of its validity.
    Expires,
    /// The beginning of its SHA-256.
    Sha256,
    /// The vendor's identifier.
    Id,
    /// PROVIDER/ACCOUNT/ID, which other commands take.
    Address,
}

/// A column of the table of certificates in files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FileColumn {
    /// The file.
    Source,
    /// The certificate's number in the file.
    Position,
    /// Its subject.
    Subject,
    /// Its issuer.
    Issuer,
    /// Its key.
    Key,
    /// The end of its validity.
    Expires,
    /// The beginning of its SHA-256.
    Sha256,
}

/// What a listing is sorted by first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Sort {
    /// The earliest end of validity first, unknown ones last.
    Expiry,
    /// Names, in either case.
    Name,
    /// Providers.
    Provider,
    /// States, the most in force first.
    State,
}

/// Reads a value of a fixed set that another crate owns.
pub(super) fn one_of<T: Clone + Send + Sync + 'static>(
    all: &'static [T],
    name: fn(&T) -> &str,
) -> impl TypedValueParser<Value = T> {
    PossibleValuesParser::new(all.iter().map(|value| PossibleValue::new(name(value)))).try_map(
        move |text| {
            all.iter()
                .find(|value| name(value) == text)
                .cloned()
                .ok_or("is not known")
        },
    )
}

pub(super) fn provider() -> impl TypedValueParser<Value = ProviderId> {
    one_of(ProviderId::KNOWN, |kind| kind.as_str())
}

pub(super) fn state() -> impl TypedValueParser<Value = State> {
    one_of(State::ALL, |state| state.as_str())
}
