//! How a rotation is carried out.

use crate::WaitOptions;

/// How a rotation is carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RotationOptions {
    /// How long to wait until the new one is in force, and the old one out of it.
    pub wait: WaitOptions,
    /// Whether to wait for the end of the soak. Otherwise [`Writer::rotate`](crate::Writer::rotate) stops there, to be
    /// gone on with later.
    pub wait_for_soak: bool,
}

impl Default for RotationOptions {
    fn default() -> Self {
        Self {
            wait: WaitOptions::default(),
            wait_for_soak: true,
        }
    }
}

impl RotationOptions {
    /// Sets how long to wait for states.
    #[must_use]
    pub fn wait(mut self, wait: WaitOptions) -> Self {
        self.wait = wait;
        self
    }

    /// Stops where the old one soaks.
    #[must_use]
    pub fn stop_at_soak(mut self) -> Self {
        self.wait_for_soak = false;
        self
    }
}
