//! Tables to look at, and to draw charts from.

mod anova;
pub(crate) mod charts;
mod chi_square_test;
mod correlation;
mod distribution;
mod funnel;
mod groups;
mod mann_whitney;
mod profile;
mod t_test;
mod time_series;
mod top_values;

use crate::{
    Body::{Probed, Query, Rows},
    catalog::Entry,
};

/// In the order of the palette.
pub(crate) const COMPONENTS: &[Entry] = &[
    (include_str!("profile.json"), Rows(profile::FUNCTION)),
    (include_str!("distribution.json"), Query(distribution::query)),
    (include_str!("top_values.json"), Query(top_values::query)),
    (include_str!("correlation.json"), Query(correlation::query)),
    (include_str!("time_series.json"), Probed { probe: time_series::probe, query: time_series::query }),
    (include_str!("funnel.json"), Query(funnel::query)),
    (include_str!("t_test.json"), Rows(t_test::FUNCTION)),
    (include_str!("mann_whitney.json"), Rows(mann_whitney::FUNCTION)),
    (include_str!("anova.json"), Rows(anova::FUNCTION)),
    (include_str!("chi_square_test.json"), Rows(chi_square_test::FUNCTION)),
];
