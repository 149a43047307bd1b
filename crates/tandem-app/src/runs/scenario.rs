//! A scenario as a run: inputs pinned, digest known beforehand, answer kept as
//! a dataset and a report.

use std::collections::BTreeMap;

use arrow::{array::RecordBatch, datatypes::SchemaRef};
use futures::StreamExt;
use serde_json::{Map, Value, json};
use tandem_core::{
    Action, Error, ErrorCode, Principal, Result,
    id::{AssetId, ProjectId, RunId},
};
use tandem_engine::{Batches, QueryStream, TableRef, WriteMode, WriteOptions};
use tandem_meta::repo::{
    asset::AssetKind,
    run::{NewRun, RunInput, RunKind},
};

use super::{Done, Output, OutputAsset, RunDetail, RunSpec, ScenarioInput, ScenarioSpec, Task, manage};
use crate::{
    App,
    datasets::{ColumnInfo, DatasetContent, check_name, measure},
    query::plan::{self, Pinned},
    scenarios::{self, Accepted, Answer, Made, Manifest, Mapping, Request},
};

/// The program that computes, as runs and reports name it.
pub(crate) const ENGINE: &str = concat!("tandem ", env!("CARGO_PKG_VERSION"));

/// A scenario that is asked for.
#[derive(Debug, Clone)]
pub struct ScenarioRequest {
    /// Which.
    pub scenario: String,
    /// The dataset that plays its first input.
    pub dataset: AssetId,
    /// Its version; the newest without it.
    pub seq: Option<u64>,
    /// Role → column; what is absent is suggested.
    pub map: BTreeMap<String, String>,
    /// Parameters by name; what is absent takes its default.
    pub params: Map<String, Value>,
    /// The seed of its randomness.
    pub seed: Option<i64>,
    /// What its results are called.
    pub output_name: Option<String>,
}

/// Starts a scenario; a run with the same digest that has succeeded is served
/// from the cache at once.
///
/// # Errors
/// Those of the project and the dataset; `not_found` for the scenario;
/// `invalid_parameter` and `unknown_column` for what doesn't fit it;
/// `already_exists` where the output's name is another dataset's.
pub async fn start(
    app: &App,
    principal: &Principal,
    project: ProjectId,
    request: ScenarioRequest,
) -> Result<RunDetail> {
    app.require_project(principal, Action::Run, project).await?;
    let manifest = scenarios::find(&request.scenario)?;
    let asset = app.require_asset(principal, Action::Use, request.dataset).await?.asset;
    if asset.project_id != project || asset.kind != AssetKind::Dataset {
        return Err(Error::not_found("dataset"));
    }
    let pinned = plan::pin(app, principal, &asset, request.seq, &[Action::Use]).await?;
    let input = manifest.inputs.first().ok_or_else(|| Error::internal("a scenario without inputs"))?;
    let columns: Vec<String> = pinned.columns().into_iter().map(|column| column.name).collect();
    let mapping = Mapping(request.map).settle(input, &columns)?;
    let params = scenarios::params::settle(&manifest, &request.params)?;
    let seed = request.seed.unwrap_or_else(|| i64::try_from(scenarios::DEFAULT_SEED).unwrap_or_default());
    let output_name = match request.output_name {
        Some(name) => name.trim().to_owned(),
        None => format!("{} · {}", asset.name, manifest.title.en),
    };
    check_name(&output_name)?;
    check_output(app, principal, project, &manifest, &output_name).await?;
    let digest = digest(&manifest, &mapping, &params, seed, &pinned, &output_name)?;
    let spec = RunSpec::Scenario(ScenarioSpec {
        scenario: manifest.name.clone(),
        inputs: BTreeMap::from([(
            input.name.clone(),
            ScenarioInput { dataset: asset.id, seq: pinned.version.seq, map: mapping.0 },
        )]),
        params: Value::Object(params.clone()),
        seed,
        output_name,
    });
    let new = NewRun {
        project_id: project,
        kind: RunKind::Scenario,
        name: manifest.name,
        spec: serde_json::to_value(&spec).map_err(Error::internal)?,
        params: Value::Object(params),
        environment: ENGINE.to_owned(),
        seed,
        digest: Some(digest.clone()),
        inputs: vec![RunInput::newest(&input.name, pinned.version.id)],
        reproduces: None,
        created_by: principal.user,
    };
    let mut tx = app.meta.begin().await?.acting_for(principal.user);
    let cached = tx.cached_run(principal.org, project, &digest).await?;
    let view = match cached {
        Some(from) => tx.create_cached_run(principal.org, new, &from).await?,
        None => super::enqueue(&mut tx, principal, new).await?,
    };
    tx.commit().await?;
    manage::get(app, principal, view.run.id).await
}

