//! Files and functions that are too long. Sources are read as rustfmt writes them.

/// The most lines of a file.
const FILE: usize = 400;
/// The most lines of a function.
const FUNCTION: usize = 80;
/// Begins the comment that gives a reason for more.
const REASON: &str = "// long: ";

/// A message if a file is too long and gives no reason in a comment at its top.
pub(crate) fn long_file(path: &str, text: &str) -> Option<String> {
    let count = text.lines().count();
    let top = text.lines().take_while(|line| line.starts_with("//"));
    (count > FILE && !top.into_iter().any(is_reason))
        .then(|| format!("{path} has {count} lines, more than {FILE}"))
}

/// A message for each function that is too long and has no reason in a comment above it.
pub(crate) fn long_functions(path: &str, text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (start, line) in lines.iter().enumerate() {
        // A line after a backslash is text of a string, as generators have it.
        let is_text = start > 0 && lines[start - 1].ends_with('\\');
        let Some(name) = function_name(line).filter(|_| !is_text) else {
            continue;
        };
        let count = length(&lines[start..]);
        let above = lines[..start].iter().rev().map(|line| line.trim_start());
        let mut above = above.take_while(|line| line.starts_with("//") || line.starts_with("#["));
        if count > FUNCTION && !above.any(is_reason) {
            let line = start + 1;
            found.push(format!(
                "{path}:{line}: `{name}` has {count} lines, more than {FUNCTION}"
            ));
        }
    }
    found
}

fn is_reason(line: &str) -> bool {
    line.strip_prefix(REASON)
        .is_some_and(|reason| !reason.trim().is_empty())
}

/// The name of the function whose signature begins in this line.
fn function_name(line: &str) -> Option<&str> {
    let (before, after) = line.split_once("fn ")?;
    let words = |word: &str| {
        word.starts_with("pub") || matches!(word, "const" | "async" | "unsafe" | "extern" | "\"C\"")
    };
    let name = after
        .split(|one: char| !(one.is_alphanumeric() || one == '_'))
        .next()?;
    (before.split_whitespace().all(words) && !name.is_empty()).then_some(name)
}

/// The lines of the function that begins in the first one.
fn length(lines: &[&str]) -> usize {
    let ends = |line: &&str| line.ends_with(['{', ';', '}']);
    let opening = lines.iter().position(ends).unwrap_or_default();
    if !lines[opening].ends_with('{') {
        return opening + 1;
    }
    let indentation = lines[0].len() - lines[0].trim_start().len();
    let closing = format!("{}}}", " ".repeat(indentation));
    let closing = lines.iter().position(|line| **line == closing);
    closing.map_or(lines.len(), |last| last + 1)
}
