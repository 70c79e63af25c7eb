//! A write whose result can be read: sent, looked at, and sent again if that is safe.

use super::{retry, session::Session};
use crate::{
    api::Class,
    response::{Effect, Error},
};
use std::{
    future::Future,
    sync::{Arc, atomic::AtomicU32, atomic::Ordering},
};
use tokio::time::sleep;

/// The end of a write that [`Session::recover`] sent.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Recovered<T> {
    /// What the write returned, or what the look found.
    pub value: T,
    /// Whether the write's own response was lost and a look found it carried out.
    pub verified: bool,
}

impl Session {
    /// Sends a write, and looks at the vendor's state if the write may have been carried out.
    ///
    /// `send` sends the write, once each time it is called. `look` reads the vendor's state and
    /// returns `Some` if it is as wanted. Both get a clone of this session and make their client
    /// from it, so that all of it has one deadline, one budget and at most
    /// [`Retry::attempts`](crate::Retry::attempts) sends.
    ///
    /// * `send` succeeds: its value is returned.
    /// * `send` fails and provably nothing was changed: its error is returned.
    /// * The write may have been carried out: `look` is called. If the state is as wanted, that is a
    ///   success that is [`verified`](Recovered::verified). Otherwise an idempotent write is sent again
    ///   after a wait if the failure may pass. A create is not, because the first may still land.
    /// * A refusal after an earlier send that may have been carried out ("not found" of a delete) is
    ///   looked at too.
    ///
    /// ```
    /// # async fn example(client: certfleet_http::Session) -> Result<(), certfleet_http::Error> {
    /// # use certfleet_http::{Error, Session};
    /// # async fn activate(_: Session) -> Result<String, Error> { Ok("active".to_owned()) }
    /// # async fn state(_: Session) -> Result<String, Error> { Ok("active".to_owned()) }
    /// let recovered = client
    ///     .recover(
    ///         |session| activate(session),
    ///         |session| async {
    ///             let state = state(session).await?;
    ///             Ok((state == "active").then_some(state))
    ///         },
    ///     )
    ///     .await?;
    /// assert!(!recovered.verified);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The error of the last send. Its effect counts every send: once one may have been carried out
    /// and no look found it, it is not [`Effect::None`]. If a look failed, the error says why.
    pub async fn recover<T, S, L>(
        &self,
        send: impl Fn(Session) -> S,
        look: impl Fn(Session) -> L,
    ) -> Result<Recovered<T>, Error>
    where
        S: Future<Output = Result<T, Error>>,
        L: Future<Output = Result<Option<T>, Error>>,
    {
        let deadline = self.deadline();
        let mut reader = self.until(deadline);
        reader.group.sends = None;
        let sends = Arc::new(AtomicU32::new(0));
        let mut writer = reader.clone();
        writer.group.sends = Some(Arc::clone(&sends));

        let mut open = false;
        loop {
            let error = match send(writer.clone()).await {
                Ok(value) => {
                    return Ok(Recovered {
                        value,
                        verified: false,
                    });
                }
                Err(error) => error,
            };
            open |= error.effect() != Effect::None;
            if !open {
                return Err(error);
            }
            let error = match error.effect() {
                Effect::None => error.with_effect(Effect::Unknown),
                _ => error,
            };
            match look(reader.clone()).await {
                Ok(Some(value)) => {
                    return Ok(Recovered {
                        value,
                        verified: true,
                    });
                }
                Ok(None) => {}
                Err(why) => {
                    let note = format!("Looking whether it was done failed too: {why}");
                    return Err(error.with_effect(Effect::Unknown).with_note(note));
                }
            }
            let is_create = error
                .operation()
                .is_none_or(|operation| operation.class == Class::Create);
            if is_create || !retry::is_open(&error) {
                return Err(error);
            }
            match self.wait_for(sends.load(Ordering::Relaxed), &error, deadline) {
                Ok(wait) => sleep(wait).await,
                Err(None) => return Err(error),
                Err(Some(note)) => return Err(error.with_note(note)),
            }
        }
    }
}
