//! A program on a pseudo-terminal.
#![cfg(unix)]

use rustix::{
    pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt},
    termios::{Winsize, tcsetwinsize},
};
use std::{
    fs::File,
    io::{Read as _, Write as _},
    os::unix::ffi::OsStrExt as _,
    process::{Child, Command},
};

/// Runs a program with a terminal of so many columns as stdin, stdout and stderr, to its end. `spawned` is told
/// of it; `answer` sees everything that was shown so far, whenever there is more, and says what is typed.
pub fn on_terminal(
    mut command: Command,
    columns: u16,
    spawned: impl FnOnce(&Child),
    mut answer: impl FnMut(&str) -> Option<String>,
) -> (Option<i32>, String) {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    let size = Winsize {
        ws_row: 24,
        ws_col: columns,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    tcsetwinsize(&master, size).unwrap();
    let name = ptsname(&master, Vec::new()).unwrap();
    let path = std::path::Path::new(std::ffi::OsStr::from_bytes(name.to_bytes())).to_owned();
    let open = || File::options().read(true).write(true).open(&path).unwrap();
    let mut child = command
        // Without it no terminal is drawn on.
        .env("TERM", "xterm")
        .stdin(open())
        .stdout(open())
        .stderr(open())
        .spawn()
        .unwrap();
    // The command keeps its ends open until it is dropped.
    drop(command);
    spawned(&child);
    let mut master = File::from(master);
    let mut shown = Vec::new();
    let mut read = [0; 4096];
    // Reading ends with an error when the last end is closed.
    while let Ok(length @ 1..) = master.read(&mut read) {
        shown.extend_from_slice(&read[..length]);
        if let Some(typed) = answer(&String::from_utf8_lossy(&shown)) {
            master.write_all(typed.as_bytes()).unwrap();
        }
    }
    let code = child.wait().unwrap().code();
    (code, String::from_utf8_lossy(&shown).into_owned())
}

/// What a terminal shows in the end of text without escape codes.
pub fn lines(shown: &str) -> String {
    shown.replace("\r\n", "\n")
}
