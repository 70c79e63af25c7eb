//! Names with wildcards.

/// A pattern for a whole name, in either case: `*` is any text, `?` is any character.
///
/// ```
/// use certfleet_report::name_pattern::NamePattern;
/// let pattern = NamePattern::new("test-*");
/// assert!(pattern.matches("Test-CA 2026"));
/// assert!(!pattern.matches("latest-ca"));
/// assert!(!NamePattern::new("test").matches("test-ca"));
/// assert!(NamePattern::new("?stanbul").matches("İstanbul"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamePattern(Vec<char>);

impl NamePattern {
    /// Returns the pattern of a text.
    pub fn new(text: &str) -> Self {
        Self(text.chars().map(fold).collect())
    }

    /// Returns whether a name fits. On a mismatch only the last `*` has to take more, so the time is at most the
    /// product of the lengths.
    pub fn matches(&self, name: &str) -> bool {
        let name: Vec<char> = name.chars().map(fold).collect();
        let (mut at, mut position) = (0, 0);
        let mut star: Option<(usize, usize)> = None;
        while let Some(character) = name.get(position) {
            match self.0.get(at) {
                Some('*') => {
                    star = Some((at + 1, position));
                    at += 1;
                }
                Some(expected) if *expected == '?' || expected == character => {
                    at += 1;
                    position += 1;
                }
                _ => match &mut star {
                    Some((after, taken)) => {
                        *taken += 1;
                        (at, position) = (*after, *taken);
                    }
                    None => return false,
                },
            }
        }
        self.0.iter().skip(at).all(|character| *character == '*')
    }
}

/// A character without its case: one for one, so that `?` is one too.
fn fold(character: char) -> char {
    character.to_lowercase().next().unwrap_or(character)
}
