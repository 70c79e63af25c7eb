//! OpenAI's help page on mutual TLS lists what it takes; the description says what is left out here.

use crate::{
    Scope,
    adapter::{Field, Rules, ScopeRules, Switching, UploadScopes},
};

pub(crate) const RULES: Rules = Rules {
    authority: true,
    key_identifiers: true,
    key_usage: &["keyCertSign", "cRLSign"],
    below_bytes: Some(16 * 1024),
    hours_left: 24,
    contents_never_change: true,
    fields: [Field::Optional, Field::None, Field::None],
    upload_scopes: UploadScopes::Fixed(&Scope::Organization),
    scopes: &[
        ScopeRules {
            switching: Switching::AtOnce,
            enforces: true,
            ..ScopeRules::new("organization")
        },
        ScopeRules {
            switching: Switching::AtOnce,
            enforces: true,
            inherits_from: Some("organization"),
            ..ScopeRules::new("project")
        },
    ],
    unlisted_scopes: Some("project"),
    ..Rules::NONE
};
