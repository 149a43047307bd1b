//! Steps below each other, each as wide as what is left, with its share of the
//! first and of the one before.

use super::{
    Frame,
    axes::{self, TICK},
    canvas::{Anchor, Canvas},
    text,
};
use crate::{Axis, FunnelStep, format};

const SLOT: f64 = 44.0;
const BAR: f64 = 26.0;

pub(super) fn draw(frame: Frame, value: &Axis, steps: &[FunnelStep]) -> Canvas {
    let lang = frame.lang;
    let area = axes::plot(frame, SLOT, steps.iter().map(|step| step.name.get(lang)));
    let label_room = area.left - 10.0;
    let words: Vec<(String, String)> = steps
        .iter()
        .enumerate()
        .map(|(i, step)| {
            let share = |of: Option<&FunnelStep>| {
                let of = of.map(|of| of.value).filter(|of| *of > 0.0)?;
                Some(format!("{:.1}%", step.value / of * 100.0))
            };
            let first = share(steps.first()).unwrap_or_else(|| format::MISSING.to_owned());
            let words = format!("{} · {first}", format::number(step.value, &value.format, lang));
            (words, i.checked_sub(1).and_then(|before| share(steps.get(before))).unwrap_or_default())
        })
        .collect();
    let room = words.iter().map(|(words, _)| text::width(words, TICK)).fold(0.0, f64::max) + 12.0;
    let right = (area.right - room).max(area.left + 60.0);
    let widest = steps.iter().map(|step| step.value).filter(|v| v.is_finite()).fold(0.0, f64::max);
    let middle = f64::midpoint(area.left, right);
    let mut canvas = Canvas::new(frame.width, 24.0 + SLOT * steps.len().max(1) as f64);
    canvas.text("axis", 0.0, 12.0, Anchor::Start, &text::fit(value.label.get(lang), axes::LABEL, frame.width));
    for (i, (step, (words, from_before))) in steps.iter().zip(&words).enumerate() {
        let top = 24.0 + SLOT * i as f64;
        let share = if widest > 0.0 && step.value.is_finite() { (step.value / widest).clamp(0.0, 1.0) } else { 0.0 };
        let width = ((right - area.left) * share).max(2.0);
        let name = step.name.get(lang);
        canvas.rect("fill s0", (middle - width / 2.0, top), (width, BAR), &format!("{name} · {words}"));
        let name = text::fit(name, TICK, label_room);
        canvas.text("tick strong", area.left - 7.0, top + BAR / 2.0 + 3.8, Anchor::End, &name);
        canvas.text("value", right + 8.0, top + BAR / 2.0 + 3.8, Anchor::Start, words);
        if !from_before.is_empty() {
            canvas.text("tick", middle, top - 5.5, Anchor::Middle, &format!("↓ {from_before}"));
        }
    }
    canvas
}
