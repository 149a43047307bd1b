//! A scenario's signature: what it takes, what may be set, what it gives.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tandem_core::{Error, Result, Text};

/// A scenario's signature, as its pack declares it. From it come the form, the
/// command line's checks, the endpoint's document and the report's labels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// Stable name.
    pub name: String,
    /// Raised when a result changes its meaning.
    pub version: u32,
    /// What it is called.
    pub title: Text,
    /// What it is for, in a sentence.
    pub summary: Text,
    /// What it does, in a paragraph.
    pub description: Text,
    /// Questions that it answers.
    pub questions: Vec<Text>,
    /// What it reads.
    pub inputs: Vec<Input>,
    /// What may be set, as JSON Schema with `x-label`, `x-help`, `x-unit`, `x-enum-labels` in both languages.
    pub params: Map<String, Value>,
    /// What it gives.
    pub outputs: Vec<Output>,
}

/// A table that a scenario reads.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Input {
    /// Stable name.
    pub name: String,
    /// What it is called.
    pub label: Text,
    /// What it should hold.
    pub help: Text,
    /// Whether the scenario needs it.
    pub required: bool,
    /// The parts that its columns play.
    pub roles: Vec<Role>,
}

/// A part that a column plays.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Role {
    /// Stable name.
    pub name: String,
    /// What it is called.
    pub label: Text,
    /// What it should hold.
    pub help: Text,
    /// Whether the scenario needs it.
    pub required: bool,
    /// The types that can play it.
    pub accepts: Vec<ColumnKind>,
    /// By what a fitting column is recognized.
    pub hints: Hints,
}

/// What a column holds, as far as roles care.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnKind {
    /// Words.
    Text,
    /// Whole numbers.
    Integer,
    /// Floating-point numbers.
    Number,
    /// Exact decimal numbers.
    Decimal,
    /// Days.
    Date,
    /// Moments.
    Timestamp,
    /// Yes or no.
    Boolean,
    /// Anything else.
    Other,
}

/// By what a column that fits a role is recognized.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Hints {
    /// Names that fit, the best first.
    pub names: Vec<String>,
    /// Parts of names that don't.
    pub avoid: Vec<String>,
    /// Names that mean the price of one piece, which needs a quantity beside it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unit_price: Vec<String>,
}

/// What a scenario gives.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Output {
    /// Stable name.
    pub name: String,
    /// `dataset` or `report`.
    pub kind: String,
    /// What it is called.
    pub label: Text,
    /// A dataset's columns.
    pub columns: Vec<OutputColumn>,
}

/// A column of a dataset that a scenario gives.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OutputColumn {
    /// Stable name.
    pub name: String,
    /// What it is called.
    pub label: Text,
    /// What it means.
    pub help: Text,
}

impl Manifest {
    /// Reads a pack's manifest.
    ///
    /// # Errors
    /// `internal` where it is malformed.
    pub fn parse(json: &str) -> Result<Self> {
        serde_json::from_str(json).map_err(Error::internal)
    }

    /// The input of that name.
    pub fn input(&self, name: &str) -> Option<&Input> {
        self.inputs.iter().find(|i| i.name == name)
    }

    /// The schema of every parameter, in order of presentation.
    pub fn properties(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.params.get("properties").and_then(Value::as_object).into_iter().flatten()
    }
}

impl Input {
    /// The role of that name.
    pub fn role(&self, name: &str) -> Option<&Role> {
        self.roles.iter().find(|r| r.name == name)
    }
}
