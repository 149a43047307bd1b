//! Which columns a Delta table can hold, and how batches are made to fit them.

use std::{collections::HashMap, sync::Arc};

use arrow::{
    array::{ArrayRef, RecordBatch, new_null_array},
    compute::{CastOptions, cast_with_options},
    datatypes::{DataType, Field, Fields, Schema, SchemaRef, TimeUnit},
    error::ArrowError,
};
use deltalake_core::kernel::{
    StructType,
    engine::arrow_conversion::{TryIntoArrow, TryIntoKernel},
};
use tandem_core::{Error, ErrorCode, Result};

const UTC: &str = "UTC";

/// The columns as they are stored: every type that Delta Lake knows as it is,
/// others as the nearest that loses nothing (unsigned numbers wider, clock
/// times, durations and intervals as ISO 8601 text, timestamps in microseconds, with a
/// zone as UTC). Every column may be null.
///
/// # Errors
/// `schema_mismatch` where a type can't be stored or two columns have one name.
pub(crate) fn storable(schema: &Schema) -> Result<SchemaRef> {
    if schema.fields().is_empty() {
        return Err(mismatch("There is no column. Import a file with at least one.".into()));
    }
    let mut names: HashMap<String, &str> = HashMap::new();
    for field in schema.fields() {
        if field.name().is_empty() {
            return Err(mismatch("A column has no name. Name every column.".into()));
        }
        if let Some(other) = names.insert(field.name().to_lowercase(), field.name()) {
            return Err(mismatch(format!(
                "The columns “{other}” and “{}” have the same name but for case. Rename one.",
                field.name()
            )));
        }
    }
    let fields = schema.fields().iter().map(|f| storable_field(f)).collect::<Result<Fields>>()?;
    canonical(&Schema::new(fields))
}

/// The columns as Delta Lake names their inner parts.
fn canonical(schema: &Schema) -> Result<SchemaRef> {
    let kernel: StructType = schema.try_into_kernel().map_err(unstorable)?;
    let arrow: Schema = (&kernel).try_into_arrow().map_err(unstorable)?;
    Ok(Arc::new(arrow))
}

/// The columns as they stand in the table's metadata.
pub(super) fn to_delta(schema: &Schema) -> Result<StructType> {
    schema.try_into_kernel().map_err(unstorable)
}

fn unstorable(error: ArrowError) -> Error {
    mismatch("A column has a type that can't be stored. Convert it to text or a number.".into()).with_source(error)
}

fn mismatch(message: String) -> Error {
    Error::new(ErrorCode::SchemaMismatch, message)
}

fn storable_field(field: &Field) -> Result<Field> {
    let stored = storable_type(field.data_type()).ok_or_else(|| {
        mismatch(format!(
            "Column “{}” has the type {}, which can't be stored. Convert it to text or a number.",
            field.name(),
            field.data_type()
        ))
    })?;
    Ok(Field::new(field.name(), stored, true))
}

fn storable_type(data_type: &DataType) -> Option<DataType> {
    use DataType as T;
    let inner = |field: &Field| Some(Arc::new(Field::new(field.name(), storable_type(field.data_type())?, true)));
    Some(match data_type {
        T::Boolean | T::Int8 | T::Int16 | T::Int32 | T::Int64 | T::Float32 | T::Float64 => data_type.clone(),
        T::Date32 | T::Utf8 | T::Binary => data_type.clone(),
        T::UInt8 => T::Int16,
        T::UInt16 => T::Int32,
        T::UInt32 => T::Int64,
        T::UInt64 => T::Decimal128(20, 0),
        T::Float16 => T::Float32,
        T::LargeBinary | T::BinaryView | T::FixedSizeBinary(_) => T::Binary,
        T::Null | T::LargeUtf8 | T::Utf8View => T::Utf8,
        T::Time32(_) | T::Time64(_) | T::Duration(_) | T::Interval(_) => T::Utf8,
        T::Timestamp(_, Some(_)) => T::Timestamp(TimeUnit::Microsecond, Some(UTC.into())),
        T::Timestamp(_, None) | T::Date64 => T::Timestamp(TimeUnit::Microsecond, None),
        T::Decimal32(p, s) | T::Decimal64(p, s) | T::Decimal128(p, s) | T::Decimal256(p, s) => decimal(*p, *s),
        T::Dictionary(_, value) => storable_type(value)?,
        T::RunEndEncoded(_, value) => storable_type(value.data_type())?,
        T::List(f) | T::LargeList(f) | T::FixedSizeList(f, _) | T::ListView(f) | T::LargeListView(f) => {
            T::List(inner(f)?)
        }
        T::Struct(fields) => T::Struct(fields.iter().map(|f| inner(f)).collect::<Option<Fields>>()?),
        T::Map(entries, sorted) => {
            let T::Struct(pair) = entries.data_type() else { return None };
            let [key, value] = pair.as_ref() else { return None };
            let pair = vec![
                Field::new(key.name(), storable_type(key.data_type())?, false),
                Field::new(value.name(), storable_type(value.data_type())?, true),
            ];
            T::Map(Arc::new(Field::new(entries.name(), T::Struct(pair.into()), false)), *sorted)
        }
        T::Union(..) => return None,
    })
}

