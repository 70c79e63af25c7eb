//! Apinizer's writes.

use super::{Apinizer, error};
use crate::{
    Applied, Certificate, Change, Error, How, Result, Role, Scope, Upload,
    change::{Delete, ItemOutcome, ItemResult, ReferencePolicy, Replace},
    model::stated,
};
use certfleet_apinizer::types::{
    CertificateDeploymentResponse, DeleteCertificateJwkDeleteAction as JwkDelete,
    UpdateCertificateJwkUpdateAction as JwkUpdate, UpdateCertificateUpdateScope as UpdateScope,
};
use certfleet_http::FilePart;

impl Apinizer {
    /// Sends a change, once.
    pub(super) async fn change(&self, change: &Change) -> Result<Applied> {
        match change {
            Change::Upload(upload) => self.create(upload).await,
            Change::Replace(replace) if replace.references == ReferencePolicy::Keep => {
                self.import(replace).await
            }
            Change::Replace(replace) => self.update(replace).await,
            Change::Delete(delete) => self.delete(delete).await,
            _ => Err(Error::cannot(self.profile.provider, change.verb())),
        }
    }

    async fn create(&self, upload: &Upload) -> Result<Applied> {
        let name = upload.name.as_deref().unwrap_or_default();
        let answer = self
            .client
            .create_certificate()
            .project_name(&self.project)
            .certificate_name(name)
            .alias(upload.alias.as_deref().unwrap_or_default())
            .certificate_description(upload.description.as_deref().unwrap_or_default())
            .environment_list(environments(&upload.scopes))
            .pem_encoded_file(file(&upload.certificate))
            .send()
            .await
            .map_err(error)?;
        Ok(self.deployed(name, &upload.scopes, answer.into_parts().0))
    }

    async fn import(&self, replace: &Replace) -> Result<Applied> {
        let mut call = self
            .client
            .import_certificate()
            .project_name(&self.project)
            .certificate_name(&replace.id.native)
            .alias(replace.alias.as_deref().unwrap_or_default())
            .environment_list(environments(&replace.scopes))
            .certificate_file(file(&replace.certificate));
        if let Some(description) = &replace.description {
            call = call.certificate_description(description);
        }
        let (answer, _) = call.send().await.map_err(error)?.into_parts();
        let unresolved = answer.unresolved_references.unwrap_or_default();
        // A vendor that names what it left out is done with the rest: which environments have the new
        // content is read back.
        let how = how(answer.success == Some(true) || !unresolved.is_empty());
        let mut applied = Applied::new(how, vec![self.named(&replace.id.native)]);
        for reference in unresolved {
            applied.notes.push(format!(
                "apinizer could not resolve a reference: {reference}"
            ));
        }
        Ok(applied)
    }

    async fn update(&self, replace: &Replace) -> Result<Applied> {
        let mut call = self
            .client
            .update_certificate()
            .project_name(&self.project)
            .certificate_name(&replace.id.native)
            .alias(replace.alias.as_deref().unwrap_or_default())
            .certificate_description(replace.description.as_deref().unwrap_or_default())
            .environment_list(environments(&replace.scopes))
            .pem_encoded_file(file(&replace.certificate));
        call = match replace.references {
            ReferencePolicy::UpdateInProject => call
                .jwk_update_action(JwkUpdate::Update)
                .update_scope(UpdateScope::SameProject),
            ReferencePolicy::UpdateEverywhere => call
                .jwk_update_action(JwkUpdate::Update)
                .update_scope(UpdateScope::AllProjects),
            _ => call.jwk_update_action(JwkUpdate::Nullify),
        };
        let (answer, _) = call.send().await.map_err(error)?.into_parts();
        Ok(self.deployed(&replace.id.native, &replace.scopes, answer))
    }

    async fn delete(&self, delete: &Delete) -> Result<Applied> {
        let action = match delete.references {
            ReferencePolicy::Delete => JwkDelete::Delete,
            ReferencePolicy::Detach => JwkDelete::Nullify,
            _ => {
                return Err(Error::new(
                    crate::ErrorKind::InvalidInput,
                    "apinizer detaches or deletes what refers to a certificate: say which. Nothing was sent",
                ));
            }
        };
        let (answer, _) = self
            .client
            .delete_certificate()
            .project_name(&self.project)
            .certificate_name(&delete.id.native)
            .jwk_delete_action(action)
            .send()
            .await
            .map_err(error)?
            .into_parts();
        let mut applied = self.deployed(&delete.id.native, &[], answer);
        applied.certificates.clear();
        // What it says is about deployments: the record itself is read back.
        applied.how = How::Accepted;
        Ok(applied)
    }

    /// What the answer says of each environment.
    fn deployed(
        &self,
        name: &str,
        scopes: &[Scope],
        answer: CertificateDeploymentResponse,
    ) -> Applied {
        let how = how(answer.success == Some(true) || answer.deployment_result.is_some());
        let result = answer.deployment_result.unwrap_or_default();
        let mut items: Vec<ItemResult> = Vec::new();
        for one in result.environment_results.into_iter().flatten() {
            let scope = Scope::Environment {
                name: one.environment_name.unwrap_or_default(),
            };
            items.push(ItemResult::new(scope, outcome(one.success)).message(one.message));
        }
        for scope in scopes {
            if !items.iter().any(|item| item.scope == *scope) {
                // A failure that names no environment may be any one's.
                let whole = outcome(result.success.filter(|success| *success));
                items.push(ItemResult::new(scope.clone(), whole).message(result.message.clone()));
            }
        }
        let mut applied = Applied::new(how, vec![self.named(name)]).with_items(items);
        if result.success == Some(false) && applied.is_complete() {
            applied.notes.push(format!(
                "the vendor says that something failed, but of no environment{}",
                stated(result.message, String::as_str)
                    .map_or_else(String::new, |message| format!(": {message}"))
            ));
        }
        applied
    }

    /// The record, of which the answer says no more.
    fn named(&self, name: &str) -> Certificate {
        let id = self.profile.certificate_id(name);
        let mut certificate = Certificate::new(id, Role::Trust);
        certificate.name = Some(name.to_owned());
        certificate
    }
}

/// How an answer confirms a write: one that says nothing of it only shows that it was accepted.
fn how(says_so: bool) -> How {
    if says_so {
        How::Confirmed
    } else {
        How::Accepted
    }
}

fn outcome(success: Option<bool>) -> ItemOutcome {
    match success {
        Some(true) => ItemOutcome::Done,
        Some(false) => ItemOutcome::Failed,
        None => ItemOutcome::Unknown,
    }
}

/// The vendor takes the names as one text.
fn environments(scopes: &[Scope]) -> String {
    let names: Vec<&str> = scopes
        .iter()
        .filter_map(|scope| match scope {
            Scope::Environment { name } => Some(name.as_str()),
            _ => None,
        })
        .collect();
    names.join(",")
}

fn file(pem: &str) -> FilePart {
    FilePart::new("certificate.pem", pem.to_owned()).content_type("application/x-pem-file")
}
