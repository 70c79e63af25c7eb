//! Private roots: what is trusted besides the system's certificate authorities.

use crate::{Error, Result, trusted_file};
use certfleet::x509::{self, X509};
use certfleet_http::Network;
use std::path::Path;

/// The largest file, in bytes.
const LARGEST: u64 = 1024 * 1024;

/// Returns a network that also trusts the certificates of a file. Nothing else is weakened: names, dates and
/// chains are verified as ever.
pub(crate) fn network(file: &Path) -> Result<Network> {
    let roots = read_roots(file).map_err(|error| error.about("ca_file: "))?;
    Ok(roots.iter().fold(Network::new(), |network, root| {
        network.trust(root.der_bytes())
    }))
}

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
