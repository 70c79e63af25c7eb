//! Which named schemas are made of which (`allOf`, `anyOf`, `oneOf`, a reference alone), without going
//! through properties or items: cycles, and how deep and how wide it goes. Nothing here recurses
//! over references, of which a document may hold any number in a row.

use crate::{pointer, references, schema};
use serde_json::Value;
use std::collections::BTreeMap;

/// Of how many schemas one may be made.
pub(crate) const WIDEST: usize = 4096;

/// The compositions of a document. Every index is one of `names`.
pub(crate) struct Composition<'a> {
    names: Vec<&'a str>,
    /// By the index of a schema, those that it is made of.
    parts: Vec<Vec<usize>>,
    /// The strongly connected schemas: those that lead to each other. What they lead to comes first.
    groups: Vec<Vec<usize>>,
}

/// How far a composition goes.
#[derive(Clone, Copy, Default)]
struct Extent {
    /// The longest way down.
    depth: usize,
    /// The number of schemas, each counted as often as it is met.
    size: usize,
}

/// The named schemas of a document, and the index of each by the reference to it.
type Named<'a> = (Vec<(&'a str, &'a Value)>, BTreeMap<String, usize>);

fn named(document: &Value) -> Named<'_> {
    let schemas: Vec<(&str, &Value)> = schema::named(document)
        .map(|(name, schema)| (name.as_str(), schema))
        .collect();
    let indices = schemas
        .iter()
        .enumerate()
        .map(|(index, (name, _))| (references::text_to_schema(name), index))
        .collect();
    (schemas, indices)
}

/// The named schemas that contain themselves, through any reference.
pub(crate) struct Recursion {
    /// The group of each schema that contains itself.
    groups: BTreeMap<String, usize>,
}

impl Recursion {
    pub(crate) fn new(document: &Value) -> Self {
        let (schemas, indices) = named(document);
        let parts: Vec<Vec<usize>> = schemas
            .iter()
            .map(|(_, schema)| referred(schema, &indices))
            .collect();
        let mut recursive = BTreeMap::new();
        for (number, group) in groups(&parts).iter().enumerate() {
            let holds_itself = |index: &usize| parts[*index].contains(index);
            if group.len() > 1 || group.iter().any(holds_itself) {
                recursive.extend(
                    group
                        .iter()
                        .map(|index| (schemas[*index].0.to_owned(), number)),
                );
            }
        }
        Self { groups: recursive }
    }

    /// The schemas that contain themselves.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.groups.keys().map(String::as_str)
    }

    /// Whether something inside a schema leads back to it.
    pub(crate) fn leads_back(&self, owner: &str, inner: &Value) -> bool {
        let group = self.groups.get(owner);
        group.is_some()
            && references::all(inner).iter().any(|(_, reference)| {
                reference
                    .strip_prefix(references::TO_SCHEMAS)
                    .map(pointer::unescape)
                    .is_some_and(|name| self.groups.get(&name) == group)
            })
    }
}

/// The indices of all schemas that a value refers to.
fn referred(value: &Value, indices: &BTreeMap<String, usize>) -> Vec<usize> {
    references::all(value)
        .iter()
        .filter_map(|(_, reference)| indices.get(reference).copied())
        .collect()
}

impl<'a> Composition<'a> {
    pub(crate) fn new(document: &'a Value) -> Self {
        let (schemas, indices) = named(document);
        let parts: Vec<Vec<usize>> = schemas
            .iter()
            .map(|(_, schema)| {
                let mut references = Vec::new();
                inline(schema, &mut references);
                references
                    .into_iter()
                    .filter_map(|reference| indices.get(reference).copied())
                    .collect()
            })
            .collect();
        let groups = groups(&parts);
        Self {
            names: schemas.into_iter().map(|(name, _)| name).collect(),
            parts,
            groups,
        }
    }

    /// The schemas that are made of themselves, by cycles.
    pub(crate) fn cycles(&self) -> impl Iterator<Item = Vec<&'a str>> {
        self.groups
            .iter()
            .filter(|group| self.is_cycle(group))
            .map(|group| self.named(group))
    }

    /// The schemas that go deeper than [`schema::LONGEST`] or hold more than [`WIDEST`].
    pub(crate) fn beyond_limits(&self) -> Vec<&'a str> {
        self.beyond(schema::LONGEST, WIDEST)
    }

    /// The schemas that go deeper or hold more than is allowed, and are made of none that do: whatever
    /// leads to others leads to these. A cycle counts once.
    fn beyond(&self, deepest: usize, widest: usize) -> Vec<&'a str> {
        let extents = self.extents();
        let is_beyond = |index: usize| {
            extents
                .get(index)
                .is_some_and(|extent| extent.depth > deepest || extent.size > widest)
        };
        self.names
            .iter()
            .zip(&self.parts)
            .enumerate()
            .filter(|(index, (_, parts))| {
                is_beyond(*index) && !parts.iter().any(|part| is_beyond(*part))
            })
            .map(|(_, (name, _))| *name)
            .collect()
    }

    fn extents(&self) -> Vec<Extent> {
        let mut extents = vec![Extent::default(); self.names.len()];
        let mut group_of = vec![0; self.names.len()];
        for (number, group) in self.groups.iter().enumerate() {
            for index in group {
                group_of[*index] = number;
            }
        }
        for group in &self.groups {
            for index in group {
                let mut extent = Extent { depth: 1, size: 1 };
                for part in &self.parts[*index] {
                    if group_of[*part] == group_of[*index] {
                        continue;
                    }
                    let inner = extents[*part];
                    extent.depth = extent.depth.max(inner.depth.saturating_add(1));
                    extent.size = extent.size.saturating_add(inner.size);
                }
                extents[*index] = extent;
            }
        }
        extents
    }

    fn is_cycle(&self, group: &[usize]) -> bool {
        match group {
            [only] => self
                .parts
                .get(*only)
                .is_some_and(|parts| parts.contains(only)),
            _ => true,
        }
    }

    fn named(&self, group: &[usize]) -> Vec<&'a str> {
        group
            .iter()
            .filter_map(|index| self.names.get(*index).copied())
            .collect()
    }
}

