//! Tables and queries of PostgreSQL, MySQL (and MariaDB) and SQLite.
//!
//! A query is read in a transaction that can't write, and must be one
//! statement that reads: it is first prepared as it stands, so that it can't
//! break out of the parentheses it is then put in. The rows come as text and
//! go through the same reader as CSV, in parallel.
//!
//! | database | type here |
//! |---|---|
//! | whole numbers, `YEAR` | int64; `BIGINT UNSIGNED` decimal(20,0) |
//! | `NUMERIC(p,s)` of a table, of PostgreSQL in a query too | decimal(p,s) |
//! | other `NUMERIC`, such as a sum in a query | float64, with a warning |
//! | floats | float64 |
//! | `BOOLEAN`, `TINYINT(1)` | bool |
//! | `DATE`, `TIMESTAMP`/`DATETIME` without zone | date, timestamp |
//! | `TIMESTAMPTZ`, MySQL's `TIMESTAMP` | timestamptz |
//! | `BYTEA`, `BLOB`, `BINARY` | binary |
//! | `TIME`, `INTERVAL`, `JSON`, `UUID`, arrays, enumerations, all others | text |
//!
//! NaN, and MySQL's dates of zeros, are read as missing values.

mod connect;
mod describe;
mod feed;
mod mysql;
mod postgres;
mod route;
mod sqlite;

use std::{
    fmt,
    path::{Path, PathBuf},
    thread,
};

use serde::{Deserialize, Serialize};
use tandem_core::{Cancel, Error, ErrorCode, HostPolicy, Result};

use self::{describe::Described, feed::Feed};
use crate::{
    limits::Limits,
    options::{Compression, Delimiter, Format, ImportOptions, Quote, ResolvedOptions},
    read::has_changed,
    reader::{Chunk, Context, Reader},
    sniff::{Sniffed, Warning, WarningCode, header, plan, preview_of},
    text::csv,
};

/// Rows of which a preview is made.
const PREVIEWED: u32 = 100;

/// The kind of database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DatabaseKind {
    /// PostgreSQL.
    Postgres,
    /// MySQL or MariaDB.
    Mysql,
    /// A SQLite file.
    Sqlite,
}

/// A table or query of a database.
#[derive(Clone, Serialize, Deserialize)]
pub struct DatabaseSource {
    /// The kind of database.
    #[serde(rename = "type")]
    pub kind: DatabaseKind,
    /// `postgres://user:password@host:port/database?sslmode=…`, `mysql://…`;
    /// for SQLite the path of the file, which the caller has allowed.
    pub url: String,
    /// A table, as `table` or `schema.table`.
    #[serde(default)]
    pub table: Option<String>,
    /// A query, where no table is given.
    #[serde(default)]
    pub query: Option<String>,
    /// Where it may be. It is the server's to say, and never read from what
    /// somebody asks for.
    #[serde(skip)]
    pub hosts: HostPolicy,
}

impl fmt::Debug for DatabaseSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The URL holds a password.
        let mut shown = f.debug_struct("DatabaseSource");
        shown.field("kind", &self.kind).field("table", &self.table).field("query", &self.query).finish_non_exhaustive()
    }
}

impl DatabaseSource {
    /// The path of a SQLite file, for the caller to check against the folders
    /// that may be read.
    pub fn sqlite_path(&self) -> Option<PathBuf> {
        (self.kind == DatabaseKind::Sqlite).then(|| {
            let url = self.url.strip_prefix("sqlite:").unwrap_or(&self.url);
            PathBuf::from(url.strip_prefix("//").unwrap_or(url))
        })
    }

    /// The same source, read from another path: that of the allowed file.
    #[must_use]
    pub fn with_sqlite_path(mut self, path: &Path) -> Self {
        self.url = path.display().to_string();
        self
    }

    /// Whether its host may be connected to, as far as that can be told
    /// before.
    ///
    /// # Errors
    /// `host_not_allowed`, `source_unavailable`, `invalid_parameter`.
    pub async fn check_host(&self) -> Result<()> {
        connect::check(self).await
    }

    /// The statement that reads it all.
    fn statement(&self) -> Result<String> {
        let wrong = |message: &str| Err(Error::new(ErrorCode::InvalidParameter, message));
        match (&self.table, &self.query) {
            (Some(table), None) => {
                let quote = if self.kind == DatabaseKind::Mysql { '`' } else { '"' };
                Ok(format!("SELECT * FROM {}", quoted(table, quote)?))
            }
            (None, Some(query)) => {
                let query = query.trim().trim_end_matches(';').trim_end();
                if query.is_empty() || query.contains('\0') {
                    return wrong("The query is empty. Write a SELECT.");
                }
                Ok(query.to_owned())
            }
            _ => wrong("Name either a table or a query."),
        }
    }

