//! What leaves the engine: plain text and binary columns instead of views, and
//! names as people wrote them.

use std::sync::Arc;

use arrow::{
    array::{Array, AsArray, RecordBatch, RecordBatchOptions},
    compute::cast,
    datatypes::{DataType, Field, Fields, Schema, SchemaRef},
};
use tandem_core::{Error, Result};

use crate::sql::from_internal;

/// The columns as the caller gets them.
pub(crate) fn presented_schema(schema: &Schema) -> SchemaRef {
    let fields = schema
        .fields()
        .iter()
        .map(|field| Arc::new(Field::new(from_internal(field.name()), plain(field.data_type()), field.is_nullable())));
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

/// The type without views, inside lists and structs as well.
fn plain(data_type: &DataType) -> DataType {
    let field = |field: &Field| Arc::new(Field::new(field.name(), plain(field.data_type()), field.is_nullable()));
    match data_type {
        DataType::Utf8View => DataType::Utf8,
        DataType::BinaryView => DataType::Binary,
        DataType::List(inner) => DataType::List(field(inner)),
        DataType::LargeList(inner) => DataType::LargeList(field(inner)),
        DataType::FixedSizeList(inner, size) => DataType::FixedSizeList(field(inner), *size),
        DataType::Struct(fields) => DataType::Struct(fields.iter().map(|f| field(f)).collect::<Fields>()),
        DataType::Map(entries, sorted) => DataType::Map(field(entries), *sorted),
        DataType::Dictionary(_, value) => plain(value),
        other => other.clone(),
    }
}

/// The rows with the columns of `schema`, in as many batches as it takes for
/// text to fit.
pub(crate) fn presented(batch: &RecordBatch, schema: &SchemaRef) -> Result<Vec<RecordBatch>> {
    /// Text of one batch, at most; an array holds twice that.
    const MAX_TEXT: usize = 1 << 30;
    let rows = batch.num_rows();
    if rows > 1 && text_bytes(batch) > MAX_TEXT {
        let (first, rest) = (batch.slice(0, rows / 2), batch.slice(rows / 2, rows - rows / 2));
        let mut batches = presented(&first, schema)?;
        batches.extend(presented(&rest, schema)?);
        return Ok(batches);
    }
    let columns = batch.columns().iter().zip(schema.fields()).map(|(array, field)| {
        if array.data_type() == field.data_type() {
            Ok(array.clone())
        } else {
            cast(array, field.data_type()).map_err(Error::internal)
        }
    });
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    let columns = columns.collect::<Result<Vec<_>>>()?;
    Ok(vec![RecordBatch::try_new_with_options(schema.clone(), columns, &options).map_err(Error::internal)?])
}

/// Bytes of the longest text or binary column.
fn text_bytes(batch: &RecordBatch) -> usize {
    batch.columns().iter().map(|array| viewed_bytes(array.as_ref())).max().unwrap_or(0)
}

/// Bytes that an array of views points at; the lower half of a view is the length.
fn viewed_bytes(array: &dyn Array) -> usize {
    match array.data_type() {
        DataType::Utf8View => array.as_string_view().views().iter().map(|view| *view as u32 as usize).sum(),
        DataType::BinaryView => array.as_binary_view().views().iter().map(|view| *view as u32 as usize).sum(),
        _ => 0,
    }
}

/// Bytes of the rows themselves, whatever larger buffers they lie in.
pub(crate) fn row_bytes(batch: &RecordBatch) -> usize {
    let bytes = |array: &dyn Array| array.to_data().get_slice_memory_size().unwrap_or(0) + viewed_bytes(array);
    batch.columns().iter().map(|array| bytes(array.as_ref())).sum()
}
