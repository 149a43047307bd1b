//! Counts over adjoining ranges.

use super::{
    Frame, axes,
    canvas::Canvas,
    scale::{Scale, extent},
    ticks,
};
use crate::{Axis, Mark, format, palette};

pub(super) fn draw(
    frame: Frame,
    x: &Axis,
    y: &Axis,
    edges: &[f64],
    counts: &[f64],
    color: u8,
    marks: &[Mark],
) -> Canvas {
    let (_, high) = extent(counts.iter().copied().chain([0.0])).unwrap_or((0.0, 1.0));
    let y_ticks = ticks::axis(0.0, y.max.unwrap_or(high), 5, &y.format, frame.lang, true);
    let height = if frame.width > 700.0 { 260.0 } else { 230.0 };
    let area = axes::plot(frame, height, y_ticks.at.iter().map(|(_, l)| l.as_str()));
    let (low, high) = extent(edges.iter().copied()).unwrap_or((0.0, 1.0));
    let wanted = (area.width() / 80.0).clamp(2.0, 10.0) as usize;
    let x_ticks = ticks::axis(x.min.unwrap_or(low), x.max.unwrap_or(high), wanted, &x.format, frame.lang, false);
    let mut canvas = area.canvas(frame);
    let xs = Scale::new(x_ticks.low, x_ticks.high, area.left, area.right);
    let ys = Scale::new(y_ticks.low, y_ticks.high, area.bottom, area.top);
    area.left_axis(&mut canvas, ys, &y_ticks, y.label.get(frame.lang));
    let class = format!("fill s{}", palette::index(color));
    for (range, &count) in edges.windows(2).zip(counts) {
        let (left, right, top) = (xs.at(range[0]), xs.at(range[1]), ys.at(count));
        let number = |v| format::number(v, &x.format, frame.lang);
        let tip =
            format!("{} – {}: {}", number(range[0]), number(range[1]), format::number(count, &y.format, frame.lang));
        let gap = if right - left > 4.0 { 1.0 } else { 0.0 };
        canvas.rect(&class, (left, top), (right - left - gap, area.bottom - top), &tip);
    }
    area.bottom_axis(&mut canvas, xs, &x_ticks, x.label.get(frame.lang));
    area.marks(&mut canvas, frame, Some(xs), Some(ys), marks);
    canvas
}
