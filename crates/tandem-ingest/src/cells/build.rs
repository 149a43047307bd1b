//! Cells → typed columns.
//!
//! Columns are built one after the other, each in a loop of its own type. A
//! cell that doesn't fit marks its row; marked rows are taken out of every
//! column at the end, which costs nothing where there are none.

use std::sync::Arc;

use arrow::{
    array::{
        ArrayRef, BinaryArray, BooleanArray, BooleanBuilder, PrimitiveArray, PrimitiveBuilder, RecordBatch,
        RecordBatchOptions, StringArray, StringBuilder,
    },
    compute::filter_record_batch,
    datatypes::{
        ArrowPrimitiveType, Date32Type, Decimal128Type, Float64Type, Int64Type, SchemaRef, TimestampMicrosecondType,
    },
};
use tandem_core::{Error, Result};

use super::{CellTable, date, number, unescape};
use crate::{
    options::{ColumnPlan, Delimiter, ResolvedOptions},
    types::ColumnType,
};

/// What to make of each column, prepared once for a whole source.
#[derive(Debug)]
pub(crate) struct BuildPlan {
    schema: SchemaRef,
    columns: Vec<(usize, ColumnPlan)>,
    null_values: Vec<String>,
    /// Whether `1,234` could be a little more than one.
    decimal_commas: bool,
}

/// A cell that does not fit its column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BadCell {
    /// Its row in the table.
    pub(crate) row: usize,
    /// The column's name in the result.
    pub(crate) column: String,
    /// What is wrong, in words.
    pub(crate) message: String,
}

impl BuildPlan {
    /// The plan that the options describe.
    pub(crate) fn new(options: &ResolvedOptions) -> Self {
        Self {
            schema: options.schema(),
            columns: options.included().map(|(i, c)| (i, c.clone())).collect(),
            null_values: options.null_values.clone(),
            // Where commas are decimal, semicolons separate fields.
            decimal_commas: options.delimiter == Delimiter::Byte(b';'),
        }
    }

    /// A plan for single columns.
    pub(crate) fn without_columns() -> Self {
        Self {
            schema: Arc::new(arrow::datatypes::Schema::empty()),
            columns: Vec::new(),
            null_values: Vec::new(),
            decimal_commas: false,
        }
    }

    /// The schema of the batches.
    pub(crate) fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    /// The rows whose cells all fit, and for each other row the first column
    /// that doesn't; by row.
    pub(crate) fn build(&self, table: &CellTable<'_>) -> Result<(RecordBatch, Vec<BadCell>)> {
        let rows = table.rows();
        let mut bad = Vec::<(usize, usize)>::new();
        let mut arrays = Vec::with_capacity(self.columns.len());
        for (place, (index, column)) in self.columns.iter().enumerate() {
            let mut mark = |row| bad.push((row, place));
            arrays.push(self.column(table, *index, column, &mut mark)?);
        }
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        let batch = RecordBatch::try_new_with_options(self.schema(), arrays, &options).map_err(Error::internal)?;
        if bad.is_empty() {
            return Ok((batch, Vec::new()));
        }
        bad.sort_unstable();
        bad.dedup_by_key(|(row, _)| *row);
        let mut keep = vec![true; rows];
        let mut cells = Vec::with_capacity(bad.len());
        for (row, place) in bad {
            keep[row] = false;
            let (index, column) = &self.columns[place];
            let value = table.value(table.cells[row * table.width + index]);
            cells.push(BadCell { row, column: column.name.clone(), message: bad_value(&value, column.column_type) });
        }
        let batch = filter_record_batch(&batch, &BooleanArray::from(keep)).map_err(Error::internal)?;
        Ok((batch, cells))
    }

