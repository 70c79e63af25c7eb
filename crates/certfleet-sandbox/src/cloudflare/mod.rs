//! Cloudflare: Zero Trust gateway certificates, and which one intercepts.

pub(crate) mod accounts;
mod answer;
pub(crate) mod behaviour;
pub(crate) mod certificate;
mod refusal;
mod request;
pub(crate) mod routes;
pub(crate) mod seed;
pub(crate) mod settings;
pub(crate) mod state;
mod wire;

pub(crate) use self::answer::answer;
