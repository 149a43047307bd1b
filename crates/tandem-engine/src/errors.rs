//! What the query engine's errors mean to the person who wrote the SQL.

use arrow::error::ArrowError;
use datafusion::common::{Column, DataFusionError, SchemaError};
use tandem_core::{Error, ErrorCode};

use crate::{functions, sql::from_internal};

/// Turns an error of planning or running a query into ours. The cause goes to
/// the log; the message holds only what the query and its visible data say.
pub(crate) fn query_error(error: DataFusionError) -> Error {
    if let Some(own) = own(&error) {
        return own;
    }
    let told = tell(error.find_root());
    told.with_source(error)
}

/// One of our own errors that went through the engine.
fn own(error: &DataFusionError) -> Option<Error> {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(current) = cause {
        if let Some(own) = current.downcast_ref::<Error>() {
            return Some(Error::new(own.code(), own.message()).with_source(detail(own)));
        }
        cause = current.source();
    }
    None
}

/// The chain of causes as text, for the log.
fn detail(error: &Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(current) = cause {
        text.push_str(": ");
        text.push_str(&current.to_string());
        cause = current.source();
    }
    text
}

fn tell(root: &DataFusionError) -> Error {
    use DataFusionError as D;
    match root {
        D::ResourcesExhausted(_) => Error::new(
            ErrorCode::MemoryLimit,
            "The query needs more memory than it may take, even with spilling to disk. \
             Filter earlier, select fewer columns or group by fewer values.",
        ),
        D::SchemaError(schema, _) => tell_schema(schema),
        D::Plan(message) | D::Configuration(message) => invalid(message),
        D::SQL(error, _) => invalid(&error.to_string()),
        D::NotImplemented(message) => invalid(&format!("this is not supported: {message}")),
        D::ArrowError(error, _) => tell_arrow(error),
        D::Execution(message) => compute(message),
        D::ExecutionJoin(error) if is_text_overflow(&error.to_string()) => too_much_text(),
        D::IoError(error) => Error::from(std::io::Error::from(error.kind())),
        D::Collection(errors) => {
            errors.first().map_or_else(|| Error::internal("a collection of no errors"), |error| tell(error.find_root()))
        }
        _ => Error::internal("the query engine failed"),
    }
}

fn tell_arrow(error: &ArrowError) -> Error {
    match error {
        ArrowError::OffsetOverflowError(_) => too_much_text(),
        ArrowError::ComputeError(message) if is_text_overflow(message) => too_much_text(),
        ArrowError::DivideByZero => compute("a division by zero"),
        ArrowError::CastError(message)
        | ArrowError::ParseError(message)
        | ArrowError::ComputeError(message)
        | ArrowError::ArithmeticOverflow(message)
        | ArrowError::InvalidArgumentError(message) => compute(message),
        ArrowError::NotYetImplemented(message) => invalid(&format!("this is not supported: {message}")),
        ArrowError::IoError(_, error) => Error::from(std::io::Error::from(error.kind())),
        ArrowError::ExternalError(error) => match error.downcast_ref::<DataFusionError>() {
            Some(error) => tell(error.find_root()),
            None => Error::internal("the query engine failed"),
        },
        _ => Error::internal("the query engine failed"),
    }
}

/// Arrow's arrays of text end at two gigabytes; some of its builders panic there.
pub(crate) fn is_text_overflow(message: &str) -> bool {
    message.contains("offset overflow")
}

/// More text at once than a column can hold.
pub(crate) fn too_much_text() -> Error {
    Error::new(
        ErrorCode::MemoryLimit,
        "A column would hold more than two gigabytes of text at once. Shorten the texts, or gather fewer of them in one \
         value.",
    )
}

fn tell_schema(error: &SchemaError) -> Error {
    match error {
        SchemaError::FieldNotFound { field, valid_fields } => unknown_column(field, valid_fields),
        SchemaError::AmbiguousReference { field } => Error::new(
            ErrorCode::InvalidSql,
            from_internal(&format!(
                "“{}” could be more than one column. Write the table's name before it.",
                field.name
            )),
        ),
        SchemaError::DuplicateQualifiedField { name, .. } | SchemaError::DuplicateUnqualifiedField { name } => {
            Error::new(
                ErrorCode::InvalidSql,
                from_internal(&format!("Two columns are named “{name}”. Rename one with AS.")),
            )
        }
    }
}

