//! PostgreSQL, read with `COPY … TO STDOUT`, which is CSV already.

use std::collections::HashMap;

use sqlx::{
    AssertSqlSafe, Column as _, Connection as _, Executor as _, PgConnection, Row as _, SqlSafeStr as _,
    Statement as _, TypeInfo as _,
    postgres::{PgColumn, PgRow},
};
use tandem_core::{Error, ErrorCode, Result};

use super::{
    DatabaseSource, connect,
    describe::{Described, exact},
    feed::Feed,
    next, unless, wrapped,
};
use crate::types::ColumnType;

/// Makes values come as they are expected, and keeps the query from writing.
const BEGIN: &str = "SET datestyle = 'ISO, YMD'; SET timezone = 'UTC'; SET intervalstyle = 'iso_8601'; \
                     SET bytea_output = 'hex'; SET client_encoding = 'UTF8'; SET extra_float_digits = 1; \
                     BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY";

/// The code of [`connect::failed`] for values of a type that the driver doesn't know.
const UNREADABLE: ErrorCode = ErrorCode::UnsupportedFormat;

/// Columns and types of the statement.
pub(super) async fn describe(source: &DatabaseSource, statement: &str) -> Result<Vec<Described>> {
    let mut connection = connect::postgres(source).await?;
    begin(&mut connection).await?;
    let prepared = match prepare(&mut connection, statement).await {
        Ok(prepared) => prepared,
        Err(error) if error.code() == UNREADABLE => return Err(unreadable(connection, statement, error).await),
        Err(error) => return Err(error),
    };
    let exacts = exact_columns(&mut connection, prepared.columns()).await?;
    let columns = prepared.columns().iter().map(|column| {
        let column_type = match column.type_info().name() {
            "BOOL" => ColumnType::Bool,
            "INT2" | "INT4" | "INT8" | "OID" => ColumnType::Int64,
            "FLOAT4" | "FLOAT8" => ColumnType::Float64,
            "NUMERIC" => return Described::exact(column.name(), place(column).and_then(|at| exacts.get(&at)).copied()),
            "DATE" => ColumnType::Date,
            "TIMESTAMP" => ColumnType::Timestamp,
            "TIMESTAMPTZ" => ColumnType::TimestampTz,
            "BYTEA" => ColumnType::Binary,
            _ => ColumnType::Text,
        };
        Described::new(column.name(), column_type)
    });
    let columns = columns.collect();
    // What was wanted is known; a failure to say goodbye changes nothing.
    let _ = connection.close().await;
    Ok(columns)
}

/// Feeds the rows of the statement.
pub(super) async fn read(source: &DatabaseSource, statement: &str, most: Option<u32>, feed: &mut Feed) -> Result<()> {
    let mut connection = connect::postgres(source).await?;
    begin(&mut connection).await?;
    prepare(&mut connection, statement).await?;
    let inner = if most.is_some() { wrapped(statement, most) } else { statement.to_owned() };
    let copy = format!("COPY (\n{inner}\n) TO STDOUT (FORMAT csv)");
    let cancel = feed.cancel.clone();
    let mut rows = unless(&cancel, connection.copy_out_raw(&copy)).await?;
    while let Some(row) = next(&mut rows, &cancel).await? {
        if !feed.rows(&row) {
            return Ok(());
        }
    }
    drop(rows);
    let _ = connection.close().await;
    Ok(())
}

async fn begin(connection: &mut PgConnection) -> Result<()> {
    sqlx::raw_sql(BEGIN).execute(connection).await.map(drop).map_err(connect::failed)
}

/// Prepares the statement as it stands: it is one, and its parentheses match.
async fn prepare(connection: &mut PgConnection, statement: &str) -> Result<sqlx::postgres::PgStatement> {
    let sql = AssertSqlSafe(statement).into_sql_str();
    let prepared = connection.prepare(sql).await.map_err(connect::failed)?;
    if prepared.columns().is_empty() {
        return Err(Error::new(ErrorCode::SqlNotAllowed, "The statement gives no rows. Write one SELECT."));
    }
    Ok(prepared)
}

/// A column's place in the table that it comes from: the table's identifier, and the column's number.
type Place = (i64, i64);

/// Where a column comes from; none where it is computed.
fn place(column: &PgColumn) -> Option<Place> {
    Some((i64::from(column.relation_id()?.0), i64::from(column.relation_attribute_no()?)))
}

/// The types of exact numbers that come from tables, which a prepared statement doesn't tell.
async fn exact_columns(connection: &mut PgConnection, columns: &[PgColumn]) -> Result<HashMap<Place, ColumnType>> {
    const SQL: &str = "SELECT attrelid::int8, attnum::int8, ((atttypmod - 4) >> 16) & 65535, (atttypmod - 4) & 2047 \
                       FROM pg_attribute WHERE attrelid::int8 = ANY($1) AND atttypid = 'numeric'::regtype \
                       AND atttypmod >= 4";
    let tables: Vec<i64> = columns.iter().filter_map(place).map(|(table, _)| table).collect();
    if tables.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = sqlx::query(SQL).bind(tables).fetch_all(connection).await.map_err(connect::failed)?;
    let column = |row: &PgRow| -> sqlx::Result<(Place, ColumnType)> {
        let (precision, scale): (i32, i32) = (row.try_get(2)?, row.try_get(3)?);
        Ok(((row.try_get(0)?, row.try_get(1)?), exact(Some(precision.into()), Some(scale.into()))))
    };
    rows.iter().map(column).collect::<sqlx::Result<_>>().map_err(connect::failed)
}

/// What to say of a statement with a column of a type that the driver doesn't know: which column that is, if it can
/// be found out by looking at a row.
async fn unreadable(mut connection: PgConnection, statement: &str, error: Error) -> Error {
    // Types for the database's own use; of these the driver knows "char".
    const SQL: &str = "SELECT t.oid::int8, t.oid::regtype::text FROM pg_type t \
                       JOIN pg_type e ON e.oid = CASE t.typcategory WHEN 'A' THEN t.typelem ELSE t.oid END \
                       WHERE e.typcategory = 'Z' AND e.oid <> '\"char\"'::regtype";
    let find = async {
        let row = sqlx::raw_sql(AssertSqlSafe(wrapped(statement, Some(1)))).fetch_optional(&mut connection).await?;
        let unknown = sqlx::raw_sql(SQL).fetch_all(&mut connection).await?;
        let mut names = HashMap::new();
        for row in &unknown {
            names.insert(row.try_get::<i64, _>(0)?, row.try_get::<String, _>(1)?);
        }
        let of = |column: &PgColumn| {
            let oid = column.type_info().oid()?;
            Some((column.name().to_owned(), names.get(&i64::from(oid.0))?.clone()))
        };
        Ok::<_, sqlx::Error>(row.iter().flat_map(|row| row.columns()).find_map(of))
    };
    match find.await {
        Ok(Some((column, kind))) => Error::new(
            UNREADABLE,
            format!("The column `{column}` is of the type {kind}, which can't be read. Cast it in a query: `{column}::text`."),
        )
        .with_source(error),
        _ => error,
    }
}
