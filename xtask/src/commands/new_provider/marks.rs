//! Entries at the marks `new-provider: …`.

use crate::Problem;

/// The mark that a line has.
pub(super) fn mark_of(line: &str) -> Option<&str> {
    line.trim_start()
        .trim_start_matches(['/', '#', ' '])
        .strip_prefix("new-provider: ")
        .map(str::trim_end)
}

/// The text with an entry before the line that has the mark; an earlier run's is not entered again.
pub(super) fn entered(text: &str, mark: &str, entry: &str, file: &str) -> Result<String, Problem> {
    let mut new = String::with_capacity(text.len() + entry.len());
    let mut found = 0;
    for line in text.split_inclusive('\n') {
        if mark_of(line) == Some(mark) {
            found += 1;
            let is_there = new
                .strip_suffix(entry)
                .is_some_and(|before| before.is_empty() || before.ends_with('\n'));
            if !is_there {
                new.push_str(entry);
            }
        }
        new.push_str(line);
    }
    if found == 1 {
        Ok(new)
    } else {
        Err(Problem::new(
            file,
            "",
            format!("has {found} lines with the mark `new-provider: {mark}`, and should have one"),
            "put the mark where a further provider is entered",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_stands_before_its_mark_and_nowhere_else() {
        let text = "a\n    // new-provider: entry\nb\n# new-provider: entry of a list\n";
        let new = entered(text, "entry", "    new,\n", "x.rs").unwrap();
        assert_eq!(
            new,
            "a\n    new,\n    // new-provider: entry\nb\n# new-provider: entry of a list\n"
        );
        let twice = format!("{text}{text}");
        for text in ["", "// new-provider: entries\n", &twice] {
            let problem = entered(text, "entry", "", "x.rs").unwrap_err();
            assert!(problem.to_string().contains("x.rs"), "{problem}");
        }
    }

    #[test]
    fn an_entry_of_an_earlier_run_stays_the_only_one() {
        let text = "mod a;\n// new-provider: module\n";
        let once = entered(text, "module", "mod b;\n", "x.rs").unwrap();
        assert_eq!(once, "mod a;\nmod b;\n// new-provider: module\n");
        assert_eq!(entered(&once, "module", "mod b;\n", "x.rs").unwrap(), once);
        // The end of another line is not an entry.
        let other = "pub mod b;\n// new-provider: module\n";
        assert_eq!(
            entered(other, "module", "mod b;\n", "x.rs").unwrap(),
            "pub mod b;\nmod b;\n// new-provider: module\n"
        );
    }
}
