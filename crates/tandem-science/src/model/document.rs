//! The document, and its signature.

use serde::{Deserialize, Serialize};
use tandem_core::{Error, ErrorCode, Result};

use crate::{
    boost::BoostModel,
    cluster::{IsolationForest, KMeans, Pca},
    design::{Encoder, Encoding, Kind, Layout, Target, TargetKind},
    linear::LinearModel,
};

/// What the documents of this program call themselves.
const FORMAT: &str = "tandem.model";
/// The version of the document this release writes.
const VERSION: u32 = 1;

/// A column that a model needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input {
    /// Its name.
    pub name: String,
    /// The type it had in training.
    pub data_type: String,
    /// How it is read.
    pub kind: Kind,
    /// The categories that training had.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<String>,
}

/// A column that a model gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Output {
    /// Its name.
    pub name: String,
    /// Its type.
    pub data_type: String,
}

/// What a model needs and gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// Columns needed.
    pub inputs: Vec<Input>,
    /// What it was taught to answer, where it was taught.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<Target>,
    /// Columns given.
    pub outputs: Vec<Output>,
}

/// What was learnt.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "learner", rename_all = "snake_case")]
pub enum Learned {
    /// Boosted trees.
    Boosting {
        /// The trees.
        model: BoostModel,
    },
    /// Linear or logistic regression.
    Linear {
        /// The columns of the matrix.
        layout: Layout,
        /// The weights.
        model: LinearModel,
    },
    /// Groups around centres, of standardized columns.
    KMeans {
        /// The columns of the matrix.
        layout: Layout,
        /// The centres.
        model: KMeans,
    },
    /// Directions of standardized columns.
    Components {
        /// The columns of the matrix.
        layout: Layout,
        /// The directions.
        model: Pca,
    },
    /// Outliers.
    Isolation {
        /// The columns of the matrix.
        layout: Layout,
        /// The forest.
        model: IsolationForest,
    },
}

/// A model as a document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Model {
    format: String,
    version: u32,
    /// What it needs and gives.
    pub signature: Signature,
    /// How columns become features.
    pub encoder: Encoder,
    /// What was learnt.
    #[serde(flatten)]
    pub learned: Learned,
}

impl Model {
    pub(super) fn new(encoder: Encoder, target: Option<Target>, learned: Learned) -> Self {
        let inputs = encoder
            .columns
            .iter()
            .map(|column| Input {
                name: column.name.clone(),
                data_type: column.data_type.clone(),
                kind: column.kind(),
                categories: match &column.encoding {
                    Encoding::Categorical { categories, .. } => categories.clone(),
                    Encoding::Numeric { .. } => Vec::new(),
                },
            })
            .collect();
        let outputs = outputs(target.as_ref(), &learned);
        let signature = Signature { inputs, target, outputs };
        Self { format: FORMAT.to_owned(), version: VERSION, signature, encoder, learned }
    }

    /// Reads a document.
    ///
    /// # Errors
    /// `unsupported_format` for what a later release wrote; `malformed_file`
    /// for anything else that is no model.
    pub fn from_json(text: &str) -> Result<Self> {
        #[derive(Deserialize)]
        struct Head {
            format: String,
            version: u32,
        }
        let malformed = |cause| Error::new(ErrorCode::MalformedFile, "This is no model document.").with_source(cause);
        let head: Head = serde_json::from_str(text).map_err(malformed)?;
        if head.format != FORMAT {
            return Err(Error::new(ErrorCode::MalformedFile, "This is no model document."));
        }
        if head.version > VERSION {
            let message = "This model was made by a later release. Update the program and try again.";
            return Err(Error::new(ErrorCode::UnsupportedFormat, message));
        }
        serde_json::from_str(text).map_err(malformed)
    }

    /// Writes the document.
    ///
    /// # Errors
    /// `internal` only.
    pub fn to_json(&self) -> Result<String> {
        serde_json::to_string(self).map_err(Error::internal)
    }
}

fn outputs(target: Option<&Target>, learned: &Learned) -> Vec<Output> {
    let output = |name: String, data_type: &str| Output { name, data_type: data_type.to_owned() };
    match (learned, target) {
        (Learned::Boosting { .. } | Learned::Linear { .. }, Some(target)) => match target.kind {
            TargetKind::Regression => vec![output("prediction".to_owned(), "Float64")],
            _ => {
                let mut all = vec![output("prediction".to_owned(), "Utf8")];
                all.extend(target.classes.iter().map(|class| output(format!("probability_{class}"), "Float64")));
                all
            }
        },
        (Learned::Boosting { .. } | Learned::Linear { .. }, None) => Vec::new(),
        (Learned::KMeans { .. }, _) => vec![output("cluster".to_owned(), "Int32")],
        (Learned::Components { model, .. }, _) => {
            (1..=model.components.len()).map(|i| output(format!("component_{i}"), "Float64")).collect()
        }
        (Learned::Isolation { .. }, _) => vec![output("anomaly_score".to_owned(), "Float64")],
    }
}
