//! Arrow arrays of any type → arrays of the types an import ends in.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, BooleanArray, RecordBatch, StringArray, StringBuilder, StructArray},
    compute::{CastOptions, cast, cast_with_options, is_null, kernels::cmp::not_distinct, nullif},
    datatypes::{DataType, Field, FieldRef, Fields, TimeUnit},
    error::ArrowError,
    json::writer::{EncoderOptions, make_encoder},
    util::display::{ArrayFormatter, FormatOptions},
};
use tandem_core::{Error, Result};

use crate::{
    cells::{
        Cell, CellTable, TEXT_LIMIT,
        build::{BadCell, BuildPlan, bad_value},
    },
    options::ColumnPlan,
    types::ColumnType,
};

/// One column of the flattened table.
#[derive(Debug, Clone)]
pub(crate) struct Leaf {
    /// Its name, with the structure's before a point.
    pub(crate) name: String,
    /// Its column in the source, and its place in the structure there.
    column: usize,
    child: Option<usize>,
    /// Its type in the source.
    pub(crate) data_type: DataType,
}

/// The columns of a table, structures taken apart one level.
pub(crate) fn leaves(fields: &Fields) -> Vec<Leaf> {
    let mut leaves = Vec::new();
    for (column, field) in fields.iter().enumerate() {
        let DataType::Struct(children) = field.data_type() else {
            let data_type = field.data_type().clone();
            leaves.push(Leaf { name: field.name().clone(), column, child: None, data_type });
            continue;
        };
        leaves.extend(children.iter().enumerate().map(|(at, child)| Leaf {
            name: format!("{}.{}", field.name(), child.name()),
            column,
            child: Some(at),
            data_type: child.data_type().clone(),
        }));
    }
    leaves
}

impl Leaf {
    /// The column of the source that it is or is in.
    pub(crate) const fn root(&self) -> usize {
        self.column
    }

    /// The column's values; a missing structure has missing parts.
    pub(crate) fn extract(&self, batch: &RecordBatch) -> Result<ArrayRef, ArrowError> {
        let column = batch.column(self.column);
        let Some(child) = self.child else { return Ok(Arc::clone(column)) };
        let parent = column
            .as_any()
            .downcast_ref::<StructArray>()
            .ok_or_else(|| ArrowError::SchemaError(format!("column {} is no structure", self.column)))?;
        nullif(parent.column(child), &is_null(parent)?)
    }
}

/// The type that a column of the source ends in unless told otherwise.
pub(crate) fn natural(data_type: &DataType) -> ColumnType {
    use DataType as D;
    match data_type {
        D::Boolean => ColumnType::Bool,
        D::Int8 | D::Int16 | D::Int32 | D::Int64 | D::UInt8 | D::UInt16 | D::UInt32 => ColumnType::Int64,
        D::UInt64 => ColumnType::Decimal { precision: 20, scale: 0 },
        D::Float16 | D::Float32 | D::Float64 => ColumnType::Float64,
        D::Decimal32(p, s) | D::Decimal64(p, s) | D::Decimal128(p, s) | D::Decimal256(p, s) if *s >= 0 && *p <= 38 => {
            ColumnType::Decimal { precision: *p, scale: *s }
        }
        D::Date32 | D::Date64 => ColumnType::Date,
        D::Timestamp(_, None) => ColumnType::Timestamp,
        D::Timestamp(_, Some(_)) => ColumnType::TimestampTz,
        D::Binary | D::LargeBinary | D::BinaryView | D::FixedSizeBinary(_) => ColumnType::Binary,
        D::Dictionary(_, values) => natural(values),
        _ => ColumnType::Text,
    }
}

/// What becomes of a type that has no equal, where that is more than room.
pub(crate) fn changed(data_type: &DataType) -> Option<String> {
    use DataType as D;
    let unlike = match data_type {
        D::Time32(_) | D::Time64(_) | D::Duration(_) | D::Interval(_) | D::UInt64 => true,
        D::Timestamp(unit, _) => *unit == TimeUnit::Nanosecond,
        D::Decimal256(..) => natural(data_type) == ColumnType::Text,
        _ => false,
    };
    unlike.then(|| match natural(data_type) {
        ColumnType::Timestamp | ColumnType::TimestampTz => format!("{data_type} → microseconds"),
        other => format!("{data_type} → {other}"),
    })
}

/// Whether values of the type are kept as JSON text.
pub(crate) fn is_nested(data_type: &DataType) -> bool {
    data_type.is_nested()
}

