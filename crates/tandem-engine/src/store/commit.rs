//! One entry of the log: the moment at which a version comes to be.

use std::collections::HashMap;

use arrow::datatypes::Schema;
use deltalake_core::{
    DeltaTable, checkpoints,
    kernel::{
        Action, Add, Metadata, MetadataExt, Protocol, Remove, Transaction,
        transaction::{CommitData, TransactionError},
    },
    logstore::CommitOrBytes,
    protocol::{DeltaOperation, SaveMode},
};
use serde_json::{Value, json};
use tandem_core::{Error, ErrorCode, Result};
use uuid::Uuid;

use super::{Snapshot, Store, Table, log_failed, schema::to_delta};
use crate::WriteMode;

/// Every so many versions the log is summed up in a checkpoint.
const CHECKPOINT_EVERY: u64 = 20;

/// What changes with a version.
pub(super) struct Change<'a> {
    pub(super) parent: Option<&'a Snapshot>,
    pub(super) schema: &'a Schema,
    pub(super) add: Vec<Add>,
    /// Files of the parent that go.
    pub(super) remove: Vec<&'a Add>,
    pub(super) kind: Kind<'a>,
    pub(super) write_id: Option<&'a str>,
    pub(super) rows_in: u64,
}

/// How the log describes the change to people.
pub(super) enum Kind<'a> {
    Create,
    Write(&'a WriteMode),
    Restore(u64),
}

/// What came of trying.
pub(super) enum Committed {
    Version(u64),
    /// Another writer was first.
    Conflict,
    /// The disk failed, and doesn't tell whether the version is there: what it
    /// would name must stay.
    Unknown(Error),
}

const ROWS_IN: &str = "tandemRowsIn";

impl Store {
    /// Adds the version after `change.parent`, or finds that it is there already.
    pub(super) async fn commit(&self, table: &Table, change: &Change<'_>) -> Result<Committed> {
        let version = change.parent.map_or(0, |parent| parent.version + 1);
        let now = self.clock.now().timestamp_millis();
        let mut actions = self.header(change)?;
        actions.extend(change.remove.iter().map(|add| Action::Remove(tombstone(add, now))));
        actions.extend(change.add.iter().cloned().map(Action::Add));
        let operation = operation(&change.kind);
        let mut info = operation.get_commit_info();
        info.timestamp = Some(now);
        info.engine_info = Some("Tandem".into());
        actions.insert(0, Action::CommitInfo(info));
        let transactions = match change.write_id {
            Some(id) => vec![Transaction::new(app_id(id), i64::try_from(version).map_err(Error::internal)?)],
            None => Vec::new(),
        };
        let notes = HashMap::from([(ROWS_IN.to_owned(), json!(change.rows_in))]);
        let bytes = CommitData::new(actions, operation, notes, transactions).get_bytes().map_err(Error::internal)?;
        let entry = CommitOrBytes::LogBytes(bytes.clone());
        let error = match table.log.write_commit_entry(version, entry, Uuid::new_v4()).await {
            Ok(()) => return Ok(Committed::Version(version)),
            Err(TransactionError::VersionAlreadyExists(_)) => return Ok(Committed::Conflict),
            Err(error) => log_failed(error.into()),
        };
        // It may have failed before the entry had its name, or after.
        Ok(match table.log.read_commit_entry(version).await {
            Ok(None) => return Err(error),
            Ok(Some(there)) if there == bytes => Committed::Version(version),
            Ok(Some(_)) => Committed::Conflict,
            Err(_) => Committed::Unknown(error),
        })
    }

    /// Protocol and metadata, where this version changes them.
    fn header(&self, change: &Change<'_>) -> Result<Vec<Action>> {
        let mut actions = Vec::new();
        let schema = to_delta(change.schema)?;
        let ntz = deltalake_core::kernel::contains_timestampntz(schema.fields());
        match change.parent {
            None => {
                actions.push(Action::Protocol(protocol(ntz)?));
                actions.push(Action::Metadata(self.metadata(&schema)?));
            }
            Some(parent) if parent.schema.fields() != change.schema.fields() => {
                if ntz && parent.protocol.min_reader_version() < 3 {
                    actions.push(Action::Protocol(protocol(true)?));
                }
                let metadata = parent.metadata.clone().with_schema(&schema).map_err(Error::internal)?;
                actions.push(Action::Metadata(metadata));
            }
            Some(_) => {}
        }
        Ok(actions)
    }

