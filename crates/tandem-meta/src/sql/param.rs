//! What can be bound to a statement.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use tandem_core::{Action, Lang, OrgRole, ProjectRole, TokenScope, id};

/// The two types of column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `BIGINT`.
    Int,
    /// `TEXT`.
    Text,
}

/// A value on its way in or out. A null keeps its type: PostgreSQL wants it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Param {
    /// `BIGINT`.
    Int(Option<i64>),
    /// `TEXT`.
    Text(Option<String>),
}

/// Something that can be bound.
pub(crate) trait ToParam {
    /// The null of its type.
    const NULL: Param;
    /// The value.
    fn to_param(&self) -> Param;
}

/// A list of parameters in the order of `$1`, `$2`, …
macro_rules! params {
    ($($value:expr),* $(,)?) => { vec![$($crate::sql::ToParam::to_param(&$value)),*] };
}
pub(crate) use params;

/// The time as the databases keep it: whole microseconds.
pub(crate) fn micros(time: DateTime<Utc>) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(time.timestamp_micros()).unwrap_or(time)
}

impl ToParam for Param {
    const NULL: Param = Param::Text(None);
    fn to_param(&self) -> Param {
        self.clone()
    }
}

impl<T: ToParam + ?Sized> ToParam for &T {
    const NULL: Param = T::NULL;
    fn to_param(&self) -> Param {
        (**self).to_param()
    }
}

impl<T: ToParam> ToParam for Option<T> {
    const NULL: Param = T::NULL;
    fn to_param(&self) -> Param {
        self.as_ref().map_or(T::NULL, T::to_param)
    }
}

macro_rules! to_param {
    ($($type:ty, $kind:ident, |$value:ident| $body:expr;)+) => {$(
        impl ToParam for $type {
            const NULL: Param = Param::$kind(None);
            fn to_param(&self) -> Param {
                let $value = self;
                Param::$kind(Some($body))
            }
        }
    )+};
}

to_param! {
    i64, Int, |v| *v;
    u32, Int, |v| i64::from(*v);
    u64, Int, |v| i64::try_from(*v).unwrap_or(i64::MAX);
    bool, Int, |v| i64::from(*v);
    DateTime<Utc>, Int, |v| v.timestamp_micros();
    str, Text, |v| v.to_owned();
    String, Text, |v| v.clone();
    Value, Text, |v| v.to_string();
    OrgRole, Text, |v| name_of(v);
    ProjectRole, Text, |v| name_of(v);
    TokenScope, Text, |v| name_of(v);
    Lang, Text, |v| v.tag().to_owned();
    Action, Text, |v| v.as_str().to_owned();
    id::OrgId, Text, |v| v.to_string();
    id::ProjectId, Text, |v| v.to_string();
    id::UserId, Text, |v| v.to_string();
    id::AssetId, Text, |v| v.to_string();
    id::VersionId, Text, |v| v.to_string();
    id::RunId, Text, |v| v.to_string();
    id::JobId, Text, |v| v.to_string();
    id::GrantId, Text, |v| v.to_string();
    id::TokenId, Text, |v| v.to_string();
    id::SessionId, Text, |v| v.to_string();
    id::ScheduleId, Text, |v| v.to_string();
    id::ThreadId, Text, |v| v.to_string();
    id::CommentId, Text, |v| v.to_string();
    id::UploadId, Text, |v| v.to_string();
    id::RequestId, Text, |v| v.to_string();
}

/// The stable name that core's serialization gives a role or scope.
fn name_of<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(name)) => name,
        _ => String::new(),
    }
}
