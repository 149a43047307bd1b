//! What a component takes, what may be set and what it gives, declared once.
//!
//! The node on the canvas, the form, the page of documentation, the endpoint
//! and the help of the command line are all made from it.

mod example;
mod flaws;
mod page;
mod port;
mod schema;
mod template;
#[cfg(test)]
pub(crate) mod tests;
mod words;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use tandem_core::{Error, ErrorCode, Lang, Result, Text};

pub use example::{Example, ExampleInput, ExampleTable};
pub use flaws::{Flaw, flaws};
pub use page::page;
pub use port::{NeededColumn, Port, PortKind, Role};
pub use schema::call_schema;
pub use template::{Piece, Wrong, pieces};
pub use words::untranslated;

/// A component's declaration of itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// Stable name, such as `group` or `gradient-boosting`.
    pub name: String,
    /// Raised when the same inputs and parameters would give another result.
    pub version: u32,
    /// By what it is made.
    pub kind: Kind,
    /// Where the palette shows it.
    pub category: Category,
    /// What it is called.
    pub title: Text,
    /// What it is for, in a sentence.
    pub summary: Text,
    /// How it is used and what to watch for, as Markdown.
    #[serde(default = "nothing", skip_serializing_if = "is_nothing")]
    pub help: Text,
    /// What it reads.
    #[serde(default)]
    pub inputs: Vec<Port>,
    /// What may be set: JSON Schema with `x-…` words; see [`crate::params`].
    #[serde(default)]
    pub params: Map<String, Value>,
    /// What it gives.
    #[serde(default)]
    pub outputs: Vec<Port>,
    /// How its tables come to be.
    #[serde(default)]
    pub evaluation: Evaluation,
    /// Whether the columns of its tables are known only when it has run, as of a pivot.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub columns_when_run: bool,
    /// Whether it changes something outside of the run: writes a dataset, sends a message.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub effects: bool,
    /// Whether chance plays a part, so that the seed is part of its digest.
    #[serde(default = "yes")]
    pub seeded: bool,
    /// The statement of a SQL component, over the names of its inputs, with `{{name}}` for a parameter ([`pieces`]). It is
    /// read with the signature and not told with it: how a component is made is for those who may see that.
    #[serde(default, skip_serializing)]
    pub sql: Option<String>,
    /// What it does to a small table; a test runs it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub example: Option<Example>,
}

/// By what a component is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Ships with the product.
    Builtin,
    /// A template of SQL over named inputs.
    Sql,
    /// A function in a file, run in an environment of its own.
    Python,
    /// A workflow that was packaged.
    Workflow,
}

/// How a component's tables come to be; decides what is written down between nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Evaluation {
    /// They are there already: a dataset's version. Reading them again costs a scan and nothing else.
    Stored,
    /// A `SELECT` over the inputs, which melts into the query of whatever reads it.
    Lazy,
    /// A `SELECT` whose rows are kept, because to compute them again is dear: group, pivot, deduplicate.
    Heavy,
    /// Computed by a function that reads rows.
    #[default]
    Eager,
}

impl Evaluation {
    /// Whether it is said as text over its inputs.
    pub const fn is_query(self) -> bool {
        matches!(self, Self::Stored | Self::Lazy | Self::Heavy)
    }
}

/// Where the palette shows a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// In and out.
    Data,
    /// Putting values right.
    Clean,
    /// Changing the shape of tables.
    Shape,
    /// Describing, testing and drawing.
    Look,
    /// Models.
    Learn,
    /// Parameters, branches, calls.
    Flow,
    /// A team's own.
    Own,
}

impl Category {
    /// Every category in the order of the palette.
    pub const ALL: [Self; 7] = [Self::Data, Self::Clean, Self::Shape, Self::Look, Self::Learn, Self::Flow, Self::Own];

    /// What people call it.
    pub fn words(self) -> Text {
        let (en, zh) = match self {
            Self::Data => ("In and out", "输入与输出"),
            Self::Clean => ("Clean", "清洗"),
            Self::Shape => ("Shape", "变换"),
            Self::Look => ("Look", "探索"),
            Self::Learn => ("Learn", "建模"),
            Self::Flow => ("Flow", "流程"),
            Self::Own => ("Our own", "自建"),
        };
        Text::new(en, zh)
    }
}

fn nothing() -> Text {
    Text::new("", "")
}

fn is_nothing(text: &Text) -> bool {
    text.en.is_empty() && text.zh.is_empty()
}

fn yes() -> bool {
    true
}

impl Signature {
    /// Reads a signature.
    ///
    /// # Errors
    /// `invalid_request` where it is malformed or contradicts itself; the message names the place.
    pub fn parse(json: &str) -> Result<Self> {
        let signature: Self = serde_json::from_str(json).map_err(|error| {
            Error::new(ErrorCode::InvalidRequest, format!("The signature can't be read: {error}. Put that right."))
        })?;
        match flaws(&signature).first() {
            None => Ok(signature),
            Some(flaw) => Err(Error::new(
                ErrorCode::InvalidRequest,
                format!("The signature of “{}” is wrong at {}: {}", signature.name, flaw.at, flaw.message.en),
            )),
        }
    }

    /// The input port of that name.
    pub fn input(&self, name: &str) -> Option<&Port> {
        self.inputs.iter().find(|port| port.name == name)
    }

    /// The output port of that name.
    pub fn output(&self, name: &str) -> Option<&Port> {
        self.outputs.iter().find(|port| port.name == name)
    }

    /// What may be set, as one schema: the roles of its tables first, each a
    /// parameter that chooses a column, then the parameters that it declares.
    pub fn schema(&self) -> Map<String, Value> {
        let mut properties = Map::new();
        let mut required: Vec<Value> = Vec::new();
        for port in &self.inputs {
            for role in &port.roles {
                properties.insert(role.name.clone(), role.schema(&port.name));
                if role.required && !port.optional {
                    required.push(json!(role.name));
                }
            }
        }
        let declared = self.params.get("properties").and_then(Value::as_object);
        properties.extend(declared.into_iter().flatten().map(|(name, schema)| (name.clone(), schema.clone())));
        required.extend(self.params.get("required").and_then(Value::as_array).into_iter().flatten().cloned());
        let mut schema = Map::new();
        schema.insert("type".to_owned(), json!("object"));
        schema.insert("additionalProperties".to_owned(), json!(false));
        schema.insert("properties".to_owned(), Value::Object(properties));
        schema.insert("required".to_owned(), Value::Array(required));
        schema
    }

    /// Its name with the version, such as `group@2`.
    pub fn id(&self) -> String {
        format!("{}@{}", self.name, self.version)
    }

    /// Its title in a language.
    pub fn title(&self, lang: Lang) -> &str {
        self.title.get(lang)
    }
}
