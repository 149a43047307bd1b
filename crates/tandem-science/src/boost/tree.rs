//! A grown tree.

use serde::{Deserialize, Serialize};

use crate::design::{Column, Features};

/// A regression tree; the first node is the root.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tree {
    /// Nodes; children come after their parents.
    pub nodes: Vec<Node>,
}

/// A node of a tree.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Node {
    /// A test with two outcomes.
    Split {
        /// The index of the feature tested.
        feature: u32,
        /// What is asked.
        test: Test,
        /// Where yes leads.
        left: u32,
        /// Where no leads.
        right: u32,
        /// How many training rows came here.
        rows: u64,
        /// By how much the test lowered the loss.
        gain: f64,
    },
    /// An end.
    Leaf {
        /// What is added.
        value: f64,
        /// How many training rows came here.
        rows: u64,
    },
}

/// What a node asks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Test {
    /// Is the number at most this?
    Most {
        /// This.
        most: f64,
        /// The answer where the number is missing.
        missing: bool,
    },
    /// Is the code one of these (sorted)?
    Among {
        /// These.
        codes: Vec<u32>,
    },
}

impl Test {
    /// The answer for one row of a column.
    pub fn asks(&self, column: &Column, row: usize) -> bool {
        match (self, column) {
            (Self::Most { most, missing }, Column::Numeric(values)) => {
                let value = values[row];
                if value.is_nan() { *missing } else { value <= *most }
            }
            (Self::Among { codes }, Column::Categorical { codes: column, .. }) => {
                codes.binary_search(&column[row]).is_ok()
            }
            _ => false,
        }
    }
}

impl Node {
    /// How many training rows came here.
    pub fn rows(&self) -> u64 {
        match self {
            Self::Split { rows, .. } | Self::Leaf { rows, .. } => *rows,
        }
    }
}

impl Tree {
    /// What this tree adds for one row.
    pub fn value(&self, features: &Features, row: usize) -> f64 {
        let mut at = 0;
        loop {
            match self.nodes.get(at) {
                Some(Node::Split { feature, test, left, right, .. }) => {
                    let yes = test.asks(&features.columns[*feature as usize], row);
                    at = if yes { *left } else { *right } as usize;
                }
                Some(Node::Leaf { value, .. }) => return *value,
                None => return 0.0,
            }
        }
    }

    /// The longest way from the root to a leaf, in tests.
    pub fn depth(&self) -> usize {
        let mut depths = vec![0; self.nodes.len()];
        for (at, node) in self.nodes.iter().enumerate() {
            if let Node::Split { left, right, .. } = node {
                depths[*left as usize] = depths[at] + 1;
                depths[*right as usize] = depths[at] + 1;
            }
        }
        depths.into_iter().max().unwrap_or(0)
    }
}
