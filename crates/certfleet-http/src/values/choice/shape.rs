//! What a JSON value has to look like, as data: how well it fits one of several descriptions.

use chrono::{DateTime, NaiveDate};
use serde_json::{Map, Value};
use std::{
    net::{Ipv4Addr, Ipv6Addr},
    ops::AddAssign,
};

/// How many values and alternatives are looked at in one measurement. What lies beyond fits, so that a
/// body whose alternatives nest cannot make the measurement run for ever.
const MOST_STEPS: usize = 20_000;

/// The description of a JSON value. Generated code holds one for each alternative of a choice.
#[derive(Debug)]
pub enum Shape {
    /// Any value.
    Any,
    /// A truth value.
    Bool,
    /// A number.
    Number(Range),
    /// A whole number.
    Integer(Range),
    /// A text.
    Text(Text),
    /// One of these texts.
    Texts(&'static [&'static str]),
    /// One of these values, each as JSON.
    Values(&'static [&'static str]),
    /// A list.
    List(&'static Shape, Length),
    /// An object.
    Object(Object),
    /// A value of at least one of these descriptions.
    AnyOf(&'static [Shape]),
    /// A value of this description, or `null`.
    OrNull(&'static Shape),
    /// A description that stands elsewhere.
    Named(&'static Shape),
}

/// The bounds of a number, and whether each of them is itself excluded.
#[derive(Debug)]
pub struct Range {
    /// The smallest number.
    pub least: Option<(f64, bool)>,
    /// The largest number.
    pub most: Option<(f64, bool)>,
}

/// What a text has to look like.
#[derive(Debug)]
pub struct Text {
    /// How many characters it has.
    pub length: Length,
    /// What it is written as.
    pub format: Format,
    /// Whether it matches the vendor's pattern.
    pub pattern: Option<fn(&str) -> bool>,
}

/// What a text is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Anything.
    Any,
    /// A moment (RFC 3339).
    DateTime,
    /// A day (RFC 3339).
    Date,
    /// A UUID.
    Uuid,
    /// An IPv4 address.
    Ipv4,
    /// An IPv6 address.
    Ipv6,
}

/// The bounds of a length.
#[derive(Debug)]
pub struct Length {
    /// The shortest.
    pub least: usize,
    /// The longest.
    pub most: usize,
}

/// What an object has to look like.
#[derive(Debug)]
pub struct Object {
    /// The described members: name, whether it has to be there, and its value.
    pub members: &'static [(&'static str, bool, Shape)],
    /// The members that are not described.
    pub rest: Rest,
}

/// The members of an object that are not described.
#[derive(Debug)]
pub enum Rest {
    /// They are allowed, and a generated type does not hold them.
    Ignored,
    /// They are forbidden.
    Closed,
    /// They are values of this description.
    Described(&'static Shape),
}

impl Length {
    /// Any length.
    pub const ANY: Self = Self {
        least: 0,
        most: usize::MAX,
    };

    fn holds(&self, length: usize) -> bool {
        (self.least..=self.most).contains(&length)
    }
}

impl Range {
    /// Any number.
    pub const ANY: Self = Self {
        least: None,
        most: None,
    };

    fn holds(&self, number: f64) -> bool {
        let is_above = self
            .least
            .is_none_or(|(least, excluded)| number > least || (number == least && !excluded));
        let is_below = self
            .most
            .is_none_or(|(most, excluded)| number < most || (number == most && !excluded));
        is_above && is_below
    }
}

impl Text {
    /// Any text.
    pub const ANY: Self = Self {
        length: Length::ANY,
        format: Format::Any,
        pattern: None,
    };

    fn holds(&self, text: &str) -> bool {
        self.length.holds(text.chars().count())
            && self.format.holds(text)
            && self.pattern.is_none_or(|matches| matches(text))
    }

    /// Returns whether the description accepts every text.
    fn is_any(&self) -> bool {
        self.format == Format::Any
            && self.pattern.is_none()
            && (self.length.least, self.length.most) == (0, usize::MAX)
    }
}

impl Format {
    fn holds(self, text: &str) -> bool {
        match self {
            Self::Any => true,
            Self::DateTime => DateTime::parse_from_rfc3339(text).is_ok(),
            Self::Date => text.len() == 10 && NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok(),
            Self::Uuid => {
                text.len() == 36
                    && text.bytes().enumerate().all(|(index, byte)| match index {
                        8 | 13 | 18 | 23 => byte == b'-',
                        _ => byte.is_ascii_hexdigit(),
                    })
            }
            Self::Ipv4 => text.parse::<Ipv4Addr>().is_ok(),
            Self::Ipv6 => text.parse::<Ipv6Addr>().is_ok(),
        }
    }
}

/// How badly a value fits a description. The first field that differs decides; less is better.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Misfit {
    /// The only value that is possible, and it is another one.
    pub(crate) contradictions: usize,
    /// What a type refuses: another kind of value, or an absent member that has to be there.
    pub(crate) refusals: usize,
    /// What a description forbids and a type accepts, such as a length or an unknown value of an enum.
    pub(crate) violations: usize,
    /// Members that a type does not hold.
    pub(crate) ignored: usize,
    /// How many values are described by something more general than themselves.
    pub(crate) generalities: usize,
}

impl Misfit {
    const CONTRADICTION: Self = Self::new(1, 0, 0, 0, 0);
    const REFUSAL: Self = Self::new(0, 1, 0, 0, 0);
    const VIOLATION: Self = Self::new(0, 0, 1, 0, 0);
    const IGNORED: Self = Self::new(0, 0, 0, 1, 0);
    const GENERAL: Self = Self::new(0, 0, 0, 0, 1);
    const NONE: Self = Self::new(0, 0, 0, 0, 0);

