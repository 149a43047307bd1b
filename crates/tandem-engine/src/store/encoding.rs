//! How the columns of a file are written, from a look at its first rows.
//!
//! A dictionary is worth its making where values come again. Where nearly every
//! value is new (ids, times) it is built, found too large and thrown away in
//! each row group, so such columns go without; whole numbers and times are then
//! written as differences, which keeps ids in order to almost nothing.

use std::collections::HashSet;

use arrow::{
    array::{Array, ArrayRef, AsArray, RecordBatch},
    datatypes::DataType,
};
use parquet::{
    basic::{Compression, Encoding, ZstdLevel},
    file::properties::{WriterProperties, WriterPropertiesBuilder},
    schema::types::ColumnPath,
};

/// Rows that are looked at.
const LOOK: usize = 1 << 14;
/// With fewer rows there is nothing to gain.
const FEW: usize = 1 << 12;

/// The settings of every file. No time, no machine, no Arrow schema: a plain
/// Parquet file with statistics and page indexes.
fn settings() -> WriterPropertiesBuilder {
    WriterProperties::builder()
        .set_created_by("Tandem".into())
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_max_row_group_row_count(None)
}

/// The settings of a file of which nothing is known.
pub(crate) fn properties() -> WriterProperties {
    settings().build()
}

/// The settings of a file that begins with these rows.
pub(super) fn properties_for(rows: &RecordBatch) -> WriterProperties {
    let looked_at = rows.slice(0, rows.num_rows().min(LOOK));
    if looked_at.num_rows() < FEW {
        return properties();
    }
    let schema = looked_at.schema();
    schema
        .fields()
        .iter()
        .zip(looked_at.columns())
        .fold(settings(), |settings, (field, column)| {
            if !mostly_new(column) {
                return settings;
            }
            let path = ColumnPath::new(vec![field.name().clone()]);
            let settings = settings.set_column_dictionary_enabled(path.clone(), false);
            match is_whole(field.data_type()) {
                true => settings.set_column_encoding(path, Encoding::DELTA_BINARY_PACKED),
                false => settings,
            }
        })
        .build()
}

/// Whether more than half of the values are there once or first.
fn mostly_new(column: &ArrayRef) -> bool {
    let values = column.len() - column.logical_null_count();
    match distinct(column) {
        Some(distinct) => values >= FEW && distinct * 2 > values,
        None => false,
    }
}

/// Different values of a column whose values are bytes side by side.
fn distinct(column: &ArrayRef) -> Option<usize> {
    let array = column.as_ref();
    Some(match array.data_type() {
        DataType::Utf8 => array.as_string::<i32>().iter().flatten().collect::<HashSet<_>>().len(),
        DataType::LargeUtf8 => array.as_string::<i64>().iter().flatten().collect::<HashSet<_>>().len(),
        DataType::Utf8View => array.as_string_view().iter().flatten().collect::<HashSet<_>>().len(),
        kind => {
            let width = kind.primitive_width()?;
            let data = array.to_data();
            let bytes = data.buffers().first()?.as_slice();
            let bytes = bytes.get(data.offset() * width..(data.offset() + data.len()) * width)?;
            bytes.chunks_exact(width).collect::<HashSet<_>>().len()
        }
    })
}

/// Whether Parquet stores the type as whole numbers of 32 or 64 bits.
fn is_whole(kind: &DataType) -> bool {
    kind.is_integer() || matches!(kind, DataType::Date32 | DataType::Timestamp(..) | DataType::Time64(_))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{Float64Array, Int64Array, StringArray};

    use super::*;

    #[test]
    fn a_dictionary_is_for_values_that_come_again() {
        let rows = 1 << 14;
        let column = |of: i64| Arc::new(Int64Array::from_iter_values((0..rows).map(|at| at % of))) as ArrayRef;
        let batch = RecordBatch::try_from_iter([
            ("id", column(i64::MAX)),
            ("shop", column(300)),
            ("amount", Arc::new(Float64Array::from_iter_values((0..rows).map(|at| at as f64 * 0.7)))),
            ("word", Arc::new(StringArray::from_iter_values((0..rows).map(|at| format!("word {}", at % 9))))),
            ("empty", Arc::new(Int64Array::from(vec![None::<i64>; 1 << 14]))),
        ]);
        let batch = batch.unwrap();
        let of = |properties: &WriterProperties, name: &str| {
            let path = ColumnPath::from(name);
            (properties.dictionary_enabled(&path), properties.encoding(&path))
        };
        let settings = properties_for(&batch);
        assert_eq!(of(&settings, "id"), (false, Some(Encoding::DELTA_BINARY_PACKED)));
        assert_eq!(of(&settings, "amount"), (false, None));
        for name in ["shop", "word", "empty"] {
            assert_eq!(of(&settings, name), (true, None), "{name}");
        }
        assert_eq!(of(&properties_for(&batch.slice(0, 100)), "id"), (true, None), "too few rows to tell");
        assert!(!of(&properties_for(&batch.slice(5000, 9000)), "id").0, "in the middle of an array too");
    }
}
