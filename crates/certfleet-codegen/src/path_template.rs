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

/// The path without the fixed query that some vendors write behind it.
pub(crate) fn plain(path: &str) -> &str {
    path.split(['?', '#']).next().unwrap_or_default()
}

/// The fixed query behind a path: after `?`, or, as AWS does, after `#`. A name without a value is sent with an
/// empty one; after `#`, where no query is, it only tells paths apart. Nothing if a pair is not UTF-8 once it
/// is decoded.
pub(crate) fn fixed_query(path: &str) -> Option<Vec<(String, String)>> {
    let (before, fragment) = path.split_once('#').unwrap_or((path, ""));
    let query = before.split_once('?').map_or("", |(_, query)| query);
    let named = query.split(['&', '?']).filter(|pair| !pair.is_empty());
    let told_apart = fragment
        .split(['&', '?', '#'])
        .filter(|pair| pair.contains('='));
    named
        .chain(told_apart)
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let decoded = |text: &str| crate::reference_targets::percent_decoded(text);
            Some((decoded(name)?, decoded(value)?))
        })
        .collect()
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
            ("/a?acl", "/a", vec![pair("acl", "")]),
            (
                "/a?uploads&x=1#one&y=2",
                "/a",
                vec![pair("uploads", ""), pair("x", "1"), pair("y", "2")],
            ),
            ("/a?", "/a", vec![]),
        ] {
            assert_eq!(super::plain(path), plain, "{path}");
            assert_eq!(fixed_query(path), Some(pairs), "{path}");
        }
        for path in ["/a?x=%ff", "/a?%ff", "/a#%ff=x"] {
            assert_eq!(fixed_query(path), None, "{path}");
        }
    }
}
