//! Values of a column that become columns: given by hand, or asked of the data.

use tandem_core::Result;

use crate::{
    Table,
    refusal::cannot,
    sql::{as_text, text},
};

/// What a column without a value is called.
const EMPTY: &str = "(empty)";

/// The text of a value by which it is recognised; nothing counts as empty.
pub(super) fn value(table: &Table, column: &str) -> Result<String> {
    Ok(format!("coalesce({}, '')", as_text(table.need(column)?)))
}

/// Asks for the values: all in their order, and one more than may be, to know that there are too many.
pub(super) fn all(table: &Table, column: &str, most: usize) -> Result<String> {
    Ok(format!(
        "SELECT {} AS \"value\" FROM {} GROUP BY 1 ORDER BY 1 LIMIT {}",
        value(table, column)?,
        table.sql(),
        most + 1
    ))
}

/// Those values as conditions with the names of their columns.
///
/// # Errors
/// `invalid_parameter` where there are more than may be.
pub(super) fn conditions(
    table: &Table,
    column: &str,
    values: &[String],
    most: usize,
    prefix: &str,
) -> Result<Vec<(String, String)>> {
    if values.len() > most {
        return Err(cannot(
            format!(
                "“{column}” has more than {most} different values. Name those that matter, or group the others before."
            ),
            format!("“{column}”的不同取值超过 {most} 个。请只列出需要的值，或先把其余的值合并。"),
        ));
    }
    let value = value(table, column)?;
    let name = |one: &String| if one.is_empty() { EMPTY.to_owned() } else { one.clone() };
    Ok(values.iter().map(|one| (format!("{prefix}{}", name(one)), format!("{value} = {}", text(one)))).collect())
}
