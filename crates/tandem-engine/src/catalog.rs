//! What the tables of a plan look like to the person who asks: for completion,
//! for `SHOW` and `DESCRIBE`, for `information_schema`.

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, BooleanArray, Int64Array, RecordBatch, StringArray},
    datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit},
};
use datafusion::{catalog::TableProvider, datasource::MemTable};
use tandem_core::{Error, Result};

use crate::{AccessPlan, Batches, TableRef, engine::Inner, query::visible_schema};

/// A table as the person who asks sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct TableColumns {
    /// Its name.
    pub table: TableRef,
    /// The columns that aren't hidden, as masked.
    pub schema: SchemaRef,
}

/// All tables of the plan.
pub(crate) async fn describe(inner: &Arc<Inner>, plan: &AccessPlan) -> Result<Vec<TableColumns>> {
    let mut tables = Vec::with_capacity(plan.tables.len());
    for table in plan.tables.keys() {
        tables.push(TableColumns { table: table.clone(), schema: visible_schema(inner, plan, table).await? });
    }
    Ok(tables)
}

/// A type as people know it: `int64`, `text`, `decimal(10,2)`, `timestamp`,
/// `list<text>`.
pub fn type_name(data_type: &DataType) -> String {
    use DataType as T;
    match data_type {
        T::Null => "null".into(),
        T::Boolean => "boolean".into(),
        T::Int8 | T::Int16 | T::Int32 | T::Int64 | T::UInt8 | T::UInt16 | T::UInt32 | T::UInt64 => {
            data_type.to_string().to_lowercase()
        }
        T::Float16 | T::Float32 | T::Float64 => data_type.to_string().to_lowercase(),
        T::Utf8 | T::LargeUtf8 | T::Utf8View => "text".into(),
        T::Binary | T::LargeBinary | T::BinaryView | T::FixedSizeBinary(_) => "binary".into(),
        T::Date32 | T::Date64 => "date".into(),
        T::Time32(_) | T::Time64(_) => "time".into(),
        T::Timestamp(TimeUnit::Second | TimeUnit::Millisecond | TimeUnit::Microsecond | TimeUnit::Nanosecond, zone) => {
            if zone.is_some() {
                "timestamp with time zone".into()
            } else {
                "timestamp".into()
            }
        }
        T::Duration(_) | T::Interval(_) => "interval".into(),
        T::Decimal32(p, s) | T::Decimal64(p, s) | T::Decimal128(p, s) | T::Decimal256(p, s) => {
            format!("decimal({p},{s})")
        }
        T::List(f) | T::LargeList(f) | T::FixedSizeList(f, _) | T::ListView(f) | T::LargeListView(f) => {
            format!("list<{}>", type_name(f.data_type()))
        }
        T::Struct(fields) => {
            let parts: Vec<String> =
                fields.iter().map(|f| format!("{}: {}", f.name(), type_name(f.data_type()))).collect();
            format!("struct<{}>", parts.join(", "))
        }
        T::Map(entries, _) => match entries.data_type() {
            T::Struct(pair) if pair.len() == 2 => {
                let parts: Vec<String> = pair.iter().map(|f| type_name(f.data_type())).collect();
                format!("map<{}>", parts.join(", "))
            }
            _ => "map".into(),
        },
        T::Dictionary(_, value) => type_name(value),
        T::RunEndEncoded(_, value) => type_name(value.data_type()),
        T::Union(..) => "union".into(),
    }
}

/// Rows of `SHOW TABLES`.
pub(crate) fn listed_tables(plan: &AccessPlan) -> Result<Batches> {
    let names = StringArray::from_iter_values(plan.tables.keys().map(ToString::to_string));
    rows(vec![("table_name", Arc::new(names))])
}

/// Rows of `DESCRIBE` and `SHOW COLUMNS`.
pub(crate) fn listed_columns(schema: &Schema) -> Result<Batches> {
    let names = StringArray::from_iter_values(schema.fields().iter().map(|field| field.name()));
    let types = StringArray::from_iter_values(schema.fields().iter().map(|field| type_name(field.data_type())));
    rows(vec![("column_name", Arc::new(names)), ("data_type", Arc::new(types))])
}

fn batch(columns: Vec<(&str, ArrayRef)>) -> Result<RecordBatch> {
    let fields = columns.iter().map(|(name, array)| Field::new(*name, array.data_type().clone(), true));
    let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
    RecordBatch::try_new(schema, columns.into_iter().map(|(_, array)| array).collect()).map_err(Error::internal)
}

fn rows(columns: Vec<(&str, ArrayRef)>) -> Result<Batches> {
    let batch = batch(columns)?;
    Ok(Batches::from_vec(batch.schema(), vec![batch]))
}

/// `information_schema.tables` and `.columns`, of this plan alone.
pub(crate) fn information_schema(tables: &[TableColumns]) -> Result<Vec<(String, Arc<dyn TableProvider>)>> {
    let names = || tables.iter().map(|table| table.table.to_string());
    let (mut of, mut column, mut place, mut kind) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for table in tables {
        for (at, field) in table.schema.fields().iter().enumerate() {
            of.push(table.table.to_string());
            column.push(field.name().clone());
            place.push(i64::try_from(at + 1).map_err(Error::internal)?);
            kind.push(type_name(field.data_type()));
        }
    }
    let nullable = BooleanArray::from(vec![true; of.len()]);
    let table = |columns| -> Result<Arc<dyn TableProvider>> {
        let batch = batch(columns)?;
        Ok(Arc::new(MemTable::try_new(batch.schema(), vec![vec![batch]]).map_err(Error::internal)?))
    };
    Ok(vec![
        ("tables".into(), table(vec![("table_name", Arc::new(StringArray::from_iter_values(names())))])?),
        (
            "columns".into(),
            table(vec![
                ("table_name", Arc::new(StringArray::from(of))),
                ("column_name", Arc::new(StringArray::from(column))),
                ("ordinal_position", Arc::new(Int64Array::from(place))),
                ("data_type", Arc::new(StringArray::from(kind))),
                ("is_nullable", Arc::new(nullable)),
            ])?,
        ),
    ])
}
