//! `docs/fault-matrix.md`: written by the run that held it, or checked against it.

use std::{env, fs, path::Path};

/// The variable that has it written.
const WRITE: &str = "CERTFLEET_FAULTS";

/// Writes the document where it is asked for; otherwise says whether it is what this run held.
pub(crate) fn check(text: &str) -> Result<(), String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/fault-matrix.md");
    if env::var(WRITE).is_ok_and(|value| value == "write") {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|error| error.to_string())?;
        }
        return fs::write(&path, text).map_err(|error| error.to_string());
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    let stale = committed
        .lines()
        .zip(text.lines())
        .find(|(committed, held)| committed != held);
    if committed == text {
        return Ok(());
    }
    Err(format!(
        "docs/fault-matrix.md is not what this run held: {WRITE}=write cargo test -p certfleet-tests --test faults writes it\n{}",
        stale.map_or("it has another length".to_owned(), |(committed, held)| {
            format!("- {committed}\n+ {held}")
        })
    ))
}
