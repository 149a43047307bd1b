//! Names that never change: who made an element chose it, and nothing else ever takes it.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The id with these letters.
            pub fn new(id: impl Into<String>) -> Self {
                Self(id.into())
            }

            /// Its letters.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Whether a document may use it: 1 to 56 letters, digits, hyphens
            /// and underscores, so that it may also be the id of a notebook's cell.
            pub fn is_valid(&self) -> bool {
                let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
                (1..=56).contains(&self.0.len()) && self.0.chars().all(fits)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(id: &str) -> Self {
                Self::new(id)
            }
        }

        impl From<&Self> for $name {
            fn from(id: &Self) -> Self {
                id.clone()
            }
        }
    )+};
}

ids! {
    /// A node.
    NodeId;
    /// A connection.
    EdgeId;
    /// A note.
    NoteId;
    /// A frame.
    FrameId;
}

impl NodeId {
    /// The node `inner` of the workflow that this node is a package of. Such
    /// an id is in no stored document: the slash tells it apart.
    #[must_use]
    pub fn inside(&self, inner: &Self) -> Self {
        Self(format!("{}/{}", self.0, inner.0))
    }
}

impl EdgeId {
    /// The connection `inner` of the workflow that `node` is a package of.
    pub fn inside(node: &NodeId, inner: &Self) -> Self {
        Self(format!("{node}/{inner}"))
    }
}
