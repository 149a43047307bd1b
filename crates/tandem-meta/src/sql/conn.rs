//! One open transaction on either database.

use sqlx::{Postgres, SqlStr, Sqlite, Transaction};

use super::{Param, Row};

/// An open transaction; dropped without [`Conn::commit`], it is rolled back.
pub(crate) enum Conn {
    /// On SQLite.
    Sqlite(Transaction<'static, Sqlite>),
    /// On PostgreSQL.
    Postgres(Transaction<'static, Postgres>),
}

macro_rules! bound {
    ($db:ty, $sql:expr, $params:expr) => {{
        let mut query = sqlx::query::<$db>($sql);
        for param in $params {
            query = match param {
                Param::Int(value) => query.bind(value),
                Param::Text(value) => query.bind(value),
            };
        }
        query
    }};
}

impl Conn {
    /// Runs a statement; how many rows it changed.
    pub(crate) async fn execute(&mut self, sql: SqlStr, params: Vec<Param>) -> sqlx::Result<u64> {
        match self {
            Self::Sqlite(tx) => Ok(bound!(Sqlite, sql, params).execute(&mut **tx).await?.rows_affected()),
            Self::Postgres(tx) => Ok(bound!(Postgres, sql, params).execute(&mut **tx).await?.rows_affected()),
        }
    }

    /// Runs a statement and reads all of its rows.
    pub(crate) async fn fetch(&mut self, sql: SqlStr, params: Vec<Param>) -> sqlx::Result<Vec<Row>> {
        match self {
            Self::Sqlite(tx) => {
                let rows = bound!(Sqlite, sql, params).fetch_all(&mut **tx).await?;
                Ok(rows.into_iter().map(Row::Sqlite).collect())
            }
            Self::Postgres(tx) => {
                let rows = bound!(Postgres, sql, params).fetch_all(&mut **tx).await?;
                Ok(rows.into_iter().map(Row::Postgres).collect())
            }
        }
    }

    /// Runs several statements that have no parameters.
    pub(crate) async fn script(&mut self, sql: SqlStr) -> sqlx::Result<()> {
        match self {
            Self::Sqlite(tx) => sqlx::raw_sql(sql).execute(&mut **tx).await.map(drop),
            Self::Postgres(tx) => sqlx::raw_sql(sql).execute(&mut **tx).await.map(drop),
        }
    }

    /// Makes what was written durable.
    pub(crate) async fn commit(self) -> sqlx::Result<()> {
        match self {
            Self::Sqlite(tx) => tx.commit().await,
            Self::Postgres(tx) => tx.commit().await,
        }
    }

    /// Undoes what was written.
    pub(crate) async fn rollback(self) -> sqlx::Result<()> {
        match self {
            Self::Sqlite(tx) => tx.rollback().await,
            Self::Postgres(tx) => tx.rollback().await,
        }
    }

    /// Whether this is PostgreSQL, for the few words that differ.
    pub(crate) const fn is_postgres(&self) -> bool {
        matches!(self, Self::Postgres(_))
    }
}
