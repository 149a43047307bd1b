//! The closed list of what can go wrong, as people and programs see it.
//!
//! A message is one or two sentences: what happened, what was kept, what to do.
//! The cause (`source`) is for the log and never leaves the process.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The kind of trouble, from which HTTP statuses and exit codes are derived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorClass {
    /// The request or the data is wrong; repeating it won't help.
    Invalid,
    /// Nobody has proved who they are.
    Unauthenticated,
    /// Known, but not allowed.
    Forbidden,
    /// It does not exist, or the caller may not know that it does.
    NotFound,
    /// It clashes with what is there; read again and retry.
    Conflict,
    /// Larger than what is accepted.
    TooLarge,
    /// Too often, or more than the caller's share.
    Limit,
    /// Stopped by request.
    Cancelled,
    /// A part that is needed can't be reached now; retry later.
    Unavailable,
    /// A fault of ours.
    Internal,
}

macro_rules! codes {
    ($(#[doc = $about:literal] $name:ident = $text:literal, $class:ident;)+) => {
        /// A stable code for programs. New ones may be added; none changes its meaning.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum ErrorCode {
            $(#[doc = $about] #[serde(rename = $text)] $name,)+
        }

        impl ErrorCode {
            /// Every code, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The code as it is written in answers.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }

            /// What it means, in a sentence.
            pub const fn about(self) -> &'static str {
                match self { $(Self::$name => $about.trim_ascii_start(),)+ }
            }

            /// What kind of trouble it is.
            pub const fn class(self) -> ErrorClass {
                match self { $(Self::$name => ErrorClass::$class,)+ }
            }
        }
    };
}

codes! {
    /// The request is not of the form the operation takes.
    InvalidRequest = "invalid_request", Invalid;
    /// One parameter is missing, malformed or out of range.
    InvalidParameter = "invalid_parameter", Invalid;
    /// A page cursor was not made by this list.
    InvalidCursor = "invalid_cursor", Invalid;
    /// Nobody is signed in.
    Unauthenticated = "unauthenticated", Unauthenticated;
    /// Name or password is wrong.
    WrongCredentials = "wrong_credentials", Unauthenticated;
    /// The session or token is past its end.
    Expired = "expired", Unauthenticated;
    /// A write from a browser came without its CSRF token.
    CsrfRejected = "csrf_rejected", Forbidden;
    /// The role or the grants don't allow it.
    Forbidden = "forbidden", Forbidden;
    /// The token's scope doesn't allow it.
    ScopeTooSmall = "scope_too_small", Forbidden;
    /// It isn't there (or may not be known).
    NotFound = "not_found", NotFound;
    /// The name is taken.
    AlreadyExists = "already_exists", Conflict;
    /// Somebody wrote first; read again and retry.
    VersionConflict = "version_conflict", Conflict;
    /// It is in a state in which this can't be done.
    StateConflict = "state_conflict", Conflict;
    /// Larger than the limit.
    PayloadTooLarge = "payload_too_large", TooLarge;
    /// No reader for this kind of file.
    UnsupportedFormat = "unsupported_format", Invalid;
    /// The file is damaged or is not what its format says.
    MalformedFile = "malformed_file", Invalid;
    /// The file ended before it should have.
    TruncatedFile = "truncated_file", Invalid;
    /// The bytes are not text in the encoding named.
    InvalidEncoding = "invalid_encoding", Invalid;
    /// A compressed file that unpacks to far more than it may.
    ArchiveTooLarge = "archive_too_large", TooLarge;
    /// One record is longer than a record may be.
    RecordTooLong = "record_too_long", TooLarge;
    /// More rows were rejected than the import allows.
    TooManyRejects = "too_many_rejects", Invalid;
    /// Columns or types don't fit the dataset.
    SchemaMismatch = "schema_mismatch", Invalid;
    /// A key is missing or not unique.
    InvalidKey = "invalid_key", Invalid;
    /// A quality rule that must hold doesn't.
    QualityFailed = "quality_failed", Invalid;
    /// The path is outside the folders that may be read.
    PathNotAllowed = "path_not_allowed", Forbidden;
    /// The host is not one that imports may read from.
    HostNotAllowed = "host_not_allowed", Forbidden;
    /// A database or store can't be reached, or refuses.
    SourceUnavailable = "source_unavailable", Invalid;
    /// A service that a workflow calls can't be reached, or refuses.
    ServiceFailed = "service_failed", Invalid;
    /// The mail server doesn't take a message, or a recipient may not be written to.
    MailRefused = "mail_refused", Invalid;
    /// The SQL can't be understood.
    InvalidSql = "invalid_sql", Invalid;
    /// The SQL does what queries may not do.
    SqlNotAllowed = "sql_not_allowed", Forbidden;
    /// A table in the SQL isn't there (or may not be known).
    UnknownTable = "unknown_table", Invalid;
    /// A column isn't there.
    UnknownColumn = "unknown_column", Invalid;
    /// The data made the computation fail: division by zero, overflow, a failed cast.
    ComputeFailed = "compute_failed", Invalid;
    /// It would have taken more memory than it may.
    MemoryLimit = "memory_limit", Limit;
    /// It took longer than it may.
    TimeLimit = "time_limit", Limit;
    /// More rows than the role may have.
    RowLimit = "row_limit", Limit;
    /// Too many requests.
    TooManyRequests = "too_many_requests", Limit;
    /// There is too little data for an answer that could be trusted.
    NotEnoughData = "not_enough_data", Invalid;
    /// A fit did not converge.
    DidNotConverge = "did_not_converge", Invalid;
    /// Stopped by request.
    Cancelled = "cancelled", Cancelled;
    /// The disk or the store is full.
    StorageFull = "storage_full", Unavailable;
    /// A part that is needed can't be reached now.
    Unavailable = "unavailable", Unavailable;
    /// A fault of ours.
    Internal = "internal", Internal;
}

/// What went wrong: a code for programs, a message for people, and the cause
/// for the log.
#[derive(Debug)]
pub struct Error {
    code: ErrorCode,
    message: String,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// The result of anything that can fail in Tandem.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An error that the caller can do something about.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), source: None }
    }

    /// A fault of ours: the cause goes to the log, and the message says no
    /// more than that it happened.
    pub fn internal(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self {
            code: ErrorCode::Internal,
            message: "Something went wrong on our side; nothing was changed. Quote the request id when you report it."
                .into(),
            source: Some(source.into()),
        }
    }

    /// It isn't there, or the caller may not know that it is.
    pub fn not_found(what: &str) -> Self {
        Self::new(ErrorCode::NotFound, format!("There is no such {what}, or it was not shared with you."))
    }

    /// The same error, remembering its cause for the log.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// The code.
    pub const fn code(&self) -> ErrorCode {
        self.code
    }

    /// The message for people.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|e| e as &(dyn std::error::Error + 'static))
    }
}

impl From<std::io::Error> for Error {
    /// A full disk is told apart; any other failure of the disk is internal.
    fn from(error: std::io::Error) -> Self {
        use std::io::ErrorKind as K;
        match error.kind() {
            K::StorageFull | K::QuotaExceeded => {
                Self::new(ErrorCode::StorageFull, "The disk is full; nothing was changed. Free some room and retry.")
                    .with_source(error)
            }
            _ => Self::internal(error),
        }
    }
}
