//! Private roots: what an account trusts besides the system's certificate authorities.

use crate::{Error, Result, trusted_file};
use certfleet::x509;
use certfleet_http::Network;
use std::path::Path;

/// The largest file, in bytes.
const LARGEST: u64 = 1024 * 1024;

/// Returns a network that also trusts the certificates of a file. Nothing else is weakened: names, dates and
/// chains are verified as ever.
pub(crate) fn network(file: &Path) -> Result<Network> {
    let failure = |error: Error| error.about(format_args!("ca_file: {} ", file.display()));
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
    let roots = roots.iter().filter_map(x509::X509::der_bytes);
    Ok(roots.fold(Network::new(), Network::trust))
}
