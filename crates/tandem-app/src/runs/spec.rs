//! What a run is told to do, complete enough to do it again.

use std::collections::{BTreeMap, BTreeSet};

use crate::deliveries::DeliverySettings;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tandem_core::id::{AssetId, ScheduleId, UploadId};
use tandem_flow::graph::NodeId;
use tandem_ingest::{ImportOptions, ResolvedOptions, source::database::DatabaseKind};

/// What one run does.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum RunSpec {
    /// Bytes become a version of a dataset.
    Import(ImportSpec),
    /// A scenario answers a question.
    Scenario(ScenarioSpec),
    /// A workflow is run.
    Workflow(WorkflowSpec),
    /// A dashboard is delivered.
    Delivery(DeliverySpec),
}

/// A delivery of a dashboard.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DeliverySpec {
    /// The dashboard.
    pub dashboard: AssetId,
    /// The delivery.
    pub delivery: ScheduleId,
    /// The version of it.
    pub seq: i64,
    /// The versions of the datasets that are read, by source.
    pub pins: BTreeMap<String, i64>,
    /// When it was due, which dates its files.
    pub due_at: DateTime<Utc>,
    /// What goes where, as it was set then.
    pub settings: DeliverySettings,
}

/// An import.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ImportSpec {
    /// Where the rows come from.
    pub source: SourceSpec,
    /// What was said about the file; the rest is sniffed.
    pub options: ImportOptions,
    /// What was settled on before, so that nothing is left to be found out;
    /// absent where it could not be told before the job.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled: Option<Box<ResolvedOptions>>,
    /// Where the rows go.
    pub target: ImportTarget,
    /// How they join the rows that are there.
    pub mode: ImportMode,
    /// What to say about the version.
    pub message: String,
    /// The largest share of rows that may be rejected, 0 to 1.
    pub max_rejected_ratio: f64,
}

/// How rows join those that are there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "mode", rename_all = "snake_case")]
pub enum ImportMode {
    /// They are added.
    Append,
    /// They take their place.
    Replace,
    /// They take the place of rows with the same key.
    Upsert {
        /// Columns of the key.
        key: Vec<String>,
    },
}

/// Where imported rows go.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportTarget {
    /// Into a dataset that is there.
    Dataset(AssetId),
    /// Into a new one.
    New {
        /// Its name.
        name: String,
        /// The table that will hold its rows, chosen now so that a second
        /// attempt finds what the first one wrote.
        table: AssetId,
    },
}

/// Where imported rows come from. Passwords are sealed.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum SourceSpec {
    /// A file that was uploaded.
    Upload {
        /// Which.
        upload_id: UploadId,
    },
    /// A file in one of the folders that may be read.
    Folder {
        /// Which of the configured folders, counted from 0.
        folder: usize,
        /// The path inside it.
        path: String,
    },
    /// An object in S3-compatible storage.
    S3 {
        /// `s3://bucket/key`.
        url: String,
        /// The service's address, where it isn't AWS.
        #[serde(default)]
        endpoint: Option<String>,
        /// The region.
        #[serde(default)]
        region: Option<String>,
        /// The key's name.
        #[serde(default)]
        access_key: Option<String>,
        /// The key, sealed.
        #[serde(default)]
        secret_key: Option<String>,
    },
    /// A table or query of a database.
    Database {
        /// Which kind of database.
        database: DatabaseKind,
        /// The connection address with its password, sealed.
        url: String,
        /// A table, or a query in the database's own SQL.
        #[serde(flatten)]
        what: DatabaseRead,
        /// What to call it for people: host and database, without the password.
        label: String,
    },
}

/// What is read of a database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DatabaseRead {
    /// All rows of a table.
    Table(String),
    /// The rows of a query.
    Query(String),
}

/// A scenario on pinned inputs.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ScenarioSpec {
    /// The scenario's name.
    pub scenario: String,
    /// What goes in, by role.
    pub inputs: BTreeMap<String, ScenarioInput>,
    /// The parameters.
    pub params: Value,
    /// The seed of its randomness.
    pub seed: i64,
    /// What its results are called.
    pub output_name: String,
}

/// A version of a workflow on pinned datasets.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct WorkflowSpec {
    /// The workflow.
    pub workflow: AssetId,
    /// Its version.
    pub seq: i64,
    /// Its parameters.
    pub params: Map<String, Value>,
    /// The seed of its randomness.
    pub seed: u64,
    /// Run these nodes and what they need; all where empty.
    pub until: BTreeSet<NodeId>,
    /// Compute everything again, whatever is known.
    #[serde(default)]
    pub again: bool,
    /// The version of the dataset that each node reads.
    pub pins: BTreeMap<NodeId, (AssetId, i64)>,
    /// The version of the dataset that each declared input is.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub inputs: BTreeMap<String, (AssetId, i64)>,
    /// Whether somebody filled in its form as an app.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub app: bool,
}

/// One input of a scenario.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScenarioInput {
    /// The dataset.
    pub dataset: AssetId,
    /// Its version.
    pub seq: i64,
    /// Which column plays which role.
    pub map: BTreeMap<String, String>,
}
