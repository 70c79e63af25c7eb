//! Whose memory and which files: nothing for others to read or change.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod support;

use std::{
    fs,
    os::unix::fs::{MetadataExt as _, chown, symlink},
    path::Path,
};
use support::{
    Place,
    server::{Server, Then},
    set_mode,
};

/// Somebody else's id.
const STRANGER: u32 = 65534;

fn is_root(place: &Place) -> bool {
    fs::metadata(place.0.path()).unwrap().uid() == 0
}

#[test]
fn files_are_only_used_if_they_are_ours_alone() {
    let server = Server::start(|_| Then::json(401, "{}"));
    let place = Place::new();
    let here = place.0.path();
    let config = format!(
        "[[account]]\nprovider = \"openai\"\nbase_url = \"{}\"\nadmin_key = \"file:secret\"\n",
        server.base()
    );
    let secret = |mode| set_mode(&place.write("secret", "canary\n"), mode);
    let write = |mode| set_mode(&place.write("config.toml", &config), mode);
    let fresh = || {
        set_mode(here, 0o700);
        drop(fs::remove_file(here.join("secret")));
        drop(fs::remove_file(here.join("config.toml")));
        secret(0o600);
        write(0o644);
    };
    let run = || place.run(&["--config", "config.toml", "list"]);

    for (what, change, word) in [
        (
            "secret: group may read",
            &(|| secret(0o640)) as &dyn Fn(),
            "run chmod 600",
        ),
        (
            "secret: others may read",
            &|| secret(0o604),
            "run chmod 600",
        ),
        (
            "secret: others may write",
            &|| secret(0o602),
            "run chmod 600",
        ),
        (
            "secret: link that others may change",
            &|| {
                fs::rename(here.join("secret"), here.join("real")).unwrap();
                symlink(here.join("real"), here.join("secret")).unwrap();
                set_mode(here, 0o777);
            },
            "name the file it leads to",
        ),
        (
            "secret: pipe",
            &|| {
                fs::remove_file(here.join("secret")).unwrap();
                let made = std::process::Command::new("mkfifo")
                    .arg(here.join("secret"))
                    .status();
                assert!(made.unwrap().success());
            },
            "not a regular file",
        ),
        (
            "configuration: group may write",
            &|| write(0o664),
            "run chmod go-w",
        ),
        (
            "configuration: others may write",
            &|| write(0o646),
            "run chmod go-w",
        ),
        (
            "configuration: link to one that others may write",
            &|| {
                write(0o666);
                fs::rename(here.join("config.toml"), here.join("real.toml")).unwrap();
                symlink(here.join("real.toml"), here.join("config.toml")).unwrap();
            },
            "run chmod go-w",
        ),
    ] {
        fresh();
        change();
        let ran = run();
        assert_eq!(ran.code, Some(2), "{what}: {ran:?}");
        assert!(ran.stderr.contains(word), "{what}: {}", ran.stderr);
        assert!(!ran.stderr.contains("canary"), "{what}: {}", ran.stderr);
    }
    // The access rules themselves are tested without root, in certfleet-config's access.rs.
    if is_root(&place) {
        for file in ["secret", "config.toml"] {
            fresh();
            chown(here.join(file), Some(STRANGER), None).unwrap();
            let ran = run();
            assert_eq!(ran.code, Some(2), "{file}: {ran:?}");
            assert!(
                ran.stderr.contains("belongs to another user"),
                "{}",
                ran.stderr
            );
        }
    }
    assert_eq!(server.connections(), 0);

    // Links to a sound configuration and secret are followed, and then everything is sent.
    fresh();
    fs::rename(here.join("secret"), here.join("real")).unwrap();
    symlink(here.join("real"), here.join("secret")).unwrap();
    fs::rename(here.join("config.toml"), here.join("real.toml")).unwrap();
    symlink(here.join("real.toml"), here.join("config.toml")).unwrap();
    assert_eq!(run().code, Some(5));
    assert!(server.connections() > 0);
}

/// Runs the sandbox, which stays, as somebody who is not root.
#[cfg(target_os = "linux")]
#[test]
fn memory_is_for_nobody_else() {
    use std::{
        io::Read as _,
        os::unix::process::CommandExt as _,
        process::{Command, Stdio},
    };
    let place = Place::new();
    let mut command = Command::new(env!("CARGO_BIN_EXE_certfleet"));
    command
        .arg("sandbox")
        .current_dir("/")
        .stdout(Stdio::piped());
    if is_root(&place) {
        command.uid(STRANGER);
    }
    let mut child = command.spawn().unwrap();
    // Once it prints, it has begun.
    child.stdout.as_mut().unwrap().read_exact(&mut [0]).unwrap();
    let process = Path::new("/proc").join(child.id().to_string());
    let limits = fs::read_to_string(process.join("limits")).unwrap();
    let status = fs::read_to_string(process.join("status")).unwrap();
    // The kernel gives what belongs to a process that cannot be dumped or traced to root.
    let owner = fs::metadata(process.join("environ")).unwrap().uid();
    child.kill().unwrap();
    child.wait().unwrap();

    let core = limits
        .lines()
        .find(|line| line.starts_with("Max core file size"))
        .unwrap();
    let words: Vec<_> = core.split_whitespace().collect();
    assert_eq!(words[4..6], ["0", "0"], "{core}");
    let user = status
        .lines()
        .find(|line| line.starts_with("Uid:"))
        .unwrap();
    assert!(!user.split_whitespace().any(|word| word == "0"), "{user}");
    assert_eq!(owner, 0);
}
