//! The rules for reading.

mod capabilities;
mod records;
mod requests;

use self::capabilities::capabilities;
use crate::report::Report;
use certfleet::{
    Account, Certificate, CertificateId, ContentFetch, Error, ErrorKind, ListOptions, Verb,
};
use futures_util::TryStreamExt;

/// How to check reads.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ReadOptions {
    /// The most records that are also got one by one.
    pub gets: usize,
    /// Whether to fetch contents that the listing does not carry: one request for each record.
    pub fetch: bool,
    /// Texts that nothing that is shown may hold: keys, passphrases.
    pub secrets: Vec<String>,
    /// An identifier in the vendor's form that names nothing.
    pub unknown: String,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self {
            gets: 10,
            fetch: true,
            secrets: Vec::new(),
            unknown: "no-such-certificate".to_owned(),
        }
    }
}

/// Checks every rule for reading that the account's capabilities choose. Sends listings and gets, and
/// nothing else.
pub async fn reads(account: &Account, options: &ReadOptions) -> Report {
    let mut report = Report::new(account);
    report.rule(
        "its capabilities do not contradict each other",
        capabilities(account),
    );
    if account.capabilities().get(Verb::List).is_none() {
        report.skip("it lists", "it cannot list");
        return report;
    }
    match list(account, ContentFetch::Included).await {
        Ok(listed) => {
            report.rule("it lists", Ok(listed.len()));
            records(&mut report, account, &listed, options);
            listings(&mut report, account, &listed, options).await;
            gets(&mut report, account, &listed, options).await;
        }
        Err(error) => report.rule("it lists", Err(format!("{error:?}"))),
    }
    report
}

/// Checks what was listed.
fn records(report: &mut Report, account: &Account, listed: &[Certificate], options: &ReadOptions) {
    use self::records as rules;
    report.rule(
        "every record has an address of this account, once",
        rules::addresses(account, listed),
    );
    report.rule(
        "what is computed follows from what is stated",
        rules::each(listed, rules::summarised),
    );
    report.rule(
        "the vendor's record stays beside the normalised one",
        rules::each(listed, rules::native),
    );
    report.rule(
        "nothing that is shown holds a secret",
        rules::each(listed, |one| rules::secrets(one, &options.secrets)),
    );
    report.rule(
        "scopes are named, and say what is there",
        rules::each(listed, rules::placements),
    );
    report.rule(
        "the provider's rules state every kind of scope that is listed",
        rules::each(listed, |one| rules::scopes(one, account.rules())),
    );
    report.rule(
        "a record that was written as JSON is read again whole",
        rules::each(listed, rules::json),
    );
}

/// Lists again, in each way there is, and compares.
async fn listings(
    report: &mut Report,
    account: &Account,
    listed: &[Certificate],
    options: &ReadOptions,
) {
    use self::records as rules;
    let again = list(account, ContentFetch::Included).await;
    report.rule(
        "listing twice says the same",
        rules::same(listed, again, Clone::clone),
    );
    let skipped = list(account, ContentFetch::Skip).await;
    report.rule(
        "without contents nothing else is missing",
        rules::without(listed, skipped),
    );
    let name = "fetching brings every content that can be read";
    if !options.fetch {
        report.skip(name, "not asked for");
    } else if account.capabilities().get(Verb::Content).is_none() {
        report.skip(name, "it has no contents");
    } else {
        let fetched = list(account, ContentFetch::Fetch).await;
        report.rule(name, rules::contents(listed, fetched));
    }
}

/// Gets records that are there, that are not, and that cannot be.
async fn gets(
    report: &mut Report,
    account: &Account,
    listed: &[Certificate],
    options: &ReadOptions,
) {
    use self::requests as rules;
    if account.capabilities().get(Verb::Get).is_some() {
        report.rule(
            "get gives the listed record",
            rules::gets(account, listed, options.gets).await,
        );
        report.rule(
            "what is not there is not found",
            rules::unknown(account, &options.unknown).await,
        );
    } else {
        report.skip("get gives the listed record", "it cannot get");
        let id = CertificateId::new(account.provider(), account.name(), options.unknown.as_str());
        report.rule(
            "get is refused before anything is sent",
            rules::refused(account, &id, ErrorKind::Unsupported).await,
        );
    }
    report.rule(
        "identifiers that lead elsewhere are refused",
        rules::identifiers(account).await,
    );
    report.rule(
        "addresses of other accounts are refused",
        rules::strangers(account).await,
    );
}

async fn list(account: &Account, content: ContentFetch) -> Result<Vec<Certificate>, Error> {
    let mut listed: Vec<Certificate> = account
        .list(ListOptions::content(content))
        .try_collect()
        .await?;
    listed.sort_by(|one, other| one.id.cmp(&other.id));
    Ok(listed)
}
