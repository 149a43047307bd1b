//! A value for each pair of two categories, as shades of the accent.

use tandem_core::Text;

use super::{
    Frame,
    axes::{self, LABEL, TICK},
    canvas::{Anchor, Canvas},
    scale::extent,
    text,
};
use crate::{Axis, format};

/// How many shades there are; the page's style names them `h0`…`h8`.
const SHADES: f64 = 9.0;

/// What a heat map shows.
#[derive(Debug)]
pub(super) struct HeatMap<'a> {
    pub(super) x: &'a Text,
    pub(super) x_categories: &'a [Text],
    pub(super) y: &'a Text,
    pub(super) y_categories: &'a [Text],
    pub(super) value: &'a Axis,
    pub(super) values: &'a [Vec<Option<f64>>],
    pub(super) counts: Option<&'a [Vec<u64>]>,
}

pub(super) fn draw(frame: Frame, map: &HeatMap<'_>) -> Canvas {
    let lang = frame.lang;
    let rows = map.y_categories.len().max(1) as f64;
    let cell_height = (if frame.width > 700.0 { 300.0 } else { 230.0 } / rows).clamp(18.0, 34.0);
    let area = axes::plot(frame, cell_height * rows, map.y_categories.iter().map(|c| c.get(lang)));
    let mut canvas = Canvas::new(frame.width, area.bottom + 66.0);
    canvas.text("axis", 0.0, 12.0, Anchor::Start, &text::fit(map.y.get(lang), LABEL, frame.width));
    let data = extent(map.values.iter().flatten().flatten().copied());
    let (low, high) = data.unwrap_or((0.0, 1.0));
    let (low, high) = (map.value.min.unwrap_or(low), map.value.max.unwrap_or(high));
    let cell_width = area.width() / map.x_categories.len().max(1) as f64;
    for (row, y_name) in map.y_categories.iter().enumerate() {
        let top = area.bottom - cell_height * (row as f64 + 1.0);
        let name = text::fit(y_name.get(lang), TICK, area.left - 8.0);
        canvas.text("tick", area.left - 7.0, top + cell_height / 2.0 + 3.8, Anchor::End, &name);
        for (column, x_name) in map.x_categories.iter().enumerate() {
            let left = area.left + cell_width * column as f64;
            let value = map.values.get(row).and_then(|r| r.get(column)).copied().flatten();
            let Some(value) = value.filter(|v| v.is_finite()) else {
                canvas.rect("h-none", (left, top), (cell_width - 1.0, cell_height - 1.0), format::MISSING);
                continue;
            };
            let shade = shade(value, low, high);
            let words = format::number(value, &map.value.format, lang);
            let mut tip =
                format!("{}: {} · {}: {}", map.x.get(lang), x_name.get(lang), map.y.get(lang), y_name.get(lang));
            tip.push_str(&format!(" · {}: {words}", map.value.label.get(lang)));
            if let Some(count) = map.counts.and_then(|c| c.get(row)).and_then(|r| r.get(column)) {
                tip.push_str(&format!(" · n = {count}"));
            }
            canvas.rect(&format!("h{shade}"), (left, top), (cell_width - 1.0, cell_height - 1.0), &tip);
            if text::width(&words, 10.0) + 4.0 < cell_width {
                let ink = if shade >= 5 { "cell inverse" } else { "cell" };
                canvas.text(ink, left + cell_width / 2.0, top + cell_height / 2.0 + 3.6, Anchor::Middle, &words);
            }
        }
    }
    let widest = map.x_categories.iter().map(|c| text::width(c.get(lang), TICK)).fold(0.0, f64::max);
    let every = ((widest + 6.0) / cell_width).ceil().clamp(1.0, 1e6) as usize;
    for (i, name) in map.x_categories.iter().enumerate().step_by(every) {
        let at = area.left + cell_width * (i as f64 + 0.5);
        canvas.text("tick", at, area.bottom + 15.0, Anchor::Middle, name.get(lang));
    }
    area.bottom_label(&mut canvas, map.x.get(lang));
    legend(&mut canvas, frame, map.value, (low, high), area.bottom + 50.0);
    canvas
}

/// The shade of a value between the ends.
pub(super) fn shade(value: f64, low: f64, high: f64) -> u8 {
    let share = (value - low) / (high - low);
    let share = if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.5 };
    (share * SHADES).floor().min(SHADES - 1.0) as u8
}

/// The shades in a row, with what they mean and their ends.
pub(super) fn legend(canvas: &mut Canvas, frame: Frame, value: &Axis, (low, high): (f64, f64), top: f64) {
    let lang = frame.lang;
    let (from, to) = (format::number(low, &value.format, lang), format::number(high, &value.format, lang));
    let label = text::fit(value.label.get(lang), TICK, frame.width * 0.5);
    let mut at = 0.0;
    canvas.text("tick", at, top + 9.0, Anchor::Start, &label);
    at += text::width(&label, TICK) + 10.0;
    canvas.text("tick", at, top + 9.0, Anchor::Start, &from);
    at += text::width(&from, TICK) + 5.0;
    for shade in 0..SHADES as u8 {
        canvas.rect(&format!("h{shade}"), (at, top), (12.0, 10.0), "");
        at += 12.0;
    }
    canvas.text("tick", at + 5.0, top + 9.0, Anchor::Start, &to);
}
