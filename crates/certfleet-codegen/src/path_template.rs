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

/// The path alone, and the fixed query that some vendors write behind it: after `?`, or, as AWS does, after
/// `#`. What follows a `#` without being pairs only tells paths apart.
pub(crate) fn split(path: &str) -> (&str, Vec<(String, String)>) {
    let Some((plain, rest)) = path.split_once(['?', '#']) else {
        return (path, Vec::new());
    };
    let pairs = rest
        .split(['&', '?', '#'])
        .filter_map(|pair| pair.split_once('='))
        .filter_map(|(name, value)| {
            let decoded = |text: &str| crate::reference_targets::percent_decoded(text);
            Some((decoded(name)?, decoded(value)?))
        })
        .collect();
    (plain, pairs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fixed_queries() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        for (path, plain, pairs) in [
            ("/a/{id}", "/a/{id}", vec![]),
            ("/a?beta=true", "/a", vec![pair("beta", "true")]),
            (
                "/#Action=List&Version=1",
                "/",
                vec![pair("Action", "List"), pair("Version", "1")],
            ),
            ("/a?x=a%20b#one", "/a", vec![pair("x", "a b")]),
            ("/a#one", "/a", vec![]),
        ] {
            assert_eq!(split(path), (plain, pairs), "{path}");
        }
    }
}