/// A name that is another dataset's or report's must not get this scenario's
/// rows as its newest version.
async fn check_output(
    app: &App,
    principal: &Principal,
    project: ProjectId,
    manifest: &Manifest,
    name: &str,
) -> Result<()> {
    for kind in [AssetKind::Dataset, AssetKind::Report] {
        let found = app.meta.read().await?.asset_by_name(principal.org, project, kind, name).await?;
        let Some(asset) = found else { continue };
        app.require_whole(principal, &asset).await?;
        // Who may not use the results that are there must not put theirs on top:
        // those of who sees a part of the data would pass for those of all.
        let rights = app.asset_rights(principal, std::slice::from_ref(&asset)).await?;
        let usable = rights.first().is_some_and(|rights| rights.contains(&Action::Use));
        let mut snapshot = app.meta.read().await?;
        let latest = snapshot.latest_version(principal.org, asset.id).await?;
        let made_by = match latest.and_then(|v| v.run_id) {
            Some(run) => snapshot.run(principal.org, run).await?.map(|v| v.run.name),
            None => None,
        };
        if !usable || made_by.as_deref() != Some(manifest.name.as_str()) {
            return Err(Error::new(
                ErrorCode::AlreadyExists,
                format!("There is something else named “{name}” in this project. Choose another name for the results."),
            ));
        }
    }
    Ok(())
}

/// Equal for runs with equal results: what runs, on which bytes as this person
/// sees them, with which parameters and seed.
fn digest(
    manifest: &Manifest,
    mapping: &Mapping,
    params: &Map<String, Value>,
    seed: i64,
    pinned: &Pinned,
    output_name: &str,
) -> Result<String> {
    let facts = json!({
        "scenario": manifest.name,
        "scenario_version": manifest.version,
        "engine": ENGINE,
        "map": mapping,
        "params": sorted(params),
        "seed": seed,
        "content": pinned.content.content_digest,
        "row_filter": pinned.access.row_filter,
        "masks": pinned.access.masks,
        "hidden": pinned.access.hidden_columns,
        "output": output_name,
        "source": pinned.view.asset.id,
    });
    let bytes = serde_json::to_vec(&facts).map_err(Error::internal)?;
    Ok(blake3::hash(&bytes).to_hex().to_string())
}

/// The digest that a run of the same specification would have if this person
/// started it now: what they see of the source is part of it.
///
/// # Errors
/// Those of the source, which they may no longer use.
pub(crate) async fn digest_for(app: &App, principal: &Principal, spec: &ScenarioSpec) -> Result<Option<String>> {
    let Some(input) = spec.inputs.values().next() else { return Ok(None) };
    let asset = app.require_asset(principal, Action::Use, input.dataset).await?.asset;
    let seq = u64::try_from(input.seq).map_err(Error::internal)?;
    let pinned = plan::pin(app, principal, &asset, Some(seq), &[Action::Use]).await?;
    let manifest = scenarios::find(&spec.scenario)?;
    let params = spec.params.as_object().cloned().unwrap_or_default();
    digest(&manifest, &Mapping(input.map.clone()), &params, spec.seed, &pinned, &spec.output_name).map(Some)
}

fn sorted(map: &Map<String, Value>) -> BTreeMap<&String, &Value> {
    map.iter().collect()
}

/// What a worker does for a scenario.
pub(crate) async fn execute(task: &Task, spec: ScenarioSpec) -> Result<Done> {
    let app = &task.app;
    let (role, input) = spec.inputs.iter().next().ok_or_else(|| Error::internal("a scenario without inputs"))?;
    tracing::debug!(role, "scenario input");
    let asset = app.require_asset(&task.principal, Action::Use, input.dataset).await?.asset;
    let seq = u64::try_from(input.seq).map_err(Error::internal)?;
    let pinned = plan::pin(app, &task.principal, &asset, Some(seq), &[Action::Use]).await?;
    let plan = plan::for_run(&pinned, &task.principal);
    let stream = app.engine.page(&plan, &TableRef::latest("data"), 0, plan::ALL, &task.cancel).await?;
    let origin = origin(task).await?;
    let answer = compute(task, &spec, input, &pinned, stream, origin).await?;
    task.cancel.check()?;
    outputs(task, &spec, &asset.name, pinned, answer).await
}

/// The run whose results this one must equal, and when it was made: itself, or
/// the one it repeats. The report says when and by which run, so a repetition
/// has to say the same to be the same.
async fn origin(task: &Task) -> Result<(RunId, chrono::DateTime<chrono::Utc>)> {
    let original = manage::original(&task.app, &task.run).await?;
    let run = original.as_ref().map_or(&task.run, |view| &view.run);
    Ok((run.id, run.created_at))
}

