//! SQLite. Its values have types of their own whatever the column's, so types
//! are those of the first rows.

use sqlx::{
    AssertSqlSafe, Column as _, ConnectOptions as _, Connection as _, Executor as _, Row as _, SqlSafeStr as _,
    SqliteConnection, Statement as _, TypeInfo as _, ValueRef as _,
    sqlite::{SqliteConnectOptions, SqliteRow},
};
use tandem_core::{Error, ErrorCode, Result};

use super::{DatabaseSource, connect, describe::Described, feed::Feed, next, wrapped};
use crate::{sniff::infer::Inference, types::ColumnType};

/// Rows of which types are looked at.
const LOOKED_AT: u32 = 10_000;

/// Columns of the statement, with the types of its first rows.
pub(super) async fn describe(source: &DatabaseSource, statement: &str) -> Result<Vec<Described>> {
    let mut connection = open(source).await?;
    let prepared = prepare(&mut connection, statement).await?;
    let columns = prepared.columns();
    let mut seen: Vec<Seen> =
        columns.iter().map(|c| Seen { declared: c.type_info().name().to_owned(), ..Seen::default() }).collect();
    {
        let mut rows = sqlx::raw_sql(AssertSqlSafe(wrapped(statement, Some(LOOKED_AT)))).fetch(&mut connection);
        while let Some(row) = next(&mut rows, &tandem_core::Cancel::new()).await? {
            for (at, seen) in seen.iter_mut().enumerate() {
                seen.observe(&row, at).map_err(connect::failed)?;
            }
        }
    }
    let described = columns.iter().zip(&seen).map(|(column, seen)| Described {
        samples: seen.texts.samples().to_vec(),
        ..Described::new(column.name(), seen.column_type(column.name()))
    });
    let described = described.collect();
    // What was wanted is known; a failure to say goodbye changes nothing.
    let _ = connection.close().await;
    Ok(described)
}

/// Feeds the rows of the statement.
pub(super) async fn read(source: &DatabaseSource, statement: &str, most: Option<u32>, feed: &mut Feed) -> Result<()> {
    let mut connection = open(source).await?;
    prepare(&mut connection, statement).await?;
    let cancel = feed.cancel.clone();
    let mut rows = sqlx::raw_sql(AssertSqlSafe(wrapped(statement, most))).fetch(&mut connection);
    while let Some(row) = next(&mut rows, &cancel).await? {
        for at in 0..row.len() {
            put(feed, &row, at).map_err(connect::failed)?;
        }
        if !feed.end_row() {
            return Ok(());
        }
    }
    drop(rows);
    let _ = connection.close().await;
    Ok(())
}

fn put(feed: &mut Feed, row: &SqliteRow, at: usize) -> sqlx::Result<()> {
    let value = row.try_get_raw(at)?;
    if value.is_null() {
        feed.null();
        return Ok(());
    }
    match storage(&value).as_str() {
        "INTEGER" => feed.plain(row.try_get_unchecked::<i64, _>(at)?),
        "REAL" => feed.plain(row.try_get_unchecked::<f64, _>(at)?),
        "BLOB" => feed.bytes(row.try_get_unchecked::<&[u8], _>(at)?),
        _ => feed.text(row.try_get_unchecked::<&[u8], _>(at)?, ""),
    }
    Ok(())
}

/// How the value itself is stored.
fn storage(value: &sqlx::sqlite::SqliteValueRef<'_>) -> String {
    value.type_info().name().to_owned()
}

async fn open(source: &DatabaseSource) -> Result<SqliteConnection> {
    let path = source.sqlite_path().unwrap_or_default();
    if !path.is_file() {
        return Err(Error::new(ErrorCode::NotFound, "There is no such SQLite file. Check the path."));
    }
    let options = SqliteConnectOptions::new()
        .filename(path)
        .read_only(true)
        .create_if_missing(false)
        .statement_cache_capacity(0)
        .disable_statement_logging();
    options.connect().await.map_err(connect::refused)
}

/// Prepares the statement as it stands (it is one, and its parentheses match)
/// and then in parentheses, where nothing but a SELECT may be.
async fn prepare(connection: &mut SqliteConnection, statement: &str) -> Result<sqlx::sqlite::SqliteStatement> {
    let alone = AssertSqlSafe(statement).into_sql_str();
    // The outer statement would rename columns of the same name.
    let prepared = connection.prepare(alone).await.map_err(not_sqlite)?;
    let inside = AssertSqlSafe(wrapped(statement, None)).into_sql_str();
    connection.prepare(inside).await.map_err(connect::failed)?;
    Ok(prepared)
}

/// A damaged file is told from a wrong query.
fn not_sqlite(error: sqlx::Error) -> Error {
    // SQLITE_CORRUPT and SQLITE_NOTADB.
    let damaged = matches!(&error, sqlx::Error::Database(e) if matches!(e.code().as_deref(), Some("11" | "26")));
    if damaged {
        return Error::new(ErrorCode::MalformedFile, "The file is damaged, or no SQLite database.").with_source(error);
    }
    connect::failed(error)
}

/// What was seen of one column.
#[derive(Default)]
struct Seen {
    declared: String,
    whole: u64,
    real: u64,
    text: u64,
    bytes: u64,
    texts: Inference,
}

impl Seen {
    fn observe(&mut self, row: &SqliteRow, at: usize) -> sqlx::Result<()> {
        let value = row.try_get_raw(at)?;
        if value.is_null() {
            return Ok(());
        }
        match storage(&value).as_str() {
            "INTEGER" => self.whole += 1,
            "REAL" => self.real += 1,
            "BLOB" => self.bytes += 1,
            _ => {
                self.text += 1;
                self.texts.observe_string(&String::from_utf8_lossy(row.try_get_unchecked::<&[u8], _>(at)?));
            }
        }
        Ok(())
    }

    fn column_type(&self, name: &str) -> ColumnType {
        match (self.whole, self.real, self.text, self.bytes) {
            (0, 0, 0, 0) => self.declared_type(),
            (_, 0, 0, 0) if self.declared == "BOOLEAN" => ColumnType::Bool,
            (_, 0, 0, 0) if self.declared_type() == ColumnType::Float64 => ColumnType::Float64,
            (_, 0, 0, 0) => ColumnType::Int64,
            (_, _, 0, 0) => ColumnType::Float64,
            (0, 0, 0, _) => ColumnType::Binary,
            (0, 0, _, 0) => self.texts.infer(name).column_type,
            _ => ColumnType::Text,
        }
    }

    fn declared_type(&self) -> ColumnType {
        match self.declared.as_str() {
            "INTEGER" | "INT4" | "INT8" => ColumnType::Int64,
            "REAL" | "NUMERIC" => ColumnType::Float64,
            "BOOLEAN" => ColumnType::Bool,
            "DATE" => ColumnType::Date,
            "DATETIME" => ColumnType::Timestamp,
            "BLOB" => ColumnType::Binary,
            _ => ColumnType::Text,
        }
    }
}
