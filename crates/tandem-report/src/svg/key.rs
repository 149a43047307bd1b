//! What a picture's colours stand for, where it shows more than one series.

use tandem_core::Text;

use crate::Plot;

/// The sign of a series beside its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key {
    /// A filled square: an index into the palette.
    Fill(u8),
    /// A piece of a line.
    Stroke {
        /// Index into the palette; absent for a reference in the colour of the text.
        color: Option<u8>,
        dashed: bool,
    },
}

/// The series with their signs; none where there is only one.
pub(crate) fn keys(plot: &Plot) -> Vec<(Key, &Text)> {
    let stroke = |color: Option<u8>, dashed| Key::Stroke { color, dashed };
    let keys: Vec<(Key, &Text)> = match plot {
        Plot::Line { series, .. } => series.iter().map(|s| (stroke(s.color, s.dashed), &s.name)).collect(),
        Plot::Scatter { series, .. } => series.iter().map(|s| (Key::Fill(s.color), &s.name)).collect(),
        Plot::Bar { series, category_colors: None, .. } => {
            series.iter().map(|s| (Key::Fill(s.color), &s.name)).collect()
        }
        Plot::Area { series, .. } => series.iter().map(|s| (Key::Fill(s.color), &s.name)).collect(),
        Plot::PointMap { series, .. } => series.iter().map(|s| (Key::Fill(s.color), &s.name)).collect(),
        _ => Vec::new(),
    };
    if keys.len() < 2 { Vec::new() } else { keys }
}
