//! What a panic prints. Its message may hold anything, a secret included, so it is never shown;
//! the place in the code is what a report needs.

use std::{io::Write as _, panic};

/// Replaces the standard library's report of a panic. The exit code stays 101.
pub(crate) fn install() {
    panic::set_hook(Box::new(|panic| {
        let place = panic.location().map_or_else(String::new, |place| {
            format!(" at {}:{}", place.file(), place.line())
        });
        // A closed stderr is ignored.
        drop(writeln!(
            std::io::stderr(),
            "error: a fault in certfleet {}{place}, please report it. If something was being changed, check at the vendor whether it was",
            env!("CARGO_PKG_VERSION"),
        ));
    }));
}

/// Panics with `data` where a test asks for it; in release builds it is nothing.
///
/// The tests make sure with it that no panic shows what it carries.
#[cfg_attr(not(debug_assertions), allow(unused_variables))]
#[allow(clippy::panic, reason = "it is what it is for")]
pub(crate) fn on_demand(place: &str, data: impl FnOnce() -> String) {
    #[cfg(debug_assertions)]
    if std::env::var("CERTFLEET_TEST_PANIC").is_ok_and(|wanted| wanted == place) {
        panic::panic_any(data());
    }
}
