//! What a worker does for a workflow.

use std::{collections::BTreeSet, sync::Arc};

use serde_json::{Value, json};
use tandem_core::{Action, Error, ErrorCode, Result, id::AssetId};
use tandem_engine::Limits;
use tandem_flow::{Digest, graph::NodeId, package::expand, plan::Outcome};
use tandem_runner::{Results, Stored, run};

use super::{
    document,
    each::Each,
    effects::Writes,
    job::{Asked, ready, runner},
    nodes::Tracker,
};
use crate::{
    components::Library,
    runs::{Done, Task, WorkflowSpec},
};

pub(crate) async fn execute(task: Task, spec: WorkflowSpec) -> Result<Done> {
    let task = Arc::new(task);
    let app = &task.app;
    let view = app.require_asset(&task.principal, Action::Use, spec.workflow).await?;
    let mut meta = app.meta.read().await?;
    let version = meta.version(task.principal.org, spec.workflow, spec.seq).await?;
    let project = meta.project(task.principal.org, task.run.project_id).await?;
    drop(meta);
    let version = version.ok_or_else(|| Error::not_found("version"))?;
    let project = project.ok_or_else(|| Error::not_found("project"))?;
    let workflow = document::inside(&view.asset, &version)?;
    let mut sources: Vec<AssetId> =
        spec.pins.values().chain(spec.inputs.values()).map(|(dataset, _)| *dataset).collect();
    sources.sort_unstable();
    sources.dedup();
    let origin = format!("{}@v{}", view.asset.name, spec.seq);
    // Models are traced through the nodes inside packages.
    let library = Library::load(app, &task.principal, project.id, &workflow).await?;
    let each = Each { task: task.clone(), project: project.clone() };
    let writes = Writes::new(each, sources, origin, expand(&workflow, &library)?, spec.params.clone());
    let writes = Arc::new(writes);
    let asked = Asked {
        params: spec.params,
        seed: spec.seed,
        until: spec.until,
        pins: spec.pins,
        inputs: spec.inputs,
        ..Asked::default()
    };
    let ready = ready(app, &task.principal, &project, workflow, asked, writes.clone()).await?;
    let total = ready.fold.drawn();
    let tracker = Arc::new(Tracker::new(app.clock.clone(), ready.fold.clone()));
    task.progress.follow(tracker.clone());
    let runner = runner(app, Limits::default());
    if spec.again {
        let (_, digests) = tandem_runner::standing(&runner, ready.job.clone(), &ready.catalog).await?;
        let asked = task.run.created_at.into();
        digests.values().try_for_each(|digest| app.results.forget(digest, asked))?;
    }
    let ran = run(&runner, ready.job, &ready.catalog, tracker, &task.cancel).await?;
    match ran.outcome {
        Outcome::Cancelled => Err(Error::new(ErrorCode::Cancelled, "The run was cancelled; nothing was changed.")),
        Outcome::Failed => {
            // Nodes as they are drawn: what stands inside of a package is the package's.
            let drawn = |id: &NodeId| id.as_str().split('/').next().unwrap_or_default().to_owned();
            let wrong = ran.nodes.iter().filter(|(_, end)| end.error.is_some());
            let failed: BTreeSet<String> = wrong.map(|(id, _)| drawn(id)).collect();
            let first = ran.nodes.iter().find_map(|(id, end)| Some((drawn(id), end.error.as_ref()?)));
            let (id, error) = first.ok_or_else(|| Error::internal("a failed run has a failed node"))?;
            let message = format!("{} of {total} nodes failed. {id}: {}", failed.len(), error.message());
            Err(Error::new(error.code(), message))
        }
        Outcome::Succeeded => {
            let digests: serde_json::Map<_, _> =
                ran.digests.iter().map(|(id, digest)| (id.to_string(), json!(digest))).collect();
            let tables: serde_json::Map<_, _> =
                ran.digests.iter().map(|(id, digest)| (id.to_string(), tables(&app.results, digest))).collect();
            let (outputs, holds) = writes.take();
            Ok(Done { outputs, result: json!({ "digests": digests, "tables": tables }), holds })
        }
    }
}

/// What the kept tables of a node hold, by port: equal for runs that gave the same.
fn tables(results: &Results, digest: &Digest) -> Value {
    let kept = results.known(digest).into_iter().filter_map(|(port, kept)| match kept.stored {
        Stored::Table { fingerprint, .. } => Some((port, json!(fingerprint))),
        _ => None,
    });
    Value::Object(kept.collect())
}
