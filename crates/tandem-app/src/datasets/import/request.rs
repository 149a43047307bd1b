//! Asking for an import, and looking at a source before.

use serde_json::json;
use tandem_core::{
    Action, Error, ErrorCode, Principal, Result,
    id::{AssetId, ProjectId},
};
use tandem_ingest::{ImportOptions, ResolvedOptions};
use tandem_meta::repo::{
    asset::AssetKind,
    run::{NewRun, RunKind, RunView},
};

use super::source::{self, NewSource};
use crate::{
    App,
    runs::{self, ImportMode, ImportSpec, ImportTarget, RunSpec},
};

/// What version of the reading code an import ran in; part of what a run says
/// of itself.
const ENVIRONMENT: &str = concat!("tandem ", env!("CARGO_PKG_VERSION"));

/// A look at a source.
#[derive(Debug, Clone)]
pub struct SniffRequest {
    /// Where it is.
    pub source: NewSource,
    /// What is said about it.
    pub options: ImportOptions,
}

/// An import that is asked for.
#[derive(Debug, Clone)]
pub struct ImportRequest {
    /// Where the rows come from.
    pub source: NewSource,
    /// What is said about the file.
    pub options: ImportOptions,
    /// What a preview has settled on: the rows are read exactly so. Of
    /// `options` the chosen types still matter, where rows join others.
    pub settled: Option<ResolvedOptions>,
    /// Into which dataset; a new one named `name` without it.
    pub dataset: Option<AssetId>,
    /// The name of the new dataset.
    pub name: Option<String>,
    /// How the rows join those that are there.
    pub mode: ImportMode,
    /// What to say about the version.
    pub message: String,
    /// The largest share of rows that may be rejected.
    pub max_rejected_ratio: Option<f64>,
}

/// The share of rows that may be rejected where nothing else is said.
const DEFAULT_REJECTED_RATIO: f64 = 0.01;

/// Starts an import.
///
/// # Errors
/// Those of the project and the dataset; `already_exists` where the new name
/// is taken; `invalid_parameter`; `not_found` for the upload.
pub async fn start(app: &App, principal: &Principal, project: ProjectId, request: ImportRequest) -> Result<RunView> {
    let ratio = request.max_rejected_ratio.unwrap_or(DEFAULT_REJECTED_RATIO);
    if !(0.0..=1.0).contains(&ratio) {
        return Err(Error::new(ErrorCode::InvalidParameter, "max_rejected_ratio must be between 0 and 1."));
    }
    if matches!(&request.mode, ImportMode::Upsert { key } if key.is_empty()) {
        return Err(Error::new(ErrorCode::InvalidKey, "An upsert needs the columns of its key."));
    }
    app.require_project(principal, Action::Create, project).await?;
    let (target, name) = match (request.dataset, request.name) {
        (Some(id), None) => {
            let view = app.require_asset(principal, Action::Edit, id).await?;
            if view.asset.project_id != project || view.asset.kind != AssetKind::Dataset {
                return Err(Error::not_found("dataset"));
            }
            if request.mode != ImportMode::Append {
                app.require_whole(principal, &view.asset).await?;
            }
            (ImportTarget::Dataset(id), view.asset.name)
        }
        (None, Some(name)) => {
            let name = name.trim().to_owned();
            crate::datasets::check_name(&name)?;
            let taken = app.meta.read().await?.asset_by_name(principal.org, project, AssetKind::Dataset, &name).await?;
            if taken.is_some() {
                return Err(Error::new(
                    ErrorCode::AlreadyExists,
                    format!("There is a dataset “{name}” already. Choose another name, or import into that dataset."),
                ));
            }
            (ImportTarget::New { name: name.clone(), table: AssetId::generate(&*app.clock) }, name)
        }
        _ => {
            return Err(Error::new(
                ErrorCode::InvalidRequest,
                "Name either the dataset to import into, or the name of a new one.",
            ));
        }
    };
    let source = source::settle(app, principal, project, request.source).await?;
    let settled = match request.settled {
        Some(settled) => {
            settled.check()?;
            Some(settled)
        }
        None => source::settle_options(app, principal, project, &source, &request.options).await,
    };
    let spec = RunSpec::Import(ImportSpec {
        source,
        options: request.options,
        settled: settled.map(Box::new),
        target,
        mode: request.mode.clone(),
        message: request.message,
        max_rejected_ratio: ratio,
    });
    let new = NewRun {
        project_id: project,
        kind: RunKind::Import,
        name,
        spec: serde_json::to_value(&spec).map_err(Error::internal)?,
        params: json!({ "mode": request.mode, "max_rejected_ratio": ratio }),
        environment: ENVIRONMENT.to_owned(),
        seed: 0,
        digest: None,
        inputs: Vec::new(),
        reproduces: None,
        created_by: principal.user,
    };
    let mut tx = app.meta.begin().await?.acting_for(principal.user);
    let run = runs::enqueue(&mut tx, principal, new).await?;
    tx.commit().await?;
    Ok(run)
}
