//! What a statement is and names, before the engine plans it.
//!
//! `dataset@v3` is not SQL: [`lexer`] joins name and version in the token
//! stream, so that strings, comments and quoted names are left alone. [`check`]
//! lets through what only reads, and [`names`] finds the tables.

mod check;
mod lexer;
mod names;
mod spelling;

pub(crate) use check::{Ask, check};
pub(crate) use names::{Named, from_internal, internal_name, named, table_ref};
pub use names::{TableRef, tables_named};
pub(crate) use spelling::Spelling;

use datafusion::sql::sqlparser::{
    ast::Statement,
    dialect::GenericDialect,
    parser::{Parser, ParserError},
};
use tandem_core::{Error, ErrorCode, Result};

/// The longest statement that is read.
const MAX_SQL_BYTES: usize = 1 << 20;

/// Parses exactly one statement, spelled as the tables spell their names.
pub(crate) fn parse(sql: &str, spelling: &Spelling) -> Result<Statement> {
    if sql.len() > MAX_SQL_BYTES {
        return Err(Error::new(ErrorCode::InvalidSql, "The statement is longer than 1 MiB. Split it up."));
    }
    let tokens = spelling.apply(lexer::tokens(sql)?);
    let mut statements = Parser::new(&GenericDialect {})
        .with_tokens_with_locations(tokens)
        .parse_statements()
        .map_err(|error| match error {
            ParserError::ParserError(message) | ParserError::TokenizerError(message) => {
                Error::new(ErrorCode::InvalidSql, format!("The SQL can't be read: {}.", from_internal(&message)))
            }
            ParserError::RecursionLimitExceeded => {
                Error::new(ErrorCode::InvalidSql, "The SQL is nested too deeply. Use WITH to flatten it.")
            }
        })?;
    match (statements.pop(), statements.is_empty()) {
        (Some(statement), true) => Ok(statement),
        (Some(_), false) => {
            Err(Error::new(ErrorCode::InvalidSql, "There is more than one statement. Run them one at a time."))
        }
        (None, _) => Err(Error::new(ErrorCode::InvalidSql, "There is no statement. Write a SELECT.")),
    }
}
