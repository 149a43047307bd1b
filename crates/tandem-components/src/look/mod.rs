//! Tables to look at, and to draw charts from.

mod correlation;
mod distribution;
mod funnel;
mod time_series;
mod top_values;

use crate::{
    Body::{Probed, Query},
    catalog::Entry,
};

/// In the order of the palette.
pub(crate) const COMPONENTS: &[Entry] = &[
    (include_str!("distribution.json"), Query(distribution::query)),
    (include_str!("top_values.json"), Query(top_values::query)),
    (include_str!("correlation.json"), Query(correlation::query)),
    (include_str!("time_series.json"), Probed { probe: time_series::probe, query: time_series::query }),
    (include_str!("funnel.json"), Query(funnel::query)),
];
