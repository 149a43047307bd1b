//! Lying boxes with whiskers, one a category.

use tandem_core::Text;

use super::{
    Frame,
    axes::{self, LABEL, TICK},
    canvas::{Anchor, Canvas},
    scale::{Scale, extent},
    text, ticks,
};
use crate::{Axis, Spread, format};

const SLOT: f64 = 34.0;

pub(super) fn draw(frame: Frame, category: &Text, categories: &[Text], value: &Axis, boxes: &[Spread]) -> Canvas {
    let lang = frame.lang;
    let height = SLOT * categories.len().max(1) as f64;
    let mut area = axes::plot(frame, height, categories.iter().map(|c| c.get(lang)));
    let label_room = area.left - 10.0;
    area.top = 22.0;
    area.bottom = area.top + height;
    let all = boxes.iter().flat_map(|b| [b.low, b.q1, b.q3, b.high].into_iter().chain(b.outliers.iter().copied()));
    let (low, high) = extent(all).unwrap_or((0.0, 1.0));
    let (low, high) = (value.min.unwrap_or(low), value.max.unwrap_or(high));
    let wanted = (area.width() / 80.0).clamp(2.0, 8.0) as usize;
    let ticks = ticks::axis(low, high, wanted, &value.format, lang, true);
    let mut canvas = area.canvas(frame);
    let x = Scale::new(ticks.low, ticks.high, area.left, area.right);
    canvas.text("axis", 0.0, 12.0, Anchor::Start, &text::fit(category.get(lang), LABEL, frame.width));
    area.vertical_grid(&mut canvas, x, &ticks);
    for (i, (name, of)) in categories.iter().zip(boxes).enumerate() {
        let middle = area.top + SLOT * (i as f64 + 0.5);
        let number = |v| format::number(v, &value.format, lang);
        let tip = format!(
            "{} · {} | {} – [{} · {} · {}] – {}",
            name.get(lang),
            of.rows,
            number(of.low),
            number(of.q1),
            number(of.median),
            number(of.q3),
            number(of.high)
        );
        canvas.line("whisker", (x.at(of.low), middle), (x.at(of.q1), middle));
        canvas.line("whisker", (x.at(of.q3), middle), (x.at(of.high), middle));
        for end in [of.low, of.high] {
            canvas.line("whisker", (x.at(end), middle - 5.0), (x.at(end), middle + 5.0));
        }
        let (left, right) = (x.at(of.q1), x.at(of.q3));
        canvas.rect("fill box s0", (left, middle - 9.0), ((right - left).max(1.0), 18.0), &tip);
        canvas.line("median", (x.at(of.median), middle - 9.0), (x.at(of.median), middle + 9.0));
        for outlier in of.outliers.iter().filter(|v| v.is_finite()) {
            canvas.circle("dot s1", x.at(*outlier), middle, 2.5, &format!("{}: {}", name.get(lang), number(*outlier)));
        }
        let name = text::fit(name.get(lang), TICK, label_room);
        canvas.text("tick strong", area.left - 7.0, middle + 3.8, Anchor::End, &name);
    }
    area.bottom_axis(&mut canvas, x, &ticks, &text::fit(value.label.get(lang), LABEL, frame.width));
    canvas
}
