//! What every part of the report needs at hand.

use arrow::{
    array::{Array, Date32Array, Float64Array, Int32Array, RecordBatch, StringArray},
    datatypes::DataType,
};
use chrono::NaiveDate;
use tandem_core::{Error, Result, Text};
use tandem_report::{Axis, NumberFormat};
use tandem_science::{
    customer_value::{SegmentSummary, Summary},
    rfm::Segment,
};

use super::Inputs;
use crate::scenarios::{
    manifest::OutputColumn,
    words::{Fill, Words, num},
};

/// By what customers are weighed: by the best that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Basis {
    /// Value expected within the horizon.
    Ahead,
    /// What was spent so far.
    Spent,
    /// Purchases expected within the horizon.
    Purchases,
    /// Nothing but their number.
    Customers,
}

impl Basis {
    fn key(self) -> &'static str {
        match self {
            Self::Ahead => "ahead",
            Self::Spent => "spent",
            Self::Purchases => "purchases",
            Self::Customers => "customers",
        }
    }
}

/// Words, figures and formats of one report.
#[derive(Debug)]
pub(super) struct Context<'a> {
    pub(super) words: &'a Words,
    pub(super) s: &'a Summary,
    pub(super) customers: Customers<'a>,
    /// Amounts, cents where they are small.
    pub(super) money: NumberFormat,
    pub(super) basis: Basis,
    /// Such as “the next 39 weeks”.
    pub(super) horizon: Text,
    /// Whether returns were taken off earlier purchases.
    pub(super) netted: bool,
    /// The columns of the customers' table, with their labels.
    pub(super) columns: &'a [OutputColumn],
}

impl<'a> Context<'a> {
    pub(super) fn new(words: &'a Words, inputs: &Inputs<'a>) -> Result<Self> {
        let s = &inputs.outcome.summary;
        let positive = |v: Option<f64>| v.is_some_and(|v| v > 0.0);
        let basis = if positive(s.headline.expected_value.map(|e| e.value)) {
            Basis::Ahead
        } else if positive(s.headline.total_amount) {
            Basis::Spent
        } else if positive(s.headline.expected_purchases.map(|e| e.value)) {
            Basis::Purchases
        } else {
            Basis::Customers
        };
        let unit = words.get(&format!("unit.{}", unit_key(s)));
        let fills = [
            ("n", num(s.horizon, NumberFormat::decimal(u8::from(s.horizon.fract() != 0.0)))),
            ("unit", Fill::Text(unit)),
        ];
        Ok(Self {
            words,
            s,
            customers: Customers::read(&inputs.outcome.customers)?,
            money: NumberFormat::money(inputs.currency),
            basis,
            horizon: words.fill("horizon", &fills),
            netted: inputs.settled.get("returns").and_then(|v| v.as_str()) == Some("net"),
            columns: inputs.manifest.outputs.first().map_or(&[], |o| o.columns.as_slice()),
        })
    }

    /// Words without blanks.
    pub(super) fn t(&self, key: &str) -> Text {
        self.words.get(key)
    }

    /// What customers are weighed by, as a noun.
    pub(super) fn basis_name(&self) -> Text {
        self.t(&format!("basis.{}", self.basis.key()))
    }

    /// The same after a share, such as “of value ahead”.
    pub(super) fn basis_share(&self) -> Text {
        self.t(&format!("basis.share.{}", self.basis.key()))
    }

    /// How the basis is written.
    pub(super) fn basis_format(&self) -> NumberFormat {
        match self.basis {
            Basis::Ahead | Basis::Spent => self.money.clone().compact(),
            Basis::Purchases | Basis::Customers => NumberFormat::count(),
        }
    }

    /// A segment's weight.
    pub(super) fn worth(&self, segment: &SegmentSummary) -> f64 {
        match self.basis {
            Basis::Ahead => segment.expected_value.unwrap_or(0.0),
            Basis::Spent => segment.total_amount.unwrap_or(0.0),
            Basis::Purchases => segment.expected_purchases.unwrap_or(0.0),
            Basis::Customers => segment.customers as f64,
        }
    }

    /// A segment's share of the weight of all.
    pub(super) fn worth_share(&self, segment: &SegmentSummary) -> f64 {
        let all: f64 = self.s.segments.iter().map(|s| self.worth(s)).sum();
        if all > 0.0 { self.worth(segment) / all } else { 0.0 }
    }

