//! What comes back from a statement.

use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use serde_json::Value;
use sqlx::{Row as _, postgres::PgRow, sqlite::SqliteRow};
use tandem_core::{Action, Error, Lang, OrgRole, ProjectRole, Result, TokenScope, id};

use super::{Kind, Param, db_error};

/// One row of an answer, from either database.
pub(crate) enum Row {
    /// From SQLite.
    Sqlite(SqliteRow),
    /// From PostgreSQL.
    Postgres(PgRow),
}

/// Something that a column can be read as.
pub(crate) trait Column: Sized {
    /// The type of the column.
    const KIND: Kind;
    /// The value, or `None` where the column holds something else.
    fn from_param(param: Param) -> Option<Self>;
}

impl Row {
    /// The value of the column `name`.
    pub(crate) fn get<T: Column>(&self, name: &str) -> Result<T> {
        let param = self.param(name, T::KIND)?;
        T::from_param(param)
            .ok_or_else(|| Error::internal(format!("column {name} holds what is not a {}", std::any::type_name::<T>())))
    }

    /// The value of the column `name` as it is kept.
    pub(crate) fn param(&self, name: &str, kind: Kind) -> Result<Param> {
        let param = match (self, kind) {
            (Self::Sqlite(row), Kind::Int) => row.try_get(name).map(Param::Int),
            (Self::Sqlite(row), Kind::Text) => row.try_get(name).map(Param::Text),
            (Self::Postgres(row), Kind::Int) => row.try_get(name).map(Param::Int),
            (Self::Postgres(row), Kind::Text) => row.try_get(name).map(Param::Text),
        };
        param.map_err(db_error)
    }
}

impl<T: Column> Column for Option<T> {
    const KIND: Kind = T::KIND;
    fn from_param(param: Param) -> Option<Self> {
        match param {
            Param::Int(None) | Param::Text(None) => Some(None),
            some => T::from_param(some).map(Some),
        }
    }
}

macro_rules! column {
    ($($type:ty, $kind:ident, |$value:ident| $body:expr;)+) => {$(
        impl Column for $type {
            const KIND: Kind = Kind::$kind;
            fn from_param(param: Param) -> Option<Self> {
                match param {
                    Param::$kind(Some($value)) => $body,
                    _ => None,
                }
            }
        }
    )+};
}

column! {
    i64, Int, |v| Some(v);
    u64, Int, |v| u64::try_from(v).ok();
    bool, Int, |v| Some(v != 0);
    DateTime<Utc>, Int, |v| DateTime::from_timestamp_micros(v);
    String, Text, |v| Some(v);
    Value, Text, |v| serde_json::from_str(&v).ok();
    OrgRole, Text, |v| named(v);
    ProjectRole, Text, |v| named(v);
    TokenScope, Text, |v| named(v);
    Lang, Text, |v| named(v);
    Action, Text, |v| named(v);
    id::OrgId, Text, |v| v.parse().ok();
    id::ProjectId, Text, |v| v.parse().ok();
    id::UserId, Text, |v| v.parse().ok();
    id::AssetId, Text, |v| v.parse().ok();
    id::VersionId, Text, |v| v.parse().ok();
    id::RunId, Text, |v| v.parse().ok();
    id::JobId, Text, |v| v.parse().ok();
    id::GrantId, Text, |v| v.parse().ok();
    id::TokenId, Text, |v| v.parse().ok();
    id::SessionId, Text, |v| v.parse().ok();
    id::ScheduleId, Text, |v| v.parse().ok();
    id::ThreadId, Text, |v| v.parse().ok();
    id::CommentId, Text, |v| v.parse().ok();
    id::UploadId, Text, |v| v.parse().ok();
    id::RequestId, Text, |v| v.parse().ok();
}

/// The role, scope or action of this stable name.
fn named<T: DeserializeOwned>(name: String) -> Option<T> {
    serde_json::from_value(Value::String(name)).ok()
}
