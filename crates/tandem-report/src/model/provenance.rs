//! From what, with what and by what a report was computed.

use serde::{Deserialize, Serialize};
use tandem_core::{Text, id::RunId};

use super::Cell;

/// What is needed to get the same report again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Provenance {
    /// The run that made it; absent when it was made on the command line.
    pub run: Option<RunId>,
    /// What was read.
    pub inputs: Vec<InputSource>,
    /// What was set, defaults included.
    pub params: Vec<Param>,
    /// The program and its version, such as `tandem 0.1.0`.
    pub engine: String,
    /// The seed of everything random.
    pub seed: u64,
    /// Digest over inputs, mapping, parameters, seed and engine: equal digest, equal result.
    pub digest: Option<String>,
}

/// One input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputSource {
    /// The input's name in the scenario, such as `transactions`.
    pub input: String,
    /// The dataset's or file's name.
    pub name: String,
    /// The dataset's version; absent for a file.
    pub version: Option<u64>,
    /// Digest of the content, with its algorithm, such as `blake3:…`.
    pub digest: Option<String>,
    /// Rows read, where the reader may know how many there are.
    pub rows: Option<u64>,
    /// Which column (or product of columns) plays which role.
    pub map: Vec<RoleColumn>,
}

/// A column in its role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleColumn {
    /// The role, such as `customer`.
    pub role: String,
    /// The column's name in the data.
    pub column: String,
}

/// One parameter as it was set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Param {
    /// Its name.
    pub key: String,
    /// What it is called.
    pub label: Text,
    /// Its value.
    pub value: Cell,
    /// Its unit, where it has one.
    pub unit: Option<Text>,
}
