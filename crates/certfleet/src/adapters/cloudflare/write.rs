//! Cloudflare's writes.

use super::{Cloudflare, error};
use crate::{
    Applied, Change, Content, Error, Generate, How, Provider as _, Result, SetActive, Verb,
    native::Page,
};
use certfleet_cloudflare::types::{GenerateCertRequest, SingleResponse};
use certfleet_http::Response;
use std::num::NonZeroU64;

impl Cloudflare {
    /// Sends a change, once.
    pub(super) async fn send(&self, change: &Change) -> Result<Applied> {
        match change {
            Change::Generate(generate) => self.generate(generate).await,
            Change::Activate(set) => self.switch(set, true).await,
            Change::Deactivate(set) => self.switch(set, false).await,
            Change::Delete(delete) => {
                self.client
                    .delete_certificate()
                    .account_id(&self.account_id)
                    .certificate_id(&delete.id.native)
                    .send()
                    .await
                    .map_err(error)?;
                Ok(Applied::new(How::Confirmed, Vec::new()))
            }
            Change::Upload(_) | Change::Rename(_) | Change::Replace(_) => {
                Err(Error::cannot(self.kind(), change.verb()))
            }
        }
    }

    async fn generate(&self, generate: &Generate) -> Result<Applied> {
        let body = generate
            .validity_days
            .map_or_else(GenerateCertRequest::default, |days| GenerateCertRequest {
                validity_period_days: Some(NonZeroU64::from(days)),
            });
        let answer = self
            .client
            .create_certificate()
            .account_id(&self.account_id)
            .body(body)
            .send()
            .await
            .map_err(error)?;
        self.applied(answer)
    }

    async fn switch(&self, set: &SetActive, active: bool) -> Result<Applied> {
        let [id] = set.ids.as_slice() else {
            return Err(Error::cannot(
                self.kind(),
                if active {
                    Verb::Activate
                } else {
                    Verb::Deactivate
                },
            ));
        };
        let answer = if active {
            self.client
                .activate_certificate()
                .account_id(&self.account_id)
                .certificate_id(&id.native)
                .send()
                .await
        } else {
            self.client
                .deactivate_certificate()
                .account_id(&self.account_id)
                .certificate_id(&id.native)
                .send()
                .await
        };
        self.applied(answer.map_err(error)?)
    }

    fn applied(&self, answer: Response<SingleResponse>) -> Result<Applied> {
        let (answer, received) = answer.into_parts();
        let Some(record) = answer.result else {
            return Err(Error::invalid_response(
                self.kind(),
                &received,
                "it has no result",
            ));
        };
        let native = Page::new(received.body().clone(), &["result"]).record(0);
        let certificate =
            self.certificate(record, Content::Included, native, &received, "result")?;
        Ok(Applied::new(How::Confirmed, vec![certificate]))
    }
}
