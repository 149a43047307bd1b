//! What a version of a packaged component holds.

use serde::{Deserialize, Serialize};
use tandem_core::{Error, ErrorCode, Result, id::AssetId};
use tandem_flow::{Signature, Workflow, package::Choice};
use tandem_meta::{Asset, AssetKind, Version};
use tandem_python::Wanted;

/// What the names of packaged components begin with in a workflow; the rest is
/// the asset's id, which nothing changes.
const PREFIX: &str = "own-";

/// The name by which nodes know a packaged component.
pub(crate) fn name_of(id: AssetId) -> String {
    format!("{PREFIX}{id}")
}

/// The asset that a node's component is; nothing for one that ships.
pub(crate) fn id_of(name: &str) -> Option<AssetId> {
    name.strip_prefix(PREFIX)?.parse().ok()
}

/// A version's content.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Content {
    /// What it shows.
    pub(crate) signature: Signature,
    /// What is inside.
    #[serde(flatten)]
    pub(crate) inside: Inside,
}

/// What a component is made of.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Inside {
    /// Nodes.
    Workflow {
        /// They.
        workflow: Box<Workflow>,
        /// How they were chosen, for the next version.
        choice: Box<Choice>,
    },
    /// A function.
    Python {
        /// It.
        python: Program,
    },
    /// A statement; the signature is given it when the version is read.
    Sql {
        /// It.
        sql: String,
    },
}

/// A function in Python.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Program {
    /// The text of its `component.py`.
    pub code: String,
    /// The name of the environment that it runs in.
    pub environment: String,
    /// Limits that it sets itself.
    #[serde(default)]
    pub limits: Wanted,
}

impl Content {
    /// Reads a version of a component. Its name and number are the asset's,
    /// whatever it was called when it was made.
    ///
    /// # Errors
    /// `not_found` for another kind of asset; `internal` for damaged content.
    pub(crate) fn of(asset: &Asset, version: &Version) -> Result<Self> {
        if asset.kind != AssetKind::Component {
            return Err(Error::not_found("component"));
        }
        let mut content: Self = serde_json::from_value(version.content.clone()).map_err(Error::internal)?;
        content.signature.name = name_of(asset.id);
        content.signature.version = number(version.seq);
        if let Inside::Sql { sql } = &content.inside {
            content.signature.sql = Some(sql.clone());
        }
        Ok(content)
    }

    /// The document inside.
    ///
    /// # Errors
    /// `state_conflict` for a component that is not made of nodes.
    pub(crate) fn workflow(self) -> Result<Workflow> {
        match self.inside {
            Inside::Workflow { workflow, .. } => Ok(*workflow),
            Inside::Python { .. } | Inside::Sql { .. } => Err(Error::new(
                ErrorCode::StateConflict,
                "This component is a function or a statement, not a workflow. Put it into a workflow, and use that.",
            )),
        }
    }
}

/// A version's number, as components count.
pub(super) fn number(seq: i64) -> u32 {
    u32::try_from(seq).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back_to_assets_and_nothing_else_does() {
        let id = AssetId::generate(&tandem_core::SystemClock);
        assert_eq!(id_of(&name_of(id)), Some(id));
        for other in ["sort", "own-", "own-x", "Own-01890000-0000-7000-8000-00000000000a"] {
            assert_eq!(id_of(other), None, "{other}");
        }
    }
}
