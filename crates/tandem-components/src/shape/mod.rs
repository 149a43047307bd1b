//! Changing the shape of tables.

mod bin;
mod categories;
mod chance;
mod cross_table;
mod date_parts;
mod group;
mod join;
mod one_hot;
mod pivot;
mod sample;
mod scale;
mod split;
pub(crate) mod text;
mod union;
mod unpivot;
mod window;

use crate::{
    Body::{Probed, Queries, Query},
    catalog::Entry,
};

/// In the order of the palette.
pub(crate) const COMPONENTS: &[Entry] = &[
    (include_str!("join.json"), Queries(&[("table", join::query), ("matches", join::matches)])),
    (include_str!("union.json"), Query(union::query)),
    (include_str!("group.json"), Query(group::query)),
    (include_str!("pivot.json"), Probed { probe: pivot::probe, query: pivot::query }),
    (include_str!("unpivot.json"), Query(unpivot::query)),
    (include_str!("cross_table.json"), Probed { probe: cross_table::probe, query: cross_table::query }),
    (include_str!("window.json"), Query(window::query)),
    (include_str!("date_parts.json"), Query(date_parts::query)),
    (include_str!("bin.json"), Query(bin::query)),
    (include_str!("one_hot.json"), Probed { probe: one_hot::probe, query: one_hot::query }),
    (include_str!("scale.json"), Query(scale::query)),
    (include_str!("sample.json"), Query(sample::query)),
    (include_str!("split.json"), Queries(&[("train", split::train), ("test", split::test)])),
];
