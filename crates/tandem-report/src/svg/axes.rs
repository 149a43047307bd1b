//! The frame of charts with axes: margins, grid, ticks, labels, reference lines.

use super::{
    Frame,
    canvas::{Anchor, Canvas},
    scale::Scale,
    text,
    ticks::Ticks,
};
use crate::{Mark, MarkAxis};

pub(super) const TICK: f64 = 11.0;
pub(super) const LABEL: f64 = 11.5;

/// The area inside the axes, in pixels.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plot {
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) top: f64,
    pub(super) bottom: f64,
}

/// Room for a plot `height` pixels high beside the widest of `left_labels` and
/// under the label of the vertical axis.
pub(super) fn plot<'a>(frame: Frame, height: f64, left_labels: impl IntoIterator<Item = &'a str>) -> Plot {
    let widest = left_labels.into_iter().map(|l| text::width(l, TICK)).fold(0.0, f64::max);
    let left = (widest + 10.0).clamp(16.0, frame.width * 0.42);
    Plot { left, right: frame.width - 14.0, top: 26.0, bottom: 26.0 + height }
}

impl Plot {
    /// How wide it is.
    pub(super) fn width(&self) -> f64 {
        self.right - self.left
    }

    /// A canvas that holds the plot, its ticks and the horizontal axis' label.
    pub(super) fn canvas(&self, frame: Frame) -> Canvas {
        Canvas::new(frame.width, self.bottom + 42.0)
    }

    /// Horizontal grid lines with their values at the left, and the axis' label above.
    pub(super) fn left_axis(&self, canvas: &mut Canvas, y: Scale, ticks: &Ticks, label: &str) {
        for (value, name) in &ticks.at {
            let at = y.at(*value);
            canvas.line(if *value == 0.0 { "base" } else { "grid" }, (self.left, at), (self.right, at));
            let name = text::fit(name, TICK, self.left - 7.0);
            canvas.text("tick", self.left - 7.0, at + 3.8, Anchor::End, &name);
        }
        canvas.text("axis", 0.0, 12.0, Anchor::Start, &text::fit(label, LABEL, canvas.width));
    }

    /// Values along the bottom, as many as don't touch each other, and the axis' label below.
    pub(super) fn bottom_axis(&self, canvas: &mut Canvas, x: Scale, ticks: &Ticks, label: &str) {
        let mut free_from = f64::NEG_INFINITY;
        for (value, name) in &ticks.at {
            let at = x.at(*value);
            canvas.line("grid", (at, self.bottom), (at, self.bottom + 4.0));
            // The largest of numbers have more digits than there is room.
            let name = text::fit(name, TICK, canvas.width * 0.8);
            let half = text::width(&name, TICK) / 2.0;
            let middle = at.clamp(half, canvas.width - half);
            if middle - half > free_from {
                canvas.text("tick", middle, self.bottom + 17.0, Anchor::Middle, &name);
                free_from = middle + half + 6.0;
            }
        }
        self.bottom_label(canvas, label);
    }

    /// Vertical grid lines, for charts whose values run along x.
    pub(super) fn vertical_grid(&self, canvas: &mut Canvas, x: Scale, ticks: &Ticks) {
        for (value, _) in &ticks.at {
            let at = x.at(*value);
            canvas.line(if *value == 0.0 { "base" } else { "grid" }, (at, self.top), (at, self.bottom));
        }
    }

    pub(super) fn bottom_label(&self, canvas: &mut Canvas, label: &str) {
        let label = text::fit(label, LABEL, canvas.width);
        canvas.text("axis", self.right, self.bottom + 36.0, Anchor::End, &label);
    }

    /// Reference lines with their words beside them, on the side that has room.
    pub(super) fn marks(&self, canvas: &mut Canvas, frame: Frame, x: Option<Scale>, y: Option<Scale>, marks: &[Mark]) {
        let mut row = 0.0;
        for mark in marks {
            let label = mark.label.get(frame.lang);
            match (mark.axis, x, y) {
                (MarkAxis::X, Some(x), _) => {
                    let at = x.at(mark.value);
                    canvas.line("mark", (at, self.top), (at, self.bottom));
                    let width = text::width(label, TICK);
                    let left = at + 6.0 + width > self.right;
                    let (at, anchor) = if left { (at - 5.0, Anchor::End) } else { (at + 5.0, Anchor::Start) };
                    let room = if left { at - self.left } else { self.right - at };
                    let label = text::fit(label, TICK, room.max(0.0));
                    halo(canvas, at, self.top + 11.0 + row, anchor, &label);
                    row += 15.0;
                }
                (MarkAxis::Y, _, Some(y)) => {
                    let at = y.at(mark.value);
                    canvas.line("mark", (self.left, at), (self.right, at));
                    let label = text::fit(label, TICK, self.width());
                    halo(canvas, self.right - 2.0, at - 5.0, Anchor::End, &label);
                }
                _ => {}
            }
        }
    }
}

/// Words that stay readable over lines: the ground's colour around them.
pub(super) fn halo(canvas: &mut Canvas, x: f64, y: f64, anchor: Anchor, words: &str) {
    canvas.text("halo", x, y, anchor, words);
}

/// The class that gives a series its colour; that of the text where it has none.
pub(super) fn series_class(color: Option<u8>) -> String {
    color.map_or_else(|| "s-ink".to_owned(), |c| format!("s{}", crate::palette::index(c)))
}
