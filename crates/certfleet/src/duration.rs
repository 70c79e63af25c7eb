//! Lengths of time as people write them: a whole number and a unit.

use std::time::Duration;

/// Why a text is not a length of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Invalid {
    /// It is not a whole number and one of the units.
    Form,
    /// It is longer than can be counted in seconds.
    TooLong,
}

/// Reads a whole number and one of `units`, which are any of `s`, `m` (minutes), `h`, `d`, `w` and `y` (365 days).
pub fn parse(text: &str, units: &str) -> Result<Duration, Invalid> {
    let unit = text.chars().next_back().ok_or(Invalid::Form)?;
    let number = text.strip_suffix(unit).unwrap_or_default();
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number || !units.contains(unit) {
        return Err(Invalid::Form);
    }
    let seconds: u64 = match unit {
        's' => 1,
        'm' => 60,
        'h' => 60 * 60,
        'd' => 24 * 60 * 60,
        'w' => 7 * 24 * 60 * 60,
        'y' => 365 * 24 * 60 * 60,
        _ => return Err(Invalid::Form),
    };
    let number = number.parse::<u64>().ok();
    number
        .and_then(|number| number.checked_mul(seconds))
        .map(Duration::from_secs)
        .ok_or(Invalid::TooLong)
}
