//! What can be wrong with a parameter.

use serde::{Deserialize, Serialize};
use tandem_core::{Error, ErrorCode, Text};

/// The closed list of what can be wrong with a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// There is no parameter of that name.
    Unknown,
    /// It must be set and isn't.
    Missing,
    /// It is of another type.
    WrongType,
    /// It is not one of the values that there are.
    NotAllowed,
    /// It is below the least.
    TooSmall,
    /// It is above the most.
    TooLarge,
    /// The text is too short, or the list has too few.
    TooShort,
    /// The text is too long, or the list has too many.
    TooLong,
    /// The list names the same twice.
    Repeated,
    /// The text is not written as it has to be.
    Malformed,
    /// The input has no such column.
    UnknownColumn,
    /// The column is of a kind that won't do.
    ColumnKind,
}

impl Code {
    /// Every code.
    pub const ALL: [Self; 12] = [
        Self::Unknown,
        Self::Missing,
        Self::WrongType,
        Self::NotAllowed,
        Self::TooSmall,
        Self::TooLarge,
        Self::TooShort,
        Self::TooLong,
        Self::Repeated,
        Self::Malformed,
        Self::UnknownColumn,
        Self::ColumnKind,
    ];
}

/// One thing that is wrong with a parameter, and what to do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Problem {
    /// What is wrong, for programs.
    pub code: Code,
    /// The parameter.
    pub param: String,
    /// The place in it, such as `aggregates[1].column`; the parameter itself where it is all of it.
    pub path: String,
    /// What is wrong and what to do, for people.
    pub message: Text,
}

impl From<Problem> for Error {
    /// The problem as an answer of the API or the command line.
    fn from(problem: Problem) -> Self {
        let code = match problem.code {
            Code::UnknownColumn => ErrorCode::UnknownColumn,
            _ => ErrorCode::InvalidParameter,
        };
        Self::new(code, format!("{}: {}", problem.path, problem.message.en))
    }
}
