//! Files that are only used if no other user can read them, or change them. The open file is checked, not its
//! path, so that it cannot be exchanged in between. On Windows nothing is checked.
//!
//! Why this is not the crate `fs-mistrust`, which would also check the folders above: it checks a path before
//! it is opened, so neither the open file nor a pipe (`--config <(...)`); and it brings 16 crates more, with a
//! further `syn`, to a command that has few reasons for any of them.

use crate::{Error, Result};
#[cfg(unix)]
use crate::{access, links};
use std::{
    fs::{File, Metadata},
    io::{self, Read as _},
    path::Path,
};

/// Where containers find their secrets: Docker mounts them there with mode 0444, and Kubernetes with 0644
/// unless told otherwise. The container is what keeps others away.
#[cfg(unix)]
const MOUNTED: &str = "/run/secrets";

/// Reads a secret: a regular file that belongs to the user or root and that no other user can read or
/// exchange. A link is followed where no other user can change the folders on its way. Below `/run/secrets`
/// others may read it.
pub(crate) fn read_private(path: &Path, largest: u64) -> Result<Vec<u8>> {
    #[cfg(unix)]
    let file = open_private(path, Path::new(MOUNTED))?;
    #[cfg(not(unix))]
    let file = File::open(path).map_err(cannot("opened"))?;
    regular(&metadata(&file)?)?;
    read(file, largest, "it should hold the secret and nothing else")
}

/// Reads what decides where secrets go: a file or pipe that belongs to the user or root and that no other user
/// can change. A link is followed, and its target checked.
pub(crate) fn read_unchangeable(path: &Path, largest: u64) -> Result<Vec<u8>> {
    let file = File::open(path).map_err(cannot("opened"))?;
    #[cfg(unix)]
    access::unchangeable(&access::Access::of(&metadata(&file)?))?;
    read(file, largest, "name the right file")
}

/// An error of the operating system.
fn cannot<E: Into<io::Error>>(what: &str) -> impl Fn(E) -> Error {
    move |error| Error::new(format!("cannot be {what}: {}", error.into()))
}

fn metadata(file: &File) -> Result<Metadata> {
    file.metadata().map_err(cannot("examined"))
}

fn regular(metadata: &Metadata) -> Result<()> {
    if metadata.is_file() {
        return Ok(());
    }
    Err(Error::new("is not a regular file").advise("put the secret into one"))
}

/// Reads at most `largest` bytes. `advice` says what to do where there are more.
fn read(file: File, largest: u64, advice: &str) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.take(largest + 1)
        .read_to_end(&mut bytes)
        .map_err(cannot("read"))?;
    if bytes.len() as u64 > largest {
        let message = format!("is larger than {} KiB", largest / 1024);
        return Err(Error::new(message).advise(advice));
    }
    Ok(bytes)
}

/// Opens a secret and checks who can read and exchange it; `mounted` is where others may read one.
#[cfg(unix)]
fn open_private(path: &Path, mounted: &Path) -> Result<File> {
    let follow = || links::resolve(path).map_err(cannot("followed"));
    let file = match open_without_links(path)? {
        Some(file) => file,
        None => {
            let target = follow()?;
            if let Some(folder) = target.changeable {
                return Err(Error::new(format!(
                    "is a symbolic link, and other users can change {}",
                    folder.display()
                ))
                .advise(
                    "name the file it leads to, or take from others the right to write there",
                ));
            }
            open_without_links(&target.path)?
                .ok_or_else(|| Error::new("is a symbolic link that is being changed"))?
        }
    };
    let metadata = metadata(&file)?;
    regular(&metadata)?;
    let access = access::Access::of(&metadata);
    if let Err(error) = access::private(&access) {
        let is_mounted = || {
            let target = follow()?;
            Ok::<_, Error>(target.changeable.is_none() && target.path.starts_with(mounted))
        };
        if !access::is_only_readable(&access) || !is_mounted()? {
            return Err(error);
        }
    }
    Ok(file)
}

/// Opens a file; `None` where it is a link.
#[cfg(unix)]
fn open_without_links(path: &Path) -> Result<Option<File>> {
    use rustix::{
        fs::{Mode, OFlags},
        io::Errno,
    };
    // NONBLOCK: opening a pipe without a writer would wait for ever.
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    match rustix::fs::open(path, flags, Mode::empty()) {
        Ok(file) => Ok(Some(file.into())),
        Err(Errno::LOOP | Errno::MLINK) => Ok(None),
        Err(error) => Err(cannot("opened")(error)),
    }
}

