//! The two times of a validity, as certificates really write them.

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};

use crate::der::{self, GENERALIZED_TIME, UTC_TIME};

/// A moment, and whether it is written in the one form that RFC 5280 allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Moment {
    pub(crate) at: DateTime<Utc>,
    pub(crate) is_plain: bool,
}

/// Reads a `Time`; `None` where it is not a moment that exists, such as 30 February.
///
/// Beside RFC 5280's form it takes BER's: an offset from UTC, no seconds, fractions of a second. A time without `Z` or
/// offset is taken for UTC.
pub(crate) fn read(time: der::Element<'_>) -> Option<Moment> {
    let mut text = Text(time.content);
    let (year, plain_length) = match time.tag {
        UTC_TIME => {
            let year = text.two()?;
            // RFC 5280, 4.1.2.5.1.
            (if year < 50 { 2000 + year } else { 1900 + year }, 13)
        }
        GENERALIZED_TIME => (text.two()? * 100 + text.two()?, 15),
        _ => return None,
    };
    let is_generalized = time.tag == GENERALIZED_TIME;
    let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, text.two()?, text.two()?)?;
    let hour = text.two()?;
    let minute = match text.two() {
        None if is_generalized => 0,
        minute => minute?,
    };
    let second = text.two();
    if is_generalized && second.is_some() {
        text.skip_fraction()?;
    }
    let local = date
        .and_hms_opt(hour, minute, second.unwrap_or(0))?
        .and_utc();
    let at = local.checked_sub_signed(text.offset()?)?;
    // Years beyond have no form in RFC 3339.
    (0..=9999).contains(&at.year()).then_some(Moment {
        at,
        is_plain: time.content.len() == plain_length && time.content.ends_with(b"Z"),
    })
}

/// A time as a message can show it: its characters, or hex where they are not a time's.
pub(crate) fn shown(time: der::Element<'_>) -> String {
    let is_usual = |byte: &u8| byte.is_ascii_alphanumeric() || b"+-.,: ".contains(byte);
    match std::str::from_utf8(time.content) {
        Ok(text) if text.len() <= 40 && text.bytes().all(|byte| is_usual(&byte)) => text.to_owned(),
        _ => format!("#{}", der::hex(time.whole.get(..40).unwrap_or(time.whole))),
    }
}

/// What is left of a time.
struct Text<'a>(&'a [u8]);

impl Text<'_> {
    /// The number that the next two digits say; where there are none, nothing is taken.
    fn two(&mut self) -> Option<u32> {
        let &[tens, ones, ref rest @ ..] = self.0 else {
            return None;
        };
        let number = char::from(tens).to_digit(10)? * 10 + char::from(ones).to_digit(10)?;
        self.0 = rest;
        Some(number)
    }

    /// Passes over `.5` or `,5`: validity is told to the second. `None` for a separator without a digit behind it.
    fn skip_fraction(&mut self) -> Option<()> {
        if let [b'.' | b',', rest @ ..] = self.0 {
            let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
            self.0 = rest.get(digits..)?;
            return (digits > 0).then_some(());
        }
        Some(())
    }

    /// What to take from the time to have UTC, where this is all that is left.
    fn offset(&mut self) -> Option<TimeDelta> {
        let sign = match *self.0 {
            [] | [b'Z'] => return Some(TimeDelta::zero()),
            [b'+', ref rest @ ..] => {
                self.0 = rest;
                1
            }
            [b'-', ref rest @ ..] => {
                self.0 = rest;
                -1
            }
            _ => return None,
        };
        let hours = self.two().filter(|&hours| hours < 24)?;
        let minutes = match self.0 {
            [] => 0,
            _ => self.two().filter(|&minutes| minutes < 60)?,
        };
        self.0
            .is_empty()
            .then(|| TimeDelta::minutes(sign * i64::from(hours * 60 + minutes)))
    }
}