/// The columns as planned, and for each row with a value that doesn't fit the
/// first column at fault; by row. `leaves` and `plans` go together.
pub(crate) fn convert(
    batch: &RecordBatch,
    leaves: &[Leaf],
    plans: &[ColumnPlan],
) -> Result<(Vec<ArrayRef>, Vec<BadCell>)> {
    let mut arrays = Vec::new();
    let mut bad = Vec::new();
    for (leaf, plan) in leaves.iter().zip(plans).filter(|(_, p)| p.include) {
        let source = leaf.extract(batch).map_err(Error::internal)?;
        let (array, rows) = convert_column(&source, plan)?;
        for row in rows {
            let message = bad_value(&shown(&source, row), plan.column_type);
            bad.push(BadCell { row, column: plan.name.clone(), message });
        }
        arrays.push(array);
    }
    bad.sort_by_key(|b| b.row);
    bad.dedup_by_key(|b| b.row);
    Ok((arrays, bad))
}

/// One column, and the rows whose value doesn't fit.
fn convert_column(source: &ArrayRef, plan: &ColumnPlan) -> Result<(ArrayRef, Vec<usize>)> {
    let target = plan.column_type.data_type();
    let source = match source.data_type() {
        DataType::Dictionary(_, values) => cast(source, values).map_err(Error::internal)?,
        _ => Arc::clone(source),
    };
    if *source.data_type() == target {
        return Ok((source, Vec::new()));
    }
    if source.data_type().is_nested() {
        let text: ArrayRef = Arc::new(json_texts(&source).map_err(Error::internal)?);
        return if target == DataType::Utf8 { Ok((text, Vec::new())) } else { from_text(&text, plan) };
    }
    if matches!(source.data_type(), DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View)
        && !matches!(plan.column_type, ColumnType::Text | ColumnType::Binary)
    {
        return from_text(&cast(&source, &DataType::Utf8).map_err(Error::internal)?, plan);
    }
    let options = CastOptions { safe: true, format_options: FormatOptions::default() };
    let Ok(array) = cast_with_options(&source, &target, &options) else {
        // No such conversion at all: every value is at fault.
        let rows = (0..source.len()).filter(|row| !source.is_null(*row)).collect();
        return Ok((arrow::array::new_null_array(&target, source.len()), rows));
    };
    let exact = !must_be_exact(source.data_type(), plan.column_type);
    let kept: Option<BooleanArray> = if exact {
        None
    } else {
        let back = cast_with_options(&array, source.data_type(), &options).map_err(Error::internal)?;
        Some(not_distinct(&source, &back).map_err(Error::internal)?)
    };
    let lost =
        |row: usize| !source.is_null(row) && (array.is_null(row) || kept.as_ref().is_some_and(|k| !k.value(row)));
    let rows = (0..source.len()).filter(|row| lost(*row)).collect();
    Ok((array, rows))
}

/// Whether the conversion may lose something that the user would miss: halves
/// of numbers, the time of a day. (Nanoseconds are cut to microseconds.)
fn must_be_exact(source: &DataType, target: ColumnType) -> bool {
    let narrowing =
        matches!(target, ColumnType::Int64 | ColumnType::Date | ColumnType::Decimal { .. } | ColumnType::Bool);
    narrowing && natural(source) != target
}

/// Text read as CSV fields are.
fn from_text(text: &ArrayRef, plan: &ColumnPlan) -> Result<(ArrayRef, Vec<usize>)> {
    let text =
        text.as_any().downcast_ref::<StringArray>().ok_or_else(|| Error::internal("a text column that isn't text"))?;
    let mut values = String::new();
    let mut cells = Vec::with_capacity(text.len());
    for value in text {
        let Some(value) = value else {
            cells.push(Cell::MISSING);
            continue;
        };
        let start = values.len();
        values.push_str(value);
        cells.push(Cell::quoted(start, values.len(), false));
    }
    if values.len() > TEXT_LIMIT {
        return Err(Error::internal("a batch of more than a gigabyte of text"));
    }
    let table = CellTable { text: &values, cells: &cells, width: 1, quote: '"' };
    let mut rows = Vec::new();
    let array = BuildPlan::without_columns().column(&table, 0, plan, &mut |row| rows.push(row))?;
    Ok((array, rows))
}

/// Nested values as JSON text.
fn json_texts(source: &ArrayRef) -> Result<StringArray, ArrowError> {
    let field: FieldRef = Arc::new(Field::new("value", source.data_type().clone(), true));
    let options = EncoderOptions::default().with_explicit_nulls(true);
    let mut encoder = make_encoder(&field, source.as_ref(), &options)?;
    let mut texts = StringBuilder::new();
    let mut buffer = Vec::new();
    for row in 0..source.len() {
        if source.is_null(row) {
            texts.append_null();
            continue;
        }
        buffer.clear();
        encoder.encode(row, &mut buffer);
        texts.append_value(String::from_utf8_lossy(&buffer));
    }
    Ok(texts.finish())
}

/// A value as text, for messages and samples.
pub(crate) fn shown(array: &ArrayRef, row: usize) -> String {
    ArrayFormatter::try_new(array.as_ref(), &FormatOptions::default())
        .map_or_else(|_| String::new(), |f| f.value(row).to_string())
}