    /// Looks at the table or query: its columns, and the first rows as they
    /// would be read.
    ///
    /// # Errors
    /// `source_unavailable` where the database can't be reached or refuses,
    /// `invalid_sql` where it can't understand the query, `sql_not_allowed`
    /// where the query would write.
    pub fn sniff(&self, options: &ImportOptions, limits: &Limits) -> Result<Sniffed> {
        let described = self.describe(limits)?;
        let mut warnings = Vec::new();
        let names: Vec<_> = described.iter().map(|c| Some(c.name.clone())).collect();
        let (names, name_warnings) = header::names(Some(&names), described.len());
        warnings.extend(name_warnings);
        let found = described.iter().cloned().zip(names).map(|(column, name)| column.found(name)).collect();
        let (columns, sniffed) = plan::plan(found, options, &mut warnings)?;
        let kept = described.iter().zip(&sniffed).filter(|(_, sniffed)| sniffed.include);
        warnings.extend(kept.filter_map(|(column, sniffed)| column.warning(&sniffed.source, sniffed.column_type)));
        let options = ResolvedOptions {
            format: Format::Database,
            compression: Compression::None,
            encoding: "utf-8".into(),
            carriage_returns: false,
            delimiter: Delimiter::Byte(b','),
            quote: Quote(Some(b'"')),
            header: false,
            skip_rows: 0,
            null_values: options.null_values.clone().unwrap_or_else(|| self.null_values()),
            sheet: None,
            columns,
        };
        let context = Context { limits: limits.clone(), ..Context::default() };
        let (rows, rejects) = preview_of(self.open_part(&options, &context, Some(PREVIEWED))?)?;
        if rows.is_empty() && rejects.is_empty() {
            warnings.push(Warning::new(WarningCode::NoRows, "", "There are no rows."));
        }
        Ok(Sniffed {
            format: Format::Database,
            options,
            columns: sniffed,
            rows,
            rejects,
            warnings,
            sheets: Vec::new(),
            row_estimate: None,
        })
    }

    /// Reads the table or query as settled on.
    ///
    /// # Errors
    /// As [`DatabaseSource::sniff`]; `schema_mismatch` where the columns have
    /// changed since. The reader ends with an error where the connection breaks.
    pub fn open(&self, options: &ResolvedOptions, context: &Context) -> Result<Reader> {
        let described = self.describe(&context.limits)?;
        let names: Vec<_> = described.iter().map(|c| Some(c.name.clone())).collect();
        let (names, _) = header::names(Some(&names), described.len());
        if !names.iter().eq(options.columns.iter().map(|c| &c.source)) {
            return Err(has_changed());
        }
        self.open_part(options, context, None)
    }

    fn null_values(&self) -> Vec<String> {
        match self.kind {
            DatabaseKind::Mysql => {
                ["0000-00-00", "0000-00-00 00:00:00", "0000-00-00 00:00:00Z"].map(str::to_owned).to_vec()
            }
            _ => Vec::new(),
        }
    }

    fn describe(&self, limits: &Limits) -> Result<Vec<Described>> {
        let (source, statement) = (self.clone(), self.statement()?);
        let columns = on_runtime(move || async move {
            match source.kind {
                DatabaseKind::Postgres => postgres::describe(&source, &statement).await,
                DatabaseKind::Mysql => mysql::describe(&source, &statement).await,
                DatabaseKind::Sqlite => sqlite::describe(&source, &statement).await,
            }
        })?;
        if columns.is_empty() || columns.len() > limits.columns {
            return Err(Error::new(ErrorCode::InvalidSql, "The query gives no columns, or too many."));
        }
        Ok(columns)
    }

    /// Reads at most `most` rows.
    fn open_part(&self, options: &ResolvedOptions, context: &Context, most: Option<u32>) -> Result<Reader> {
        let (source, statement) = (self.clone(), self.statement()?);
        let (feed, reader) = feed::channel(context.cancel.clone());
        thread::Builder::new()
            .name("tandem-database".into())
            .spawn(move || produce(&source, &statement, most, feed))?;
        let reader = csv::open_stream(reader, options, context)?;
        let schema = reader.schema();
        // Lines are those of the stream, which nobody sees.
        let without_lines = |mut chunk: Chunk| {
            chunk.rejects.iter_mut().for_each(|r| r.line = None);
            chunk
        };
        Ok(Reader::new(schema, reader.map(move |chunk| chunk.map(without_lines))))
    }
}

