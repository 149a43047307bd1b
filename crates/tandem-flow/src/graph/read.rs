//! Documents that come from outside: files, the API, older and newer releases.

use serde::Deserialize;
use serde_json::Value;
use tandem_core::{Error, ErrorCode, Result};

use super::{FORMAT, Workflow};

#[derive(Deserialize)]
struct Head {
    format: Option<Value>,
}

impl Workflow {
    /// Reads a document and makes sure that it is valid.
    ///
    /// # Errors
    /// `unsupported_format` for one of a newer release; `malformed_file` where
    /// it is no workflow or names what is not there.
    pub fn read(json: &str) -> Result<Self> {
        let head: Head = serde_json::from_str(json).map_err(|error| malformed(&error.to_string()))?;
        let format = head.format.as_ref().and_then(Value::as_u64);
        match format {
            None => return Err(malformed("it does not say its format")),
            Some(0) => return Err(malformed("there is no format 0")),
            Some(newer) if newer > u64::from(FORMAT) => {
                return Err(Error::new(
                    ErrorCode::UnsupportedFormat,
                    format!(
                        "This workflow was saved by a newer release (format {newer}; this one reads up to {FORMAT}). \
                         Nothing was changed. Upgrade, or export it again from an older release."
                    ),
                ));
            }
            Some(_) => {}
        }
        let workflow: Self = serde_json::from_str(json).map_err(|error| malformed(&error.to_string()))?;
        match workflow.flaws().first() {
            None => Ok(workflow),
            Some(flaw) => Err(malformed(flaw)),
        }
    }

    /// The document as it is stored: the same workflow gives the same bytes.
    ///
    /// # Errors
    /// `internal`, which does not happen: every part of it can be written.
    pub fn write(&self) -> Result<String> {
        serde_json::to_string_pretty(self).map_err(Error::internal)
    }

    /// What makes the document invalid: ids that can't be, and names of what is not there.
    pub fn flaws(&self) -> Vec<String> {
        let mut flaws = Vec::new();
        let ids = self.nodes.keys().map(|id| (id.as_str(), id.is_valid()));
        let ids = ids.chain(self.edges.keys().map(|id| (id.as_str(), id.is_valid())));
        let ids = ids.chain(self.notes.keys().map(|id| (id.as_str(), id.is_valid())));
        let ids = ids.chain(self.frames.keys().map(|id| (id.as_str(), id.is_valid())));
        for (id, _) in ids.filter(|(_, valid)| !valid) {
            flaws.push(format!("“{id}” can't be an id: use up to 56 letters, digits, hyphens and underscores"));
        }
        for (id, node) in &self.nodes {
            if let Some(frame) = node.frame.as_ref().filter(|frame| !self.frames.contains_key(*frame)) {
                flaws.push(format!("node {id} is in frame {frame}, which is not there"));
            }
        }
        for (id, edge) in &self.edges {
            for end in [&edge.from, &edge.to] {
                if !self.nodes.contains_key(&end.node) {
                    flaws.push(format!("connection {id} ends at node {}, which is not there", end.node));
                }
            }
        }
        for (name, input) in &self.inputs {
            if input.to.is_empty() {
                flaws.push(format!("input {name} feeds nothing"));
            }
            for to in input.to.iter().filter(|to| !self.nodes.contains_key(&to.node)) {
                flaws.push(format!("input {name} feeds node {}, which is not there", to.node));
            }
        }
        for (name, output) in &self.outputs {
            if !self.nodes.contains_key(&output.from.node) {
                flaws.push(format!("output {name} comes from node {}, which is not there", output.from.node));
            }
        }
        flaws
    }
}

fn malformed(what: &str) -> Error {
    Error::new(ErrorCode::MalformedFile, format!("This is no workflow: {what}. Nothing was changed."))
}
