//! Where tables, models, reports and values go in and come out.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tandem_core::Text;

use crate::ColumnKind;

/// What goes through a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PortKind {
    /// Rows with columns.
    Table,
    /// Something that was learned.
    Model,
    /// A page with charts and words.
    Report,
    /// One number, text, date, yes/no, or a list of them.
    Value,
}

impl PortKind {
    /// What people call it.
    pub fn words(self) -> Text {
        let (en, zh) = match self {
            Self::Table => ("table", "表"),
            Self::Model => ("model", "模型"),
            Self::Report => ("report", "报告"),
            Self::Value => ("value", "值"),
        };
        Text::new(en, zh)
    }
}

/// A place to connect to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Port {
    /// Stable name.
    pub name: String,
    /// What goes through it.
    pub kind: PortKind,
    /// What it is called.
    pub label: Text,
    /// What it should hold, or holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<Text>,
    /// An input that may stay open.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub optional: bool,
    /// An input that takes several connections, in order. Of branches that
    /// join here it takes those that were gone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub many: bool,
    /// A value input that decides whether the node runs: `false` skips it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub condition: bool,
    /// Columns that a table must have under these very names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<NeededColumn>,
    /// Parts that columns of a table play; each is a parameter that chooses a column.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<Role>,
}

impl Port {
    /// A port without help, roles or needs.
    pub fn new(name: impl Into<String>, kind: PortKind, label: Text) -> Self {
        Self {
            name: name.into(),
            kind,
            label,
            help: None,
            optional: false,
            many: false,
            condition: false,
            columns: Vec::new(),
            roles: Vec::new(),
        }
    }
}

/// A column that a table must have.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NeededColumn {
    /// Its name in the table.
    pub name: String,
    /// The kinds that will do; none means any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accepts: Vec<ColumnKind>,
    /// What it should hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<Text>,
}

/// A part that a column plays, as in the manifests of scenarios.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// Stable name; also that of the parameter that chooses the column.
    pub name: String,
    /// What it is called.
    pub label: Text,
    /// What it should hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<Text>,
    /// Whether the component needs it.
    pub required: bool,
    /// The kinds that can play it; none means any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accepts: Vec<ColumnKind>,
    /// By what a fitting column is recognized; read by whoever suggests columns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hints: Option<Value>,
}

impl Role {
    /// The parameter that chooses the column, as a schema.
    pub(super) fn schema(&self, port: &str) -> Value {
        let mut schema = json!({
            "type": "string",
            "x-label": self.label,
            "x-column": { "port": port, "kinds": self.accepts },
        });
        if let (Some(help), Some(schema)) = (&self.help, schema.as_object_mut()) {
            schema.insert("x-help".to_owned(), json!(help));
        }
        schema
    }
}
