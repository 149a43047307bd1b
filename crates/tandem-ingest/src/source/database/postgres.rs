//! PostgreSQL, read with `COPY … TO STDOUT`, which is CSV already.

use std::collections::HashMap;

use sqlx::{
    AssertSqlSafe, Column as _, Connection as _, Executor as _, PgConnection, Row as _, SqlSafeStr as _,
    Statement as _, TypeInfo as _,
};
use tandem_core::{Error, ErrorCode, Result};

use super::{
    DatabaseSource, connect,
    describe::{Described, exact},
    feed::Feed,
    next, quoted, unless, wrapped,
};
use crate::types::ColumnType;

/// Makes values come as they are expected, and keeps the query from writing.
const BEGIN: &str = "SET datestyle = 'ISO, YMD'; SET timezone = 'UTC'; SET intervalstyle = 'iso_8601'; \
                     SET bytea_output = 'hex'; SET client_encoding = 'UTF8'; SET extra_float_digits = 1; \
                     BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY";

/// Columns and types of the statement.
pub(super) async fn describe(source: &DatabaseSource, statement: &str) -> Result<Vec<Described>> {
    let mut connection = connect::postgres(source).await?;
    let exacts = match &source.table {
        Some(table) => exact_columns(&mut connection, table).await?,
        None => HashMap::new(),
    };
    begin(&mut connection).await?;
    let prepared = prepare(&mut connection, statement).await?;
    let columns = prepared.columns().iter().map(|column| {
        let column_type = match column.type_info().name() {
            "BOOL" => ColumnType::Bool,
            "INT2" | "INT4" | "INT8" | "OID" => ColumnType::Int64,
            "FLOAT4" | "FLOAT8" => ColumnType::Float64,
            "NUMERIC" => exacts.get(column.name()).copied().unwrap_or(ColumnType::Float64),
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

/// The types of a table's exact numbers, which a prepared statement doesn't tell.
async fn exact_columns(connection: &mut PgConnection, table: &str) -> Result<HashMap<String, ColumnType>> {
    const SQL: &str = "SELECT attname::text, ((atttypmod - 4) >> 16) & 65535, (atttypmod - 4) & 2047 \
                       FROM pg_attribute WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped \
                       AND atttypid = 'numeric'::regtype AND atttypmod >= 4";
    let rows = sqlx::query(SQL).bind(quoted(table, '"')?).fetch_all(connection).await.map_err(connect::failed)?;
    let column = |row: &sqlx::postgres::PgRow| -> sqlx::Result<(String, ColumnType)> {
        let (precision, scale): (i32, i32) = (row.try_get(1)?, row.try_get(2)?);
        Ok((row.try_get(0)?, exact(Some(precision.into()), Some(scale.into()))))
    };
    rows.iter().map(column).collect::<sqlx::Result<_>>().map_err(connect::failed)
}
