//! A component: its signature, and how it says or does what it does.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use tandem_core::{Error, ErrorCode, Result};
use tandem_flow::{Column, Signature, signature::Kind};

use crate::{
    Function,
    refusal::{cannot, refuse},
    sql::ident,
    template,
};

/// A component: one that ships, or a SQL component of a team's own.
#[derive(Debug, Clone)]
pub struct Component {
    /// What it takes, what may be set, what it gives.
    pub signature: Signature,
    /// How it does it.
    pub body: Body,
}

/// The text of a table, a pure function of what is asked.
pub type Query = fn(&Ask<'_>) -> Result<String>;

/// How a component does what it does.
#[derive(Debug, Clone, Copy)]
pub enum Body {
    /// One `SELECT` over its inputs: its one table.
    Query(Query),
    /// A `SELECT` for each table that it gives, by output port.
    Queries(&'static [(&'static str, Query)]),
    /// A `SELECT` whose text depends on the data: first `probe` is asked, and
    /// what it answers (its one column of text, in order) is handed to `query`.
    Probed {
        /// What to ask first; nothing, where the parameters say enough.
        probe: fn(&Ask<'_>) -> Result<Option<String>>,
        /// The text, given the answer.
        query: fn(&Ask<'_>, &[String]) -> Result<String>,
    },
    /// The statement that its signature holds: its one table.
    Template,
    /// A function that reads rows.
    Rows(Function),
    /// Done by whoever runs it, who knows of datasets and files.
    Outside,
}

impl Component {
    /// A SQL component of a team's own; nothing for any other kind.
    pub fn of_template(signature: &Signature) -> Option<Self> {
        (signature.kind == Kind::Sql).then(|| Self { signature: signature.clone(), body: Body::Template })
    }

    /// What must be asked of the data before there is a text: a `SELECT` of one
    /// column of text.
    ///
    /// # Errors
    /// `invalid_parameter`, `unknown_column`.
    pub fn probe(&self, ask: &Ask<'_>) -> Result<Option<String>> {
        match self.body {
            Body::Probed { probe, .. } => probe(ask),
            Body::Query(_) | Body::Queries(_) | Body::Template | Body::Rows(_) | Body::Outside => Ok(None),
        }
    }

    /// The `SELECT` that is the table of an output port. `answer` is what
    /// [`Self::probe`] was answered, in order, and empty where it asked nothing.
    ///
    /// # Errors
    /// `invalid_parameter`, `unknown_column`, and `not_found` for a port that it doesn't have.
    pub fn text(&self, port: &str, ask: &Ask<'_>, answer: &[String]) -> Result<String> {
        let missing = || Error::not_found("the output port");
        match self.body {
            Body::Queries(queries) => {
                let (_, query) = queries.iter().find(|(name, _)| *name == port).ok_or_else(missing)?;
                query(ask)
            }
            _ if self.signature.output(port).is_none() => Err(missing()),
            Body::Query(query) => query(ask),
            Body::Probed { query, .. } => query(ask, answer),
            Body::Template => template::statement(&self.signature, ask),
            Body::Rows(_) | Body::Outside => Err(Error::internal("a component that reads rows has no text")),
        }
    }
}

/// What a component is asked to do: parameters that were checked and filled
/// with defaults, and what is connected.
#[derive(Debug)]
pub struct Ask<'a> {
    /// The parameters, by name.
    pub params: &'a Map<String, Value>,
    /// The tables of each input port, in the order of their connections.
    pub inputs: &'a BTreeMap<String, Vec<Table>>,
    /// The seed of everything random.
    pub seed: u64,
}

/// A table that is connected.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Its name in the text, not yet quoted.
    pub name: String,
    /// Its columns.
    pub columns: Vec<Column>,
}

impl Table {
    /// Its name as SQL.
    pub fn sql(&self) -> String {
        ident(&self.name)
    }

    /// The column of that name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The column of that name, which must be there.
    ///
    /// # Errors
    /// `unknown_column`.
    pub fn need(&self, name: &str) -> Result<&Column> {
        self.column(name).ok_or_else(|| {
            refuse(
                ErrorCode::UnknownColumn,
                format!("There is no column “{name}”. Choose another."),
                format!("没有“{name}”列，请改选一列。"),
            )
        })
    }

    /// Its columns' names.
    pub fn names(&self) -> impl Iterator<Item = &String> {
        self.columns.iter().map(|column| &column.name)
    }

    /// A name like `wish` that none of its columns has.
    pub fn free(&self, wish: &str) -> String {
        let mut name = wish.to_owned();
        while self.column(&name).is_some() {
            name.push('#');
        }
        name
    }
}

impl<'a> Ask<'a> {
    /// The parameters as the component's own type.
    ///
    /// # Errors
    /// `invalid_parameter` where one has another shape than the signature says.
    pub fn params<T: DeserializeOwned>(&self) -> Result<T> {
        T::deserialize(&Value::Object(self.params.clone())).map_err(|error| {
            cannot(format!("A parameter has the wrong form: {error}."), format!("参数的形式有误：{error}。"))
        })
    }

    /// The one table of a port.
    ///
    /// # Errors
    /// `invalid_parameter` where nothing is connected.
    pub fn table(&self, port: &str) -> Result<&'a Table> {
        self.tables(port).first().ok_or_else(|| {
            cannot(
                format!("Nothing is connected to “{port}”. Connect a table."),
                format!("“{port}”尚未连接，请接入一张表。"),
            )
        })
    }

    /// All tables of a port.
    pub fn tables(&self, port: &str) -> &'a [Table] {
        self.inputs.get(port).map_or(&[], Vec::as_slice)
    }
}
