//! What is expected of each customer from today on.

use tandem_core::{Cancel, Result};

use super::{Models, discount::Curves, params::Params, snapshot::Snapshot};

/// Forecasts, in the order of the snapshot's customers.
#[derive(Debug)]
pub(super) struct Forward {
    pub(super) curves: Curves,
    /// Place of each customer's (frequency, age) in `curves`.
    pub(super) places: Vec<u32>,
    pub(super) p_alive: Vec<f64>,
    /// Purchases within the horizon.
    pub(super) purchases: Vec<f64>,
    /// Average purchase; absent without a model of spending.
    pub(super) average: Option<Vec<f64>>,
    /// Discounted value of the horizon; absent without a model of spending.
    pub(super) value: Option<Vec<f64>>,
}

impl Forward {
    pub(super) fn of(snapshot: &Snapshot, models: Models, params: &Params, cancel: &Cancel) -> Result<Self> {
        let unit_days = params.unit.days();
        let curves = Curves::new(snapshot, &models.bgnbd, params, cancel)?;
        let customers = &snapshot.customers;
        let places: Vec<u32> =
            customers.iter().map(|c| curves.place((c.history.frequency, c.history.age_days)) as u32).collect();
        let p_alive: Vec<f64> = customers
            .iter()
            .map(|c| {
                let h = c.history;
                let (recency, age) = (f64::from(h.recency_days) / unit_days, f64::from(h.age_days) / unit_days);
                models.bgnbd.p_alive(h.frequency, recency, age)
            })
            .collect();
        let purchases = p_alive.iter().zip(&places).map(|(p, &at)| p * curves.purchases[at as usize]).collect();
        let average = models.averages(snapshot);
        let value = average.as_ref().map(|average| {
            (0..customers.len()).map(|i| p_alive[i] * curves.discounted[places[i] as usize] * average[i]).collect()
        });
        Ok(Self { curves, places, p_alive, purchases, average, value })
    }
}

impl Models {
    /// The expected average purchase of every customer. Where the model's own
    /// expectation is infinite (q ≤ 1 and no repeat purchase), the mean
    /// purchase of all customers stands in; [`super::Warnings`] says so.
    pub(super) fn averages(&self, snapshot: &Snapshot) -> Option<Vec<f64>> {
        let spending = self.spending?;
        let (spent, days) = snapshot
            .customers
            .iter()
            .fold((0.0, 0.0), |(spent, days), c| (spent + c.spent, days + f64::from(c.purchase_days())));
        let plain = spent / f64::max(days, 1.0);
        Some(
            snapshot
                .customers
                .iter()
                .map(|c| spending.expected_average(c.history.frequency, c.mean).unwrap_or(plain))
                .collect(),
        )
    }
}
