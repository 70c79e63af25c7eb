//! Cloudflare's description bounds the days in words.

use crate::{
    Scope,
    adapter::{Rules, ScopeRules, Switching, UploadScopes},
};

pub(crate) const RULES: Rules = Rules {
    most_days: Some(10_950),
    upload_scopes: UploadScopes::Fixed(&Scope::Edge),
    scopes: &[
        ScopeRules {
            switching: Switching::Eventually,
            note: Some(
                "active at the edge means deployed; the certificate that is active at the gateway intercepts",
            ),
            ..ScopeRules::new("edge")
        },
        // Set in the account's Gateway configuration; `in_use` of the certificates follows it.
        ScopeRules {
            switching: Switching::Eventually,
            intercepts: true,
            hands_over: true,
            needs: Some("edge"),
            ..ScopeRules::new("gateway")
        },
    ],
    ..Rules::NONE
};
