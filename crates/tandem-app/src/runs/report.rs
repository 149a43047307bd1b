//! What people see of a scenario: suggestions before, the report after.

use futures::StreamExt;
use tandem_core::{
    Action, Cancel, Error, ErrorCode, Lang, Principal, Result,
    id::{AssetId, ProjectId, RunId},
};
use tandem_engine::TableRef;
use tandem_meta::{AssetKind, RunState};
use tandem_report::Report;

use super::manage;
use crate::{
    App,
    query::plan,
    scenarios::{self, facts, suggest::Suggestion},
};

/// Rows that suggestions are made from.
const SAMPLE: u64 = 5_000;

/// Which columns of a dataset may play the roles of a scenario, from their
/// names, types and first values, as this person sees them.
///
/// # Errors
/// Those of the project and the dataset; `not_found` for the scenario.
pub async fn suggest(
    app: &App,
    principal: &Principal,
    project: ProjectId,
    scenario: &str,
    dataset: AssetId,
) -> Result<Vec<Suggestion>> {
    app.require_project(principal, Action::Run, project).await?;
    let manifest = scenarios::find(scenario)?;
    let asset = app.require_asset(principal, Action::Use, dataset).await?.asset;
    if asset.project_id != project || asset.kind != AssetKind::Dataset {
        return Err(Error::not_found("dataset"));
    }
    let pinned = plan::pin(app, principal, &asset, None, &[Action::Use]).await?;
    let plan = plan::for_run(&pinned, principal);
    let mut stream = app.engine.page(&plan, &TableRef::latest("data"), 0, SAMPLE, &Cancel::new()).await?;
    let schema = stream.schema();
    let mut sample = Vec::new();
    while let Some(batch) = stream.next().await {
        sample.push(batch?);
    }
    let facts = facts::from_sample(&schema, &sample)?;
    Ok(manifest.inputs.first().map(|input| scenarios::suggest::suggest(input, &facts)).unwrap_or_default())
}

/// The report of a run.
///
/// # Errors
/// `not_found` where the run made none or it may not be known; `forbidden`;
/// `state_conflict` while the run has not succeeded.
pub async fn report(app: &App, principal: &Principal, id: RunId) -> Result<Report> {
    load(app, principal, id, &[Action::Use]).await
}

/// The report as one self-contained HTML page. It holds rows, so it takes the
/// right to download.
///
/// # Errors
/// As [`report`].
pub async fn report_html(app: &App, principal: &Principal, id: RunId, lang: Lang) -> Result<String> {
    let report = load(app, principal, id, &[Action::Use, Action::Download]).await?;
    tokio::task::spawn_blocking(move || tandem_report::html::render(&report, lang)).await.map_err(Error::internal)
}

/// The report as a workbook. It holds rows, so it takes the right to download.
///
/// # Errors
/// As [`report`].
pub async fn report_xlsx(app: &App, principal: &Principal, id: RunId, lang: Lang) -> Result<Vec<u8>> {
    let report = load(app, principal, id, &[Action::Use, Action::Download]).await?;
    tokio::task::spawn_blocking(move || tandem_report::xlsx::render(&report, lang)).await.map_err(Error::internal)?
}

async fn load(app: &App, principal: &Principal, id: RunId, actions: &[Action]) -> Result<Report> {
    let view = manage::find(app, principal, id, Action::Discover).await?;
    if view.run.state != RunState::Succeeded {
        return Err(Error::new(
            ErrorCode::StateConflict,
            "The run has not succeeded, so it has no report. Wait for it to finish, or look at why it failed.",
        ));
    }
    let output = view.outputs.iter().find(|o| o.role == "report").ok_or_else(|| Error::not_found("report"))?;
    for action in actions {
        app.require_asset(principal, *action, output.asset_id).await?;
    }
    let version = app.meta.read().await?.version(principal.org, output.asset_id, output.seq).await?;
    let version = version.ok_or_else(|| Error::not_found("report"))?;
    serde_json::from_value(version.content).map_err(Error::internal)
}