    /// The segments, the weightiest first.
    pub(super) fn by_worth(&self) -> Vec<&'a SegmentSummary> {
        let mut segments: Vec<_> = self.s.segments.iter().collect();
        segments.sort_by(|a, b| self.worth(b).total_cmp(&self.worth(a)));
        segments
    }

    /// Mean P(alive) of a segment's repeat buyers; of those who bought once the
    /// model knows nothing.
    pub(super) fn alive_again(&self, segment: Segment) -> Option<f64> {
        let t = &self.customers;
        let members = (0..t.len()).filter(|&i| t.segment.value(i) == segment.key() && t.frequency.value(i) > 0);
        let (sum, n) = members.filter_map(|i| value(t.p_alive, i)).fold((0.0, 0.0), |(s, n), p| (s + p, n + 1.0));
        (n > 0.0).then(|| sum / n)
    }

    /// Amounts in a column up to `largest`: all with cents, or all without.
    pub(super) fn money_up_to(&self, largest: f64) -> NumberFormat {
        self.money.clone().with_decimals(if largest >= 1000.0 { 0 } else { 2 })
    }

    /// A date to fill in.
    pub(super) fn date(&self, date: NaiveDate) -> Fill {
        num(days(date), NumberFormat::date())
    }

    /// An axis with words of the pack.
    pub(super) fn axis(&self, key: &str, format: NumberFormat) -> Axis {
        Axis::new(self.t(key), format)
    }
}

/// A share to fill in, with one digit.
pub(super) fn share(value: f64) -> Fill {
    num(value, NumberFormat::percent(1))
}

/// Days since 1970-01-01.
pub(super) fn days(date: NaiveDate) -> f64 {
    date.signed_duration_since(NaiveDate::default()).num_days() as f64
}

/// The unit's name in keys.
pub(super) fn unit_key(s: &Summary) -> &'static str {
    use tandem_science::customer_value::Unit;
    match s.unit {
        Unit::Day => "day",
        Unit::Week => "week",
        Unit::Month => "month",
    }
}

/// The unit's name as a measure of rates: “week”.
pub(super) fn unit_name(c: &Context<'_>, key: &str) -> Text {
    c.t(&format!("unit.one.{key}"))
}

/// A segment's colour: its place among the eight, or among the four that are used without amounts.
pub(super) fn color(segment: Segment) -> u8 {
    let place = Segment::ALL.iter().position(|s| *s == segment).unwrap_or(0);
    (if place < 8 { place } else { place - 8 }) as u8
}

/// The customers' table, column by column.
#[derive(Debug)]
pub(super) struct Customers<'a> {
    pub(super) id: &'a StringArray,
    pub(super) last_day: &'a Date32Array,
    pub(super) purchase_days: &'a Int32Array,
    pub(super) total_amount: &'a Float64Array,
    pub(super) frequency: &'a Int32Array,
    pub(super) segment: &'a StringArray,
    pub(super) p_alive: &'a Float64Array,
    pub(super) expected_purchases: &'a Float64Array,
    pub(super) clv: &'a Float64Array,
}

impl<'a> Customers<'a> {
    fn read(batch: &'a RecordBatch) -> Result<Self> {
        Ok(Self {
            id: column(batch, "customer")?,
            last_day: column(batch, "last_day")?,
            purchase_days: column(batch, "purchase_days")?,
            total_amount: column(batch, "total_amount")?,
            frequency: column(batch, "frequency")?,
            segment: column(batch, "segment")?,
            p_alive: column(batch, "p_alive")?,
            expected_purchases: column(batch, "expected_purchases")?,
            clv: column(batch, "clv")?,
        })
    }

    pub(super) fn len(&self) -> usize {
        self.id.len()
    }
}

fn column<'a, T: 'static>(batch: &'a RecordBatch, name: &str) -> Result<&'a T> {
    let array = batch.column_by_name(name);
    array.and_then(|a| a.as_any().downcast_ref::<T>()).ok_or_else(|| {
        let found = array.map_or(DataType::Null, |a| a.data_type().clone());
        Error::internal(format!("column {name} of the customers' table is {found}"))
    })
}

/// The value in a row, where there is one.
pub(super) fn value(array: &Float64Array, row: usize) -> Option<f64> {
    (!array.is_null(row)).then(|| array.value(row))
}
