//! Reads X.509 certificates out of whatever a vendor or a person hands over, and tells their facts.
//!
//! [`read`] finds every certificate in PEM (also damaged), base64, DER or PKCS#7; [`X509`] holds the facts of one.
//! Nothing is verified: no signature, no chain, no trust. A private key or a PKCS#12 file is refused, never read;
//! [`survey`] shows the certificates beside one.
//!
//! ```
//! # let pem = rcgen::generate_simple_self_signed(vec!["example.org".to_owned()]).unwrap().cert.pem();
//! // One line with literal `\n` pairs, as some APIs answer.
//! let answer = pem.replace('\n', r"\n");
//! for entry in certfleet_x509::read(answer.as_bytes())? {
//!     match entry.certificate {
//!         Ok(certificate) => println!("{} until {:?}", certificate.subject, certificate.not_after),
//!         Err(error) => eprintln!("{error}"),
//!     }
//! }
//! # Ok::<(), certfleet_x509::ReadError>(())
//! ```
// docs.rs marks what needs a feature.
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]

mod algorithm;
mod alt_names;
mod armour;
mod base64_text;
mod bundle;
mod certificate;
mod curves;
mod der;
mod embedded;
mod error;
mod extensions;
mod fingerprint;
mod found;
mod key;
mod limits;
mod moment;
mod name;
mod near_miss;
mod other;
mod pem;
mod pkcs7;
mod tbs;

pub use alt_names::AltNames;
pub use bundle::{read, read_all, survey};
pub use certificate::{MAX_CERTIFICATE, X509};
pub use error::{ReadError, ReadErrorKind};
pub use fingerprint::{FingerprintError, Sha1, Sha256};
pub use found::{Entry, Survey};
pub use key::PublicKey;
pub use limits::{MAX_CERTIFICATES, MAX_INPUT};
pub use name::Name;
pub use other::{Other, OtherKind};

/// The example in the README, compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
