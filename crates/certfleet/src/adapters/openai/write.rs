//! OpenAI's writes.

use super::{OpenAi, error, record::Record};
use crate::{
    Applied, Certificate, CertificateId, Change, Error, How, Placement, Result, Scope, State,
    Upload, Verb,
    adapter::{NativePage, Provider as _},
    change::{Delete, Rename, SetActive},
};
use certfleet_http::{Bytes, ResponseParts};
use certfleet_openai::types::{
    self, ModifyCertificateRequest, ToggleCertificatesRequest, UploadCertificateRequest,
};

impl OpenAi {
    /// Sends a change, once.
    pub(super) async fn change(&self, change: &Change) -> Result<Applied> {
        match change {
            Change::Upload(upload) => self.upload(upload).await,
            Change::Rename(rename) => self.rename(rename).await,
            Change::Activate(set) => self.toggle(set, true).await,
            Change::Deactivate(set) => self.toggle(set, false).await,
            Change::Delete(delete) => self.delete(delete).await,
            Change::Generate(_) | Change::Replace(_) => {
                Err(Error::cannot(self.profile.provider, change.verb()))
            }
        }
    }

    async fn upload(&self, upload: &Upload) -> Result<Applied> {
        let body = UploadCertificateRequest {
            certificate: upload.certificate.clone(),
            name: upload.name.clone(),
        };
        let answer = self.client.upload_certificate().body(body).send().await;
        let (whole, received) = answer.map_err(error)?.into_parts();
        let mut applied = self.applied(whole, received.into_body());
        // Uploading does not activate: what is new is inactive in every scope.
        let inactive = |scope| Placement::new(scope, State::Inactive);
        for one in &mut applied.certificates {
            if one.state == State::Unknown {
                one.placements = self.scopes().into_iter().flatten().map(inactive).collect();
                one.state = State::from_placements(&one.placements);
            }
        }
        Ok(applied)
    }

    async fn rename(&self, rename: &Rename) -> Result<Applied> {
        let answer = self
            .client
            .modify_certificate()
            .certificate_id(&rename.id.native)
            .body(ModifyCertificateRequest {
                name: Some(rename.name.clone()),
            })
            .send()
            .await;
        let (whole, received) = answer.map_err(error)?.into_parts();
        Ok(self.applied(whole, received.into_body()))
    }

    async fn delete(&self, delete: &Delete) -> Result<Applied> {
        let id = &delete.id;
        let answer = self
            .client
            .delete_certificate()
            .certificate_id(&id.native)
            .send()
            .await;
        let (deleted, received) = answer.map_err(error)?.into_parts();
        if deleted.id != id.native {
            return Err(Error::invalid_response(
                self.profile.provider,
                &received,
                format_args!("it does not name {id}"),
            ));
        }
        Ok(Applied::new(How::Confirmed, Vec::new()))
    }

    async fn toggle(&self, set: &SetActive, active: bool) -> Result<Applied> {
        let body = ToggleCertificatesRequest {
            certificate_ids: set.ids.iter().map(|id| id.native.clone()).collect(),
        };
        let client = &self.client;
        let (records, received) = match (&set.scope, active) {
            (Scope::Organization, true) => {
                let call = client.activate_organization_certificates().body(body);
                let (answer, received) = call.send().await.map_err(error)?.into_parts();
                (of_organization(answer.data, received.body()), received)
            }
            (Scope::Organization, false) => {
                let call = client.deactivate_organization_certificates().body(body);
                let (answer, received) = call.send().await.map_err(error)?.into_parts();
                (of_organization(answer.data, received.body()), received)
            }
            (Scope::Project { id }, true) => {
                let call = client.activate_project_certificates();
                let call = call.project_id(id).body(body);
                let (answer, received) = call.send().await.map_err(error)?.into_parts();
                (of_project(id, answer.data, received.body()), received)
            }
            (Scope::Project { id }, false) => {
                let call = client.deactivate_project_certificates();
                let call = call.project_id(id).body(body);
                let (answer, received) = call.send().await.map_err(error)?.into_parts();
                (of_project(id, answer.data, received.body()), received)
            }
            _ => return Err(Error::cannot(self.profile.provider, toggled(active))),
        };
        let certificates: Vec<Certificate> = records
            .into_iter()
            .map(|record| self.certificate(record, Vec::new()))
            .collect();
        self.all_there(&set.ids, &certificates, &received)?;
        Ok(Applied::new(How::Confirmed, certificates))
    }

    /// A success that does not name what it was about has to be read back.
    fn all_there(
        &self,
        ids: &[CertificateId],
        certificates: &[Certificate],
        received: &ResponseParts,
    ) -> Result<()> {
        let missing = ids
            .iter()
            .find(|id| !certificates.iter().any(|one| one.id == **id));
        missing.map_or(Ok(()), |id| {
            Err(Error::invalid_response(
                self.profile.provider,
                received,
                format_args!("it does not name {id}"),
            ))
        })
    }

    fn applied(&self, whole: types::Certificate, body: Bytes) -> Applied {
        let certificate = self.certificate(Record::alone(whole, body), Vec::new());
        Applied::new(How::Confirmed, vec![certificate])
    }
}

fn toggled(active: bool) -> Verb {
    if active {
        Verb::Activate
    } else {
        Verb::Deactivate
    }
}

fn of_organization(data: Vec<types::OrganizationCertificate>, body: &Bytes) -> Vec<Record> {
    let natives = NativePage::new(body.clone(), &["data"]);
    data.into_iter()
        .enumerate()
        .map(|(index, item)| Record::of_organization(item, natives.record(index)))
        .collect()
}

fn of_project(
    project: &str,
    data: Vec<types::OrganizationProjectCertificate>,
    body: &Bytes,
) -> Vec<Record> {
    let natives = NativePage::new(body.clone(), &["data"]);
    data.into_iter()
        .enumerate()
        .map(|(index, item)| Record::of_project(project, item, natives.record(index)))
        .collect()
}