fn unknown_column(field: &Column, valid: &[Column]) -> Error {
    let names: Vec<&str> = valid.iter().map(|column| column.name.as_str()).collect();
    let hint = hint(&field.name, &names, "The columns are");
    Error::new(ErrorCode::UnknownColumn, from_internal(&format!("There is no column “{}”. {hint}", field.name)))
}

/// A table that the plan doesn't have.
pub(crate) fn unknown_table(name: &str, known: &[&str]) -> Error {
    let hint = hint(name, known, "The tables are");
    Error::new(
        ErrorCode::UnknownTable,
        from_internal(&format!("There is no table “{name}”, or it was not shared with you. {hint}")),
    )
}

/// The nearest name, or the first few there are.
fn hint(name: &str, known: &[&str], list: &str) -> String {
    const LISTED: usize = 12;
    if let Some(near) = nearest(name, known) {
        return format!("Did you mean “{near}”?");
    }
    if known.is_empty() {
        return String::new();
    }
    let mut names: Vec<String> = known.iter().take(LISTED).map(|name| format!("“{name}”")).collect();
    if known.len() > LISTED {
        names.push("…".to_owned());
    }
    format!("{list} {}.", names.join(", "))
}

/// The name that was probably meant.
fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let folded = name.to_lowercase();
    let near = known.iter().map(|known| (distance(&folded, &known.to_lowercase()), *known));
    near.filter(|(distance, known)| *distance <= known.chars().count().div_ceil(3)).min().map(|(_, near)| near)
}

/// Edits (insert, remove, replace) between two words: Levenshtein.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (to, cell) in b.iter().zip(row.iter_mut().skip(1)) {
            let replaced = diagonal + usize::from(from != *to);
            diagonal = *cell;
            left = replaced.min(left + 1).min(*cell + 1);
            *cell = left;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or(0)
}

fn invalid(message: &str) -> Error {
    if let Some((name, _)) = message.strip_prefix("Invalid function '").and_then(|rest| rest.split_once('\'')) {
        let known = functions::names();
        let near = nearest(name, &known.iter().map(String::as_str).collect::<Vec<_>>());
        let hint = near.map(|near| format!(" Did you mean “{near}”?")).unwrap_or_default();
        return Error::new(ErrorCode::InvalidSql, format!("There is no function “{name}”.{hint}"));
    }
    Error::new(ErrorCode::InvalidSql, sentence("The SQL can't be run", message))
}

fn compute(message: &str) -> Error {
    Error::new(ErrorCode::ComputeFailed, sentence("The computation failed on the data", message))
}

/// One line, without the paths and the machinery that some messages end in.
fn sentence(what: &str, message: &str) -> String {
    const LONGEST: usize = 400;
    let message = from_internal(message);
    let message = message.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ");
    let message = message.split("This issue was likely caused by a bug").next().unwrap_or_default().trim();
    let message: String = message.chars().take(LONGEST).collect();
    if message.contains(".parquet") || message.contains("tandem://") {
        return format!("{what}.");
    }
    let message = message.trim_end_matches('.');
    if message.is_empty() { format!("{what}.") } else { format!("{what}: {message}.") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_suggested_and_far_ones_listed() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("客户", "客户号"), 1);
        assert_eq!(hint("custmer", &["amount", "customer"], "Known:"), "Did you mean “customer”?");
        assert_eq!(hint("zzz", &["amount", "customer"], "The columns are"), "The columns are “amount”, “customer”.");
    }

    #[test]
    fn messages_with_paths_say_nothing_of_them() {
        let error = DataFusionError::Execution("failed to read /srv/data/tables/x/part.parquet".into());
        assert_eq!(query_error(error).message(), "The computation failed on the data.");
    }
}
