//! Harbourgate's writes.

use super::{Harbourgate, read::error};
use crate::{Applied, Change, Error, How, Result, Upload, adapter::NativePage};
use certfleet_http::FilePart;

impl Harbourgate {
    /// Sends a change, once.
    pub(super) async fn change(&self, change: &Change) -> Result<Applied> {
        match change {
            Change::Upload(upload) => self.upload(upload).await,
            Change::Delete(delete) => {
                self.client
                    .delete_certificate()
                    .certificate_id(&delete.id.native)
                    .send()
                    .await
                    .map_err(error)?;
                Ok(Applied::new(How::Confirmed, Vec::new()))
            }
            _ => Err(Error::cannot(self.profile.provider, change.verb())),
        }
    }

    async fn upload(&self, upload: &Upload) -> Result<Applied> {
        let pem = upload.certificate.clone().into_bytes();
        let call = self
            .client
            .upload_certificate()
            .name(upload.name.as_deref().unwrap_or_default())
            .file(FilePart::new("certificate.pem", pem));
        let (record, received) = call.send().await.map_err(error)?.into_parts();
        let native = NativePage::new(received.into_body(), &[]).record(0);
        Ok(Applied::new(
            How::Confirmed,
            vec![self.certificate(record, native)],
        ))
    }
}
