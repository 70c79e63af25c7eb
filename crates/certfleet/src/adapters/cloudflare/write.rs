//! Cloudflare's writes.

use super::{Cloudflare, error};
use crate::{
    Applied, Change, ContentFetch, Error, How, Result, Scope, Verb,
    adapter::NativePage,
    change::{Generate, SetActive},
};
use certfleet_cloudflare::types::{GenerateCertRequest, SingleResponse};
use certfleet_http::Response;
use std::num::NonZeroU64;

impl Cloudflare {
    /// Sends a change, once.
    pub(super) async fn change(&self, change: &Change) -> Result<Applied> {
        match change {
            Change::Generate(generate) => self.generate(generate).await,
            Change::Activate(set) => self.switch(set, true).await,
            Change::Deactivate(set) => self.switch(set, false).await,
            Change::Delete(delete) => {
                let answer = self
                    .client
                    .delete_certificate()
                    .account_id(&self.account_id)
                    .certificate_id(&delete.id.native)
                    .send()
                    .await;
                let (answer, _) = answer.map_err(error)?.into_parts();
                let named = answer.result.and_then(|record| record.id);
                let how = if named.as_deref() == Some(delete.id.native.as_str()) {
                    How::Confirmed
                } else {
                    How::Accepted
                };
                Ok(Applied::new(how, Vec::new()))
            }
            Change::Upload(_) | Change::Rename(_) | Change::Replace(_) => {
                Err(Error::cannot(self.profile.provider, change.verb()))
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
        let answer = match (set.ids.as_slice(), &set.scope, active) {
            ([id], Scope::Edge, true) => {
                self.client
                    .activate_certificate()
                    .account_id(&self.account_id)
                    .certificate_id(&id.native)
                    .send()
                    .await
            }
            ([id], Scope::Edge, false) => {
                self.client
                    .deactivate_certificate()
                    .account_id(&self.account_id)
                    .certificate_id(&id.native)
                    .send()
                    .await
            }
            ([id], Scope::Gateway, true) => return self.intercept_with(id).await,
            (_, _, true) => return Err(Error::cannot(self.profile.provider, Verb::Activate)),
            (_, _, false) => return Err(Error::cannot(self.profile.provider, Verb::Deactivate)),
        };
        self.applied(answer.map_err(error)?)
    }

    fn applied(&self, answer: Response<SingleResponse>) -> Result<Applied> {
        let (answer, received) = answer.into_parts();
        let Some(record) = answer.result else {
            return Err(Error::invalid_response(
                self.profile.provider,
                &received,
                "it has no result",
            ));
        };
        let native = NativePage::new(received.body().clone(), &["result"]).record(0);
        let certificate = self
            .certificate(record, ContentFetch::Included, native)
            .map_err(|unread| unread.error(self.profile.provider, &received))?;
        Ok(Applied::new(How::Confirmed, vec![certificate]))
    }
}
