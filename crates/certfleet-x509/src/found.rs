//! What of an input has been read so far.

use bytes::Bytes;

use crate::armour;
use crate::certificate::{self, X509};
use crate::der::{self, Identity, SEQUENCE};
use crate::error::{ReadError, ReadErrorKind};
use crate::limits::MAX_CERTIFICATES;
use crate::other::{Other, OtherKind};
use crate::pkcs7;

/// One place of an input where a certificate stands, or should.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Entry {
    /// Its number in the input, from 1.
    pub position: usize,
    /// Where it begins, in bytes from the input's start (of the text's UTF-8 form, for UTF-16). For a certificate
    /// within a PEM block, a base64 text or a PKCS#7 message: where that begins.
    pub offset: usize,
    /// The certificate, or why it could not be read.
    pub certificate: Result<X509, ReadError>,
}

/// What an input holds.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Survey {
    /// Every certificate, in the input's order.
    pub entries: Vec<Entry>,
    /// What stands beside them, in the input's order.
    pub others: Vec<Other>,
}

impl Survey {
    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.others.is_empty()
    }

    /// The error for an input without a certificate: what it holds instead, a private key before all.
    pub(crate) fn instead_of_certificates(&self) -> Option<ReadError> {
        if !self.entries.is_empty() {
            return None;
        }
        let key = |other: &&Other| matches!(other.kind, OtherKind::PrivateKey | OtherKind::Pkcs12);
        let other = self.others.iter().find(key).or(self.others.first())?;
        let error = refusal(other);
        Some(match other.line {
            Some(line) => error.on_line(line),
            None => error,
        })
    }
}

fn refusal(other: &Other) -> ReadError {
    match (other.kind, &other.label) {
        (OtherKind::PrivateKey, _) => ReadError::private_key(),
        (OtherKind::Pkcs12, _) => ReadError::pkcs12(),
        (_, Some(label)) => armour::other_label(label),
        (kind, None) => certificate::not_a_certificate(kind),
    }
}

/// Where something stands, for messages.
#[derive(Clone, Copy)]
pub(crate) enum Place {
    /// Within a text: the caller adds the line.
    Text { offset: usize },
    /// Within binary data that begins there.
    Binary { start: usize },
}

impl Place {
    fn offset(self) -> usize {
        match self {
            Self::Text { offset } | Self::Binary { start: offset } => offset,
        }
    }
}

/// What was found so far. An `Err` of a method refuses the whole input.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) survey: Survey,
    /// Where false, what is not a certificate is an entry with an error, and a private key refuses the input.
    takes_others: bool,
}

impl Found {
    pub(crate) fn surveying() -> Self {
        Self {
            takes_others: true,
            ..Self::default()
        }
    }

    pub(crate) fn push(
        &mut self,
        place: Place,
        certificate: Result<X509, ReadError>,
    ) -> Result<(), ReadError> {
        let offset = place.offset();
        if let Err(error) = &certificate {
            // A block that is labelled as a certificate and holds a request, say, stays an error.
            let stands_alone = error.refuses_input() || matches!(place, Place::Binary { .. });
            if let Some(kind) = error.other().filter(|_| self.takes_others && stands_alone) {
                return self.other(Other {
                    kind,
                    label: None,
                    line: error.line(),
                    offset,
                });
            }
            if error.refuses_input() {
                return Err(error.clone());
            }
        }
        self.check_number()?;
        let entries = &mut self.survey.entries;
        entries.push(Entry {
            position: entries.len() + 1,
            offset,
            certificate,
        });
        Ok(())
    }

    /// Takes something that is not a certificate.
    pub(crate) fn other(&mut self, other: Other) -> Result<(), ReadError> {
        if !self.takes_others {
            let place = Place::Text {
                offset: other.offset,
            };
            let error = refusal(&other);
            return self.push(
                place,
                Err(match other.line {
                    Some(line) => error.on_line(line),
                    None => error,
                }),
            );
        }
        self.check_number()?;
        self.survey.others.push(other);
        Ok(())
    }

