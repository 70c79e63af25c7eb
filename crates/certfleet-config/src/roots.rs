//! Whom a file says to trust, besides the system's certificate authorities.

use crate::{Error, Result, trusted_file};
use certfleet::x509::{self, X509};
use std::path::Path;

/// The longest file, in bytes.
const LARGEST: u64 = 1024 * 1024;

/// Reads the certificates of a file that says whom to trust, as an account's `ca_file` does.
///
/// # Errors
/// The file cannot be read, another user can change it, or it holds something else than certificates. The message
/// begins with the file.
pub fn read_roots(file: &Path) -> Result<Vec<X509>> {
    let failure = |error: Error| error.about(format_args!("{} ", file.display()));
    let bytes = trusted_file::read_unchangeable(file, LARGEST).map_err(failure)?;
    let roots = x509::read_all(&bytes).map_err(|why| {
        failure(Error::new(format!(
            "holds something else than certificates: {why}"
        )))
    })?;
    if roots.is_empty() {
        let empty = Error::new("holds no certificate").advise("write the issuer's, as PEM");
        return Err(failure(empty));
    }
    Ok(roots)
}
