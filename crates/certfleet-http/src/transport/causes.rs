//! What an error was caused by.

use std::{error::Error as StdError, io};

/// How deep a chain of causes is followed.
const DEEPEST: usize = 32;

/// Returns the first that `pick` takes of an error and its causes. `io::Error` hides what it wraps from
/// `source()`, so it is opened by hand.
fn search<'a, T>(
    error: &'a (dyn StdError + 'static),
    pick: &dyn Fn(&'a (dyn StdError + 'static)) -> Option<T>,
    depth: usize,
) -> Option<T> {
    if let Some(picked) = pick(error) {
        return Some(picked);
    }
    if depth >= DEEPEST {
        return None;
    }
    let within = error
        .downcast_ref::<io::Error>()
        .and_then(|error| error.get_ref());
    within
        .and_then(|cause| search(cause, pick, depth + 1))
        .or_else(|| search(error.source()?, pick, depth + 1))
}

/// Returns what `pick` makes of the first of an error and its causes that it takes.
pub(super) fn pick<'a, T>(
    error: &'a (dyn StdError + 'static),
    pick: &dyn Fn(&'a (dyn StdError + 'static)) -> Option<T>,
) -> Option<T> {
    search(error, pick, 0)
}

/// Returns the first of an error and its causes that is a `T`.
pub(super) fn find<'a, T: StdError + 'static>(
    error: &'a (dyn StdError + 'static),
) -> Option<&'a T> {
    pick(error, &|cause| cause.downcast_ref::<T>())
}

/// Returns whether an error or any of its causes is `wanted`.
pub(super) fn holds(
    error: &(dyn StdError + 'static),
    wanted: &dyn Fn(&(dyn StdError + 'static)) -> bool,
) -> bool {
    pick(error, &|cause| wanted(cause).then_some(())).is_some()
}

/// Returns the innermost cause, which names what happened; reqwest's own message only names the
/// URL.
pub(super) fn innermost(error: &(dyn StdError + 'static)) -> String {
    let mut cause = error;
    for _ in 0..DEEPEST {
        let Some(next) = cause.source() else {
            break;
        };
        cause = next;
    }
    cause.to_string()
}