    /// Restores the input's order after something was found out of it.
    pub(crate) fn sort(&mut self) {
        let Survey { entries, others } = &mut self.survey;
        entries.sort_by_key(|entry| entry.offset);
        others.sort_by_key(|other| other.offset);
        for (entry, position) in entries.iter_mut().zip(1..) {
            entry.position = position;
        }
    }

    fn check_number(&self) -> Result<(), ReadError> {
        let Survey { entries, others } = &self.survey;
        if entries.len().saturating_add(others.len()) < MAX_CERTIFICATES {
            return Ok(());
        }
        Err(ReadError::new(
            ReadErrorKind::TooLarge,
            "the input holds more than 20000 certificates, the most that is read; split it",
        ))
    }

    /// The content of one block. One certificate is by far the most usual; its buffer is kept as it is.
    pub(crate) fn one_or_more(&mut self, content: Vec<u8>, place: Place) -> Result<(), ReadError> {
        let alone = matches!(der::element(&content), Ok((_, [])));
        if alone && pkcs7::certificates(&content).is_none() {
            return self.push(place, X509::from_bytes(Bytes::from(content)));
        }
        self.split(&content, place)
    }

    /// A certificate and OpenSSL's trust settings, which are dropped.
    pub(crate) fn trusted(&mut self, content: &[u8], place: Place) -> Result<(), ReadError> {
        let certificate = match der::element(content) {
            Ok((certificate, settings))
                if settings.is_empty() || der::exactly(SEQUENCE, settings).is_some() =>
            {
                match der::identify(settings) {
                    Identity::PrivateKey | Identity::Pkcs12 => {
                        Err(certificate::trailing_data(settings))
                    }
                    _ => X509::from_der(certificate.whole),
                }
            }
            Ok((_, settings)) => Err(certificate::trailing_data(settings)),
            Err(broken) => Err(certificate::explain_broken(content, Some(broken))),
        };
        self.push(place, certificate)
    }

    /// Elements after one another, each a certificate or a PKCS#7 message with some.
    pub(crate) fn split(&mut self, bytes: &[u8], place: Place) -> Result<(), ReadError> {
        let mut rest = bytes;
        while !rest.is_empty() {
            let here = match place {
                Place::Text { .. } => place,
                Place::Binary { start } => Place::Binary {
                    start: start + bytes.len() - rest.len(),
                },
            };
            let locate = |error: ReadError| match here {
                Place::Text { .. } => error,
                Place::Binary { start } => error.at_offset(start),
            };
            let (element, after) = match der::element(rest) {
                Ok(split) => split,
                Err(broken) => {
                    return self.push(
                        here,
                        Err(locate(certificate::explain_broken(rest, Some(broken)))),
                    );
                }
            };
            // What follows must be a further element of the same kind; else the certificate before it is suspect too.
            let trailing = !matches!(after.first(), None | Some(&SEQUENCE));
            if let Some(certificates) = pkcs7::certificates(element.whole) {
                for certificate in certificates {
                    self.push(here, X509::from_der(certificate).map_err(locate))?;
                }
                if trailing {
                    return self.push(here, Err(locate(certificate::trailing_data(after))));
                }
            } else if trailing {
                let error = match X509::from_der(element.whole) {
                    Ok(_) => certificate::trailing_data(after),
                    Err(error) => error,
                };
                return self.push(here, Err(locate(error)));
            } else {
                self.push(here, X509::from_der(element.whole).map_err(locate))?;
            }
            rest = after;
        }
        Ok(())
    }

    pub(crate) fn finish(self) -> Survey {
        let mut survey = self.survey;
        let count = survey.entries.len();
        for entry in &mut survey.entries {
            if let Err(error) = &mut entry.certificate {
                error.set_position(entry.position, count);
            }
        }
        survey
    }
}
