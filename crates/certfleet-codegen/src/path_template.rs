//! Path templates: `/certificates/{id}`.

/// The names in braces.
pub(crate) fn names(path: &str) -> Vec<String> {
    path.split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}'))
        .map(|(name, _)| name.to_owned())
        .collect()
}

/// Whether a template has a place for a parameter.
pub(crate) fn has_place(path: &str, name: &str) -> bool {
    path.contains(&format!("{{{name}}}"))
}
