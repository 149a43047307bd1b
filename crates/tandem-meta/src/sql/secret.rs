//! Text that must not reach a log.

use std::fmt;

use super::{Column, Kind, Param, ToParam};

/// A hash or token that is kept but never shown: its `Debug` says nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps the text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for comparing in constant time.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl ToParam for Secret {
    const NULL: Param = Param::Text(None);
    fn to_param(&self) -> Param {
        Param::Text(Some(self.0.clone()))
    }
}

impl Column for Secret {
    const KIND: Kind = Kind::Text;
    fn from_param(param: Param) -> Option<Self> {
        match param {
            Param::Text(text) => text.map(Self),
            Param::Int(_) => None,
        }
    }
}
