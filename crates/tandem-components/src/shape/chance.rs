//! Chance that is the same in every run and does not depend on the order of rows.

use crate::{Ask, Table, sql::idents};

/// One more than the greatest `row_hash`.
const RANGE: f64 = 9_223_372_036_854_775_808.0;

/// A number from 0 to 1 for each row, as `name` in the text of a table. Rows
/// that are alike in `keys` have the same one; without keys every row has its
/// own, even among rows that are alike in everything.
pub(super) fn drawn(ask: &Ask<'_>, table: &Table, keys: &[String], name: &str) -> String {
    let name = crate::sql::ident(name);
    let share = |hash: String| format!("CAST({hash} AS DOUBLE) / {RANGE:?}");
    // The seed comes as text, of which any is a literal.
    let seed = format!("'{}'", ask.seed);
    if !keys.is_empty() {
        return format!(
            "(SELECT *, {} AS {name} FROM {})",
            share(format!("row_hash({seed}, {})", idents(keys))),
            table.sql()
        );
    }
    let (hash, copy) = (table.free("#hash"), table.free("#copy"));
    let (hash, copy) = (crate::sql::ident(&hash), crate::sql::ident(&copy));
    format!(
        "(SELECT *, {} AS {name} FROM (\n  SELECT *, row_number() OVER (PARTITION BY {hash} ORDER BY {hash}) AS {copy} FROM (\n    \
         SELECT *, row_hash({seed}, {}) AS {hash} FROM {}\n  )\n))",
        share(format!("row_hash({seed}, {hash}, {copy})")),
        idents(table.names()),
        table.sql()
    )
}
