//! What `serve` answers over HTTP.
//!
//! `refresh` reads the accounts again and again into `state`; `answers` says what is answered of it, without HTTP;
//! `routes` says which address gets which answer; `connections` holds every client to its size and its time.

mod answers;
pub(crate) mod connections;
pub(crate) mod refresh;
pub(crate) mod routes;
pub(crate) mod state;

#[cfg(test)]
mod tests;