/// Decimals of up to 38 digits; longer ones become text rather than less exact.
fn decimal(precision: u8, scale: i8) -> DataType {
    let (precision, scale) =
        if scale < 0 { (precision.saturating_add(scale.unsigned_abs()), 0) } else { (precision, scale) };
    if precision <= 38 { DataType::Decimal128(precision, scale) } else { DataType::Utf8 }
}

/// The columns of the table after batches of `raw` are added to `table`:
/// columns that are missing become null in rows that are new.
///
/// # Errors
/// `schema_mismatch` where a type doesn't fit, or there is a new column and
/// `allow_new` is not given.
pub(super) fn merge(table: &Schema, raw: &Schema, allow_new: bool) -> Result<SchemaRef> {
    let incoming = storable(raw)?;
    let mut fields: Vec<Arc<Field>> = table.fields().iter().cloned().collect();
    for (field, raw) in incoming.fields().iter().zip(raw.fields()) {
        match find(table, field.name()) {
            Some(at) => {
                let target = table.field(at);
                if !raw.data_type().is_null() && !fits(field.data_type(), target.data_type()) {
                    return Err(mismatch(format!(
                        "Column “{}” is {} in the dataset and {} in the input; nothing was written. \
                         Convert it, or replace the dataset.",
                        target.name(),
                        target.data_type(),
                        field.data_type()
                    )));
                }
            }
            None if allow_new => fields.push(field.clone()),
            None => {
                return Err(mismatch(format!(
                    "The input has the column “{}”, which the dataset doesn't have; nothing was written. \
                     Leave the column out of the input, or replace the dataset.",
                    field.name()
                )));
            }
        }
    }
    Ok(Arc::new(Schema::new(fields)))
}

/// The column of this name, exactly or but for case.
pub(crate) fn find(schema: &Schema, name: &str) -> Option<usize> {
    schema.index_of(name).ok().or_else(|| {
        let folded = name.to_lowercase();
        schema.fields().iter().position(|field| field.name().to_lowercase() == folded)
    })
}

/// Whether every value of `from` is a value of `to`.
fn fits(from: &DataType, to: &DataType) -> bool {
    use DataType as T;
    match (from, to) {
        _ if from == to => true,
        (T::Int8, T::Int16 | T::Int32 | T::Int64 | T::Float32 | T::Float64)
        | (T::Int16, T::Int32 | T::Int64 | T::Float32 | T::Float64)
        | (T::Int32, T::Int64 | T::Float64)
        | (T::Float32, T::Float64) => true,
        (T::Decimal128(p, s), T::Decimal128(to_p, to_s)) => {
            to_s >= s && i16::from(*to_p) - i16::from(*to_s) >= i16::from(*p) - i16::from(*s)
        }
        (T::List(f), T::List(t)) => fits(f.data_type(), t.data_type()),
        (T::Struct(f), T::Struct(t)) => {
            f.len() == t.len()
                && f.iter().zip(t).all(|(f, t)| f.name() == t.name() && fits(f.data_type(), t.data_type()))
        }
        _ => false,
    }
}

/// Turns batches of one schema into batches of another.
#[derive(Debug)]
pub(super) struct Conform {
    target: SchemaRef,
    /// For each column of the target, the column of the source.
    from: Vec<Option<usize>>,
}

impl Conform {
    pub(super) fn new(source: &Schema, target: SchemaRef) -> Self {
        let from = target.fields().iter().map(|field| find(source, field.name())).collect();
        Self { target, from }
    }

    /// # Errors
    /// `schema_mismatch` where a value can't be stored in its column's type.
    pub(super) fn apply(&self, batch: &RecordBatch) -> Result<RecordBatch> {
        let columns = self
            .target
            .fields()
            .iter()
            .zip(&self.from)
            .map(|(field, from)| match from {
                Some(at) => convert(batch.column(*at), field),
                None => Ok(new_null_array(field.data_type(), batch.num_rows())),
            })
            .collect::<Result<Vec<_>>>()?;
        let options = arrow::array::RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
        RecordBatch::try_new_with_options(self.target.clone(), columns, &options).map_err(|error| {
            mismatch("A batch doesn't have the columns it was announced with.".into()).with_source(error)
        })
    }
}

fn convert(array: &ArrayRef, field: &Field) -> Result<ArrayRef> {
    if array.data_type() == field.data_type() {
        return Ok(array.clone());
    }
    let options = CastOptions { safe: false, ..CastOptions::default() };
    cast_with_options(array, field.data_type(), &options).map_err(|error| {
        mismatch(format!(
            "A value of column “{}” ({}) can't be stored as {}; nothing was written. Convert the column first.",
            field.name(),
            array.data_type(),
            field.data_type()
        ))
        .with_source(error)
    })
}
