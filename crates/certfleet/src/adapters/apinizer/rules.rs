//! Apinizer's forms require their fields, and every upload is a deployment.

use crate::{
    adapter::{Field, Rules, ScopeRules, UploadScopes},
    change::ReferencePolicy,
};

pub(crate) const RULES: Rules = Rules {
    single: true,
    valid_now: true,
    fields: [Field::Required; 3],
    // The vendor takes the names as one text with commas between.
    upload_scopes: UploadScopes::Required("environment", ','),
    upload_deploys: true,
    name_is_address: true,
    delete_references: &[ReferencePolicy::Detach, ReferencePolicy::Delete],
    replace_references: &[
        ReferencePolicy::Keep,
        ReferencePolicy::Detach,
        ReferencePolicy::UpdateInProject,
        ReferencePolicy::UpdateEverywhere,
    ],
    // The pages say that an update deletes the old certificate and creates a new one. Whether they mean all
    // entries, or those of the named environments, they leave open.
    update_may_replace_all: true,
    // Unlike those of a creation and of an update, an import's answer has no `deploymentResult`.
    keep_deploys_inferred: true,
    scopes: &[ScopeRules {
        deploys: true,
        delete_undeploys: true,
        ..ScopeRules::new("environment")
    }],
    ..Rules::NONE
};
