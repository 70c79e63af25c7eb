//! A synchronous program: a runtime of one thread runs each call while the caller waits for it.
//! A listing is read the same way, one certificate after another.
#![allow(clippy::print_stdout, reason = "a program prints its result")]

use certfleet::{ContentFetch, Fleet, FleetItem, ListOptions};
use certfleet_sandbox::Sandbox;
use futures_util::StreamExt;
use tokio::runtime::{Builder, Runtime};

/// A fleet for callers that cannot wait asynchronously. Not to be used within async code: `block_on` panics there.
struct Blocking {
    runtime: Runtime,
    fleet: Fleet,
}

impl Blocking {
    fn new(fleet: Fleet) -> std::io::Result<Self> {
        // Add `enable_io` for live accounts; the sandbox opens no connection.
        let runtime = Builder::new_current_thread().enable_time().build()?;
        Ok(Self { runtime, fleet })
    }

    fn items(&self) -> impl Iterator<Item = FleetItem> {
        let mut listing = self.fleet.list(ListOptions::content(ContentFetch::Skip));
        std::iter::from_fn(move || self.runtime.block_on(listing.next()))
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let blocking = Blocking::new(Sandbox::new().fleet()?)?;
    let (mut certificates, mut accounts) = (0, 0);
    for item in blocking.items() {
        match item {
            FleetItem::Certificate(_) => certificates += 1,
            FleetItem::Ended(report) => {
                accounts += 1;
                println!(
                    "{}/{}: {}",
                    report.provider, report.account, report.certificates
                );
            }
            _ => {}
        }
    }
    println!("{certificates} certificates in {accounts} accounts");

    let inventory = blocking
        .runtime
        .block_on(blocking.fleet.inventory(ListOptions::default()));
    assert_eq!((certificates, accounts), (inventory.certificates.len(), 6));
    Ok(())
}
