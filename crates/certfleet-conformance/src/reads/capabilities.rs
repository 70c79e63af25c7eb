//! Rules about what an account says of itself.

use crate::report::{Kept, ensure};
use certfleet::{Account, Coverage, Verb, model::Paging};
use std::collections::BTreeSet;

pub(super) fn capabilities(account: &Account) -> Kept {
    let capabilities = account.capabilities();
    let verbs: Vec<Verb> = capabilities
        .verbs
        .iter()
        .map(|capability| capability.verb)
        .collect();
    let distinct: BTreeSet<_> = verbs.iter().collect();
    ensure(distinct.len() == verbs.len(), || {
        format!("a verb twice: {verbs:?}")
    })?;
    for capability in &capabilities.verbs {
        ensure(!capability.operations.is_empty(), || {
            format!("{} is done by no operation", capability.verb)
        })?;
        let zero = [
            capability.max_batch,
            capability.max_objects,
            capability.max_per_day,
        ]
        .contains(&Some(0));
        ensure(!zero, || format!("{} has a limit of none", capability.verb))?;
        let paged = matches!(
            capability.paging,
            Some(Paging::Cursor { max: 0 } | Paging::Numbered { max: 0 })
        );
        ensure(!paged, || {
            format!("{} has pages of nothing", capability.verb)
        })?;
        let partial = capability.coverage == Coverage::AttachedOnly;
        ensure(!partial || capability.note.is_some(), || {
            format!("{} is partial and does not say so", capability.verb)
        })?;
    }
    let lists = capabilities.get(Verb::List);
    ensure(lists.is_none_or(|list| list.paging.is_some()), || {
        "it does not say how a listing comes".to_owned()
    })?;
    Ok(verbs.len())
}
