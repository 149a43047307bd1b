//! What a worker does for an import.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use arrow::datatypes::DataType;
use serde_json::json;
use tandem_core::{Error, ErrorCode, Result, id::AssetId};
use tandem_engine::{Batches, WriteMode, WriteOptions, WrittenVersion};
use tandem_ingest::{ColumnType, Context, Limits, Reader};
use tandem_meta::repo::asset::AssetKind;

use super::source;
use crate::{
    datasets::{ColumnInfo, DatasetContent, measure, rejects::RejectSink, settle_head},
    runs::{Done, ImportMode, ImportSpec, ImportTarget, Output, OutputAsset, Task},
};

/// Batches read ahead of the writer: enough to keep both busy, few enough to
/// bound memory.
const AHEAD: usize = 4;
/// Below this many rejected rows the ratio is not asked during the import: a
/// bad first line of a long file must not end it.
const FEW: u64 = 100;

/// Where the rows go, looked up.
struct Place {
    table: AssetId,
    asset: OutputAsset,
    /// The Delta version to write on; none for a new table.
    parent: Option<u64>,
    gate: measure::Gate,
}

pub(crate) async fn execute(task: &Task, spec: ImportSpec) -> Result<Done> {
    let types = types_of(task, &spec).await?;
    let staged = source::open(task, &spec, context(task), types).await?;
    // From here to the end of the run nobody else writes to this table, so two
    // appends both succeed, one after the other.
    let hold = task.app.turns.take(table_of(task, &spec.target).await?).await;
    let place = place(task, &spec.target, &spec.mode).await?;
    let (batches, sink) = split(staged.reader, spec.max_rejected_ratio);
    let written = write(task, &place, &spec.mode, batches).await?;
    drop(staged.keep);
    let rejected = sink.finish(&task.app.engine, task.run.id).await?;
    let began = task.app.clock.now();
    let measured =
        measure::version(&task.app, place.table, &written.version, &place.gate, &task.cancel, task.progress.clone())
            .await;
    let profile = task.app.clock.now() - began;
    let measured = match measured {
        Ok(measured) => measured,
        Err(error) => {
            // The rows are in the table and in no version: put the table back
            // to where the dataset stands.
            if let Some(parent) = place.parent {
                task.app.engine.restore(place.table, parent, None, None).await?;
            }
            return Err(error);
        }
    };
    let content = DatasetContent {
        table: place.table,
        delta_version: written.version.delta_version,
        columns: ColumnInfo::of(&written.version.schema),
        rows: written.version.rows,
        bytes: written.version.bytes,
        content_digest: written.version.content_digest.clone(),
        rejected: rejected.rows,
        rejects: rejected.table,
        origin: staged.label,
    };
    let result = json!({
        "rows_read": written.rows_in, "rows": content.rows, "rejected": content.rejected, "bytes": content.bytes,
        "profile_ms": profile.num_milliseconds(),
    });
    let message = if spec.message.is_empty() { content.origin.clone() } else { spec.message };
    Ok(Done {
        outputs: vec![Output {
            role: "dataset".to_owned(),
            asset: place.asset,
            content_digest: content.content_digest.clone(),
            content: serde_json::to_value(content).map_err(Error::internal)?,
            message,
            documents: measured.documents()?,
            sources: Vec::new(),
        }],
        result,
        holds: vec![hold],
    })
}

fn context(task: &Task) -> Context {
    Context { cancel: task.cancel.clone(), progress: task.progress.clone(), limits: Limits::default() }
}

async fn table_of(task: &Task, target: &ImportTarget) -> Result<AssetId> {
    match target {
        ImportTarget::New { table, .. } => Ok(*table),
        ImportTarget::Dataset(id) => Ok(latest(task, *id).await?.table),
    }
}

/// The types that rows must have to join those that are there: a column of
/// whole numbers that joins a column of numbers is read as numbers. What the
/// user has said about a column stands.
async fn types_of(task: &Task, spec: &ImportSpec) -> Result<Vec<(String, ColumnType)>> {
    let ImportTarget::Dataset(id) = spec.target else { return Ok(Vec::new()) };
    if spec.mode == ImportMode::Replace {
        return Ok(Vec::new());
    }
    let content = latest(task, id).await?;
    let schema = task.app.engine.version(content.table, content.delta_version).await?.schema;
    let said = |name: &str| {
        spec.options.columns.iter().any(|c| c.column_type.is_some() && c.rename.as_deref().unwrap_or(&c.name) == name)
    };
    let typed = schema.fields().iter().filter(|field| !said(field.name()));
    Ok(typed.filter_map(|field| Some((field.name().clone(), column_type(field.data_type())?))).collect())
}

