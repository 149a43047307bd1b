//! What a run gives back.

use arrow::array::RecordBatch;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tandem_core::{ErrorCode, Result};

use super::{
    Backtest, Charts, Models, Params, SegmentSummary, Unit, Warning, forward::Forward, snapshot::Snapshot,
    uncertainty::Totals, warning::Warnings,
};
use crate::{
    bgnbd::{BgNbd, BgNbdFit},
    gamma_gamma::{GammaGamma, GammaGammaFit},
    rfm::Averages,
    transactions::Counts,
};

/// Everything a report needs.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// All but the customers; its JSON is the run's result.
    pub summary: Summary,
    /// One row a customer, sorted by key: `customer`, `first_day`, `last_day`,
    /// `purchase_days`, `total_amount`, `frequency` (repeat purchases),
    /// `recency` and `age` (units from the first purchase to the last and to
    /// the end of the data), `monetary` (mean repeat purchase), `r_score`,
    /// `f_score`, `m_score`, `segment` (key), `p_alive`, `expected_purchases`,
    /// `expected_average_value`, `clv`. What is unknown is null.
    pub customers: RecordBatch,
}

/// The result without the customers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Unit of ages and of `horizon`.
    pub unit: Unit,
    /// Its length in days.
    pub unit_days: f64,
    /// How far ahead customers are valued, in units.
    pub horizon: f64,
    /// Discount rate a year.
    pub discount: f64,
    /// Seed of the simulated intervals.
    pub seed: u64,
    /// Last day that the calibration fit saw, given or chosen.
    pub calibration_end: NaiveDate,
    /// Last day of the data; forecasts start after it.
    pub as_of: NaiveDate,
    /// Whether there is a monetary part.
    pub has_amount: bool,
    /// What became of every row.
    pub counts: Counts,
    /// The parameters to quote.
    pub parameters: Parameters,
    /// The figures to begin with.
    pub headline: Headline,
    /// The average scores that part high from low.
    pub rfm_averages: Averages,
    /// The segments that have customers, in order of presentation.
    pub segments: Vec<SegmentSummary>,
    /// How far the calibration fit was from what came; absent (with a warning)
    /// where it could not be made.
    pub backtest: Option<Backtest>,
    /// Data for the charts.
    pub charts: Charts,
    /// Both fits with their standard errors.
    pub fits: Fits,
    /// What to know before trusting the figures.
    pub warnings: Vec<Warning>,
}

/// Which purchases [`Parameters`] were fitted on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FittedOn {
    /// Those up to `calibration_end`.
    Calibration,
    /// All of them.
    All,
}

/// The parameters to quote.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Parameters {
    /// Of the calibration fit where `calibration_end` was given, else of all purchases.
    pub fitted_on: FittedOn,
    /// First day fitted on.
    pub from: NaiveDate,
    /// Last day fitted on.
    pub to: NaiveDate,
    /// How often customers buy and leave.
    pub bgnbd: Option<BgNbd>,
    /// How much they spend.
    pub gamma_gamma: Option<GammaGamma>,
}

/// The two fits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fits {
    /// Up to `calibration_end`.
    pub calibration: Fit,
    /// Everything.
    pub all: Fit,
}

/// One fit of both models; each is absent where there was too little data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fit {
    /// How often customers buy and leave.
    pub bgnbd: Option<BgNbdFit>,
    /// How much they spend.
    pub gamma_gamma: Option<GammaGammaFit>,
}

impl Fit {
    /// Fits what can be fitted, and tells `warnings` what can't and what to beware of.
    pub(super) fn of(
        snapshot: &Snapshot,
        unit_days: f64,
        has_amount: bool,
        warnings: Option<&mut Warnings>,
    ) -> Result<Self> {
        let bgnbd = carried(BgNbd::fit(&snapshot.histories(unit_days)))?;
        let gamma_gamma = if has_amount {
            carried(GammaGamma::fit(snapshot.repeat_buyers().map(|c| (c.history.frequency, c.mean))))?
        } else {
            None
        };
        let fit = Self { bgnbd, gamma_gamma };
        if let Some(warnings) = warnings {
            warnings.about_fit(snapshot, &fit, has_amount);
        }
        Ok(fit)
    }

    pub(super) fn models(&self) -> Option<Models> {
        let bgnbd = self.bgnbd.as_ref()?.model;
        Some(Models { bgnbd, spending: self.gamma_gamma.as_ref().map(|f| f.model) })
    }
}

/// A figure with its 95 % interval, where one could be made.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The best estimate.
    pub value: f64,
    /// Lower end of the interval.
    pub low: Option<f64>,
    /// Upper end of the interval.
    pub high: Option<f64>,
}

/// The figures to begin with. Forecasts are for the horizon and for all
/// customers together.
///
/// The intervals are predictive: 400 sets of parameters are drawn (seeded) from
/// the estimates' normal approximation in logarithms, the total is computed for
/// each, and the variation of the customers themselves, which a simulation of
/// at most 20,000 of them gives, is added. They do not cover that the model may
/// be wrong; the back-test does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Headline {
    /// Customers with a purchase.
    pub customers: u64,
    /// Of these: bought on two days or more.
    pub repeat_buyers: u64,
    /// Sum of all purchases so far.
    pub total_amount: Option<f64>,
    /// Mean purchase so far (a customer's day).
    pub average_purchase: Option<f64>,
    /// Customers expected to be active still: the sum of P(alive).
    pub active_customers: Option<Estimate>,
    /// Purchases expected within the horizon.
    pub expected_purchases: Option<Estimate>,
    /// Their discounted value.
    pub expected_value: Option<Estimate>,
    /// That value a customer.
    pub average_clv: Option<f64>,
    /// Last day of the horizon.
    pub horizon_end: NaiveDate,
}

impl Headline {
    pub(super) fn of(
        snapshot: &Snapshot,
        total_amount: Option<f64>,
        forward: Option<&Forward>,
        totals: &Totals,
        params: &Params,
    ) -> Self {
        let customers = snapshot.customers.len() as f64;
        let days: f64 = snapshot.customers.iter().map(|c| f64::from(c.purchase_days())).sum();
        let estimate = |values: &[f64], interval: Option<(f64, f64)>| Estimate {
            value: values.iter().sum(),
            low: interval.map(|i| i.0),
            high: interval.map(|i| i.1),
        };
        let value = forward.and_then(|f| f.value.as_deref());
        Self {
            customers: snapshot.customers.len() as u64,
            repeat_buyers: snapshot.repeat_buyers().count() as u64,
            total_amount,
            average_purchase: total_amount.map(|total| total / days),
            active_customers: forward.map(|f| estimate(&f.p_alive, totals.active)),
            expected_purchases: forward.map(|f| estimate(&f.purchases, totals.purchases)),
            expected_value: value.map(|v| estimate(v, totals.value)),
            average_clv: value.map(|v| v.iter().sum::<f64>() / customers),
            horizon_end: crate::transactions::date_of(
                snapshot.end.saturating_add((params.horizon * params.unit.days()).round() as i32),
            ),
        }
    }
}

/// `None` for a fit that the data does not carry; other errors stay errors.
fn carried<T>(fit: Result<T>) -> Result<Option<T>> {
    match fit {
        Ok(fit) => Ok(Some(fit)),
        Err(e) if matches!(e.code(), ErrorCode::NotEnoughData | ErrorCode::DidNotConverge) => Ok(None),
        Err(e) => Err(e),
    }
}
