//! Lines and points over two continuous axes.

use super::{
    Frame,
    axes::{self, series_class},
    canvas::{Anchor, Canvas},
    scale::{Scale, extent},
    text, ticks,
};
use crate::{Axis, LineSeries, Mark, MarkAxis, NumberFormat, PointSeries, format};

pub(super) fn lines(frame: Frame, x: &Axis, y: &Axis, series: &[LineSeries], marks: &[Mark]) -> Canvas {
    let xs = series.iter().flat_map(|s| s.points.iter().map(|p| p[0]));
    let ys = series.iter().flat_map(|s| {
        let band = s.band.iter().flatten().flat_map(|b| [b[1], b[2]]);
        s.points.iter().map(|p| p[1]).chain(band)
    });
    let zero = series.iter().any(|s| s.area).then_some(0.0);
    let grid = Grid::new(frame, (x, y), extent(xs), extent(ys.chain(zero)), marks);
    let mut canvas = grid.draw(frame, (x, y));
    for line in series {
        let class = series_class(line.color);
        let at = |p: &[f64; 2]| (grid.x.at(p[0]), grid.y.at(p[1]));
        if let Some(band) = &line.band {
            let upper = band.iter().map(|b| (grid.x.at(b[0]), grid.y.at(b[2])));
            let lower = band.iter().rev().map(|b| (grid.x.at(b[0]), grid.y.at(b[1])));
            canvas.path(&format!("band {class}"), upper.chain(lower), true);
        }
        if line.area
            && let (Some(first), Some(last)) = (line.points.first(), line.points.last())
        {
            let floor = grid.y.at(0.0);
            let ends = [(grid.x.at(last[0]), floor), (grid.x.at(first[0]), floor)];
            canvas.path(&format!("band {class}"), line.points.iter().map(at).chain(ends), true);
        }
        let style = if line.dashed { "line dashed" } else { "line" };
        canvas.path(&format!("{style} {class}"), line.points.iter().map(at), false);
    }
    // Invisible points carry the tooltips, where there are few enough to be told apart.
    for line in series {
        if line.points.len() <= 160 {
            for p in &line.points {
                let tip = tip(frame, &line.name, (p[0], &x.format), (p[1], &y.format));
                canvas.circle("hit", grid.x.at(p[0]), grid.y.at(p[1]), 5.0, &tip);
            }
        }
    }
    grid.area.marks(&mut canvas, frame, Some(grid.x), Some(grid.y), marks);
    canvas
}

pub(super) fn points(frame: Frame, x: &Axis, y: &Axis, series: &[PointSeries], marks: &[Mark]) -> Canvas {
    let all = || series.iter().flat_map(|s| &s.points);
    let grid = Grid::new(frame, (x, y), extent(all().map(|p| p[0])), extent(all().map(|p| p[1])), marks);
    let mut canvas = grid.draw(frame, (x, y));
    for group in series {
        let class = format!("dot {}", series_class(Some(group.color)));
        for p in &group.points {
            let tip = tip(frame, &group.name, (p[0], &x.format), (p[1], &y.format));
            canvas.circle(&class, grid.x.at(p[0]), grid.y.at(p[1]), 3.0, &tip);
        }
    }
    grid.area.marks(&mut canvas, frame, Some(grid.x), Some(grid.y), marks);
    canvas
}

pub(super) fn tip(frame: Frame, name: &tandem_core::Text, x: (f64, &NumberFormat), y: (f64, &NumberFormat)) -> String {
    let number = |(v, f)| format::number(v, f, frame.lang);
    format!("{} · {}: {}", name.get(frame.lang), number(x), number(y))
}

/// Two continuous axes and where they lie.
pub(super) struct Grid {
    pub(super) area: axes::Plot,
    pub(super) x: Scale,
    pub(super) y: Scale,
    x_ticks: ticks::Ticks,
    y_ticks: ticks::Ticks,
}

impl Grid {
    pub(super) fn new(
        frame: Frame,
        (x, y): (&Axis, &Axis),
        xs: Option<(f64, f64)>,
        ys: Option<(f64, f64)>,
        marks: &[Mark],
    ) -> Self {
        let ends = |axis: &Axis, data: Option<(f64, f64)>, which: MarkAxis| {
            let marked = extent(marks.iter().filter(|m| m.axis == which).map(|m| m.value));
            let (low, high) = match (data, marked) {
                (Some(a), Some(b)) => (a.0.min(b.0), a.1.max(b.1)),
                (a, b) => a.or(b).unwrap_or((0.0, 1.0)),
            };
            // A range that begins near zero begins at zero: less to misread.
            let low = if low > 0.0 && low < high * 0.4 { 0.0 } else { low };
            (axis.min.unwrap_or(low), axis.max.unwrap_or(high))
        };
        let (y_low, y_high) = ends(y, ys, MarkAxis::Y);
        let height = if frame.width > 700.0 { 300.0 } else { 230.0 };
        let y_ticks = ticks::axis(y_low, y_high, 5, &y.format, frame.lang, true);
        let area = axes::plot(frame, height, y_ticks.at.iter().map(|(_, l)| l.as_str()));
        let (x_low, x_high) = match (x.format.style, xs) {
            // Dates don't begin at zero.
            (crate::NumberStyle::Date, Some((low, high))) => (x.min.unwrap_or(low), x.max.unwrap_or(high)),
            _ => ends(x, xs, MarkAxis::X),
        };
        let wanted = (area.width() / 90.0).clamp(2.0, 10.0) as usize;
        let x_ticks = ticks::axis(x_low, x_high, wanted, &x.format, frame.lang, false);
        Self {
            x: Scale::new(x_ticks.low, x_ticks.high, area.left, area.right),
            y: Scale::new(y_ticks.low, y_ticks.high, area.bottom, area.top),
            area,
            x_ticks,
            y_ticks,
        }
    }

    pub(super) fn draw(&self, frame: Frame, (x, y): (&Axis, &Axis)) -> Canvas {
        let mut canvas = self.area.canvas(frame);
        self.area.left_axis(&mut canvas, self.y, &self.y_ticks, y.label.get(frame.lang));
        self.area.bottom_axis(&mut canvas, self.x, &self.x_ticks, x.label.get(frame.lang));
        if self.x_ticks.at.is_empty() {
            let note = text::fit(format::MISSING, axes::TICK, self.area.width());
            canvas.text("tick", self.area.left, self.area.bottom + 17.0, Anchor::Start, &note);
        }
        canvas
    }
}