async fn compute(
    task: &Task,
    spec: &ScenarioSpec,
    input: &ScenarioInput,
    pinned: &Pinned,
    stream: QueryStream,
    origin: (RunId, chrono::DateTime<chrono::Utc>),
) -> Result<Answer> {
    let made = Made {
        at: origin.1,
        run: Some(origin.0),
        engine: ENGINE.to_owned(),
        digest: task.run.digest.clone(),
        source: pinned.view.asset.name.clone(),
        source_version: u64::try_from(pinned.version.seq).ok(),
        source_digest: Some(pinned.content.content_digest.clone()),
    };
    let (scenario, mapping) = (spec.scenario.clone(), Mapping(input.map.clone()));
    let params = spec.params.as_object().cloned().unwrap_or_default();
    let (rows, seed) = (pinned.rows(), u64::try_from(spec.seed).unwrap_or_default());
    let (progress, cancel) = (task.progress.clone(), task.cancel.clone());
    let handle = tokio::runtime::Handle::current();
    tokio::task::spawn_blocking(move || {
        let mut rows_read = Accepted(Blocking { handle, stream });
        let request = Request { rows: &mut rows_read, row_count: rows, mapping, params, seed, made };
        scenarios::run(&scenario, request, &*progress, &cancel)
    })
    .await
    .map_err(Error::internal)?
}

/// A stream of batches, read from a thread that may block.
struct Blocking {
    handle: tokio::runtime::Handle,
    stream: QueryStream,
}

impl Iterator for Blocking {
    type Item = Result<RecordBatch>;

    fn next(&mut self) -> Option<Self::Item> {
        self.handle.block_on(self.stream.next())
    }
}

/// The answer as a dataset and a report.
async fn outputs(task: &Task, spec: &ScenarioSpec, source: &str, pinned: Pinned, answer: Answer) -> Result<Done> {
    let app = &task.app;
    let org = task.principal.org;
    let before = {
        let mut snapshot = app.meta.read().await?;
        let found = snapshot.asset_by_name(org, task.run.project_id, AssetKind::Dataset, &spec.output_name).await?;
        match found {
            Some(asset) => snapshot.latest_version(org, asset.id).await?.map(|version| (asset, version)),
            None => None,
        }
    };
    if let Some((asset, _)) = &before {
        app.require_whole(&task.principal, asset).await?;
    }
    let gate = measure::Gate::of(app, &task.principal, before.as_ref().map(|(asset, _)| asset.id)).await?;
    let table = match &before {
        Some((_, version)) => DatasetContent::of(version)?.table,
        None => AssetId::from_uuid(*task.run.id.as_uuid()),
    };
    task.progress_report("write", 0, Some(answer.table.num_rows() as u64));
    let mut options = WriteOptions::new(WriteMode::Replace);
    options.write_id = Some(task.run.id.to_string());
    let schema: SchemaRef = answer.table.schema();
    let hold = app.turns.take(table).await;
    let batches = Batches::from_vec(schema, vec![answer.table]);
    let written = app.engine.write(table, batches, options, &task.cancel).await?;
    // Rows that break a blocking rule stay in the table and in no version; the next run puts others in their place.
    let progress = task.progress.clone();
    let measured = measure::version(app, table, &written.version, &gate, &task.cancel, progress).await?;
    let content = DatasetContent {
        table,
        delta_version: written.version.delta_version,
        columns: ColumnInfo::of(&written.version.schema),
        rows: written.version.rows,
        bytes: written.version.bytes,
        content_digest: written.version.content_digest.clone(),
        rejected: 0,
        rejects: None,
        origin: format!("{} · {source}@v{}", spec.scenario, pinned.version.seq),
    };
    let report = serde_json::to_value(&answer.report).map_err(Error::internal)?;
    let report_digest = blake3::hash(&serde_json::to_vec(&report).map_err(Error::internal)?).to_hex().to_string();
    let result = json!({
        "figures": answer.result,
        "output_digests": { "customers": content.content_digest, "report": report_digest },
        "reproduced": reproduced(task, &content.content_digest, &report_digest).await?,
    });
    let message = content.origin.clone();
    let sources = vec![pinned.view.asset.id];
    Ok(Done {
        outputs: vec![
            Output {
                role: "customers".to_owned(),
                asset: OutputAsset::Named {
                    kind: AssetKind::Dataset,
                    name: spec.output_name.clone(),
                    description: String::new(),
                },
                content_digest: content.content_digest.clone(),
                content: serde_json::to_value(&content).map_err(Error::internal)?,
                message: message.clone(),
                documents: measured.documents()?,
                sources: sources.clone(),
            },
            Output {
                role: "report".to_owned(),
                asset: OutputAsset::Named {
                    kind: AssetKind::Report,
                    name: spec.output_name.clone(),
                    description: String::new(),
                },
                content_digest: report_digest,
                content: report,
                message,
                documents: Vec::new(),
                sources,
            },
        ],
        result,
        holds: vec![hold],
    })
}

/// Whether a repetition came out the same, byte for byte; nothing where it is
/// no repetition.
async fn reproduced(task: &Task, customers: &str, report: &str) -> Result<Option<bool>> {
    let Some(original) = manage::original(&task.app, &task.run).await? else { return Ok(None) };
    let before = original.run.result.unwrap_or_default();
    let digests = &before["output_digests"];
    Ok(Some(digests["customers"] == customers && digests["report"] == report))
}
