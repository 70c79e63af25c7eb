//! Private roots: what an account trusts besides the system's certificate authorities.

use crate::trusted_file;
use certfleet::{Network, x509};
use std::path::Path;

/// The largest file, in bytes.
const LARGEST: u64 = 1024 * 1024;

/// A network that also trusts the certificates of a file. Nothing else is weakened: names, dates and
/// chains are verified as ever.
pub(crate) fn network(file: &Path) -> Result<Network, String> {
    let failure = |why: String| format!("ca_file: {} {why}", file.display());
    let bytes = trusted_file::read_unchangeable(file, LARGEST).map_err(failure)?;
    let roots = x509::read_all(&bytes)
        .map_err(|why| failure(format!("holds something else than certificates: {why}")))?;
    if roots.is_empty() {
        return Err(failure(
            "holds no certificate: write the issuer's, as PEM".to_owned(),
        ));
    }
    Ok(roots.iter().fold(Network::new(), |network, root| {
        network.trust(root.der_bytes())
    }))
}
