//! Which of the rotations under way an operator means.

use crate::exit::{Failure, Result};
use certfleet_changes::rotation::Rotation;

/// Every rotation that is under way.
const ALL: &str = "all";

/// Returns the rotations under way with these ids, or all of them.
///
/// # Errors
/// One of the ids is not under way, or none is.
pub(super) fn exactly(which: &[String], mut rotations: Vec<Rotation>) -> Result<Vec<Rotation>> {
    let is_all = which.iter().any(|id| id == ALL);
    let unknown = which
        .iter()
        .find(|id| *id != ALL && rotations.iter().all(|one| one.id.as_str() != *id));
    if let Some(id) = unknown {
        return Err(Failure::usage(format!(
            "no rotation {id} is under way: certfleet journal shows what there was. Nothing was sent"
        )));
    }
    if rotations.is_empty() {
        return Err(Failure::usage(
            "no rotation is under way: certfleet journal shows what there was. Nothing was sent",
        ));
    }
    rotations.retain(|one| is_all || which.iter().any(|id| one.id.as_str() == id));
    Ok(rotations)
}

/// The same, with those that were begun together with them: none comes to its end without the others.
///
/// # Errors
/// As [`exactly`].
pub(in super::super) fn together(
    which: &[String],
    rotations: Vec<Rotation>,
) -> Result<Vec<Rotation>> {
    let named = exactly(which, rotations.clone())?;
    let is_meant = |one: &Rotation| named.iter().any(|named| named.is_with(one));
    Ok(rotations.into_iter().filter(is_meant).collect())
}

/// Returns one of each group of rotations that were begun together.
pub(in super::super) fn groups(rotations: &[Rotation]) -> Vec<&Rotation> {
    let mut firsts: Vec<&Rotation> = Vec::new();
    for one in rotations {
        if !firsts.iter().any(|first| first.is_with(one)) {
            firsts.push(one);
        }
    }
    firsts
}
