//! What may be set.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tandem_core::{Error, ErrorCode, Result};

use crate::transactions::{Transactions, date_of, day_of};

/// The unit in which ages and the horizon are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// One day.
    Day,
    /// Seven days.
    #[default]
    Week,
    /// 30.4375 days, a twelfth of 365.25.
    Month,
}

impl Unit {
    /// Its length in days.
    pub const fn days(self) -> f64 {
        match self {
            Self::Day => 1.0,
            Self::Week => 7.0,
            Self::Month => 30.4375,
        }
    }
}

/// The parameters of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Params {
    /// Unit of ages and of `horizon`.
    pub unit: Unit,
    /// Last day that the calibration fit sees; purchases after it judge the
    /// fit. Absent: two thirds of the way through the data.
    pub calibration_end: Option<NaiveDate>,
    /// How far ahead customers are valued, in units.
    pub horizon: f64,
    /// Discount rate a year; 0.1 is 10 %.
    pub discount: f64,
    /// Seed of the simulated intervals.
    pub seed: u64,
}

impl Default for Params {
    fn default() -> Self {
        Self { unit: Unit::Week, calibration_end: None, horizon: 39.0, discount: 0.1, seed: 42 }
    }
}

impl Params {
    pub(super) fn check(&self) -> Result<()> {
        let longest = 20.0 * 365.25 / self.unit.days();
        if !(self.horizon > 0.0 && self.horizon <= longest) {
            return Err(invalid(format!("horizon must be above 0 and at most {longest:.0} units (20 years).")));
        }
        if !(0.0..=10.0).contains(&self.discount) {
            return Err(invalid("discount must be between 0 and 10; 0.1 means 10 % a year.".into()));
        }
        Ok(())
    }

    /// The last day of the calibration period.
    pub(super) fn cut(&self, transactions: &Transactions) -> Result<i32> {
        let (first, last) = (transactions.first_day, transactions.last_day);
        let Some(date) = self.calibration_end else {
            return Ok(first + (i64::from(last - first) * 2 / 3) as i32);
        };
        let day = day_of(date);
        if !(first..=last).contains(&day) {
            return Err(invalid(format!(
                "calibration_end {date} lies outside the data, which goes from {} to {}.",
                date_of(first),
                date_of(last)
            )));
        }
        Ok(day)
    }
}

fn invalid(message: String) -> Error {
    Error::new(ErrorCode::InvalidParameter, message)
}