    /// One column; rows whose cell doesn't fit are told to `bad` and hold a null.
    pub(crate) fn column(
        &self,
        table: &CellTable<'_>,
        index: usize,
        column: &ColumnPlan,
        bad: &mut impl FnMut(usize),
    ) -> Result<ArrayRef> {
        let (order, comma) = (column.date_order, column.decimal_comma);
        Ok(match column.column_type {
            ColumnType::Text => Arc::new(self.text(table, index)),
            ColumnType::Int64 => {
                Arc::new(self.primitive::<Int64Type>(table, index, bad, |b| self.number(b, comma, number::parse_i64)))
            }
            ColumnType::Float64 => {
                Arc::new(self.primitive::<Float64Type>(table, index, bad, |b| self.number(b, comma, number::parse_f64)))
            }
            ColumnType::Date => {
                Arc::new(self.primitive::<Date32Type>(table, index, bad, |b| date::parse_date(b, order)))
            }
            ColumnType::Timestamp => Arc::new(
                self.primitive::<TimestampMicrosecondType>(table, index, bad, |b| date::parse_timestamp(b, order)),
            ),
            ColumnType::TimestampTz => Arc::new(
                self.primitive::<TimestampMicrosecondType>(table, index, bad, |b| date::parse_timestamp_tz(b, order))
                    .with_timezone("UTC"),
            ),
            ColumnType::Decimal { precision, scale } => Arc::new(
                self.primitive::<Decimal128Type>(table, index, bad, |b| {
                    self.number(b, comma, |b| number::parse_decimal(b, precision, scale))
                })
                .with_precision_and_scale(precision, scale)
                .map_err(Error::internal)?,
            ),
            ColumnType::Bool => {
                let mut builder = BooleanBuilder::with_capacity(table.rows());
                self.each(table, index, bad, number::parse_bool, |v| builder.append_option(v));
                Arc::new(builder.finish())
            }
            ColumnType::Binary => {
                Arc::new(BinaryArray::from_iter(self.text(table, index).iter().map(|v| v.map(to_bytes))))
            }
        })
    }

    /// A number as it is written, or as spreadsheets show it.
    #[inline]
    fn number<V>(&self, bytes: &[u8], comma: bool, parse: impl Fn(&[u8]) -> Option<V>) -> Option<V> {
        if comma {
            return number::parse_comma(bytes).and_then(|shown| parse(&shown.plain));
        }
        parse(bytes).or_else(|| {
            let shown = number::parse_shown(bytes)?;
            (shown.certain || !self.decimal_commas).then(|| parse(&shown.plain)).flatten()
        })
    }

    fn primitive<T: ArrowPrimitiveType>(
        &self,
        table: &CellTable<'_>,
        index: usize,
        bad: &mut impl FnMut(usize),
        parse: impl Fn(&[u8]) -> Option<T::Native>,
    ) -> PrimitiveArray<T> {
        let mut builder = PrimitiveBuilder::<T>::with_capacity(table.rows());
        self.each(table, index, bad, parse, |v| match v {
            Some(v) => builder.append_value(v),
            None => builder.append_null(),
        });
        builder.finish()
    }

    /// Hands every value of a column that isn't text to `push`, in order.
    #[inline]
    fn each<V>(
        &self,
        table: &CellTable<'_>,
        index: usize,
        bad: &mut impl FnMut(usize),
        parse: impl Fn(&[u8]) -> Option<V>,
        mut push: impl FnMut(Option<V>),
    ) {
        let text = table.text.as_bytes();
        for (row, cell) in table.column(index).enumerate() {
            let bytes = &text[cell.range()];
            if bytes.is_empty() || self.is_null_value(bytes) {
                push(None);
                continue;
            }
            if let Some(value) = parse(bytes) {
                push(Some(value));
                continue;
            }
            let trimmed = bytes.trim_ascii();
            let value = parse(trimmed);
            if value.is_none() && !trimmed.is_empty() && !number::is_null_token(trimmed) {
                bad(row);
            }
            push(value);
        }
    }

    fn text(&self, table: &CellTable<'_>, index: usize) -> StringArray {
        let bytes: usize = table.column(index).map(|c| c.range().len()).sum();
        let mut builder = StringBuilder::with_capacity(table.rows(), bytes);
        for cell in table.column(index) {
            let raw = table.raw(cell);
            if cell.is_missing() || self.is_null_value(raw.as_bytes()) {
                builder.append_null();
            } else if cell.is_escaped() {
                builder.append_value(unescape(raw, table.quote));
            } else {
                builder.append_value(raw);
            }
        }
        builder.finish()
    }

    #[inline]
    fn is_null_value(&self, bytes: &[u8]) -> bool {
        !self.null_values.is_empty() && self.null_values.iter().any(|n| n.as_bytes() == bytes)
    }
}

/// Bytes of a text: those that digits behind `\x` stand for, else its own.
fn to_bytes(text: &str) -> Vec<u8> {
    let digits = text.strip_prefix("\\x").filter(|d| d.len() % 2 == 0 && d.bytes().all(|b| b.is_ascii_hexdigit()));
    let Some(digits) = digits else { return text.as_bytes().to_vec() };
    let value = |b: u8| char::from(b).to_digit(16).unwrap_or(0) as u8;
    digits.as_bytes().as_chunks::<2>().0.iter().map(|[high, low]| value(*high) << 4 | value(*low)).collect()
}

/// Why a value does not fit.
pub(crate) fn bad_value(value: &str, column_type: ColumnType) -> String {
    let mut shown: String = value.chars().take(80).collect();
    if shown.len() < value.len() {
        shown.push('…');
    }
    format!("`{shown}` is not {}.", column_type.article_name())
}
