//! Apinizer's forms require their fields, and every upload is a deployment.

use super::{Field, NOTHING, Places, Rules};
use crate::References;

pub(super) const RULES: Rules = Rules {
    single: true,
    valid_now: true,
    fields: [Field::Required; 3],
    places: Places::Environments,
    delete_references: &[References::Detach, References::Delete],
    replace_references: &[
        References::Keep,
        References::Detach,
        References::UpdateInProject,
        References::UpdateEverywhere,
    ],
    ..NOTHING
};
