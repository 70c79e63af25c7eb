//! `certfleet consequences`.

use crate::{
    cli::{CONSEQUENCES, Consequences},
    exit::{Code, Result},
    output,
};
use certfleet_changes::ConsequenceKind;
use std::io::Write as _;

pub(crate) fn run(options: &Consequences) -> Result<()> {
    let text = options.kind.map_or(CONSEQUENCES, section);
    output::print(|out| Ok(writeln!(out, "{}", text.trim_end())?)).ended(Code::Done)
}

/// The part of the page about one kind; the whole page where it has none.
fn section(kind: ConsequenceKind) -> &'static str {
    let heading = format!("## {kind}\n");
    let Some((_, text)) = CONSEQUENCES.split_once(&heading) else {
        return CONSEQUENCES;
    };
    text.split("\n## ").next().unwrap_or(text).trim_start()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_explains_every_kind() {
        let headings = CONSEQUENCES
            .lines()
            .filter_map(|line| line.strip_prefix("## "));
        let kinds = ConsequenceKind::ALL.iter().map(|kind| kind.as_str());
        assert!(
            headings.eq(kinds),
            "docs/guide/consequences.md has to have a section for each consequence, in the library's order"
        );
        for kind in ConsequenceKind::ALL {
            let text = section(*kind);
            assert!(text.len() > 80 && !text.contains('#'), "{kind}: {text}");
        }
    }
}
