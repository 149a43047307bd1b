//! A workflow taken away and brought back: as a file, and as a notebook.

use std::sync::Arc;

use axum::{
    Json,
    extract::{DefaultBodyLimit, State},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, value::RawValue};
use tandem_app::{
    App,
    workflows::{self, BringRequest, Edit},
};
use tandem_core::{Error, Lang, Text, id::AssetId};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::document::{SeqQuery, refused};
use crate::{
    auth::Caller,
    error::{ApiResult, Errors},
    extract::{At, Body, Params},
};

/// Largest body with a notebook, in bytes: it may come with the pictures of its outputs.
pub(super) const NOTEBOOK_LIMIT: usize = 16 << 20;

pub(crate) fn router() -> OpenApiRouter<Arc<App>> {
    let brought = OpenApiRouter::new().routes(routes!(bring)).layer(DefaultBodyLimit::max(NOTEBOOK_LIMIT));
    OpenApiRouter::new().merge(brought).routes(routes!(notebook)).routes(routes!(document))
}

/// The document of the draft, or of a version, as a file holds it: `tandem workflow run FILE` runs it, and a new workflow is
/// made from it.
#[utoipa::path(get, path = "/workflows/{workflow_id}/document", tag = "workflows",
    operation_id = "get_workflow_document", params(("workflow_id" = Uuid, Path), SeqQuery),
    responses((status = 200, body = Object), Errors))]
async fn document(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(id): At<AssetId>,
    Params(query): Params<SeqQuery>,
) -> ApiResult<Json<Value>> {
    let document = workflows::document(&app, &who, id, query.seq).await?;
    Ok(Json(serde_json::to_value(&document).map_err(Error::internal)?))
}

/// Which version to write, and in which language.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct NotebookQuery {
    /// A saved version; the draft that everybody works on without it.
    #[param(minimum = 1)]
    seq: Option<i64>,
    /// `en` or `zh-CN`, for its comments; `en` without it.
    #[serde(default)]
    #[param(value_type = Option<String>, example = "zh-CN")]
    lang: Lang,
}

/// The draft, or a version, as a notebook (nbformat 4.5): a cell a node. It has
/// no rows; they are read when it runs.
#[utoipa::path(get, path = "/workflows/{workflow_id}/notebook", tag = "workflows",
    operation_id = "get_workflow_notebook", params(("workflow_id" = Uuid, Path), NotebookQuery),
    responses((status = 200, body = Object), Errors))]
async fn notebook(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(id): At<AssetId>,
    Params(query): Params<NotebookQuery>,
) -> ApiResult<Json<Value>> {
    Ok(Json(workflows::notebook(&app, &who, id, query.seq, query.lang).await?))
}

/// A notebook that comes back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BringBody {
    /// The notebook that was made from this workflow, as Jupyter saved it. Outputs of its cells are not looked at.
    #[schema(value_type = Object)]
    notebook: Box<RawValue>,
    /// Names the window from which it comes, as with edits.
    #[serde(default)]
    #[schema(max_length = 64)]
    client: String,
    /// Whether to say what would change, and change nothing.
    #[serde(default)]
    dry_run: bool,
}

/// What a notebook changed, or would change.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Brought {
    /// The revision of the draft now.
    revision: i64,
    /// The edits, made or to be made.
    #[schema(value_type = Vec<Object>)]
    edits: Vec<Edit>,
    /// Those that could not be made: `{index, message: {en, zh-CN}}`.
    #[schema(value_type = Vec<Object>)]
    refused: Vec<Value>,
    /// What lies between the draft before and after: `{added, removed, changed, moved, connected, disconnected, rewired,
    /// notes, frames, params, inputs, outputs}`.
    #[schema(value_type = Object)]
    diff: Value,
    /// What could not come back as it stands, and what came back as something else.
    remarks: Vec<RemarkDto>,
}

/// Something to know of a cell.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RemarkDto {
    /// The cell's id.
    cell: String,
    /// What became of it, and what to do: `{en, zh-CN}`.
    #[schema(value_type = Object)]
    message: Text,
}

impl From<workflows::Remark> for RemarkDto {
    fn from(remark: workflows::Remark) -> Self {
        Self { cell: remark.cell, message: remark.message }
    }
}

/// Bring back a notebook that was made from this workflow: what was done to it since is done to the draft, as one batch of
/// edits, and what was done to the draft meanwhile stays.
#[utoipa::path(post, path = "/workflows/{workflow_id}/notebook", tag = "workflows",
    operation_id = "bring_workflow_notebook", params(("workflow_id" = Uuid, Path)), request_body = BringBody,
    responses((status = 200, body = Brought), Errors))]
async fn bring(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(id): At<AssetId>,
    Body(body): Body<BringBody>,
) -> ApiResult<Json<Brought>> {
    let BringBody { notebook, client, dry_run } = body;
    let request = BringRequest { notebook: notebook.get().to_owned(), client, dry_run };
    let brought = workflows::bring(&app, &who, id, request).await?;
    Ok(Json(Brought {
        revision: brought.revision,
        edits: brought.edits,
        refused: refused(brought.refused),
        diff: serde_json::to_value(&brought.diff).map_err(Error::internal)?,
        remarks: brought.remarks.into_iter().map(RemarkDto::from).collect(),
    }))
}
