//! Credentials that change while a session lives.

use crate::{request::Authorization, response::Error, transport::BoxFuture};
use std::fmt;
use tokio::sync::Mutex;

/// Gives the credentials of a session: for tokens that expire, or that a vault hands out.
///
/// It is asked before the first request, and once again after a 401 ("the vendor no longer accepts
/// it"); the request is then sent once more, because a refused one was not carried out. In between, what
/// it gave is kept. Calls of one session never ask at the same time.
pub trait CredentialsSource: fmt::Debug + Send + Sync + 'static {
    /// The credentials to send from now on, made by a client's `Credentials::authorization`. `refused` are
    /// those that the vendor has just refused with 401; giving the same again ends in that refusal.
    ///
    /// # Errors
    /// Made with [`Error::config`]: why there are none, and what to do. Nothing is sent then.
    fn authorization<'a>(
        &'a self,
        refused: Option<&'a Authorization>,
    ) -> BoxFuture<'a, Result<Authorization, Error>>;
}

/// What a session authenticates with.
#[derive(Debug)]
pub(crate) enum Credentials {
    /// The same for its whole life.
    Fixed(Authorization),
    /// Whatever the source gave last.
    From {
        source: std::sync::Arc<dyn CredentialsSource>,
        current: Mutex<Option<Authorization>>,
    },
}

impl Credentials {
    /// What to send. `refused` is what this call was refused with: where another call has already got
    /// new ones, those are given. `None` where there is nothing else to try.
    pub(crate) async fn get(
        &self,
        refused: Option<&Authorization>,
    ) -> Result<Option<Authorization>, Error> {
        match (self, refused) {
            (Self::Fixed(authorization), None) => Ok(Some(authorization.clone())),
            (Self::Fixed(_), Some(_)) => Ok(None),
            (Self::From { source, current }, refused) => {
                let mut current = current.lock().await;
                if let Some(known) = &*current
                    && Some(known) != refused
                {
                    return Ok(Some(known.clone()));
                }
                let given = source.authorization(refused).await?;
                *current = Some(given.clone());
                Ok((Some(&given) != refused).then_some(given))
            }
        }
    }
}