/// Feeds the rows until there are none, or nobody waits for them.
fn produce(source: &DatabaseSource, statement: &str, most: Option<u32>, mut feed: Feed) {
    let outcome = runtime().and_then(|runtime| {
        runtime.block_on(async {
            match source.kind {
                DatabaseKind::Postgres => postgres::read(source, statement, most, &mut feed).await,
                DatabaseKind::Mysql => mysql::read(source, statement, most, &mut feed).await,
                DatabaseKind::Sqlite => sqlite::read(source, statement, most, &mut feed).await,
            }
        })
    });
    feed.end(outcome);
}

/// The statement in parentheses, and no more than so many rows of it. The line
/// feed ends a comment that the statement may end in.
fn wrapped(statement: &str, most: Option<u32>) -> String {
    let limit = most.map_or_else(String::new, |n| format!(" LIMIT {n}"));
    format!("SELECT * FROM (\n{statement}\n) AS q{limit}")
}

/// A table's name in quotes, and its schema's before a point.
fn quoted(table: &str, quote: char) -> Result<String> {
    let parts: Vec<&str> = table.splitn(2, '.').collect();
    if table.contains('\0') || parts.iter().any(|p| p.is_empty()) {
        return Err(Error::new(ErrorCode::InvalidParameter, "A table is named `table` or `schema.table`."));
    }
    let part = |p: &&str| format!("{quote}{}{quote}", p.replace(quote, &format!("{quote}{quote}")));
    Ok(parts.iter().map(part).collect::<Vec<_>>().join("."))
}

fn runtime() -> Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Error::from)
}

/// Runs something asynchronous to its end on a thread of its own, since the
/// caller's may belong to a runtime already.
fn on_runtime<T: Send + 'static, F: Future<Output = Result<T>>>(
    work: impl FnOnce() -> F + Send + 'static,
) -> Result<T> {
    let thread = thread::Builder::new()
        .name("tandem-database".into())
        .spawn(move || runtime().and_then(|runtime| runtime.block_on(work())))?;
    thread.join().unwrap_or_else(|_| Err(Error::internal("the thread that asks the database stopped")))
}

/// What `work` comes to, with a look at `cancel` while waiting.
async fn unless<T>(cancel: &Cancel, work: impl Future<Output = sqlx::Result<T>>) -> Result<T> {
    let mut work = std::pin::pin!(work);
    loop {
        match tokio::time::timeout(connect::LOOK, work.as_mut()).await {
            Ok(outcome) => return outcome.map_err(connect::failed),
            Err(_) => cancel.check()?,
        }
    }
}

/// The next of a stream, with a look at `cancel` while waiting.
async fn next<T>(
    stream: &mut (impl futures::Stream<Item = sqlx::Result<T>> + Unpin),
    cancel: &Cancel,
) -> Result<Option<T>> {
    use futures::{FutureExt as _, StreamExt as _, TryStreamExt as _};
    // Most are there already, and a timer costs more than they do.
    match stream.next().now_or_never() {
        Some(ready) => ready.transpose().map_err(connect::failed),
        None => unless(cancel, stream.try_next()).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements() {
        let source = |table: Option<&str>, query: Option<&str>| DatabaseSource {
            kind: DatabaseKind::Postgres,
            url: "postgres://u:hush@h/d".into(),
            table: table.map(str::to_owned),
            query: query.map(str::to_owned),
            hosts: HostPolicy::default(),
        };
        assert_eq!(source(Some("s.a\"b"), None).statement().unwrap(), "SELECT * FROM \"s\".\"a\"\"b\"");
        assert_eq!(source(None, Some(" SELECT 1 ; ")).statement().unwrap(), "SELECT 1");
        for bad in [source(None, None), source(Some("a"), Some("b")), source(Some(""), None), source(None, Some(";"))] {
            assert_eq!(bad.statement().unwrap_err().code(), ErrorCode::InvalidParameter, "{bad:?}");
        }
        assert!(!format!("{:?}", source(None, None)).contains("hush"));
        let lite = DatabaseSource { kind: DatabaseKind::Sqlite, url: "sqlite:///a/b.db".into(), ..source(None, None) };
        assert_eq!(lite.sqlite_path().unwrap(), Path::new("/a/b.db"));
    }
}
