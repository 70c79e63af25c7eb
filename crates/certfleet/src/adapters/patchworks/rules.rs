//! Patchworks' description bounds the passphrase; what a certificate has to be, it does not say.

use crate::adapter::{Rules, ScopeRules, UploadScopes};

pub(crate) const RULES: Rules = Rules {
    private_key: true,
    passphrase: 1000,
    upload_scopes: UploadScopes::Optional("connector"),
    scopes: &[ScopeRules {
        holds_one: true,
        delete_undeploys: true,
        ..ScopeRules::new("connector")
    }],
    ..Rules::NONE
};
