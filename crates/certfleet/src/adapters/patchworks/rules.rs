//! Patchworks' description bounds the passphrase; what a certificate has to be, it does not say.

use super::{NOTHING, Places, Rules};

pub(super) const RULES: Rules = Rules {
    private_key: true,
    passphrase: 1000,
    places: Places::Connector,
    ..NOTHING
};
