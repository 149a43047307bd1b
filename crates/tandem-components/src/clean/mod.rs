//! Putting values right.

mod calculate;
mod cast;
mod deduplicate;
mod fill;
mod filter;
mod mask;
mod merge_columns;
mod outliers;
mod parse_dates;
mod quality_check;
mod rename;
mod replace;
mod select;
mod sort;
mod split_column;
mod standardize_phone;
mod standardize_region;
mod tidy_text;

use crate::{
    Body::{Queries, Query},
    catalog::Entry,
};

/// In the order of the palette.
pub(crate) const COMPONENTS: &[Entry] = &[
    (include_str!("select.json"), Query(select::query)),
    (include_str!("rename.json"), Query(rename::query)),
    (include_str!("cast.json"), Query(cast::query)),
    (include_str!("filter.json"), Query(filter::query)),
    (include_str!("calculate.json"), Query(calculate::query)),
    (include_str!("sort.json"), Query(sort::query)),
    (include_str!("deduplicate.json"), Query(deduplicate::query)),
    (include_str!("fill.json"), Query(fill::query)),
    (include_str!("outliers.json"), Query(outliers::query)),
    (include_str!("tidy_text.json"), Query(tidy_text::query)),
    (include_str!("replace.json"), Query(replace::query)),
    (include_str!("split_column.json"), Query(split_column::query)),
    (include_str!("merge_columns.json"), Query(merge_columns::query)),
    (include_str!("parse_dates.json"), Query(parse_dates::query)),
    (include_str!("standardize_phone.json"), Query(standardize_phone::query)),
    (include_str!("standardize_region.json"), Query(standardize_region::query)),
    (
        include_str!("quality_check.json"),
        Queries(&[("passed", quality_check::passed), ("failed", quality_check::failed)]),
    ),
    (include_str!("mask.json"), Query(mask::query)),
];
