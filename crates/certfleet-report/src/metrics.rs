//! Metrics in Prometheus' text format.
//!
//! All of them are gauges, for which the older text format, which node_exporter's textfile collector reads, and
//! OpenMetrics are written alike: the last line, `# EOF`, is a comment there and the end here.

use crate::{
    ignore_list::{EntryReport, EntryStatus},
    judgement::{Judgement, Judgements, Level},
    last_known::LastKnown,
};
use certfleet::AccountReport;
use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric as _, text},
    metrics::{MetricType, gauge::ConstGauge},
    registry::Registry,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    time::Duration,
};

/// How many contents have series of their own, unless said otherwise.
pub const MOST_CERTIFICATES: usize = 10_000;

/// The longest value of a label, in characters. Vendors' names are bounded by the size of their answers only.
const LONGEST_LABEL: usize = 128;

/// The content type of the text.
pub const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// What metrics are made of.
#[derive(Clone, Debug)]
pub struct Metrics<'a> {
    judgements: &'a Judgements,
    known: &'a LastKnown,
    entries: &'a [EntryReport],
    refresh: Option<Refresh>,
    most_certificates: usize,
}

/// How a program that reads a fleet again and again is doing.
#[derive(Clone, Copy, Debug)]
pub struct Refresh {
    /// Whether the last attempt read the configuration and asked the accounts.
    pub succeeded: bool,
    /// How long it waits between two.
    pub interval: Duration,
}

impl<'a> Metrics<'a> {
    /// Returns the metrics of what is known, as it is judged.
    ///
    /// ```
    /// use certfleet::Inventory;
    /// use certfleet_report::{
    ///     judgement::{Judgements, Thresholds},
    ///     last_known::LastKnown,
    ///     metrics::Metrics,
    /// };
    /// let now = "2026-06-01T00:00:00Z".parse().unwrap();
    /// let mut known = LastKnown::default();
    /// known.update(Inventory::new(now));
    /// let thresholds = Thresholds::new("30d".parse().unwrap(), None).unwrap();
    /// let judged = Judgements::new(known.inventory().unwrap(), thresholds, now);
    /// let text = Metrics::new(&judged, &known).to_text();
    /// assert!(text.contains("certfleet_inventory_timestamp_seconds 1780272000\n"));
    /// ```
    pub fn new(judgements: &'a Judgements, known: &'a LastKnown) -> Self {
        Self {
            judgements,
            known,
            entries: &[],
            refresh: None,
            most_certificates: MOST_CERTIFICATES,
        }
    }

    /// Sets what became of the entries of an ignore list.
    #[must_use]
    pub fn entries(mut self, entries: &'a [EntryReport]) -> Self {
        self.entries = entries;
        self
    }

    /// Sets how the program that reads the fleet is doing.
    #[must_use]
    pub fn refresh(mut self, refresh: Refresh) -> Self {
        self.refresh = Some(refresh);
        self
    }

    /// Sets how many contents have series of their own. Those that end last are left out, and counted.
    #[must_use]
    pub fn most_certificates(mut self, most: usize) -> Self {
        self.most_certificates = most;
        self
    }

    /// Writes the metrics.
    pub fn to_text(&self) -> String {
        let mut registry = Registry::default();
        registry.register_collector(Box::new(Families(self.families())));
        let mut text = String::new();
        // Writing to a text does not fail.
        let _ = text::encode(&mut text, &registry);
        text
    }

    fn families(&self) -> Vec<Family> {
        let mut families = vec![Family::single(
            "certfleet_build_info",
            "The version of certfleet",
            vec![("version", env!("CARGO_PKG_VERSION").to_owned())],
            1,
        )];
        let inventory = self.known.inventory();
        families.extend(inventory.map(|inventory| {
            let (name, help) = (
                "certfleet_inventory_timestamp_seconds",
                "When the accounts were last asked",
            );
            Family::single(name, help, Vec::new(), inventory.taken_at.timestamp())
        }));
        if let Some(refresh) = self.refresh {
            let interval = i64::try_from(refresh.interval.as_secs()).unwrap_or(i64::MAX);
            families.push(Family::single(
                "certfleet_refresh_success",
                "1 if the last attempt could read the configuration and ask the accounts, else 0",
                Vec::new(),
                i64::from(refresh.succeeded),
            ));
            families.push(Family::single(
                "certfleet_refresh_interval_seconds",
                "How long certfleet waits between two refreshes",
                Vec::new(),
                interval,
            ));
        }
        let accounts = inventory.map_or(&[][..], |inventory| &inventory.accounts);
        families.extend(self.of_accounts(accounts));
        families.push(self.of_levels(accounts));
        families.extend(self.of_certificates());
        families.push(self.of_entries());
        families
    }

    fn of_accounts(&self, accounts: &[AccountReport]) -> [Family; 6] {
        let family = |name, help, value: &dyn Fn(&AccountReport) -> Option<i64>| {
            let mut family = Family::new(name, help);
            for report in accounts {
                if let Some(value) = value(report) {
                    family.push(account_labels(report), value);
                }
            }
            family
        };
        [
            family(
                "certfleet_account_up",
                "1 if the account could be listed the last time, else 0",
                &|report| Some(report.error.is_none().into()),
            ),
            family(
                "certfleet_account_complete",
                "1 if everything in the account could be read the last time, else 0",
                &|report| Some(report.complete.into()),
            ),
            family(
                "certfleet_account_last_success_timestamp_seconds",
                "When the account was last listed to its end; its certificates are of that time",
                &|report| self.known.listed_at(report).map(|time| time.timestamp()),
            ),
            family(
                "certfleet_account_records",
                "Certificate records that the account listed the last time",
                &|report| i64::try_from(report.certificates).ok(),
            ),
            family(
                "certfleet_account_unreadable_records",
                "Records of the account that could not be read the last time",
                &|report| i64::try_from(report.unreadable).ok(),
            ),
            family(
                "certfleet_account_clock_skew_seconds",
                "By how much the vendor's clock is ahead, where that is more than five minutes, else 0",
                &|report| Some(report.clock_skew_seconds.unwrap_or(0)),
            ),
        ]
    }

