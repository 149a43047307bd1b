//! Numbers with what a reader needs to read them.

use serde::{Deserialize, Serialize};
use tandem_core::Text;

/// A number, how it is written, and how sure it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Number {
    /// How much; `null` where it could not be computed.
    pub value: Option<f64>,
    /// How it is written.
    pub format: NumberFormat,
    /// Where the true value lies with stated confidence, where that is known.
    pub interval: Option<Interval>,
}

/// A range that holds the true value with a stated probability.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// The probability, 0 to 1, such as 0.95.
    pub level: f64,
}

/// What kind of number it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NumberStyle {
    /// A whole number of things.
    Count,
    /// A measure.
    #[default]
    Decimal,
    /// A share: 0.12 is written 12%.
    Percent,
    /// An amount of money, in `currency` where that is known.
    Money,
    /// Days since 1970-01-01, written as a date.
    Date,
}

/// How a number is written; the language adds its separators and words.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct NumberFormat {
    /// What kind of number it is.
    pub style: NumberStyle,
    /// Digits after the point; by magnitude where absent.
    pub decimals: Option<u8>,
    /// Whether large numbers are shortened (1.2M; in Chinese 120万).
    pub compact: bool,
    /// ISO 4217 code for money. Absent: the data's own unit, written bare.
    pub currency: Option<String>,
    /// A unit written after the number.
    pub unit: Option<Text>,
    /// Whether a plus sign is written before what is above zero.
    #[serde(default)]
    pub signed: bool,
}

impl NumberFormat {
    /// A whole number of things.
    pub fn count() -> Self {
        Self { style: NumberStyle::Count, decimals: Some(0), ..Self::default() }
    }

    /// A measure with a fixed number of digits after the point.
    pub fn decimal(decimals: u8) -> Self {
        Self { style: NumberStyle::Decimal, decimals: Some(decimals), ..Self::default() }
    }

    /// A share with a fixed number of digits after the point.
    pub fn percent(decimals: u8) -> Self {
        Self { style: NumberStyle::Percent, decimals: Some(decimals), ..Self::default() }
    }

    /// An amount of money; `currency` is an ISO 4217 code.
    pub fn money(currency: Option<&str>) -> Self {
        Self { style: NumberStyle::Money, currency: currency.map(Into::into), ..Self::default() }
    }

    /// A date, counted in days since 1970-01-01.
    pub fn date() -> Self {
        Self { style: NumberStyle::Date, decimals: Some(0), ..Self::default() }
    }

    /// The same format, with large numbers shortened.
    #[must_use]
    pub fn compact(mut self) -> Self {
        self.compact = true;
        self
    }

    /// The same format, with a plus sign before what is above zero.
    #[must_use]
    pub fn signed(mut self) -> Self {
        self.signed = true;
        self
    }

    /// The same format with so many digits after the point.
    #[must_use]
    pub fn with_decimals(mut self, decimals: u8) -> Self {
        self.decimals = Some(decimals);
        self
    }

    /// The same format with a unit after the number.
    #[must_use]
    pub fn with_unit(mut self, unit: Text) -> Self {
        self.unit = Some(unit);
        self
    }
}

impl Number {
    /// A number without an interval.
    pub fn new(value: f64, format: NumberFormat) -> Self {
        Self { value: Some(value).filter(|v| v.is_finite()), format, interval: None }
    }

    /// The same number with an interval; ignored where an end is not finite.
    #[must_use]
    pub fn between(mut self, low: f64, high: f64, level: f64) -> Self {
        self.interval = (low.is_finite() && high.is_finite()).then_some(Interval { low, high, level });
        self
    }
}
