//! The certificates of a plan, and what is odd about them.

use crate::{output, terminal};
use certfleet_changes::{CertificateFacts, PlanWarning, PlannedContent, PlannedPart};
use std::io::{self, Write};

/// The columns of a narrow terminal, without the two that every line is indented by.
const WIDTH: usize = 78;

/// Writes every certificate of a plan, the old one before the new one, and its warnings.
pub(crate) fn text(
    out: &mut (impl Write + ?Sized),
    contents: &[PlannedContent],
    warnings: &[PlanWarning],
) -> io::Result<()> {
    for one in contents {
        content(out, one)?;
    }
    for warning in warnings {
        line(out, &format!("Warning: {}", warning.message))?;
    }
    Ok(())
}

/// One content: who it is, its SHA-256, and how long it lasts; two more lines for each further certificate.
fn content(out: &mut (impl Write + ?Sized), one: &PlannedContent) -> io::Result<()> {
    let part = match one.part {
        PlannedPart::Old => "old  ",
        PlannedPart::New => "new  ",
        _ => "",
    };
    let first = one.certificates.first();
    let names = [
        one.name.clone(),
        first.and_then(|first| first.subject.clone()),
        (!one.scopes.is_empty()).then(|| format!("in {}", scopes(one))),
    ];
    let mut names: Vec<_> = names.into_iter().flatten().collect();
    if names.is_empty() {
        names.extend(one.id.as_ref().map(ToString::to_string));
    }
    names.extend(one.not_known.as_ref().map(|why| format!("({why})")));
    let indent = " ".repeat(part.len());
    let in_one = format!("{part}{}", names.join("  "));
    if in_one.chars().count() <= WIDTH {
        line(out, &in_one)?;
    } else {
        for (index, name) in names.iter().enumerate() {
            let before = if index == 0 { part } else { &indent };
            line(out, &format!("{before}{name}"))?;
        }
    }
    let Some(first) = first else {
        return Ok(());
    };
    if let Some(sha256) = first.sha256 {
        line(out, &format!("{indent}SHA-256 {sha256}"))?;
    }
    let all = one.certificates.len();
    let number = format!("{all} certificate{}", if all == 1 { "" } else { "s" });
    // What the vendor reports does not say how many there are.
    let number = first.key.is_some().then_some(number);
    let facts = [end(first), key(first), number];
    let facts: Vec<_> = facts.into_iter().flatten().collect();
    if !facts.is_empty() {
        line(out, &format!("{indent}{}", facts.join(", ")))?;
    }
    for other in one.certificates.iter().skip(1) {
        let subject = other.subject.as_deref().unwrap_or("no subject");
        let end = end(other).map_or_else(String::new, |end| format!(", {end}"));
        line(out, &format!("{indent}and {subject}{end}"))?;
        if let Some(sha256) = other.sha256 {
            line(out, &format!("{indent}SHA-256 {sha256}"))?;
        }
    }
    Ok(())
}

fn scopes(one: &PlannedContent) -> String {
    let names: Vec<_> = one.scopes.iter().map(ToString::to_string).collect();
    names.join(", ")
}

fn end(one: &CertificateFacts) -> Option<String> {
    one.not_after.map(|end| {
        if output::never_ends(end) {
            "never expires".to_owned()
        } else {
            format!("expires {}", output::time(end))
        }
    })
}

fn key(one: &CertificateFacts) -> Option<String> {
    let key = one.key.as_ref()?;
    Some(match (&key.curve, key.bits) {
        (Some(_), Some(_)) => format!("{} {key}", key.algorithm),
        _ => key.to_string(),
    })
}

/// One indented line, made harmless, and broken between words on a terminal that is too narrow for it.
pub(crate) fn line(out: &mut (impl Write + ?Sized), text: &str) -> io::Result<()> {
    let begin = text.len() - text.trim_start_matches(' ').len();
    let (before, text) = text.split_at(begin);
    // Deeper than the line itself, so that it is not taken for one of its own.
    broken(out, before, begin + 4, text)
}

/// As [`line()`]; what follows a break stands below the text, and not below what is before it, where there is room.
pub(crate) fn hanging(out: &mut (impl Write + ?Sized), before: &str, text: &str) -> io::Result<()> {
    let longest = text.split(' ').map(terminal::width).max().unwrap_or(0);
    // An address is long, and the terminal would break it.
    let indent = before.len() + 2;
    let indent = if indent + longest > WIDTH { 4 } else { indent };
    broken(out, before, indent, text)
}

/// A line that begins at the margin, as [`line()`] otherwise.
pub(crate) fn heading(out: &mut (impl Write + ?Sized), text: &str) -> io::Result<()> {
    writeln!(
        out,
        "{}",
        terminal::wrapped("", 2, &terminal::sanitize(text))
    )
}

fn broken(
    out: &mut (impl Write + ?Sized),
    before: &str,
    indent: usize,
    text: &str,
) -> io::Result<()> {
    let text = terminal::sanitize(text);
    writeln!(
        out,
        "{}",
        terminal::wrapped(&format!("  {before}"), indent, &text)
    )
}
