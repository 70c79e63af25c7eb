//! What a request says, and what is wrong with it.

use super::accounts::HEADER;
use super::certificate::New;
use super::refusal::Refusal;
use crate::call::Call;
use crate::certificates::Certificate as X509;
use crate::moment::Moment;

/// Page size when none is asked for.
const PER_PAGE: usize = 20;
/// The largest page.
const LARGEST_PAGE: usize = 50;

/// The secret that a request carries, in whichever way.
pub(crate) fn secret(call: &Call) -> Option<&str> {
    call.header(HEADER).or_else(|| call.bearer())
}

/// The number of a list's page, and its size.
pub(crate) fn page(call: &Call) -> (usize, usize) {
    // The document has no failure for it: what is out of bounds counts as not given.
    let number = |name: &str, most: usize| {
        let number: usize = call.query(name)?.parse().ok()?;
        (1..=most).contains(&number).then_some(number)
    };
    (
        number("page", usize::MAX).unwrap_or(1),
        number("per_page", LARGEST_PAGE).unwrap_or(PER_PAGE),
    )
}

/// The certificate to trust.
pub(crate) fn upload(call: &Call, moment: Moment) -> Result<New, Refusal> {
    let Some(form) = call.form.as_ref().filter(|form| !form.broken) else {
        return Err(Refusal::invalid("A form with a name and a file is needed."));
    };
    let name = form.text("name");
    if name.is_empty() {
        return Err(Refusal::invalid("The name is missing."));
    }
    let certificate = match X509::from_any(form.file("file")) {
        Ok(mut chain) if chain.len() == 1 => chain.remove(0),
        _ => {
            return Err(Refusal::invalid(
                "The file holds no certificate, or several.",
            ));
        }
    };
    if !certificate.authority.is_ca {
        return Err(Refusal::invalid("The certificate is not an authority's."));
    }
    Ok(New {
        name: name.to_owned(),
        certificate,
        created_at: moment.now,
    })
}