/// The import's type for a stored one. Times are left as they are found: with
/// or without a zone, the table takes both.
fn column_type(stored: &DataType) -> Option<ColumnType> {
    Some(match stored {
        DataType::Boolean => ColumnType::Bool,
        DataType::Int64 => ColumnType::Int64,
        DataType::Float64 => ColumnType::Float64,
        DataType::Decimal128(precision, scale) => ColumnType::Decimal { precision: *precision, scale: *scale },
        DataType::Date32 => ColumnType::Date,
        DataType::Utf8 => ColumnType::Text,
        DataType::Binary => ColumnType::Binary,
        _ => return None,
    })
}

/// Where a dataset stands.
async fn latest(task: &Task, id: AssetId) -> Result<DatasetContent> {
    let latest = task.app.meta.read().await?.latest_version(task.principal.org, id).await?;
    let latest = latest.ok_or_else(|| Error::new(ErrorCode::StateConflict, "The dataset has no version yet."))?;
    DatasetContent::of(&latest)
}

async fn place(task: &Task, target: &ImportTarget, mode: &ImportMode) -> Result<Place> {
    match target {
        ImportTarget::New { name, table } => Ok(Place {
            table: *table,
            asset: OutputAsset::New { kind: AssetKind::Dataset, name: name.clone() },
            parent: None,
            gate: measure::Gate::default(),
        }),
        ImportTarget::Dataset(id) => {
            let view = task.app.require_asset(&task.principal, tandem_core::Action::Edit, *id).await?;
            if *mode != ImportMode::Append {
                task.app.require_whole(&task.principal, &view.asset).await?;
            }
            let content = latest(task, *id).await?;
            let parent = settle_head(&task.app, &content).await?;
            let gate = measure::Gate::of(&task.app, &task.principal, Some(*id)).await?;
            Ok(Place {
                table: content.table,
                asset: OutputAsset::Existing { id: *id, expected: view.asset.latest_seq },
                parent: Some(parent),
                gate,
            })
        }
    }
}

/// The good rows for the table, the others for the rejects; and an error at the
/// end where there were too many of those.
fn split(reader: Reader, max_ratio: f64) -> (Batches, RejectSink) {
    let schema = reader.schema();
    let sink = RejectSink::new();
    let writer = sink.clone();
    let good = Arc::new(AtomicU64::new(0));
    let count = good.clone();
    let batches = reader.filter_map(move |chunk| match chunk {
        Ok(chunk) => {
            let rows =
                count.fetch_add(chunk.batch.num_rows() as u64, Ordering::Relaxed) + chunk.batch.num_rows() as u64;
            let rejected = writer.add(chunk.rejects);
            if rejected > FEW && over(rows, rejected, max_ratio) {
                return Some(Err(writer.too_many(rows)));
            }
            (chunk.batch.num_rows() > 0).then_some(Ok(chunk.batch))
        }
        Err(error) => Some(Err(error)),
    });
    let end = sink.clone();
    // Whether it was too many in all is known at the end alone.
    let verdict = std::iter::once_with(move || {
        let rows = good.load(Ordering::Relaxed);
        if over(rows, end.rows(), max_ratio) { Some(Err(end.too_many(rows))) } else { None }
    })
    .flatten();
    (Batches::from_iter(schema, batches.chain(verdict), AHEAD), sink)
}

fn over(rows: u64, rejected: u64, max_ratio: f64) -> bool {
    #[expect(clippy::cast_precision_loss, reason = "a ratio needs no more")]
    let ratio = rejected as f64 / (rows + rejected).max(1) as f64;
    rejected > 0 && ratio > max_ratio
}

async fn write(task: &Task, place: &Place, mode: &ImportMode, batches: Batches) -> Result<WrittenVersion> {
    let engine = &task.app.engine;
    let mode = match (mode, place.parent) {
        // The first version is whatever comes, but its key must hold.
        (ImportMode::Append | ImportMode::Replace, None) | (ImportMode::Replace, Some(_)) => WriteMode::Replace,
        (ImportMode::Append, Some(_)) => WriteMode::Append,
        (ImportMode::Upsert { key }, _) => WriteMode::Upsert { key: key.clone() },
    };
    let mut options = WriteOptions::new(mode);
    // The parent is part of the name: rows written on one that is no longer the
    // dataset's newest are not taken for this attempt's.
    options.write_id = Some(match place.parent {
        Some(parent) => format!("{}@{parent}", task.run.id),
        None => task.run.id.to_string(),
    });
    options.expected_parent = place.parent;
    options.progress = task.progress.clone();
    task.progress_report("write", 0, None);
    engine.write(place.table, batches, options, &task.cancel).await
}
