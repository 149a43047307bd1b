//! Names of tables: how SQL writes them, how the engine keeps them apart, and
//! which of them a statement reads.

use std::{collections::BTreeSet, fmt, ops::ControlFlow};

use datafusion::sql::sqlparser::ast::{Ident, ObjectName, Query, Statement, TableFactor, Visit, Visitor};
use serde::{Deserialize, Serialize};
use tandem_core::Result;

use super::{Spelling, parse};

/// A table as SQL names it: `sales`, `sales@v3`, `"sales data"@v3`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TableRef {
    /// The name, without quotes.
    pub name: String,
    /// The version asked for (the asset's own number), the newest where none is.
    pub version: Option<u64>,
}

impl TableRef {
    /// A table's newest version.
    pub fn latest(name: impl Into<String>) -> Self {
        Self { name: name.into(), version: None }
    }

    /// One version of a table.
    pub fn at(name: impl Into<String>, version: u64) -> Self {
        Self { name: name.into(), version: Some(version) }
    }
}

impl fmt::Display for TableRef {
    /// As it can be written in SQL.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = self.name.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_')
            && self.name.chars().all(|c| c.is_alphabetic() || c.is_ascii_digit() || c == '_');
        if plain {
            f.write_str(&self.name)?;
        } else {
            write!(f, "\"{}\"", self.name.replace('"', "\"\""))?;
        }
        self.version.map_or(Ok(()), |version| write!(f, "@v{version}"))
    }
}

/// Stands between name and version inside the engine, where no name of a
/// dataset can have it (a private-use character).
const VERSION_MARK: char = '\u{E000}';

/// The name under which a table is known while a query is planned.
pub(crate) fn internal_name(table: &TableRef) -> String {
    table.version.map_or_else(|| table.name.clone(), |version| versioned(&table.name, version))
}

pub(super) fn versioned(name: &str, version: u64) -> String {
    format!("{name}{VERSION_MARK}v{version}")
}

/// Text for people: internal names as they are written in SQL.
pub(crate) fn from_internal(text: &str) -> String {
    text.replace(VERSION_MARK, "@")
}

/// The table that an internal name stands for.
pub(crate) fn table_ref(internal: &str) -> TableRef {
    match internal.rsplit_once(VERSION_MARK) {
        Some((name, version)) => TableRef {
            name: name.to_owned(),
            version: version.strip_prefix('v').and_then(|digits| digits.parse().ok()),
        },
        None => TableRef::latest(internal),
    }
}

/// The tables that a statement reads, each once, sorted; not its CTEs, its table
/// functions or `information_schema`. Names are as they were typed: whether
/// `Sales` is the dataset “sales” is the caller's to decide.
///
/// # Errors
/// `invalid_sql` where it can't be parsed or isn't one statement,
/// `sql_not_allowed` where it does more than read.
pub fn tables_named(sql: &str) -> Result<Vec<TableRef>> {
    let statement = parse(sql, &Spelling::default())?;
    super::check(&statement)?;
    Ok(named(&statement).tables.iter().map(|name| table_ref(name)).collect())
}

/// What a statement names.
#[derive(Debug, Default)]
pub(crate) struct Named {
    /// Internal names of the tables that it reads.
    pub(crate) tables: BTreeSet<String>,
    /// Names of more than one part, which no table has, but for the next.
    pub(crate) qualified: Vec<String>,
    /// Whether it reads `information_schema`.
    pub(crate) information_schema: bool,
}

/// What a statement names, without its CTEs and table functions.
pub(crate) fn named(statement: &Statement) -> Named {
    let mut found = Found::default();
    let _ = statement.visit(&mut found);
    match statement {
        Statement::ExplainTable { table_name, .. } => found.add(table_name),
        Statement::ShowColumns { show_options, .. } => {
            if let Some(name) = show_options.show_in.as_ref().and_then(|show| show.parent_name.as_ref()) {
                found.add(name);
            }
        }
        _ => {}
    }
    found.named
}

#[derive(Default)]
struct Found {
    named: Named,
    /// Names of the CTEs in scope, innermost last.
    ctes: Vec<String>,
}

impl Found {
    fn add(&mut self, name: &ObjectName) {
        match (single(name), name.0.first().and_then(|part| part.as_ident())) {
            (Some(ident), _) if self.ctes.contains(&ident.value) => {}
            (Some(ident), _) => {
                self.named.tables.insert(ident.value.clone());
            }
            (None, Some(first)) if first.value.eq_ignore_ascii_case("information_schema") => {
                self.named.information_schema = true;
            }
            _ => self.named.qualified.push(name.to_string()),
        }
    }
}

/// The only part of a name that has one.
pub(super) fn single(name: &ObjectName) -> Option<&Ident> {
    match name.0.as_slice() {
        [part] => part.as_ident(),
        _ => None,
    }
}

impl Visitor for Found {
    type Break = ();

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<()> {
        if let TableFactor::Table { name, args: None, .. } = factor {
            self.add(name);
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        if let Some(with) = &query.with {
            for cte in &with.cte_tables {
                // `WITH t AS (SELECT * FROM t)`: the inner t is the table, unless recursive.
                if !with.recursive {
                    cte.visit(self)?;
                }
                self.ctes.push(cte.alias.name.value.clone());
            }
        }
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        if let Some(with) = &query.with {
            self.ctes.truncate(self.ctes.len().saturating_sub(with.cte_tables.len()));
        }
        ControlFlow::Continue(())
    }
}
