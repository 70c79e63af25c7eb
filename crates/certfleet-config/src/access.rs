//! Who may read or change an open file.

use crate::{Error, Result};
use std::os::unix::fs::MetadataExt as _;

const OWN: &str = "use a file of your own";

/// Who may do what with an open file.
pub(crate) struct Access {
    mode: u32,
    owner: u32,
    /// The user this process acts as.
    user: u32,
}

impl Access {
    pub(crate) fn of(metadata: &std::fs::Metadata) -> Self {
        Self {
            mode: metadata.mode() & 0o777,
            owner: metadata.uid(),
            user: rustix::process::geteuid().as_raw(),
        }
    }

    /// Root can read and change everything anyway.
    pub(crate) fn is_foreign(&self) -> bool {
        self.owner != self.user && self.owner != 0
    }
}

/// Whether a file that others can read would be private without that.
pub(crate) fn is_only_readable(access: &Access) -> bool {
    access.mode & 0o033 == 0 && !access.is_foreign()
}

pub(crate) fn private(access: &Access) -> Result<()> {
    if access.mode & 0o077 != 0 {
        return Err(
            Error::new(format!("can be read by others (mode {:o})", access.mode))
                .advise("run chmod 600 on it, and treat the secret as exposed (a mounted one: mount it with mode 0400, or below /run/secrets)"),
        );
    }
    if access.is_foreign() {
        return Err(Error::new("belongs to another user").advise(OWN));
    }
    Ok(())
}

pub(crate) fn unchangeable(access: &Access) -> Result<()> {
    if access.mode & 0o022 != 0 {
        return Err(Error::new(format!(
            "can be changed by others (mode {:o}), who could so get at the secrets",
            access.mode
        ))
        .advise("see that it is as you wrote it, then run chmod go-w on it"));
    }
    if access.is_foreign() {
        return Err(
            Error::new("belongs to another user, who could so get at the secrets").advise(OWN),
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_may_do_what() {
        const ME: u32 = 1000;
        for (mode, owner, is_private, is_unchangeable) in [
            (0o600, ME, true, true),
            (0o400, ME, true, true),
            (0o700, ME, true, true),
            (0o600, 0, true, true),
            (0o600, 1001, false, false),
            (0o644, ME, false, true),
            (0o644, 1001, false, false),
            (0o640, ME, false, true),
            (0o604, ME, false, true),
            (0o610, ME, false, true),
            (0o601, ME, false, true),
            (0o620, ME, false, false),
            (0o602, ME, false, false),
            (0o664, ME, false, false),
            (0o666, 0, false, false),
        ] {
            let access = Access {
                mode,
                owner,
                user: ME,
            };
            assert_eq!(private(&access).is_ok(), is_private, "{mode:o} {owner}");
            assert_eq!(
                unchangeable(&access).is_ok(),
                is_unchangeable,
                "{mode:o} {owner}"
            );
        }
    }

    #[test]
    fn root_trusts_itself_only() {
        for (owner, trusted) in [(0, true), (1000, false)] {
            let access = Access {
                mode: 0o600,
                owner,
                user: 0,
            };
            assert_eq!(private(&access).is_ok(), trusted);
            assert_eq!(unchangeable(&access).is_ok(), trusted);
        }
    }
}
