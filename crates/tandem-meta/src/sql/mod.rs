//! The thin layer that lets one set of SQL run on both databases: two types of
//! column (64-bit integer, text), `$1` parameters, one row and one connection
//! type. Times are microseconds since 1970 in UTC, truth values 0 and 1, ids,
//! JSON and names of states text.
//!
//! `sqlx::Any` was looked at and left: it takes SQLite's durability settings
//! from nowhere, wants its drivers installed in a process-wide static, and
//! refuses a column whose declared type it has no name for.

mod conn;
mod error;
mod names;
mod param;
mod query;
mod record;
mod row;
mod secret;

pub(crate) use conn::Conn;
pub(crate) use error::db_error;
pub(crate) use names::text_enum;
pub(crate) use param::{Kind, Param, ToParam, micros, params};
pub(crate) use query::Sql;
pub(crate) use record::record;
pub(crate) use row::{Column, Row};
pub use secret::Secret;
