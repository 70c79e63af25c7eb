//! Credentials that change while a session lives.

use crate::{request::Authorization, response::Error, transport::BoxFuture};
use std::fmt;
use tokio::sync::Mutex;

/// A source of credentials, for tokens that expire or that a vault hands out.
///
/// The session asks before the first request, and once more after a refusal which says that the vendor does
/// not accept the credentials ([`Api::unauthenticated`](crate::Api::unauthenticated)). It then sends the
/// request again, which is safe because a refused request was not carried out. Otherwise it keeps what the
/// source returned last. Calls of one session never ask at the same time.
pub trait CredentialsSource: fmt::Debug + Send + Sync + 'static {
    /// Returns the credentials to send from now on, made by a client's
    /// `Credentials::authorization`. `refused` holds those that the vendor has just refused;
    /// if the source returns the same again, the call fails with that refusal.
    ///
    /// # Errors
    /// An [`Error::config`] that says why there are none, and what to do. Nothing is sent then.
    fn authorization<'a>(
        &'a self,
        refused: Option<&'a Authorization>,
    ) -> BoxFuture<'a, Result<Authorization, Error>>;
}

/// The credentials of a session.
#[derive(Debug)]
pub(crate) enum Credentials {
    /// The same for its whole life.
    Fixed(Authorization),
    /// What the source returned last.
    From {
        source: std::sync::Arc<dyn CredentialsSource>,
        current: Mutex<Option<Authorization>>,
    },
}

impl Credentials {
    /// Returns the credentials to send. `refused` are those that this call was refused with: if
    /// another call has already got new ones, it returns those. `None` if there is nothing else to
    /// try.
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
