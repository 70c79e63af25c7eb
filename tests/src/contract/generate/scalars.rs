//! Texts, dates and numbers.

use crate::contract::Arguments;
use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::{Value, json};

/// The longest text that is made where the document sets no limit, in characters.
const LONGEST: usize = 3_000;

/// Which way a value goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// From the client: nothing undeclared, integers written as such.
    Request,
    /// From the vendor: undeclared fields, integers as `1.0` too.
    Answer,
}

pub(super) fn text(value: &Value) -> BoxedStrategy<Value> {
    let least = value["minLength"].as_u64().unwrap_or(0) as usize;
    let most = value["maxLength"].as_u64().map(|most| most as usize);
    let shorter = move |longest: usize| {
        vec(
            any::<char>(),
            least..=most.map_or(longest, |most| most.min(longest)),
        )
        .prop_map(String::from_iter)
    };
    match value["format"].as_str() {
        Some("date-time") => dates().prop_map(Value::String).boxed(),
        Some("binary") => vec(any::<u8>(), 0..60)
            .prop_map(|bytes| Value::String(Arguments::text_of(&bytes)))
            .boxed(),
        Some("uri") => Just(json!("https://example.com/a")).boxed(),
        None => prop_oneof![
            8 => shorter(16),
            4 => "[ -~]{0,24}".prop_filter("within limits", move |text: &String| {
                text.len() >= least && most.is_none_or(|most| text.len() <= most)
            }),
            1 => Just("x".repeat(most.unwrap_or(LONGEST))),
        ]
        .prop_map(Value::String)
        .boxed(),
        Some(other) => panic!("the generator does not know the format {other}"),
    }
}

/// Dates in every form that RFC 3339 allows and vendors use.
fn dates() -> BoxedStrategy<String> {
    let odd = select(vec![
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "2014-01-01T05:20:00.12345Z",
        "2024-01-01T00:00:00.000Z",
        "2024-02-29T23:59:59+14:00",
        "1969-12-31T23:59:59-00:30",
        "2027-01-02T03:04:05.000000Z",
    ]);
    let any = (
        1_i32..=9_998,
        1_u32..=12,
        1_u32..=28,
        0_u32..24,
        0_u32..60,
        0_u32..60,
    )
        .prop_map(|(year, month, day, hour, minute, second)| {
            format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
        });
    prop_oneof![odd.prop_map(str::to_owned), any].boxed()
}

pub(super) fn integer(value: &Value, side: Side) -> BoxedStrategy<Value> {
    let (lowest, highest) = match value["format"].as_str() {
        Some("int32") => (i64::from(i32::MIN), i64::from(i32::MAX)),
        None | Some("int64" | "unixtime") => (i64::MIN, i64::MAX),
        Some(other) => panic!("the generator does not know the format {other}"),
    };
    let least = value["minimum"].as_i64().unwrap_or(lowest);
    let most = value["maximum"].as_i64().unwrap_or(highest);
    let near = least.max(0)..=most.min(least.max(0).saturating_add(2_000_000_000));
    let whole = prop_oneof![6 => near, 2 => least..=most, 1 => select(vec![least, most])];
    match side {
        Side::Request => whole.prop_map(Value::from).boxed(),
        Side::Answer => (whole, 0_u8..10)
            .prop_map(|(whole, form)| match form {
                // JSON does not tell 1.0 from 1; beyond 2^53 a float would be another number.
                0 if whole.unsigned_abs() < 1 << 53 => json!(whole as f64),
                _ => json!(whole),
            })
            .boxed(),
    }
}

pub(super) fn number() -> BoxedStrategy<Value> {
    // Sixty-fourths have a short exact decimal form.
    prop_oneof![
        any::<i32>().prop_map(|whole| json!(whole)),
        any::<i32>().prop_map(|parts| json!(f64::from(parts) / 64.0)),
    ]
    .boxed()
}
