//! Harbourgate wants authorities, each with a name, and trusts them at once.

use crate::{
    Scope,
    adapter::{Field, Rules, ScopeRules, UploadScopes},
};

pub(crate) const RULES: Rules = Rules {
    authority: true,
    single: true,
    valid_now: true,
    fields: [Field::Required, Field::None, Field::None],
    upload_scopes: UploadScopes::Fixed(&Scope::Edge),
    upload_deploys: true,
    scopes: &[ScopeRules {
        deploys: true,
        delete_undeploys: true,
        ..ScopeRules::new("edge")
    }],
    ..Rules::NONE
};