#[cfg(all(test, unix))]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use std::{
        fs::{self, Permissions},
        os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown, symlink},
        path::PathBuf,
    };

    /// Another user's id.
    const STRANGER: u32 = 65534;

    struct Place(tempfile::TempDir);

    impl Place {
        fn new() -> Self {
            Self(tempfile::tempdir().unwrap())
        }

        fn at(&self, name: &str) -> PathBuf {
            self.0.path().join(name)
        }

        fn folder(&self, name: &str, mode: u32) -> PathBuf {
            let path = self.at(name);
            fs::create_dir(&path).unwrap();
            set_mode(&path, mode);
            path
        }

        fn file(&self, name: &str, mode: u32) -> PathBuf {
            let path = self.at(name);
            fs::write(&path, "canary").unwrap();
            set_mode(&path, mode);
            path
        }

        fn link(&self, name: &str, to: &str) {
            symlink(to, self.at(name)).unwrap();
        }

        fn read(&self, name: &str, mounted: &str) -> Result<()> {
            let mounted = self.0.path().canonicalize().unwrap().join(mounted);
            let file = open_private(&self.at(name), &mounted)?;
            assert_eq!(read(file, 64, "").unwrap(), b"canary");
            Ok(())
        }

        /// Gives something to another user; `false` where only root could.
        fn give_away(&self, name: &str) -> bool {
            let is_root = fs::metadata(self.0.path()).unwrap().uid() == 0;
            if is_root {
                std::os::unix::fs::lchown(self.at(name), Some(STRANGER), None).unwrap();
            }
            is_root
        }
    }

    fn set_mode(path: &Path, mode: u32) {
        fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    }

    /// A secret as Kubernetes mounts it: the folder is everybody's and sticky.
    fn kubernetes(place: &Place, mode: u32) {
        place.folder("app", 0o1777);
        place.folder("app/..2026_11_30", 0o755);
        place.file("app/..2026_11_30/token", mode);
        place.link("app/..data", "..2026_11_30");
        place.link("app/token", "..data/token");
    }

    #[test]
    fn as_kubernetes_mounts_them() {
        for (mode, mounted, works) in [
            (0o400, "elsewhere", true),
            (0o600, "elsewhere", true),
            (0o644, "app", true),
            (0o444, "app", true),
            (0o440, "app", true),
            (0o444, "elsewhere", false),
            (0o644, "elsewhere", false),
            (0o664, "app", false),
            (0o646, "app", false),
        ] {
            let place = Place::new();
            kubernetes(&place, mode);
            let read = place.read("app/token", mounted);
            assert_eq!(read.is_ok(), works, "{mode:o} {mounted}: {read:?}");
        }
    }

    #[test]
    fn as_docker_mounts_them() {
        for (mode, works) in [(0o444, true), (0o400, true), (0o644, true), (0o666, false)] {
            let place = Place::new();
            place.folder("secrets", 0o755);
            place.file("secrets/key", mode);
            assert_eq!(
                place.read("secrets/key", "secrets").is_ok(),
                works,
                "{mode:o}"
            );
            // The same through a link from elsewhere, as /var/run leads to /run.
            place.link("run", "secrets");
            assert_eq!(place.read("run/key", "secrets").is_ok(), works, "{mode:o}");
        }
        let place = Place::new();
        place.folder("secrets", 0o755);
        place.file("key", 0o444);
        place.link("secrets/key", "../key");
        assert!(
            place.read("secrets/key", "secrets").is_err(),
            "it is not there"
        );
    }

    #[test]
    fn links_that_another_user_could_change() {
        for (folder, target, works) in [
            (0o755, 0o755, true),
            (0o700, 0o700, true),
            (0o1777, 0o755, true),
            (0o777, 0o755, false),
            (0o775, 0o755, false),
            (0o755, 0o777, false),
            (0o755, 0o775, false),
        ] {
            let place = Place::new();
            place.folder("a", folder);
            place.folder("b", target);
            place.file("b/real", 0o600);
            place.link("a/secret", "../b/real");
            let read = place.read("a/secret", "none");
            assert_eq!(read.is_ok(), works, "{folder:o} {target:o}: {read:?}");
            if let Err(error) = read {
                assert!(
                    error.message().contains("other users can change"),
                    "{error}"
                );
            }
            // The file itself may be named.
            assert_eq!(place.read("b/real", "none"), Ok(()));
        }
    }

    #[test]
    fn what_belongs_to_another_user() {
        for name in [
            "app",
            "app/token",
            "app/..data",
            "app/..2026_11_30",
            "app/..2026_11_30/token",
        ] {
            let place = Place::new();
            kubernetes(&place, 0o444);
            assert_eq!(place.read("app/token", "app"), Ok(()));
            if place.give_away(name) {
                assert!(place.read("app/token", "app").is_err(), "{name}");
            }
        }
        let place = Place::new();
        place.folder("secrets", 0o755);
        let key = place.file("secrets/key", 0o444);
        if place.give_away("secrets") {
            assert!(place.read("secrets/key", "secrets").is_err());
            chown(place.at("secrets"), Some(0), None).unwrap();
            assert_eq!(place.read("secrets/key", "secrets"), Ok(()));
            chown(key, Some(STRANGER), None).unwrap();
            assert!(place.read("secrets/key", "secrets").is_err());
        }
    }

    #[test]
    fn links_that_lead_nowhere() {
        let place = Place::new();
        place.link("round", "round");
        place.link("gone", "nothing");
        place.link("folder", ".");
        for name in ["round", "gone"] {
            let error = place.read(name, "none").unwrap_err();
            assert!(error.message().contains("cannot be followed"), "{error}");
        }
        assert!(read_private(&place.at("folder"), 64).is_err());
    }
}
