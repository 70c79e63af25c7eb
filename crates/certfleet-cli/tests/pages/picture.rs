//! The picture in the README: what the command prints on a terminal.

use crate::{
    page,
    support::{NOW, Place, pty},
};
use anstyle_svg::Term;
use std::{fs, process::Command};

/// The lines that the picture shows: enough to see what ends first.
const LINES: usize = 14;

/// What `certfleet --sandbox list` prints on a terminal of 80 columns, with its colours.
fn shown() -> String {
    let place = Place::new();
    let mut command = Command::new(env!("CARGO_BIN_EXE_certfleet"));
    command
        .args(["--sandbox", "--sandbox-time", NOW, "list"])
        .current_dir(place.0.path())
        .env_clear()
        .env("HOME", place.0.path());
    let (code, shown) = pty::on_terminal(command, 80, |_| {}, |_| None);
    assert_eq!(code, Some(0), "{shown}");
    pty::lines(&shown)
}

#[test]
fn the_picture_is_what_the_command_prints() {
    let mut text = "$ certfleet --sandbox list\n".to_owned();
    let shown = shown();
    assert!(shown.contains("\u{1b}["), "without colours: {shown:?}");
    text.extend(shown.lines().take(LINES).flat_map(|line| [line, "\n"]));
    text.push('…');
    let picture = Term::new().min_width_px(0).render_svg(&text);
    let path = page::root().join("docs/fleet.svg");
    if std::env::var_os("UPDATE_PICTURE").is_some() {
        fs::write(&path, &picture).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == picture,
        "docs/fleet.svg is not what the command prints now. Run: \
         UPDATE_PICTURE=1 cargo test -p certfleet-cli --test pages, and look at it"
    );
    assert!(picture.len() < 20_000, "{} bytes", picture.len());
}
