//! Cloudflare's description bounds the days in words.

use crate::{
    Scope,
    adapter::{Rules, ScopeRules, Switching, UploadScopes},
};

pub(crate) const RULES: Rules = Rules {
    most_days: Some(10_950),
    upload_scopes: UploadScopes::Fixed(&Scope::Edge),
    scopes: &[ScopeRules {
        switching: Switching::Eventually,
        note: Some(
            "active means deployed to the edge; which certificate intercepts is set elsewhere",
        ),
        ..ScopeRules::new("edge")
    }],
    in_use_is_set_in: Some("the gateway's configuration"),
    ..Rules::NONE
};
