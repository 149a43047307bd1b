//! What people see of a scenario: suggestions before, the report after.

use futures::StreamExt;
use tandem_core::{
    Action, Cancel, Error, ErrorClass, ErrorCode, Lang, Principal, Result,
    id::{AssetId, ProjectId, RunId},
};
use tandem_engine::TableRef;
use tandem_meta::{AssetKind, RunState, repo::run::RunView};
use tandem_report::{FileFormat, Report};

use super::{RunSpec, manage, scenario};
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

/// The report of a run. Who started it reads it even where its source is
/// narrowed for them, as long as it is narrowed the same way.
///
/// # Errors
/// `not_found` where the run made none or it may not be known; `forbidden`;
/// `state_conflict` while the run has not succeeded.
pub async fn report(app: &App, principal: &Principal, id: RunId) -> Result<Report> {
    load(app, principal, id, &[Action::Use]).await
}

/// The report as a file. It holds rows, so it takes the right to download.
///
/// # Errors
/// As [`report`].
pub async fn file(app: &App, principal: &Principal, id: RunId, format: FileFormat, lang: Lang) -> Result<Vec<u8>> {
    let report = load(app, principal, id, &[Action::Use, Action::Download]).await?;
    app.report_file(report, format, lang).await
}

/// Whether a run is this person's own and shows no more than what they may
/// compute again this moment: with the source as narrow as it is for them now,
/// the digest is the same. To everybody else, and to them once they see less,
/// results are as closed as their strictest source.
async fn is_own_view(app: &App, principal: &Principal, view: &RunView) -> Result<bool> {
    if view.run.created_by != principal.user {
        return Ok(false);
    }
    let Ok(RunSpec::Scenario(spec)) = serde_json::from_value(view.run.spec.clone()) else { return Ok(false) };
    match scenario::digest_for(app, principal, &spec).await {
        Ok(digest) => Ok(digest.is_some() && digest == view.run.digest),
        Err(error) if matches!(error.code().class(), ErrorClass::Forbidden | ErrorClass::NotFound) => Ok(false),
        Err(error) => Err(error),
    }
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
    let asset = app.meta.read().await?.asset(principal.org, output.asset_id).await?;
    let rights = app.asset_rights(principal, asset.as_slice()).await?;
    let usable = rights.first().is_some_and(|rights| rights.contains(&Action::Use));
    for action in actions {
        if *action == Action::Use && !usable && is_own_view(app, principal, &view).await? {
            app.require_asset(principal, Action::Discover, output.asset_id).await?;
        } else {
            app.require_asset(principal, *action, output.asset_id).await?;
        }
    }
    let version = app.meta.read().await?.version(principal.org, output.asset_id, output.seq).await?;
    let version = version.ok_or_else(|| Error::not_found("report"))?;
    serde_json::from_value(version.content).map_err(Error::internal)
}
