//! Charts: a table becomes a page with one figure. Totals, shares and samples
//! are counted by the engine; what comes to a function is what is drawn, and
//! what is not drawn is said below the figure.

mod along;
mod area_chart;
mod bar_chart;
mod box_plot;
mod drawing;
mod funnel_chart;
mod headline;
mod heat_map;
mod keys;
mod line_chart;
mod map;
mod measure;
mod sankey;
mod scatter_plot;
mod table;
mod treemap;

pub(crate) use drawing::floats;
pub(crate) use measure::Measure;
pub(crate) use table::shown;

use std::collections::BTreeMap;

use tandem_core::Result;
use tandem_flow::Columns;

use crate::{Ask, Body::Rows, Function, Host, Outputs, catalog::Entry};

/// In the order of the palette.
pub(crate) const COMPONENTS: &[Entry] = &[
    (include_str!("line_chart.json"), Rows(function(line_chart::run))),
    (include_str!("bar_chart.json"), Rows(function(bar_chart::run))),
    (include_str!("area_chart.json"), Rows(function(area_chart::run))),
    (include_str!("scatter_plot.json"), Rows(function(scatter_plot::run))),
    (include_str!("box_plot.json"), Rows(function(box_plot::run))),
    (include_str!("heat_map.json"), Rows(function(heat_map::run))),
    (include_str!("funnel_chart.json"), Rows(function(funnel_chart::run))),
    (include_str!("sankey.json"), Rows(function(sankey::run))),
    (include_str!("treemap.json"), Rows(function(treemap::run))),
    (include_str!("map.json"), Rows(function(map::run))),
    (include_str!("table.json"), Rows(function(table::run))),
    (include_str!("headline.json"), Rows(function(headline::run))),
];

const fn function(run: fn(&Ask<'_>, &dyn Host) -> Result<Outputs>) -> Function {
    Function { columns: no_tables, run }
}

/// A chart gives a page and no table.
fn no_tables(_: &Ask<'_>) -> Result<BTreeMap<String, Columns>> {
    Ok(BTreeMap::new())
}
