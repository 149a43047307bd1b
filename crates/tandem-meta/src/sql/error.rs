//! What a database says, in the words of the product.

use sqlx::error::{DatabaseError, ErrorKind};
use tandem_core::{Error, ErrorCode};

/// Turns a failure of the database into one of the product's errors. The
/// database's own words stay in the source, for the log.
pub(crate) fn db_error(error: sqlx::Error) -> Error {
    use sqlx::Error as E;
    let known = match &error {
        E::Database(cause) => by_kind(cause.as_ref()).or_else(|| by_code(cause.as_ref())),
        E::PoolTimedOut => Some(busy()),
        E::Io(_) | E::Tls(_) | E::PoolClosed | E::WorkerCrashed => Some(Error::new(
            ErrorCode::Unavailable,
            "The metadata database can't be reached; nothing was changed. Check that it runs, then try again.",
        )),
        _ => None,
    };
    match known {
        Some(known) => known.with_source(error),
        None => Error::internal(error),
    }
}

fn busy() -> Error {
    Error::new(ErrorCode::Unavailable, "The metadata database is busy; nothing was changed. Try again in a moment.")
}

/// Constraints that the caller's request runs into.
fn by_kind(cause: &dyn DatabaseError) -> Option<Error> {
    match cause.kind() {
        ErrorKind::UniqueViolation => {
            Some(Error::new(ErrorCode::AlreadyExists, "The name is taken; nothing was changed. Choose another one."))
        }
        ErrorKind::ForeignKeyViolation => Some(Error::not_found("item")),
        _ => None,
    }
}

/// Troubles that people can do something about, by the code of either database.
fn by_code(cause: &dyn DatabaseError) -> Option<Error> {
    let code = cause.code()?;
    // SQLite's codes are short numbers whose low byte is the class;
    // PostgreSQL's always have five characters.
    let sqlite = if code.len() < 5 { code.parse::<u32>().ok().map(|code| code & 0xff) } else { None };
    let (code, message) = match (sqlite, code.as_ref()) {
        (Some(5 | 6), _) | (None, "40001" | "40P01" | "55P03" | "53300" | "57P01" | "57P02" | "57P03") => {
            return Some(busy());
        }
        (Some(13), _) | (None, "53100") => (
            ErrorCode::StorageFull,
            "The disk of the metadata database is full; nothing was changed. Free some room and retry.",
        ),
        (Some(8 | 14), _) | (None, "25006") => (
            ErrorCode::Unavailable,
            "The metadata database can't be opened for writing. Check that its folder exists and may be written to.",
        ),
        (Some(11 | 26), _) | (None, "XX001" | "XX002") => (
            ErrorCode::MalformedFile,
            "The metadata database is damaged. Stop Tandem, keep a copy of the file, and restore the latest backup.",
        ),
        (None, "28P01" | "28000" | "3D000") => (
            ErrorCode::Unavailable,
            "The metadata database refuses the connection. Check its address, name, user and password.",
        ),
        _ => return None,
    };
    Some(Error::new(code, message))
}
