//! Patchworks' writes.

use super::{Patchworks, error};
use crate::{
    Applied, Change, ContentFetch, Error, How, Placement, Result, Scope, State, Upload,
    adapter::NativePage,
};
use certfleet_patchworks::types::CertificatesStoreRequest;

impl Patchworks {
    /// Sends a change, once.
    pub(super) async fn change(&self, change: &Change) -> Result<Applied> {
        match change {
            Change::Upload(upload) => self.upload(upload).await,
            Change::Delete(delete) => {
                self.client
                    .delete_certificate()
                    .certificate(&delete.id.native)
                    .send()
                    .await
                    .map_err(error)?;
                // Its message is words for people: it names neither the record nor what became of it.
                Ok(Applied::new(How::Accepted, Vec::new()))
            }
            _ => Err(Error::cannot(self.profile.provider, change.verb())),
        }
    }

    async fn upload(&self, upload: &Upload) -> Result<Applied> {
        let connector = upload.scopes.iter().find_map(|scope| match scope {
            Scope::Connector { id } => Some(id.clone()),
            _ => None,
        });
        let body = CertificatesStoreRequest {
            certificate: upload.body(),
            connector_id: connector.clone().into(),
            passphrase: upload.secret_passphrase().cloned().into(),
        };
        let answer = self.client.create_certificate().body(body).send().await;
        let (answer, received) = answer.map_err(error)?.into_parts();
        let unnamed = || {
            Error::invalid_response(
                self.profile.provider,
                &received,
                "it does not name the certificate",
            )
        };
        let record = answer.data.ok_or_else(unnamed)?;
        let id = record.id.ok_or_else(unnamed)?.get();
        let native = NativePage::new(received.body().clone(), &["data"]).record(0);
        let mut certificate = self.certificate(id, record, ContentFetch::Included, native);
        certificate.placements = connector
            .into_iter()
            .map(|id| Placement::new(Scope::Connector { id }, State::Unknown))
            .collect();
        Ok(Applied::new(How::Confirmed, vec![certificate.summarise()]))
    }
}