    const fn new(
        contradictions: usize,
        refusals: usize,
        violations: usize,
        ignored: usize,
        generalities: usize,
    ) -> Self {
        Self {
            contradictions,
            refusals,
            violations,
            ignored,
            generalities,
        }
    }

    /// This misfit if a condition does not hold.
    fn unless(self, holds: bool) -> Self {
        if holds { Self::NONE } else { self }
    }
}

impl AddAssign for Misfit {
    fn add_assign(&mut self, other: Self) {
        self.contradictions += other.contradictions;
        self.refusals += other.refusals;
        self.violations += other.violations;
        self.ignored += other.ignored;
        self.generalities += other.generalities;
    }
}

impl Shape {
    /// Any text.
    pub const TEXT: Self = Self::Text(Text::ANY);
    /// Any number.
    pub const NUMBER: Self = Self::Number(Range::ANY);
    /// Any whole number.
    pub const INTEGER: Self = Self::Integer(Range::ANY);

    /// Measures how badly a value fits.
    pub(crate) fn misfit(&self, value: &Value) -> Misfit {
        self.measure(value, &mut MOST_STEPS.clone())
    }

    fn measure(&self, value: &Value, steps: &mut usize) -> Misfit {
        let Some(left) = steps.checked_sub(1) else {
            return Misfit::NONE;
        };
        *steps = left;
        match (self, value) {
            (Self::Named(shape), _) => shape.measure(value, steps),
            (Self::Any, _) => Misfit::GENERAL,
            (Self::OrNull(_), Value::Null) | (Self::Bool, Value::Bool(_)) => Misfit::NONE,
            (Self::OrNull(shape), _) => shape.measure(value, steps),
            (Self::AnyOf(shapes), _) => shapes
                .iter()
                .map(|shape| shape.measure(value, steps))
                .min()
                .unwrap_or(Misfit::REFUSAL),
            (Self::Integer(range), Value::Number(number)) => {
                let number = number.as_f64().unwrap_or(f64::NAN);
                if number.fract() == 0.0 {
                    Misfit::VIOLATION.unless(range.holds(number))
                } else {
                    Misfit::REFUSAL
                }
            }
            (Self::Number(range), Value::Number(number)) => {
                let mut misfit = Misfit::GENERAL.unless(number.is_f64());
                let number = number.as_f64().unwrap_or(f64::NAN);
                misfit += Misfit::VIOLATION.unless(range.holds(number));
                misfit
            }
            (Self::Text(shape), Value::String(text)) => {
                let mut misfit = Misfit::GENERAL.unless(!shape.is_any());
                misfit += Misfit::VIOLATION.unless(shape.holds(text));
                misfit
            }
            (Self::Texts(texts), Value::String(text)) => {
                one_of(texts.contains(&text.as_str()), texts.len())
            }
            (Self::Values(values), _) => {
                let is_one = values.iter().any(|one| {
                    serde_json::from_str::<Value>(one).is_ok_and(|one| is_same(&one, value))
                });
                one_of(is_one, values.len())
            }
            (Self::List(items, length), Value::Array(list)) => {
                let mut misfit = Misfit::VIOLATION.unless(length.holds(list.len()));
                for item in list {
                    misfit += items.measure(item, steps);
                }
                misfit
            }
            (Self::Object(object), Value::Object(members)) => object.measure(members, steps),
            _ => Misfit::REFUSAL,
        }
    }

    /// Returns whether only one value is possible.
    fn is_constant(&self) -> bool {
        match self {
            Self::Texts(values) | Self::Values(values) => values.len() == 1,
            Self::Named(shape) => shape.is_constant(),
            _ => false,
        }
    }
}

/// The misfit of a value that should be one of some.
fn one_of(is_one: bool, among: usize) -> Misfit {
    if among == 1 {
        Misfit::CONTRADICTION.unless(is_one)
    } else {
        Misfit::VIOLATION.unless(is_one)
    }
}

/// Returns whether two values are the same. JSON does not tell `1` and `1.0` apart.
fn is_same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => {
            one == other || one.as_f64() == other.as_f64()
        }
        _ => one == other,
    }
}

impl Object {
    fn measure(&self, members: &Map<String, Value>, steps: &mut usize) -> Misfit {
        let mut misfit = Misfit::NONE;
        // What costs little first: it tells most alternatives apart.
        for (name, is_required, shape) in self.members {
            match members.get(*name) {
                None => misfit += Misfit::REFUSAL.unless(!is_required),
                Some(value) if shape.is_constant() => misfit += shape.measure(value, steps),
                Some(_) => {}
            }
        }
        let is_settled = misfit.contradictions > 0 || misfit.refusals > 0;
        for (name, value) in members {
            match self.members.iter().find(|(known, _, _)| known == name) {
                Some((_, _, shape)) if is_settled || shape.is_constant() => {}
                // A type reads null as absent.
                Some((_, false, shape)) if value.is_null() => {
                    let accepts = shape.measure(value, steps).refusals == 0;
                    misfit += Misfit::VIOLATION.unless(accepts);
                }
                Some((_, _, shape)) => misfit += shape.measure(value, steps),
                None => match self.rest {
                    Rest::Ignored => misfit += Misfit::IGNORED,
                    Rest::Closed => {
                        misfit += Misfit::VIOLATION;
                        misfit += Misfit::IGNORED;
                    }
                    Rest::Described(_) if is_settled => {}
                    Rest::Described(shape) => misfit += shape.measure(value, steps),
                },
            }
        }
        misfit
    }
}
