//! Counts what has been held, and writes it down.

use super::rows::ROWS;
use certfleet_http::Class;
use std::{
    collections::BTreeMap,
    fmt::Write as _,
    sync::{Mutex, PoisonError},
};

/// Where a case was run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layer {
    /// In process, in virtual time.
    Virtual,
    /// Over sockets.
    Wire,
    /// Against the sandbox, cut at every byte.
    Cut,
    /// Through the facade's writes, over the sandbox.
    Facade,
}

impl Layer {
    /// All of them, in the order of the document's columns.
    pub const ALL: [Self; 4] = [Self::Virtual, Self::Wire, Self::Cut, Self::Facade];
}

/// How many cases of each row were held, by layer and class.
#[derive(Debug, Default)]
pub struct Tally(Mutex<BTreeMap<(u8, Layer, u8), usize>>);

impl Tally {
    /// Counts cases of a row.
    pub fn count(&self, row: u8, layer: Layer, class: Class, cases: usize) {
        let class = match class {
            Class::Read => 0,
            Class::Idempotent => 1,
            Class::Create => 2,
        };
        *self.lock().entry((row, layer, class)).or_default() += cases;
    }

    /// The cases of a layer.
    pub fn of(&self, layer: Layer) -> usize {
        self.lock()
            .iter()
            .filter(|((_, other, _), _)| *other == layer)
            .map(|(_, cases)| cases)
            .sum()
    }

    /// The document: every row, what each class does, and how many cases stand for it.
    pub fn document(&self) -> String {
        let counts = self.lock().clone();
        let of = |row: u8, layer: Layer| {
            counts
                .iter()
                .filter(|((one, other, _), _)| (*one, *other) == (row, layer))
                .map(|(_, cases)| cases)
                .sum::<usize>()
        };
        let mut text = String::from(
            "# What goes wrong, and what happens then\n\n\
             Written by `CERTFLEET_FAULTS=write cargo test -p certfleet-tests --test faults`, which runs every case and writes nothing when one \
             fails; without the variable the same command checks that this page is what it would write.\n\n\
             A *case* is one form of the fault, met by one operation of one client; every case is also held against what holds \
             always: time at most the deadline, at most 4 attempts, a create sent once unless it provably was not carried out, no secret \
             shown, no other host contacted, nothing left running. *Virtual* cases run in process and in virtual time, *wire* cases over \
             sockets, *cut* cases against the sandbox with the answer broken off at each of its bytes. \"Looks\" is `Session::recover`.\n\n\
             *Facade* cases are the writes of `Account::apply`, over a sandbox that has carried out what arrived, or has not, and that can \
             be read afterwards, or cannot; of the forms of a fault that end alike one is met. Held against what the sandbox has: the \
             result (confirmed, recovered, or the error's effect), how often the request arrived, that the journal has open what is \
             unknown and nothing else, that the error says what to do. What differs from the columns before: where looking fails too, \
             what is idempotent is sent again, which does no harm; of a batch what is unknown is looked at, and sent again, before the \
             rest is given up; a Patchworks delete is known to be done only by sending it again.\n\n\
             | # | fault | read | idempotent write | create | virtual | wire | cut | facade | result |\n\
             |--:|---|---|---|---|--:|--:|--:|--:|---|\n",
        );
        let number = |cases: usize| match cases {
            0 => String::new(),
            cases => cases.to_string(),
        };
        for (row, fault, [read, idempotent, create]) in ROWS {
            let cases = Layer::ALL.map(|layer| of(row, layer));
            let result = if cases.iter().sum::<usize>() > 0 {
                "held"
            } else {
                "not run here"
            };
            let _ = writeln!(
                text,
                "| {row} | {fault} | {read} | {idempotent} | {create} | {} | {result} |",
                cases.map(number).join(" | "),
            );
        }
        let all = Layer::ALL.map(|layer| format!("**{}**", self.of(layer)));
        let _ = writeln!(text, "|  | **all** |  |  |  | {} |  |", all.join(" | "));
        text
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<(u8, Layer, u8), usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tally {
    /// Has every row and every class been run that the matrix speaks of? What has not.
    pub fn missing(&self) -> Vec<u8> {
        let counts = self.lock();
        ROWS.iter()
            .map(|(row, ..)| *row)
            .filter(|row| !counts.keys().any(|(one, ..)| one == row))
            .collect()
    }
}
