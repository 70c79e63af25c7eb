//! Differences between two versions of a document, in some of its operations.
//!
//! References are followed on both sides: a component that was only renamed, or put where it is used, is
//! not a difference.

mod operations;
mod schemas;

use crate::{schema, schema::OperationAt};
use serde_json::Value;
use std::{collections::BTreeSet, fmt};

/// What a difference means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// The client as it is fails: it is refused, or cannot read what it gets.
    BreakingClient,
    /// The client works, or does once it is generated anew; code that calls it has to change.
    BreakingCaller,
    /// Nothing has to change.
    Compatible,
    /// Only people notice.
    Cosmetic,
}

impl Class {
    /// The name in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BreakingClient => "breaking-client",
            Self::BreakingCaller => "breaking-caller",
            Self::Compatible => "compatible",
            Self::Cosmetic => "cosmetic",
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Difference {
    /// What it means.
    pub class: Class,
    /// The call it is about: `GET /certificates`; empty where it is about all.
    pub call: String,
    /// Where it is in the old document (RFC 6901), or where it would be.
    pub old: String,
    /// Where it is in the new document (RFC 6901), or where it would be.
    pub new: String,
    /// What changed.
    pub what: String,
}

/// Whether a schema is sent or received: a wider response narrows what a client may rely on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Direction {
    Request,
    Answer,
}

/// The differences between two documents in the operations with these calls (`GET /certificates`),
/// the most serious first.
pub fn compare(old: &Value, new: &Value, calls: &BTreeSet<String>) -> Vec<Difference> {
    let mut comparison = Comparison {
        old,
        new,
        call: String::new(),
        found: Vec::new(),
        seen: BTreeSet::new(),
        depth: 0,
        later: Vec::new(),
    };
    comparison.root();
    for call in calls {
        comparison.call.clone_from(call);
        comparison.seen.clear();
        match (find(old, call), find(new, call)) {
            (Some(old), Some(new)) => comparison.operation(&old, &new),
            (Some(old), None) => {
                let at = old.pointer();
                comparison.add(Class::BreakingClient, &at, &at, "the operation is gone");
            }
            (None, Some(new)) => {
                let at = new.pointer();
                comparison.add(Class::Compatible, &at, &at, "the operation is new");
            }
            (None, None) => {}
        }
    }
    let mut found = comparison.found;
    found.sort();
    found.dedup();
    found
}

fn find<'a>(document: &'a Value, call: &str) -> Option<OperationAt<'a>> {
    schema::operations(document).find(|at| at.call() == call)
}

/// Two values that are compared, one of each document.
#[derive(Clone)]
struct Pair<'a> {
    old: &'a Value,
    new: &'a Value,
    old_at: String,
    new_at: String,
}

/// A comparison under way.
struct Comparison<'a> {
    old: &'a Value,
    new: &'a Value,
    call: String,
    found: Vec<Difference>,
    /// Pairs of schemas that were compared: schemas may be recursive.
    seen: BTreeSet<(String, String, Direction)>,
    /// How many schemas deep the comparison is.
    depth: usize,
    /// Schemas that are too deep to be compared before those above them are done.
    later: Vec<(Pair<'a>, Direction)>,
}

impl<'a> Comparison<'a> {
    fn add(&mut self, class: Class, old: &str, new: &str, what: impl Into<String>) {
        self.found.push(Difference {
            class,
            call: self.call.clone(),
            old: old.to_owned(),
            new: new.to_owned(),
            what: what.into(),
        });
    }

    fn at(&mut self, class: Class, pair: &Pair<'_>, what: impl Into<String>) {
        self.add(class, &pair.old_at, &pair.new_at, what);
    }

    /// The same member of both; null where there is none. References are followed.
    fn member(&self, pair: &Pair<'a>, name: &str) -> Pair<'a> {
        self.follow(Pair {
            old: &pair.old[name],
            new: &pair.new[name],
            old_at: crate::pointer::child(&pair.old_at, name),
            new_at: crate::pointer::child(&pair.new_at, name),
        })
    }

    fn follow(&self, pair: Pair<'a>) -> Pair<'a> {
        let (old, old_at) = lead(self.old, pair.old, pair.old_at);
        let (new, new_at) = lead(self.new, pair.new, pair.new_at);
        Pair {
            old,
            new,
            old_at,
            new_at,
        }
    }

    fn root(&mut self) {
        let (old, new) = (self.old, self.new);
        for (at, class) in [
            ("/info/version", Class::Cosmetic),
            ("/info/title", Class::Cosmetic),
            ("/servers/0/url", Class::BreakingClient),
        ] {
            let (before, after) = (old.pointer(at), new.pointer(at));
            if before != after {
                self.add(
                    class,
                    at,
                    at,
                    format!("{} → {}", short(before), short(after)),
                );
            }
        }
    }
}

/// What a value's references lead to, and where that is.
fn lead<'a>(document: &'a Value, value: &'a Value, at: String) -> (&'a Value, String) {
    let mut value = value;
    let mut at = at;
    for _ in 0..32 {
        let Some(target) = value["$ref"].as_str().and_then(|reference| {
            let pointer = crate::pointer::from_reference(reference)?;
            Some((document.pointer(pointer)?, pointer.to_owned()))
        }) else {
            break;
        };
        (value, at) = target;
    }
    (value, at)
}

/// A value in a few characters.
fn short(value: Option<&Value>) -> String {
    let Some(value) = value.filter(|value| !value.is_null()) else {
        return "nothing".to_owned();
    };
    let text = value.to_string();
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}
