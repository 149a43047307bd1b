//! From text to words, and from words to columns of numbers.

mod features;
mod frequency;
mod segment;

use serde::Deserialize;

use crate::{
    Body::{Probed, Query},
    catalog::Entry,
    sql::as_text,
};

/// In the order of the palette.
pub(crate) const COMPONENTS: &[Entry] = &[
    (include_str!("segment_text.json"), Query(segment::query)),
    (include_str!("word_frequency.json"), Query(frequency::query)),
    (include_str!("text_features.json"), Probed { probe: features::probe, query: features::query }),
];

/// Which words count.
#[derive(Deserialize)]
struct Words {
    stop: bool,
    shortest: u32,
}

impl Words {
    /// The words of a column, separated by spaces.
    fn sql(&self, column: &tandem_flow::Column) -> String {
        format!("text_words({}, {}, {})", as_text(column), self.stop, self.shortest)
    }
}