    /// How many contents of each account have each level.
    fn of_levels(&self, accounts: &[AccountReport]) -> Family {
        let mut family = Family::new(
            "certfleet_certificates",
            "Contents of certificate records by how near their end is",
        );
        let mut counts = BTreeMap::<_, i64>::new();
        for item in &self.judgements.items {
            let level = item
                .ignored
                .as_ref()
                .map_or(item.level.as_str(), |_| "ignored");
            let key = (item.id.provider, &*item.id.account, level);
            *counts.entry(key).or_default() += 1;
        }
        for report in accounts {
            for level in Level::ALL.iter().map(|one| one.as_str()).chain(["ignored"]) {
                let count = counts.get(&(report.provider, &*report.account, level));
                let mut labels = account_labels(report);
                labels.push(("level", level.to_owned()));
                family.push(labels, count.copied().unwrap_or(0));
            }
        }
        family
    }

    /// The series of single contents: of those that count, as many as are allowed, the first to end first.
    fn of_certificates(&self) -> [Family; 3] {
        let mut ends = Family::new(
            "certfleet_certificate_not_after_timestamp_seconds",
            "End of the certificate that decides the level of the content",
        );
        let mut levels = Family::new(
            "certfleet_certificate_level",
            "How near the end of the content is: 0 ok, 1 unknown, 2 warning, 3 critical, 4 expired",
        );
        // Two contents may look alike when their labels are cut: the one that ends first stands for both.
        let mut seen = BTreeSet::new();
        let mut left_out = 0;
        for item in self.judgements.counted() {
            let labels = certificate_labels(item);
            if seen.len() >= self.most_certificates && !seen.contains(&labels) {
                left_out += 1;
                continue;
            }
            if !seen.insert(labels.clone()) {
                continue;
            }
            if let Some(end) = item.not_after {
                ends.push(labels.clone(), end.timestamp());
            }
            levels.push(labels, number(item.level));
        }
        let left_out = Family::single(
            "certfleet_certificates_left_out",
            "Contents without series of their own, because there are too many: those that end last",
            Vec::new(),
            left_out,
        );
        [ends, levels, left_out]
    }

    fn of_entries(&self) -> Family {
        let mut family = Family::new(
            "certfleet_ignore_entries",
            "Entries of the ignore list by whether they ignore anything",
        );
        for status in EntryStatus::ALL {
            let entries = self.entries.iter().filter(|one| one.status == status);
            let count = i64::try_from(entries.count()).unwrap_or(i64::MAX);
            family.push(vec![("status", status.as_str().to_owned())], count);
        }
        family
    }
}

/// The number of a level: the worse, the higher.
fn number(level: Level) -> i64 {
    match level {
        Level::Ok => 0,
        Level::Unknown => 1,
        Level::Warning => 2,
        Level::Critical => 3,
        Level::Expired => 4,
    }
}

type Labels = Vec<(&'static str, String)>;

fn account_labels(report: &AccountReport) -> Labels {
    vec![
        ("provider", label(report.provider.as_str())),
        ("account", account(&report.account)),
    ]
}

fn certificate_labels(item: &Judgement) -> Labels {
    vec![
        ("provider", label(item.id.provider.as_str())),
        ("account", account(&item.id.account)),
        ("id", label(&item.id.native)),
        ("name", label(item.name.as_deref().unwrap_or_default())),
        (
            "sha256",
            item.sha256.map_or_else(String::new, |one| one.to_string()),
        ),
        ("state", label(item.state.as_str())),
    ]
}

/// An account's name as the value of a label, whole: it tells the series of two accounts apart. It comes from the
/// operator's own configuration.
fn account(name: &str) -> String {
    let mut value = String::new();
    for character in name.chars() {
        if character.is_control() {
            value.extend(character.escape_default());
        } else {
            value.push(character);
        }
    }
    value
}

/// A vendor's text as the value of a label: on one line, without control characters, and not too long.
fn label(text: &str) -> String {
    let characters = text.chars().take(LONGEST_LABEL);
    characters
        .map(|one| if one.is_control() { ' ' } else { one })
        .collect()
}

/// A metric with all its series.
#[derive(Debug)]
struct Family {
    name: &'static str,
    help: &'static str,
    series: Vec<(Labels, i64)>,
}

impl Family {
    fn new(name: &'static str, help: &'static str) -> Self {
        Self {
            name,
            help,
            series: Vec::new(),
        }
    }

    fn single(name: &'static str, help: &'static str, labels: Labels, value: i64) -> Self {
        let mut family = Self::new(name, help);
        family.push(labels, value);
        family
    }

    fn push(&mut self, labels: Labels, value: i64) {
        self.series.push((labels, value));
    }
}

#[derive(Debug)]
struct Families(Vec<Family>);

impl Collector for Families {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        for family in self.0.iter().filter(|family| !family.series.is_empty()) {
            let mut metric =
                encoder.encode_descriptor(family.name, family.help, None, MetricType::Gauge)?;
            for (labels, value) in &family.series {
                let gauge = ConstGauge::new(*value);
                gauge.encode(metric.encode_family(labels)?)?;
            }
        }
        Ok(())
    }
}
