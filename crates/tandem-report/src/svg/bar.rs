//! Bars over categories, standing or lying, side by side or stacked.

use tandem_core::Text;

use super::{
    Frame,
    axes::{self, LABEL, TICK},
    canvas::{Anchor, Canvas},
    scale::{Scale, extent},
    text, ticks,
};
use crate::{Axis, BarSeries, Mark, format, palette};

/// What a bar chart shows.
#[derive(Debug)]
pub(super) struct Bars<'a> {
    pub(super) category: &'a Text,
    pub(super) categories: &'a [Text],
    pub(super) value: &'a Axis,
    pub(super) stacked: bool,
    pub(super) series: &'a [BarSeries],
    pub(super) colors: Option<&'a [u8]>,
    pub(super) marks: &'a [Mark],
}

/// One bar: from where to where along the value axis, in which lane.
struct Piece<'a> {
    category: usize,
    /// Which of the bars that share the category's place.
    lane: usize,
    from: f64,
    to: f64,
    class: String,
    series: &'a BarSeries,
    value: f64,
}

impl Bars<'_> {
    fn lanes(&self) -> usize {
        if self.stacked { 1 } else { self.series.len().max(1) }
    }

    fn pieces(&self) -> Vec<Piece<'_>> {
        let mut pieces = Vec::new();
        for category in 0..self.categories.len() {
            let (mut up, mut down) = (0.0, 0.0);
            for (lane, series) in self.series.iter().enumerate() {
                let Some(value) = series.values.get(category).copied().flatten().filter(|v| v.is_finite()) else {
                    continue;
                };
                let end = if value >= 0.0 { &mut up } else { &mut down };
                let from = if self.stacked { *end } else { 0.0 };
                *end = from + value;
                let color = self.colors.and_then(|c| c.get(category)).copied().unwrap_or(series.color);
                pieces.push(Piece {
                    category,
                    lane: if self.stacked { 0 } else { lane },
                    from,
                    to: from + value,
                    class: format!("fill s{}", palette::index(color)),
                    series,
                    value,
                });
            }
        }
        pieces
    }

    fn ticks(&self, frame: Frame, pieces: &[Piece<'_>], count: usize) -> ticks::Ticks {
        let ends = pieces.iter().flat_map(|p| [p.from, p.to]).chain(self.marks.iter().map(|m| m.value));
        let (low, high) = extent(ends.chain([0.0])).unwrap_or((0.0, 1.0));
        let high = self.value.max.unwrap_or(high);
        ticks::axis(low, high, count, &self.value.format, frame.lang, true)
    }

    fn tip(&self, frame: Frame, piece: &Piece<'_>) -> String {
        let category = self.categories[piece.category].get(frame.lang);
        let value = format::number(piece.value, &self.value.format, frame.lang);
        format!("{category} · {}: {value}", piece.series.name.get(frame.lang))
    }
}

/// Bars that stand on the bottom.
pub(super) fn standing(frame: Frame, bars: &Bars<'_>) -> Canvas {
    let pieces = bars.pieces();
    let ticks = bars.ticks(frame, &pieces, 5);
    let height = if frame.width > 700.0 { 280.0 } else { 230.0 };
    let area = axes::plot(frame, height, ticks.at.iter().map(|(_, l)| l.as_str()));
    let mut canvas = area.canvas(frame);
    let y = Scale::new(ticks.low, ticks.high, area.bottom, area.top);
    area.left_axis(&mut canvas, y, &ticks, bars.value.label.get(frame.lang));
    let slot = area.width() / bars.categories.len().max(1) as f64;
    let lane = (slot * 0.76 / bars.lanes() as f64).min(46.0);
    let inset = (slot - lane * bars.lanes() as f64) / 2.0;
    let gap = if bars.lanes() > 1 && lane > 6.0 { 1.5 } else { 0.0 };
    for piece in &pieces {
        let left = area.left + slot * piece.category as f64 + inset + lane * piece.lane as f64;
        let (a, b) = (y.at(piece.from), y.at(piece.to));
        let tip = bars.tip(frame, piece);
        canvas.rect(&piece.class, (left, a.min(b)), (lane - gap, (a - b).abs()), &tip);
    }
    // Names are skipped evenly where they would touch.
    let widest = bars.categories.iter().map(|c| text::width(c.get(frame.lang), TICK)).fold(0.0, f64::max);
    let every = ((widest + 8.0) / slot).ceil().clamp(1.0, 1e6) as usize;
    for (i, name) in bars.categories.iter().enumerate().step_by(every) {
        let at = area.left + slot * (i as f64 + 0.5);
        let name = text::fit(name.get(frame.lang), TICK, slot * every as f64);
        let half = text::width(&name, TICK) / 2.0;
        let at = at.clamp(half.min(canvas.width / 2.0), (canvas.width - half).max(canvas.width / 2.0));
        canvas.text("tick", at, area.bottom + 17.0, Anchor::Middle, &name);
    }
    area.bottom_label(&mut canvas, bars.category.get(frame.lang));
    area.marks(&mut canvas, frame, None, Some(y), bars.marks);
    canvas
}

/// Bars that lie, for long names. One bar a row carries its value at its end.
pub(super) fn lying(frame: Frame, bars: &Bars<'_>) -> Canvas {
    let pieces = bars.pieces();
    let lane = if bars.lanes() > 1 { 10.0 } else { 16.0 };
    let slot = lane * bars.lanes() as f64 + 14.0;
    let height = slot * bars.categories.len().max(1) as f64;
    let mut area = axes::plot(frame, height, bars.categories.iter().map(|c| c.get(frame.lang)));
    let label_room = area.left - 10.0;
    let values: Vec<_> = pieces.iter().map(|p| format::number(p.value, &bars.value.format, frame.lang)).collect();
    let value_room = values.iter().map(|v| text::width(v, TICK)).fold(0.0, f64::max) + 8.0;
    let with_values = !bars.stacked;
    if with_values {
        area.right -= value_room;
    }
    area.top = 8.0;
    area.bottom = 8.0 + height;
    let ticks = bars.ticks(frame, &pieces, (area.width() / 80.0).clamp(2.0, 8.0) as usize);
    let mut canvas = area.canvas(frame);
    let x = Scale::new(ticks.low, ticks.high, area.left, area.right);
    area.vertical_grid(&mut canvas, x, &ticks);
    for (piece, value) in pieces.iter().zip(&values) {
        let top = area.top + slot * piece.category as f64 + 7.0 + lane * piece.lane as f64;
        let (a, b) = (x.at(piece.from), x.at(piece.to));
        canvas.rect(&piece.class, (a.min(b), top), ((b - a).abs(), lane - 1.0), &bars.tip(frame, piece));
        if with_values {
            canvas.text("value", a.max(b) + 4.0, top + lane / 2.0 + 3.4, Anchor::Start, value);
        }
    }
    for (i, name) in bars.categories.iter().enumerate() {
        let middle = area.top + slot * (i as f64 + 0.5);
        let name = text::fit(name.get(frame.lang), TICK, label_room);
        canvas.text("tick strong", area.left - 7.0, middle + 3.8, Anchor::End, &name);
    }
    area.bottom_axis(&mut canvas, x, &ticks, &text::fit(bars.value.label.get(frame.lang), LABEL, frame.width));
    area.marks(&mut canvas, frame, Some(x), None, bars.marks);
    canvas
}
