//! Which statements are let through: those that only read.
//!
//! The list is of what is allowed; whatever the parser learns later stays out.

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    DescribeAlias, ObjectName, Query, Select, SetExpr, Statement, TableFactor, Visit, Visitor,
};
use tandem_core::{Error, ErrorCode, Result};

use super::names::single;

/// What a statement asks for.
#[derive(Debug)]
pub(crate) enum Ask<'a> {
    /// Rows of a query.
    Rows(&'a Query),
    /// How a query would be run.
    Explain(Explain<'a>),
    /// The tables there are.
    Tables,
    /// The columns of one table, by its internal name.
    Columns(String),
}

/// An EXPLAIN.
#[derive(Debug)]
pub(crate) struct Explain<'a> {
    /// The query that is explained.
    pub(crate) query: &'a Query,
    /// Whether it is run, to tell how many rows each step had.
    pub(crate) analyze: bool,
}

/// # Errors
/// `sql_not_allowed` where the statement does more than read.
pub(crate) fn check(statement: &Statement) -> Result<Ask<'_>> {
    let mut guard = Guard::default();
    if statement.visit(&mut guard).is_break() {
        return Err(not_allowed(guard.found));
    }
    match statement {
        Statement::Query(query) => Ok(Ask::Rows(query)),
        Statement::Explain { statement, analyze, .. } => match statement.as_ref() {
            Statement::Query(query) => Ok(Ask::Explain(Explain { query, analyze: *analyze })),
            _ => Err(not_allowed("EXPLAIN of anything but a query")),
        },
        Statement::ExplainTable {
            describe_alias: DescribeAlias::Describe | DescribeAlias::Desc, table_name, ..
        } => columns_of(table_name),
        Statement::ShowTables { .. } => Ok(Ask::Tables),
        Statement::ShowColumns { show_options, .. } => {
            match show_options.show_in.as_ref().and_then(|show| show.parent_name.as_ref()) {
                Some(name) => columns_of(name),
                None => Err(Error::new(ErrorCode::InvalidSql, "Say of which table: SHOW COLUMNS FROM name.")),
            }
        }
        _ => Err(not_allowed("this statement")),
    }
}

fn columns_of(name: &ObjectName) -> Result<Ask<'_>> {
    single(name).map(|ident| Ask::Columns(ident.value.clone())).ok_or_else(|| {
        Error::new(ErrorCode::UnknownTable, "A table has one name; put it in double quotes where it has a dot.")
    })
}

fn not_allowed(what: &str) -> Error {
    Error::new(
        ErrorCode::SqlNotAllowed,
        format!(
            "Queries only read, and {what} is not allowed here. Use SELECT, WITH, VALUES, EXPLAIN, DESCRIBE or SHOW TABLES."
        ),
    )
}

#[derive(Default)]
struct Guard {
    found: &'static str,
}

impl Guard {
    fn stop(&mut self, found: &'static str) -> ControlFlow<()> {
        self.found = found;
        ControlFlow::Break(())
    }
}

impl Visitor for Guard {
    type Break = ();

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        if !query.locks.is_empty() {
            return self.stop("FOR UPDATE");
        }
        if query.settings.is_some() {
            return self.stop("SETTINGS");
        }
        if query.format_clause.is_some() || query.for_clause.is_some() {
            return self.stop("FORMAT or FOR");
        }
        match forbidden(&query.body) {
            Some(found) => self.stop(found),
            None => ControlFlow::Continue(()),
        }
    }

    fn pre_visit_select(&mut self, select: &Select) -> ControlFlow<()> {
        if select.into.is_some() { self.stop("SELECT INTO") } else { ControlFlow::Continue(()) }
    }

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<()> {
        match factor {
            TableFactor::Table { .. }
            | TableFactor::Derived { .. }
            | TableFactor::UNNEST { .. }
            | TableFactor::NestedJoin { .. } => ControlFlow::Continue(()),
            TableFactor::Function { name, .. } if is_series(name) => ControlFlow::Continue(()),
            TableFactor::TableFunction { .. } | TableFactor::Function { .. } => self.stop("this table function"),
            _ => self.stop("this kind of table"),
        }
    }
}

fn is_series(name: &ObjectName) -> bool {
    single(name).is_some_and(|ident| {
        ["generate_series", "range", "unnest", "flatten"].iter().any(|known| ident.value.eq_ignore_ascii_case(known))
    })
}

/// What writes inside a query's body.
fn forbidden(body: &SetExpr) -> Option<&'static str> {
    match body {
        SetExpr::Insert(_) => Some("INSERT"),
        SetExpr::Update(_) => Some("UPDATE"),
        SetExpr::Delete(_) => Some("DELETE"),
        SetExpr::Merge(_) => Some("MERGE"),
        SetExpr::SetOperation { left, right, .. } => forbidden(left).or_else(|| forbidden(right)),
        SetExpr::Table(_) => Some("TABLE"),
        SetExpr::Query(query) => forbidden(&query.body),
        SetExpr::Select(_) | SetExpr::Values(_) => None,
    }
}
