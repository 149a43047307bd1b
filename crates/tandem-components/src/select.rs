//! A list for `SELECT` in the making.

use tandem_core::Result;

use crate::{Table, refusal::cannot, sql::ident};

/// Columns with their names, of which no two are alike.
#[derive(Debug, Clone, Default)]
pub(crate) struct Select {
    columns: Vec<(String, String)>,
}

impl Select {
    /// Every column of a table, as it is.
    pub(crate) fn of(table: &Table) -> Self {
        Self::names(table.names())
    }

    /// These columns, as they are.
    pub(crate) fn names<'a>(names: impl IntoIterator<Item = &'a String>) -> Self {
        Self { columns: names.into_iter().map(|name| (name.clone(), ident(name))).collect() }
    }

    /// Every column of a table, which the text calls `alias`.
    pub(crate) fn of_alias(table: &Table, alias: &str) -> Self {
        Self { columns: table.names().map(|name| (name.clone(), format!("{alias}.{}", ident(name)))).collect() }
    }

    /// One column more.
    ///
    /// # Errors
    /// `invalid_parameter` where its name is taken.
    pub(crate) fn add(&mut self, name: &str, text: impl Into<String>) -> Result<()> {
        if name.is_empty() {
            return Err(cannot("A column needs a name.", "列名不能为空。"));
        }
        if self.has(name) {
            return Err(cannot(
                format!("Two columns would be named “{name}”. Give one another name."),
                format!("会有两列都叫“{name}”，请给其中一列换个名字。"),
            ));
        }
        self.columns.push((name.to_owned(), text.into()));
        Ok(())
    }

    /// A column in the place of that of its name, or at the end.
    pub(crate) fn set(&mut self, name: &str, text: impl Into<String>) {
        match self.columns.iter_mut().find(|(other, _)| other == name) {
            Some((_, old)) => *old = text.into(),
            None => self.columns.push((name.to_owned(), text.into())),
        }
    }

    /// Without that column.
    pub(crate) fn remove(&mut self, name: &str) {
        self.columns.retain(|(other, _)| other != name);
    }

    /// Whether there is a column of that name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.columns.iter().any(|(other, _)| other == name)
    }

    /// Whether there is no column.
    pub(crate) fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }

    /// The list, without the word `SELECT`.
    pub(crate) fn list(&self) -> String {
        let one = |(name, text): &(String, String)| match ident(name) {
            quoted if *text == quoted => quoted,
            quoted => format!("{text} AS {quoted}"),
        };
        self.columns.iter().map(one).collect::<Vec<_>>().join(", ")
    }

    /// `SELECT` of the list from `source`, which is text.
    pub(crate) fn from(&self, source: &str) -> String {
        format!("SELECT {}\nFROM {source}", self.list())
    }
}
