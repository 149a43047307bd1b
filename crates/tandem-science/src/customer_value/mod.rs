//! What each customer is worth: RFM segments, BG/NBD for how often they will
//! buy, Gamma-Gamma for how much, discounted over a horizon, and a back-test
//! that says how far to trust it.
//!
//! Two fits are made. The *calibration* fit sees purchases up to
//! `calibration_end` and is judged on what came after. The *forward* fit sees
//! everything, and all figures about the future come from it, counted from the
//! last day of the data. `parameters` are those of the calibration fit where
//! the caller named `calibration_end`, otherwise of the forward fit; `fits`
//! holds both.

mod backtest;
mod charts;
mod discount;
mod forward;
mod outcome;
mod params;
mod segments;
mod snapshot;
mod table;
mod uncertainty;
mod warning;

use tandem_core::{Cancel, Progress, Result};

pub use backtest::{Backtest, FrequencyRow, Measure, TrackingPoint};
pub use charts::{Bin, Charts, Concentration, Month, RfCell};
pub use outcome::{Estimate, Fit, Fits, FittedOn, Headline, Outcome, Parameters, Summary};
pub use params::{Params, Unit};
pub use segments::SegmentSummary;
pub use warning::{Warning, WarningCode};

use crate::{
    bgnbd::BgNbd,
    gamma_gamma::GammaGamma,
    rfm,
    transactions::{Transactions, date_of},
};
use forward::Forward;
use snapshot::Snapshot;
use warning::Warnings;

/// Values the customers of `transactions`.
///
/// Deterministic: the same transactions (in whatever order their rows came),
/// parameters and seed give the same outcome to the last bit.
///
/// # Errors
/// `invalid_parameter` where a parameter is out of range or `calibration_end`
/// outside the data; `not_enough_data` where nobody bought anything;
/// `cancelled`. Too few repeat buyers for a model is no error: the outcome then
/// has segments, no forecasts, and a warning.
pub fn run(transactions: &Transactions, params: &Params, progress: &dyn Progress, cancel: &Cancel) -> Result<Outcome> {
    params.check()?;
    let cut = params.cut(transactions)?;
    let mut warnings = Warnings::default();
    warnings.about_rows(transactions.counts());
    warnings.about_dates(transactions);

    progress.report("rfm", 0, None);
    let unit_days = params.unit.days();
    let now = Snapshot::at(transactions, transactions.last_day);
    let scores = now.scores(transactions.has_amount());
    let averages = rfm::averages(&scores);
    let segments: Vec<rfm::Segment> = scores.iter().map(|&s| rfm::segment(s, &averages)).collect();

    progress.report("fit", 0, Some(2));
    let past = Snapshot::at(transactions, cut);
    let calibration = Fit::of(&past, unit_days, transactions.has_amount(), None)?;
    cancel.check()?;
    progress.report("fit", 1, Some(2));
    let all = Fit::of(&now, unit_days, transactions.has_amount(), Some(&mut warnings))?;
    cancel.check()?;

    progress.report("backtest", 0, None);
    let backtest = backtest::run(transactions, &past, &calibration, cut, unit_days, &mut warnings, cancel)?;
    if let Some(backtest) = &backtest {
        warnings.about_backtest(backtest);
    }

    progress.report("value", 0, None);
    let forward = match all.models() {
        Some(models) => Some(Forward::of(&now, models, params, cancel)?),
        None => None,
    };
    warnings.about_horizon(params, transactions);
    progress.report("interval", 0, None);
    let totals = match (&forward, all.models()) {
        (Some(forward), Some(_)) => uncertainty::totals(&now, &all, forward, params, cancel)?,
        _ => uncertainty::Totals::default(),
    };
    if forward.is_some() && totals.purchases.is_none() {
        warnings.no_interval();
    }

    let fitted_on = if params.calibration_end.is_some() { FittedOn::Calibration } else { FittedOn::All };
    let (reported, until) = match fitted_on {
        FittedOn::Calibration => (&calibration, cut),
        FittedOn::All => (&all, transactions.last_day),
    };
    let parameters = Parameters {
        fitted_on,
        from: date_of(transactions.first_day),
        to: date_of(until),
        bgnbd: reported.bgnbd.as_ref().map(|f| f.model),
        gamma_gamma: reported.gamma_gamma.as_ref().map(|f| f.model),
    };
    let summary = Summary {
        unit: params.unit,
        unit_days,
        horizon: params.horizon,
        discount: params.discount,
        seed: params.seed,
        calibration_end: date_of(cut),
        as_of: date_of(transactions.last_day),
        has_amount: transactions.has_amount(),
        counts: transactions.counts().clone(),
        parameters,
        headline: Headline::of(&now, transactions.counts().total_amount, forward.as_ref(), &totals, params),
        rfm_averages: averages,
        segments: segments::summarize(&now, &segments, forward.as_ref(), transactions.has_amount()),
        charts: charts::all(transactions, &now, &scores, forward.as_ref()),
        fits: Fits { calibration, all },
        backtest,
        warnings: warnings.finish(),
    };
    let customers = table::customers(transactions, &now, &scores, &segments, forward.as_ref(), unit_days)?;
    progress.report("done", 1, Some(1));
    Ok(Outcome { summary, customers })
}

/// Both models of one fit; spending is `None` without amounts or repeat buyers.
#[derive(Debug, Clone, Copy)]
struct Models {
    bgnbd: BgNbd,
    spending: Option<GammaGamma>,
}

#[cfg(test)]
mod tests;