    fn metadata(&self, schema: &deltalake_core::kernel::StructType) -> Result<Metadata> {
        let forever = "interval 36500 days";
        serde_json::from_value(json!({
            "id": Uuid::new_v4().to_string(),
            "name": null,
            "description": null,
            "format": {"provider": "parquet", "options": {}},
            "schemaString": serde_json::to_string(schema).map_err(Error::internal)?,
            "partitionColumns": [],
            // Versions are kept until somebody deletes the dataset: other tools
            // that clean up must not take them.
            "configuration": {
                "delta.logRetentionDuration": forever,
                "delta.deletedFileRetentionDuration": forever,
                "delta.enableExpiredLogCleanup": "false",
            },
            "createdTime": self.clock.now().timestamp_millis(),
        }))
        .map_err(Error::internal)
    }

    /// Sums the log up now and then. A failure costs speed, not data.
    pub(super) async fn checkpoint(&self, table: &Table, version: u64) {
        if version == 0 || !version.is_multiple_of(CHECKPOINT_EVERY) {
            return;
        }
        let mut state = DeltaTable::new(table.log.clone());
        let done = match state.load_version(version).await {
            Ok(()) => checkpoints::create_checkpoint(&state, None).await,
            Err(error) => Err(error),
        };
        if let Err(error) = done {
            tracing::warn!(dataset = %table.dataset, version, %error, "no checkpoint was written");
        }
    }

    /// The version that a write with this name made, and the rows it brought.
    pub(super) async fn written_before(
        &self,
        table: &Table,
        write_id: &str,
        latest: &Snapshot,
    ) -> Result<Option<(u64, u64)>> {
        let mut state = DeltaTable::new(table.log.clone());
        state.load_version(latest.version).await.map_err(log_failed)?;
        let version = state
            .snapshot()
            .map_err(log_failed)?
            .transaction_version(table.log.as_ref(), app_id(write_id))
            .await
            .map_err(log_failed)?;
        let Some(version) = version.and_then(|version| u64::try_from(version).ok()) else { return Ok(None) };
        let entry = table.log.read_commit_entry(version).await.map_err(log_failed)?;
        let rows_in = entry.as_deref().and_then(rows_in).unwrap_or(0);
        Ok(Some((version, rows_in)))
    }
}

/// The rows that a log entry says were brought in.
fn rows_in(entry: &[u8]) -> Option<u64> {
    let first = entry.split(|byte| *byte == b'\n').next()?;
    let action: Value = serde_json::from_slice(first).ok()?;
    action.get("commitInfo")?.get(ROWS_IN)?.as_u64()
}

fn app_id(write_id: &str) -> String {
    format!("tandem/{write_id}")
}

/// The oldest protocol that can hold the columns, so that most tools can read
/// them: timestamps without a zone need the feature of that name.
fn protocol(ntz: bool) -> Result<Protocol> {
    let value = if ntz {
        json!({
            "minReaderVersion": 3, "minWriterVersion": 7,
            "readerFeatures": ["timestampNtz"], "writerFeatures": ["timestampNtz"],
        })
    } else {
        json!({"minReaderVersion": 1, "minWriterVersion": 2})
    };
    serde_json::from_value(value).map_err(Error::internal)
}

fn operation(kind: &Kind<'_>) -> DeltaOperation {
    match kind {
        Kind::Create => DeltaOperation::Write { mode: SaveMode::ErrorIfExists, partition_by: None, predicate: None },
        Kind::Write(WriteMode::Append) => {
            DeltaOperation::Write { mode: SaveMode::Append, partition_by: None, predicate: None }
        }
        Kind::Write(WriteMode::Replace) => {
            DeltaOperation::Write { mode: SaveMode::Overwrite, partition_by: None, predicate: None }
        }
        Kind::Write(WriteMode::Upsert { key }) => DeltaOperation::Merge {
            predicate: None,
            merge_predicate: Some(key.iter().map(|c| format!("t.`{c}` = s.`{c}`")).collect::<Vec<_>>().join(" AND ")),
            matched_predicates: Vec::new(),
            not_matched_predicates: Vec::new(),
            not_matched_by_source_predicates: Vec::new(),
        },
        Kind::Restore(version) => DeltaOperation::Restore { version: Some(*version), datetime: None },
    }
}

fn tombstone(add: &Add, now: i64) -> Remove {
    Remove {
        path: add.path.clone(),
        data_change: true,
        deletion_timestamp: Some(now),
        extended_file_metadata: Some(true),
        partition_values: Some(HashMap::new()),
        size: Some(add.size),
        tags: None,
        deletion_vector: None,
        base_row_id: None,
        default_row_commit_version: None,
    }
}

/// # Errors
/// `version_conflict`.
pub(super) fn conflict() -> Error {
    Error::new(
        ErrorCode::VersionConflict,
        "Another version was written to the dataset meanwhile; yours was not. Look at it and write again.",
    )
}