/// The references of a composition, through parts that have no name.
fn inline<'a>(schema: &'a Value, references: &mut Vec<&'a str>) {
    references.extend(schema["$ref"].as_str());
    for keyword in ["allOf", "anyOf", "oneOf"] {
        for part in schema[keyword].as_array().into_iter().flatten() {
            inline(part, references);
        }
    }
}

/// One schema on the way, and how many of its parts were looked at.
struct Step {
    index: usize,
    seen: usize,
}

/// Tarjan's strongly connected components, on a stack of our own. Every index is one of `parts`.
fn groups(parts: &[Vec<usize>]) -> Vec<Vec<usize>> {
    const UNSEEN: usize = usize::MAX;
    let mut order = vec![UNSEEN; parts.len()];
    let mut lowest = vec![UNSEEN; parts.len()];
    let mut is_open = vec![false; parts.len()];
    let mut open: Vec<usize> = Vec::new();
    let mut groups = Vec::new();
    let mut next = 0;
    for start in 0..parts.len() {
        if order[start] != UNSEEN {
            continue;
        }
        let mut way = vec![Step {
            index: start,
            seen: 0,
        }];
        while let Some(step) = way.last_mut() {
            let index = step.index;
            if order[index] == UNSEEN {
                order[index] = next;
                lowest[index] = next;
                next += 1;
                open.push(index);
                is_open[index] = true;
            }
            if let Some(part) = parts[index].get(step.seen).copied() {
                step.seen += 1;
                if order[part] == UNSEEN {
                    way.push(Step {
                        index: part,
                        seen: 0,
                    });
                } else if is_open[part] {
                    lowest[index] = lowest[index].min(order[part]);
                }
                continue;
            }
            way.pop();
            if let Some(above) = way.last() {
                lowest[above.index] = lowest[above.index].min(lowest[index]);
            }
            if lowest[index] == order[index] {
                let mut group = Vec::new();
                while let Some(member) = open.pop() {
                    is_open[member] = false;
                    group.push(member);
                    if member == index {
                        break;
                    }
                }
                groups.push(group);
            }
        }
    }
    groups
}

/// Why a reference is not followed to its end, if it is not.
pub(crate) enum Endless {
    /// It comes back to itself.
    Cycle,
    /// There are more in a row than are followed.
    Row,
}

/// Whether a reference leads to references without end.
pub(crate) fn endless(document: &Value, reference: &str) -> Option<Endless> {
    let mut seen = vec![reference];
    let mut value = schema::resolve(document, reference);
    while let Some(reference) = value.and_then(|value| value["$ref"].as_str()) {
        if seen.contains(&reference) {
            return Some(Endless::Cycle);
        }
        if seen.len() > schema::LONGEST {
            return Some(Endless::Row);
        }
        seen.push(reference);
        value = schema::resolve(document, reference);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn reference(name: &str) -> Value {
        json!({"$ref": format!("#/components/schemas/{name}")})
    }

    #[test]
    fn cycles_and_extents() {
        let document = json!({"components": {"schemas": {
            "A": {"allOf": [reference("B"), {"oneOf": [reference("C")]}]},
            "B": {"allOf": [reference("C"), reference("C")]},
            "C": {"type": "object", "properties": {"a": reference("A")}},
            "D": {"oneOf": [reference("E"), reference("A")]},
            "E": {"allOf": [reference("F")]},
            "F": {"allOf": [reference("D")]},
            "G": {"anyOf": [reference("G")]},
            "odd/name": reference("odd~1name"),
        }}});
        let composition = Composition::new(&document);
        let mut cycles: Vec<Vec<&str>> = composition.cycles().collect();
        for cycle in &mut cycles {
            cycle.sort_unstable();
        }
        cycles.sort_unstable();
        assert_eq!(cycles, [vec!["D", "E", "F"], vec!["G"], vec!["odd/name"]]);
        let extents: BTreeMap<&str, (usize, usize)> = composition
            .names
            .iter()
            .copied()
            .zip(composition.extents())
            .map(|(name, extent)| (name, (extent.depth, extent.size)))
            .collect();
        assert_eq!(extents["C"], (1, 1));
        assert_eq!(extents["B"], (2, 3));
        assert_eq!(extents["A"], (3, 5));
        assert_eq!(extents["D"], (4, 6));
        assert_eq!(composition.beyond(2, 9), ["A"]);
        assert_eq!(composition.beyond(9, 2), ["B"]);
        assert!(composition.beyond(9, 9).is_empty());
    }
}
