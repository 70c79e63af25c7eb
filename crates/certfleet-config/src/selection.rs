//! Which of many accounts are meant.

use crate::{Error, Result};
use certfleet::ProviderId;

/// Selects accounts. An empty list selects all, so two empty lists select every account.
#[derive(Clone, Copy, Debug, Default)]
pub struct Selection<'a> {
    /// The providers.
    pub providers: &'a [ProviderId],
    /// The accounts, each as `NAME` or `PROVIDER/NAME`.
    pub accounts: &'a [String],
}

impl Selection<'_> {
    /// Returns the selected ones of `all`, at least one. A named account that is not there is an error.
    pub(crate) fn select<T>(
        self,
        all: &[T],
        name: impl Fn(&T) -> (ProviderId, &str),
    ) -> Result<Vec<&T>> {
        let names = |text: &str, account: &T| {
            let (provider, name) = name(account);
            text == name || text.split_once('/') == Some((provider.as_str(), name))
        };
        let known = || {
            let names: Vec<_> = all
                .iter()
                .map(|account| {
                    let (provider, name) = name(account);
                    format!("{provider}/{name}")
                })
                .collect();
            format!("there are {}", names.join(", "))
        };
        let is_there = |text: &&String| all.iter().any(|account| names(text, account));
        if let Some(missing) = self.accounts.iter().find(|text| !is_there(text)) {
            return Err(Error::new(format!("there is no account {missing}")).advise(known()));
        }
        let selected: Vec<_> = all
            .iter()
            .filter(|account| {
                let has_provider =
                    self.providers.is_empty() || self.providers.contains(&name(account).0);
                let is_named = self.accounts.is_empty()
                    || self.accounts.iter().any(|text| names(text, account));
                has_provider && is_named
            })
            .collect();
        if selected.is_empty() {
            return Err(Error::new("no account is selected").advise(known()));
        }
        Ok(selected)
    }
}
