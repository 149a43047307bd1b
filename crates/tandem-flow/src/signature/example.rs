//! What a component does, shown on a few rows.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tandem_core::Text;

use crate::Column;

/// An example that the documentation shows and a test runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// What it shows, in a sentence.
    pub title: Text,
    /// What is connected, by input port.
    #[serde(default)]
    pub inputs: BTreeMap<String, Vec<ExampleInput>>,
    /// What is set.
    #[serde(default)]
    pub params: Map<String, Value>,
    /// What comes out, by output port; ports that aren't there are not compared.
    #[serde(default)]
    pub outputs: BTreeMap<String, ExampleTable>,
}

/// What is connected to a port in an example.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ExampleInput {
    /// These rows.
    Table(ExampleTable),
    /// A sample that ships.
    Sample {
        /// Its name.
        sample: String,
    },
    /// What another component makes, such as a model.
    Made {
        /// The component's name.
        component: String,
        /// The output port.
        output: String,
        /// What is set there.
        #[serde(default)]
        params: Map<String, Value>,
        /// What is connected there.
        #[serde(default)]
        inputs: BTreeMap<String, Vec<ExampleInput>>,
    },
    /// A value.
    Value {
        /// The value.
        value: Value,
    },
}

/// A few rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExampleTable {
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows, a value a column.
    pub rows: Vec<Vec<Value>>,
}
