//! MySQL and MariaDB, read with the text protocol.

use std::collections::HashMap;

use sqlx::{
    AssertSqlSafe, Column as _, Connection as _, Executor as _, MySql, MySqlConnection, Row as _, SqlSafeStr as _,
    Statement as _, Type, TypeInfo as _, mysql::MySqlTypeInfo,
};
use tandem_core::Result;

use super::{
    DatabaseSource, connect,
    describe::{Described, exact},
    feed::Feed,
    next, wrapped,
};
use crate::types::ColumnType;

/// Keeps the query from writing, even where a statement would end the transaction.
const BEGIN: &str = "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY; START TRANSACTION READ ONLY";

/// Columns and types of the statement.
pub(super) async fn describe(source: &DatabaseSource, statement: &str) -> Result<Vec<Described>> {
    let mut connection = connect::mysql(source).await?;
    let exacts = match &source.table {
        Some(table) => exact_columns(&mut connection, table).await?,
        None => HashMap::new(),
    };
    begin(&mut connection).await?;
    let prepared = prepare(&mut connection, statement).await?;
    let described = prepared.columns().iter().map(|column| {
        let column_type = match column.type_info().name() {
            "BOOLEAN" => ColumnType::Bool,
            "TINYINT" | "SMALLINT" | "MEDIUMINT" | "INT" | "BIGINT" | "YEAR" | "TINYINT UNSIGNED"
            | "SMALLINT UNSIGNED" | "MEDIUMINT UNSIGNED" | "INT UNSIGNED" => ColumnType::Int64,
            "BIGINT UNSIGNED" => ColumnType::Decimal { precision: 20, scale: 0 },
            "FLOAT" | "DOUBLE" => ColumnType::Float64,
            "DECIMAL" => return Described::exact(column.name(), exacts.get(column.name()).copied()),
            "DATE" => ColumnType::Date,
            "DATETIME" => ColumnType::Timestamp,
            "TIMESTAMP" => ColumnType::TimestampTz,
            _ if is_binary(column.type_info()) => ColumnType::Binary,
            _ => ColumnType::Text,
        };
        Described::new(column.name(), column_type)
    });
    let described = described.collect();
    // What was wanted is known; a failure to say goodbye changes nothing.
    let _ = connection.close().await;
    Ok(described)
}

/// Whether values are bytes. The name alone would have texts of a binary
/// collation among them, such as MariaDB's JSON.
fn is_binary(info: &MySqlTypeInfo) -> bool {
    let named = matches!(info.name(), "BINARY" | "VARBINARY" | "BIT" | "GEOMETRY") || info.name().ends_with("BLOB");
    named && !<str as Type<MySql>>::compatible(info)
}

/// How a column's values are fed.
#[derive(Clone, Copy)]
enum Kind {
    Text,
    Bytes,
    /// A point in time of UTC, which the session's time zone is.
    Moment,
}

/// Feeds the rows of the statement.
pub(super) async fn read(source: &DatabaseSource, statement: &str, most: Option<u32>, feed: &mut Feed) -> Result<()> {
    let mut connection = connect::mysql(source).await?;
    begin(&mut connection).await?;
    prepare(&mut connection, statement).await?;
    let cancel = feed.cancel.clone();
    let mut kinds: Vec<Kind> = Vec::new();
    let mut rows = sqlx::raw_sql(AssertSqlSafe(wrapped(statement, most))).fetch(&mut connection);
    while let Some(row) = next(&mut rows, &cancel).await? {
        if kinds.is_empty() {
            kinds = row.columns().iter().map(|c| kind(c.type_info())).collect();
        }
        for (at, kind) in kinds.iter().enumerate() {
            // In the text protocol every value is its text.
            let value: Option<&[u8]> = row.try_get_unchecked(at).map_err(connect::failed)?;
            match (value, kind) {
                (None, _) => feed.null(),
                (Some(value), Kind::Text) => feed.text(value, ""),
                (Some(value), Kind::Bytes) => feed.bytes(value),
                (Some(value), Kind::Moment) => feed.text(value, "Z"),
            }
        }
        if !feed.end_row() {
            return Ok(());
        }
    }
    drop(rows);
    let _ = connection.close().await;
    Ok(())
}

fn kind(info: &MySqlTypeInfo) -> Kind {
    match info.name() {
        "TIMESTAMP" => Kind::Moment,
        _ if is_binary(info) => Kind::Bytes,
        _ => Kind::Text,
    }
}

async fn begin(connection: &mut MySqlConnection) -> Result<()> {
    sqlx::raw_sql(BEGIN).execute(connection).await.map(drop).map_err(connect::failed)
}

/// Prepares the statement as it stands (it is one, and its parentheses match)
/// and then in parentheses, where nothing but a SELECT may be.
async fn prepare(connection: &mut MySqlConnection, statement: &str) -> Result<sqlx::mysql::MySqlStatement> {
    let alone = AssertSqlSafe(statement).into_sql_str();
    connection.prepare(alone).await.map_err(connect::failed)?;
    let inside = AssertSqlSafe(wrapped(statement, None)).into_sql_str();
    connection.prepare(inside).await.map_err(connect::failed)
}

/// The types of a table's exact numbers, which a prepared statement doesn't tell.
async fn exact_columns(connection: &mut MySqlConnection, table: &str) -> Result<HashMap<String, ColumnType>> {
    const SQL: &str = "SELECT CAST(column_name AS CHAR), CAST(numeric_precision AS SIGNED), \
                       CAST(numeric_scale AS SIGNED) FROM information_schema.columns \
                       WHERE table_schema = COALESCE(?, DATABASE()) AND table_name = ? AND data_type = 'decimal'";
    let (schema, name) = table.split_once('.').map_or((None, table), |(s, n)| (Some(s), n));
    let rows = sqlx::query(SQL).bind(schema).bind(name).fetch_all(connection).await.map_err(connect::failed)?;
    let column = |row: &sqlx::mysql::MySqlRow| -> sqlx::Result<(String, ColumnType)> {
        Ok((row.try_get(0)?, exact(row.try_get(1)?, row.try_get(2)?)))
    };
    rows.iter().map(column).collect::<sqlx::Result<_>>().map_err(connect::failed)
}
