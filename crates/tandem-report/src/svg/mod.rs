//! Charts as inline SVG.
//!
//! Colours are CSS variables of the page (`--s0`…`--s7`, `--ink`, …), so the
//! same picture serves light and dark. Sizes are fixed per [`Width`], because
//! a picture that shrinks takes its letters with it: a page carries a wide and
//! a narrow form and shows one.

mod area;
mod axes;
mod bar;
mod boxes;
mod canvas;
mod funnel;
mod heat;
mod histogram;
mod key;
mod line;
mod map;
mod sankey;
mod scale;
mod text;
mod ticks;
mod treemap;

use tandem_core::Lang;

use crate::{Chart, Plot, Span};

pub(crate) use canvas::{Anchor, Canvas, Form, Point, Shape};
pub(crate) use key::{Key, keys};
pub use text::escape;
pub(crate) use text::identifier;

/// How wide a picture is drawn, in CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Width {
    /// For a desk and for paper.
    Wide,
    /// For a phone.
    Narrow,
    /// For a sheet of paper, where pictures are drawn smaller than their pixels.
    Paper,
}

impl Width {
    /// Pixels for a chart that wants `span`.
    pub const fn pixels(self, span: Span) -> f64 {
        match (self, span) {
            (Self::Wide, Span::Full) => 920.0,
            (Self::Wide, Span::Half) => 448.0,
            (Self::Narrow, _) => 342.0,
            (Self::Paper, Span::Full) => 720.0,
            (Self::Paper, Span::Half) => 350.0,
        }
    }

    const fn suffix(self) -> &'static str {
        match self {
            Self::Wide => "w",
            Self::Narrow => "n",
            Self::Paper => "p",
        }
    }
}

/// What a chart is drawn with.
#[derive(Debug, Clone, Copy)]
struct Frame {
    lang: Lang,
    width: f64,
}

/// One chart as an `<svg>` element: `role="img"`, titled and described, with
/// a tooltip (`<title>`) on each mark. Deterministic.
pub fn render(chart: &Chart, lang: Lang, width: Width) -> String {
    let id = format!("{}-{}", identifier(&chart.id), width.suffix());
    draw(chart, lang, width).finish(&id, chart.title.get(lang), chart.alt.get(lang))
}

/// The shapes of one chart.
pub(crate) fn draw(chart: &Chart, lang: Lang, width: Width) -> Canvas {
    let frame = Frame { lang, width: width.pixels(chart.span) };
    match &chart.plot {
        Plot::Line { x, y, series, marks } => line::lines(frame, x, y, series, marks),
        Plot::Scatter { x, y, series, marks } => line::points(frame, x, y, series, marks),
        Plot::Bar { category, categories, value, horizontal, stacked, series, category_colors, marks } => {
            let bars = bar::Bars {
                category,
                categories,
                value,
                stacked: *stacked,
                series,
                colors: category_colors.as_deref(),
                marks,
            };
            if *horizontal { bar::lying(frame, &bars) } else { bar::standing(frame, &bars) }
        }
        Plot::Histogram { x, y, edges, counts, color, marks } => {
            histogram::draw(frame, x, y, edges, counts, *color, marks)
        }
        Plot::HeatMap { x, x_categories, y, y_categories, value, values, counts } => {
            let map = heat::HeatMap { x, x_categories, y, y_categories, value, values, counts: counts.as_deref() };
            heat::draw(frame, &map)
        }
        Plot::Treemap { value, items } => treemap::draw(frame, value, items),
        Plot::Area { x, y, at, series } => area::draw(frame, x, y, at, series),
        Plot::Box { category, categories, value, boxes } => boxes::draw(frame, category, categories, value, boxes),
        Plot::Funnel { value, steps } => funnel::draw(frame, value, steps),
        Plot::Sankey { value, stages, nodes, links } => sankey::draw(frame, value, stages, nodes, links),
        Plot::TileMap { value, tiles } => map::tiles(frame, value, tiles),
        Plot::PointMap { value, series } => map::points(frame, value.as_ref(), series),
    }
}

#[cfg(test)]
mod tests;
