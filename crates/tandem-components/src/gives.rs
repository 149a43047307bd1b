//! Tables that functions give: what is said of them beforehand is what they have.

use std::{collections::BTreeMap, sync::Arc};

use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use tandem_core::{Error, Result};
use tandem_flow::{Column, ColumnKind, Columns};

use crate::{Output, Table, columns::schema_of, refusal::cannot};

/// Columns by name and kind.
pub(crate) type Shape = [(&'static str, ColumnKind)];

/// Tables that are known beforehand, by port.
pub(crate) fn known<const N: usize>(ports: [(&str, Vec<Column>); N]) -> BTreeMap<String, Columns> {
    ports.into_iter().map(|(port, columns)| (port.to_owned(), Columns::Known(columns))).collect()
}

/// A shape as columns.
pub(crate) fn columns(shape: &Shape) -> Vec<Column> {
    shape.iter().map(|(name, kind)| Column::new(*name, *kind)).collect()
}

/// The columns of a table, and more of the kinds that functions give.
///
/// # Errors
/// `invalid_parameter` where a name is taken.
pub(crate) fn with(table: &Table, more: &[(String, ColumnKind)]) -> Result<Vec<Column>> {
    let mut all = table.columns.clone();
    for (name, kind) in more {
        if all.iter().any(|column| column.name == *name) {
            return Err(cannot(
                format!(
                    "There is a column “{name}” already. Rename it before, or set another suffix where there is one."
                ),
                format!("已有“{name}”列，请先将其改名；若有后缀参数，也可改用其他后缀。"),
            ));
        }
        all.push(Column::new(name, *kind));
    }
    Ok(all)
}

/// A table of one batch with these columns.
///
/// # Errors
/// `internal` where an array is not of its column's kind.
pub(crate) fn table(columns: &[Column], arrays: Vec<ArrayRef>) -> Result<Output> {
    let schema = schema_of(columns);
    let fits = arrays.into_iter().zip(schema.fields());
    let arrays = fits.map(|(array, field)| arrow::compute::cast(&array, field.data_type()).map_err(Error::internal));
    RecordBatch::try_new(Arc::clone(&schema), arrays.collect::<Result<_>>()?)
        .map(Output::table)
        .map_err(Error::internal)
}

/// Rows as they came, with columns more behind them.
///
/// # Errors
/// `internal` where lengths differ.
pub(crate) fn beside(batches: &[RecordBatch], more: Vec<(String, ArrayRef)>) -> Result<Output> {
    let schema = match batches.first() {
        Some(first) => first.schema(),
        None => return Err(Error::internal("no batch has no columns")),
    };
    let rows = arrow::compute::concat_batches(&schema, batches).map_err(Error::internal)?;
    let mut fields: Vec<_> = schema.fields().iter().cloned().collect();
    let mut arrays = rows.columns().to_vec();
    for (name, array) in more {
        fields.push(Arc::new(arrow::datatypes::Field::new(name, array.data_type().clone(), true)));
        arrays.push(array);
    }
    let schema = Arc::new(arrow::datatypes::Schema::new(fields));
    RecordBatch::try_new(schema, arrays).map(Output::table).map_err(Error::internal)
}

/// Numbers; those that are not finite are absent.
pub(crate) fn numbers(values: impl IntoIterator<Item = Option<f64>>) -> ArrayRef {
    Arc::new(values.into_iter().map(|value| value.filter(|v| v.is_finite())).collect::<Float64Array>())
}

/// Whole numbers.
pub(crate) fn integers(values: impl IntoIterator<Item = Option<i64>>) -> ArrayRef {
    Arc::new(values.into_iter().collect::<Int64Array>())
}

/// Counts.
pub(crate) fn counts(values: impl IntoIterator<Item = u64>) -> ArrayRef {
    integers(values.into_iter().map(|count| i64::try_from(count).ok()))
}

/// Texts.
pub(crate) fn texts<T: AsRef<str>>(values: impl IntoIterator<Item = Option<T>>) -> ArrayRef {
    Arc::new(values.into_iter().collect::<StringArray>())
}
