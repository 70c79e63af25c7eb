//! The scopes of a record that a replacement does not name, and what becomes of them.

use crate::snapshot::{scopes_of, state_in};
use certfleet::{
    Applied, Certificate, Change, Scope,
    adapter::Rules,
    change::{ItemOutcome, ItemResult, ReferencePolicy, Replace},
};

/// Returns the scopes where a record is, that a replacement does not name, and that may lose it all the same.
pub(crate) fn at_risk(replace: &Replace, one: &Certificate, rules: &Rules) -> Vec<Scope> {
    if !may_lose(replace, rules) {
        return Vec::new();
    }
    let mut scopes = scopes_of(one);
    scopes.retain(|scope| !replace.scopes.contains(scope));
    scopes
}

/// Returns the scopes where a record was before a replacement, that the replacement did not name, and where
/// the record is no longer.
pub(crate) fn lost(change: &Change, held_in: &[Scope], now: &Certificate) -> Vec<Scope> {
    let Change::Replace(replace) = change else {
        return Vec::new();
    };
    let is_lost =
        |scope: &&Scope| !replace.scopes.contains(scope) && state_in(now, scope).is_none();
    held_in.iter().filter(is_lost).cloned().collect()
}

/// Adds to a result every scope that lost the record: a note where the plan named it as a consequence, a
/// failure where it did not.
pub(crate) fn add_lost(change: &Change, held_in: &[Scope], applied: &mut Applied, rules: &Rules) {
    let (Change::Replace(replace), Some(now)) = (change, applied.certificates.first()) else {
        return;
    };
    let is_planned = may_lose(replace, rules);
    for scope in lost(change, held_in, now) {
        if is_planned {
            applied.notes.push(sentence(&scope));
        } else {
            let item = ItemResult::new(scope, ItemOutcome::Failed);
            applied.items.push(item.message(Some(
                "it was not named, and lost the certificate that it had before".to_owned(),
            )));
        }
    }
}

/// Says that a scope lost a record.
pub(crate) fn sentence(scope: &Scope) -> String {
    format!(
        "{scope} was not named, and lost the certificate that it had before: upload it there again if it is needed"
    )
}

fn may_lose(replace: &Replace, rules: &Rules) -> bool {
    rules.update_may_replace_all && replace.references != ReferencePolicy::Keep
}

#[cfg(test)]
mod tests {
    use super::*;
    use certfleet::{CertificateId, How, Placement, ProviderId, Role, State};

    fn environment(name: &str) -> Scope {
        Scope::Environment { name: name.into() }
    }

    fn record(environments: &[&str]) -> Certificate {
        let id = CertificateId::new(ProviderId::APINIZER, "payments", "root");
        let mut one = Certificate::new(id, Role::Trust);
        one.placements = environments
            .iter()
            .map(|name| Placement::new(environment(name), State::Unknown))
            .collect();
        one
    }

    fn replace(references: ReferencePolicy) -> Replace {
        Replace {
            id: record(&[]).id,
            certificate: String::new(),
            scopes: vec![environment("production")],
            alias: None,
            description: None,
            references,
        }
    }

    #[test]
    fn what_an_update_may_take_away() {
        let may = Rules {
            update_may_replace_all: true,
            ..Rules::NONE
        };
        // The same environment twice, as after an update that added an entry.
        let one = record(&["test", "production", "dev", "test"]);
        let (test, dev) = (environment("test"), environment("dev"));
        for (references, rules, expected) in [
            (
                ReferencePolicy::Detach,
                may,
                vec![test.clone(), dev.clone()],
            ),
            (ReferencePolicy::UpdateInProject, may, vec![test, dev]),
            (ReferencePolicy::Keep, may, vec![]),
            (ReferencePolicy::Detach, Rules::NONE, vec![]),
        ] {
            assert_eq!(
                at_risk(&replace(references), &one, &rules),
                expected,
                "{references:?} {}",
                rules.update_may_replace_all
            );
        }
    }

    #[test]
    fn what_was_lost_is_said() {
        let may = Rules {
            update_may_replace_all: true,
            ..Rules::NONE
        };
        let held_in = [environment("test"), environment("production")];
        for (references, now, notes, failed) in [
            (ReferencePolicy::Detach, vec!["production"], 1, 0),
            (ReferencePolicy::Keep, vec!["production"], 0, 1),
            (ReferencePolicy::Detach, vec!["production", "test"], 0, 0),
            (ReferencePolicy::Keep, vec!["test", "production"], 0, 0),
            // What was named is not lost: its own item says what became of it.
            (ReferencePolicy::Keep, vec!["test"], 0, 0),
        ] {
            let mut applied = Applied::new(How::Confirmed, vec![record(&now)]);
            let change = Change::Replace(replace(references));
            add_lost(&change, &held_in, &mut applied, &may);
            assert_eq!(applied.notes.len(), notes, "{references:?} {now:?}");
            let failures: Vec<_> = applied.items.iter().map(|item| &item.scope).collect();
            let expected = vec![environment("test"); failed];
            assert_eq!(failures, expected.iter().collect::<Vec<_>>(), "{now:?}");
            assert!(
                applied
                    .notes
                    .iter()
                    .all(|note| note.contains("environment test"))
            );
        }
    }
}
