//! Which file of a crate imports from which, and the circles among them.

use std::collections::{BTreeMap, BTreeSet};

use crate::modules::{Crate, Id};

/// The names that were looked up on the way to one, each with its module: none is looked up twice, so that
/// modules which import everything from each other come to an end.
type Seen<'a> = BTreeSet<(Id, &'a str)>;

/// For each file, the files that it imports from, each with one of the paths that say so.
pub(crate) type Arrows = BTreeMap<String, BTreeMap<String, String>>;

/// What a path leads to: a file that defines the last name, a module of that name, or both.
#[derive(Clone, Copy, Default)]
struct Target<'a> {
    file: Option<&'a str>,
    module: Option<Id>,
}

impl<'a> Target<'a> {
    fn or(self, other: impl FnOnce() -> Self) -> Self {
        if self.file.is_some() && self.module.is_some() {
            return self;
        }
        let other = other();
        Self {
            file: self.file.or(other.file),
            module: self.module.or(other.module),
        }
    }
}

/// The arrows of a crate. A file that only declares modules and imports names has none: its names lead to the files
/// that define them. A module that is imported counts for what is taken from it.
pub(crate) fn arrows(of: &Crate) -> Arrows {
    let mut arrows = Arrows::new();
    let code: BTreeSet<&str> = of
        .modules
        .iter()
        .filter(|one| one.has_code)
        .map(|one| one.file.as_str())
        .collect();
    for (id, module) in of.modules.iter().enumerate() {
        if !code.contains(module.file.as_str()) {
            continue;
        }
        let mut add = |path: &[String], to: &str| {
            if to != module.file {
                let all = arrows.entry(module.file.clone()).or_default();
                all.entry(to.to_owned()).or_insert_with(|| path.join("::"));
            }
        };
        for import in &module.imports {
            let target = resolve(of, id, &import.path, &mut Seen::new());
            match (&import.name, target.module) {
                (None, Some(from)) => {
                    for to in everything(of, from, &mut BTreeSet::new()) {
                        add(&import.path, to);
                    }
                }
                _ => target.file.into_iter().for_each(|to| add(&import.path, to)),
            }
        }
        for path in &module.paths {
            let called = || of.macros.get(&path[path.len() - 1]).map(String::as_str);
            let target = match path.as_slice() {
                [_] => called(),
                path => resolve(of, id, path, &mut Seen::new()).file,
            };
            target.into_iter().for_each(|to| add(path, to));
        }
    }
    arrows
}

/// The files behind `module::*`.
fn everything<'a>(of: &'a Crate, id: Id, seen: &mut BTreeSet<Id>) -> BTreeSet<&'a str> {
    let module = &of.modules[id];
    if module.has_code || !seen.insert(id) {
        return BTreeSet::from([module.file.as_str()]);
    }
    let mut files = BTreeSet::new();
    for import in &module.imports {
        let target = resolve(of, id, &import.path, &mut Seen::new());
        match (&import.name, target.module) {
            (None, Some(from)) => files.extend(everything(of, from, seen)),
            _ => files.extend(target.file),
        }
    }
    files
}

fn resolve<'a>(of: &'a Crate, from: Id, path: &'a [String], seen: &mut Seen<'a>) -> Target<'a> {
    let mut target = Target::default();
    for (index, name) in path.iter().enumerate() {
        let inside = if index == 0 {
            Some(from)
        } else {
            target.module
        };
        let Some(inside) = inside else {
            // What is behind a type is the type's: a variant, an associated function.
            return target;
        };
        let module = &of.modules[inside];
        let found = |module| Target { file: None, module };
        target = match name.as_str() {
            "crate" => found(Some(0)),
            "self" => found(Some(inside)),
            "super" => found(module.parent),
            name => {
                let macros = || match inside {
                    0 if index > 0 => of.macros.get(name).map(String::as_str),
                    _ => None,
                };
                let found = lookup(of, inside, name, seen);
                Target {
                    file: found.file.or_else(macros),
                    ..found
                }
            }
        };
    }
    target
}

fn lookup<'a>(of: &'a Crate, id: Id, name: &'a str, seen: &mut Seen<'a>) -> Target<'a> {
    let module = &of.modules[id];
    let own = Target {
        file: module.items.contains(name).then_some(module.file.as_str()),
        module: module.children.get(name).copied(),
    };
    if !seen.insert((id, name)) {
        return own;
    }
    let follow = |path: &'a [String], seen: &mut Seen<'a>| match path {
        // `use name::..` within the module that the import itself is in.
        [first, ..] if first == name && !module.children.contains_key(name) => Target::default(),
        path => resolve(of, id, path, seen),
    };
    let mut found = own;
    for import in &module.imports {
        if import.name.as_deref() == Some(name) {
            found = found.or(|| follow(&import.path, seen));
        }
    }
    if found.file.is_some() || found.module.is_some() {
        return found;
    }
    for import in module.imports.iter().filter(|import| import.name.is_none()) {
        found = found.or(|| match follow(&import.path, seen).module {
            Some(from) if from != id => lookup(of, from, name, seen),
            _ => Target::default(),
        });
    }
    found
}

/// Finds each group of files that import each other in a circle.
pub(crate) fn circles(arrows: &Arrows) -> Vec<Circle> {
    let reached: BTreeMap<&str, BTreeSet<&str>> = arrows
        .keys()
        .map(|file| (file.as_str(), reach(arrows, file)))
        .collect();
    let mut circles = Vec::new();
    let mut seen = BTreeSet::<&str>::new();
    for (&file, reach) in &reached {
        if !reach.contains(file) || seen.contains(file) {
            continue;
        }
        let back = |other: &&&str| {
            reached
                .get(**other)
                .is_some_and(|reach| reach.contains(file))
        };
        let files: BTreeSet<&str> = reach.iter().filter(back).copied().collect();
        seen.extend(&files);
        let among = files.iter().flat_map(|&from| {
            let files = &files;
            let to = arrows[from]
                .iter()
                .filter(|(to, _)| files.contains(to.as_str()));
            to.map(move |(to, path)| format!("{from} -> {to} ({path})"))
        });
        circles.push(Circle {
            arrows: among.collect(),
            files: files.iter().map(|&file| file.to_owned()).collect(),
        });
    }
    circles
}

/// Files of which each imports from every other, directly or not.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Circle {
    pub(crate) files: Vec<String>,
    pub(crate) arrows: Vec<String>,
}

fn reach<'a>(arrows: &'a Arrows, from: &str) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    let mut open: Vec<&str> = vec![from];
    while let Some(file) = open.pop() {
        for to in arrows.get(file).into_iter().flat_map(BTreeMap::keys) {
            if reached.insert(to.as_str()) {
                open.push(to);
            }
        }
    }
    reached
}
