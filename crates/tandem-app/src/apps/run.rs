//! Running an app, and one's earlier runs of it.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use tandem_core::{Action, Error, ErrorCode, Page, PageRequest, Principal, Result, id::AssetId};
use tandem_meta::repo::run::{RunFilter, RunKind};

use super::{
    data::Fits,
    open::{Opened, open},
};
use crate::{
    App,
    runs::{self, RunDetail},
    workflows::{self, WorkflowRequest, sources},
};

/// A run that is asked for.
#[derive(Debug, Clone, Default)]
pub struct AppRequest {
    /// The dataset, and its version where one is chosen, for each input.
    pub inputs: BTreeMap<String, (AssetId, Option<i64>)>,
    /// What was filled in.
    pub params: Map<String, Value>,
    /// The seed of its randomness.
    pub seed: Option<u64>,
}

/// Runs an app.
///
/// # Errors
/// `not_found`, `forbidden`; `invalid_parameter` for a parameter or an input that
/// won't do, which the message names.
pub async fn run(app: &App, principal: &Principal, id: AssetId, request: AppRequest) -> Result<RunDetail> {
    let opened = open(app, principal, Action::Use, id).await?;
    let project = app.require_project(principal, Action::Run, opened.view.asset.project_id).await?.project;
    let needed = opened.signature.inputs.iter().filter(|port| !port.optional);
    if let Some(port) = needed.into_iter().find(|port| !request.inputs.contains_key(&port.name)) {
        return Err(wrong(&format!("inputs.{}", port.name), "Choose a dataset."));
    }
    // Data that can't fit are refused before anything runs.
    let fits = Fits::new(app, &opened, request.params.clone())?;
    for (name, (dataset, seq)) in &request.inputs {
        if opened.signature.input(name).is_none() {
            continue;
        }
        let Ok(read) = sources::input(app, principal, &project, *dataset, *seq).await else { continue };
        let misfits = fits.of([(name.clone(), read.columns)].into()).await?;
        if let Some(misfit) = misfits.first() {
            return Err(wrong(&format!("inputs.{name}"), &misfit.message.en));
        }
    }
    let Opened { view, version, .. } = opened;
    let request = WorkflowRequest {
        params: request.params,
        seed: request.seed,
        inputs: request.inputs,
        app: true,
        ..WorkflowRequest::default()
    };
    workflows::start::begin(app, principal, &view.asset, &version, request).await
}

fn wrong(field: &str, message: &str) -> Error {
    Error::new(ErrorCode::InvalidParameter, format!("{field}: {message}"))
}

/// One's own runs of an app, newest first; with `everyone` everybody's, for who
/// may edit it.
///
/// # Errors
/// `not_found`, `forbidden`, `invalid_cursor`.
pub async fn runs(
    app: &App,
    principal: &Principal,
    id: AssetId,
    everyone: bool,
    page: &PageRequest,
) -> Result<Page<RunDetail>> {
    open(app, principal, if everyone { Action::Edit } else { Action::Use }, id).await?;
    let filter = RunFilter {
        kind: Some(RunKind::Workflow),
        of: Some(id),
        created_by: (!everyone).then_some(principal.user),
        ..RunFilter::default()
    };
    let mut meta = app.meta.read().await?;
    let of_app = |spec: &Value| spec.get("app") == Some(&Value::Bool(true));
    let Page { items, next_cursor } = meta.runs(principal.org, &filter, page, |run| of_app(&run.spec)).await?;
    drop(meta);
    Ok(Page { items: runs::manage::details(app, principal, items).await?, next_cursor })
}
