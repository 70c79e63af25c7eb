//! A write whose result can be read: sent, looked at, and sent again if that is safe.

use super::{retry, session::Session};
use crate::{
    api::Class,
    response::{Effect, Error},
    secrets::Needles,
    time::Deadline,
};
use std::{
    fmt,
    future::Future,
    sync::{Arc, atomic::AtomicU32, atomic::Ordering},
    time::Duration,
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
        self.recovery().run(send, look).await
    }

    /// Begins to [`recover`](Self::recover) with other settings, or with another error.
    pub fn recovery(&self) -> Recovery<'_> {
        Recovery {
            session: self,
            look_again_after: &[],
            repeat: None,
        }
    }
}

/// The result of looking whether a write was carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Look<T> {
    /// It was: this is its result.
    Done(T),
    /// It was not, or not yet.
    NotDone,
    /// Reading cannot tell.
    Unreadable,
}

impl<T> From<Option<T>> for Look<T> {
    fn from(found: Option<T>) -> Self {
        found.map_or(Self::NotDone, Self::Done)
    }
}

/// An error that a recovery can judge: that of a call, or one that wraps it.
pub trait RecoverableError: fmt::Display {
    /// Returns the error of the call, if there was one.
    fn call(&self) -> Option<&Error>;

    /// Returns what is known of the effect.
    fn effect(&self) -> Effect;

    /// Sets the effect.
    #[must_use]
    fn set_effect(self, effect: Effect) -> Self;

    /// Adds a sentence.
    #[must_use]
    fn add_note(self, note: String) -> Self;
}

impl RecoverableError for Error {
    fn call(&self) -> Option<&Error> {
        Some(self)
    }

    fn effect(&self) -> Effect {
        self.effect()
    }

    fn set_effect(self, effect: Effect) -> Self {
        self.with_effect(effect)
    }

    fn add_note(self, note: String) -> Self {
        self.with_note(note)
    }
}

/// How the result of a write is recovered: [`Session::recovery`].
#[derive(Debug)]
#[must_use]
pub struct Recovery<'a> {
    session: &'a Session,
    look_again_after: &'a [Duration],
    repeat: Option<bool>,
}

impl<'a> Recovery<'a> {
    /// Sets the waits before further looks, once the write is not sent again: what a lost request
    /// brings may show late. None unless set.
    pub fn look_again_after(mut self, waits: &'a [Duration]) -> Self {
        self.look_again_after = waits;
        self
    }

    /// Sets whether sending the write twice leaves what sending it once does, so that it may be sent
    /// again whatever its response was, and where a look fails or cannot tell. Unless set, a write
    /// that is not a create ([`Class`]) is sent again where the failure may pass and a look found it
    /// not carried out.
    pub fn repeat(mut self, repeat: bool) -> Self {
        self.repeat = Some(repeat);
        self
    }

    /// Sends the write and looks, as [`Session::recover`] does.
    ///
    /// # Errors
    /// As there.
    pub async fn run<T, E, S, L, O>(
        self,
        send: impl Fn(Session) -> S,
        look: impl Fn(Session) -> L,
    ) -> Result<Recovered<T>, E>
    where
        E: RecoverableError,
        S: Future<Output = Result<T, E>>,
        L: Future<Output = Result<O, E>>,
        O: Into<Look<T>>,
    {
        let deadline = self.session.deadline();
        let mut reader = self.session.until(deadline);
        reader.group.sends = None;
        let sends = Arc::new(AtomicU32::new(0));
        let mut writer = reader.clone();
        writer.group.sends = Some(Arc::clone(&sends));

        let mut again = true;
        let mut waits = self.look_again_after.iter();
        let mut error = match send(writer.clone()).await {
            Ok(value) => return Ok(Recovered::answered(value)),
            // Provably nothing was changed.
            Err(error) if error.effect() == Effect::None => return Err(error),
            Err(error) => error,
        };
        let mut needles = needles_of(&error);
        loop {
            let mut is_unreadable = false;
            let failed = match look(reader.clone()).await.map(Into::into) {
                Ok(Look::Done(value)) => return Ok(Recovered::found(value)),
                Ok(Look::NotDone) => None,
                Ok(Look::Unreadable) => {
                    is_unreadable = true;
                    None
                }
                Err(why) => Some(format!("Looking for it failed too: {why}")),
            };
            // What was not seen is sent again only where the caller says that it does no harm.
            let is_seen = (failed.is_none() && !is_unreadable) || self.repeat == Some(true);
            if is_seen && again && self.may_pass(&error) {
                match self.wait_for(&sends, &error, deadline) {
                    Ok(wait) => {
                        sleep(wait).await;
                        error = match send(writer.clone()).await {
                            Ok(value) => return Ok(Recovered::answered(value)),
                            Err(error) if error.effect() == Effect::None => {
                                // A clear answer, but an earlier send may have been carried out.
                                again = false;
                                with_earlier_send(error.set_effect(Effect::Unknown))
                            }
                            Err(error) => error,
                        };
                        // A send that did not begin has none, and the one before it had.
                        needles = needles_of(&error).or(needles);
                        continue;
                    }
                    Err(note) => {
                        again = false;
                        if let Some(note) = note {
                            error = error.add_note(note);
                        }
                    }
                }
            }
            match waits.next().filter(|_| !is_unreadable) {
                Some(wait) if *wait < deadline.remaining() => sleep(*wait).await,
                // A look after the deadline would only fail, and say less than the last one.
                _ => return Err(with_failed_look(error, failed, needles)),
            }
        }
    }

    /// Whether sending the write again after an error is safe once a look found it not carried out, and may
    /// end otherwise.
    fn may_pass(&self, error: &impl RecoverableError) -> bool {
        error.call().is_some_and(|error| {
            self.repeat.unwrap_or_else(|| {
                let class = error.operation().map(|operation| operation.class);
                class.is_some_and(|class| class != Class::Create) && retry::is_open(error)
            })
        })
    }

    fn wait_for(
        &self,
        sends: &AtomicU32,
        error: &impl RecoverableError,
        deadline: Deadline,
    ) -> Result<Duration, Option<String>> {
        let error = error.call().ok_or(None)?;
        self.session
            .wait_for(sends.load(Ordering::Relaxed), error, deadline)
    }
}

/// Returns the secrets of the send that ended with this error, if it was tried.
fn needles_of(error: &impl RecoverableError) -> Option<Arc<Needles>> {
    error.call()?.needles().map(Arc::clone)
}

/// Adds to the error of a send that did not reach the vendor that it was not the first send: its own
/// text says that nothing was sent.
fn with_earlier_send<E: RecoverableError>(error: E) -> E {
    if error.call().is_some_and(|error| error.status().is_some()) {
        return error;
    }
    error.add_note("An earlier send may have been carried out".to_owned())
}

/// Adds why a look failed. The look's error lacks its own secrets only, and may repeat those of the
/// write.
fn with_failed_look<E: RecoverableError>(
    error: E,
    failed: Option<String>,
    needles: Option<Arc<Needles>>,
) -> E {
    match (failed, needles) {
        (Some(note), Some(needles)) => error.add_note(needles.cut(&note)),
        (Some(note), None) => error.add_note(note),
        (None, _) => error,
    }
}

impl<T> Recovered<T> {
    fn answered(value: T) -> Self {
        Self {
            value,
            verified: false,
        }
    }

    fn found(value: T) -> Self {
        Self {
            value,
            verified: true,
        }
    }
}
