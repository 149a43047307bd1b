//! The document of a workflow: made, read, edited, saved, checked.

use std::sync::Arc;

use axum::{
    Json,
    extract::{DefaultBodyLimit, State},
    http::StatusCode,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json, value::RawValue};
use tandem_app::{
    App,
    workflows::{self, Edit, WorkflowDetail as Detail},
};
use tandem_core::{
    Error, ErrorCode,
    id::{AssetId, ProjectId},
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::notebook::{NOTEBOOK_LIMIT, RemarkDto};
use crate::{
    auth::Caller,
    error::{ApiResult, Errors},
    extract::{At, Body, Params},
    routes::assets::{Asset, versions::VersionSummary},
};

pub(crate) fn router() -> OpenApiRouter<Arc<App>> {
    // It may be made from a notebook.
    let made = OpenApiRouter::new().routes(routes!(create)).layer(DefaultBodyLimit::max(NOTEBOOK_LIMIT));
    OpenApiRouter::new()
        .merge(made)
        .routes(routes!(get))
        .routes(routes!(edit))
        .routes(routes!(save))
        .routes(routes!(check))
        .routes(routes!(signature))
}

/// A workflow with its document.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WorkflowDetail {
    asset: Asset,
    /// The newest version, or the one that was asked for.
    seq: i64,
    /// How many times the draft was edited; 0 for a version.
    revision: i64,
    /// Whether the draft differs from the newest version.
    changed: bool,
    /// The document: `{format, params, nodes, edges, notes, frames, inputs, outputs}`.
    #[schema(value_type = Object)]
    workflow: Value,
}

impl WorkflowDetail {
    fn new(detail: Detail) -> Result<Self, Error> {
        let workflow = serde_json::to_value(&detail.workflow).map_err(Error::internal)?;
        let Detail { asset, seq, revision, changed, .. } = detail;
        Ok(Self { asset: asset.into(), seq, revision, changed, workflow })
    }
}

/// A workflow to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WorkflowBody {
    #[schema(min_length = 1, max_length = 120)]
    name: String,
    #[serde(default)]
    #[schema(max_length = 4000)]
    description: String,
    /// Its document; empty without it.
    #[schema(value_type = Option<Object>)]
    workflow: Option<Value>,
    /// In place of the document: a notebook that was made from a workflow.
    #[schema(value_type = Option<Object>)]
    notebook: Option<Box<RawValue>>,
}

/// A workflow that was made.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WorkflowMade {
    #[serde(flatten)]
    detail: WorkflowDetail,
    /// What there is to know of the cells of the notebook that it was made from.
    remarks: Vec<RemarkDto>,
}

/// Make a workflow: empty, from a document, or from a notebook.
#[utoipa::path(post, path = "/projects/{project_id}/workflows", tag = "workflows", operation_id = "create_workflow",
    params(("project_id" = Uuid, Path)), request_body = WorkflowBody,
    responses((status = 201, body = WorkflowMade), Errors))]
async fn create(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(project): At<ProjectId>,
    Body(body): Body<WorkflowBody>,
) -> ApiResult<(StatusCode, Json<WorkflowMade>)> {
    let (document, remarks) = match (&body.workflow, body.notebook) {
        (None, None) => (None, Vec::new()),
        (Some(document), None) => (Some(workflows::read(document)?), Vec::new()),
        (None, Some(notebook)) => {
            let (document, remarks) = workflows::from_notebook(notebook.get().to_owned()).await?;
            (Some(document), remarks)
        }
        (Some(_), Some(_)) => {
            let message = "A workflow is made from a document or from a notebook. Send one of the two.";
            return Err(Error::new(ErrorCode::InvalidRequest, message).into());
        }
    };
    let made = workflows::create(&app, &who, project, &body.name, &body.description, document).await?;
    let remarks = remarks.into_iter().map(RemarkDto::from).collect();
    Ok((StatusCode::CREATED, Json(WorkflowMade { detail: WorkflowDetail::new(made)?, remarks })))
}

/// Which version to read.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SeqQuery {
    /// A saved version; the draft that everybody works on without it.
    #[param(minimum = 1)]
    pub(super) seq: Option<i64>,
}

/// A workflow's draft, or one of its versions.
#[utoipa::path(get, path = "/workflows/{workflow_id}", tag = "workflows", operation_id = "get_workflow",
    params(("workflow_id" = Uuid, Path), SeqQuery), responses((status = 200, body = WorkflowDetail), Errors))]
async fn get(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(id): At<AssetId>,
    Params(query): Params<SeqQuery>,
) -> ApiResult<Json<WorkflowDetail>> {
    Ok(Json(WorkflowDetail::new(workflows::get(&app, &who, id, query.seq).await?)?))
}

/// Edits of a draft.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EditsBody {
    /// Names the window in which they were made, which knows them already.
    #[schema(min_length = 1, max_length = 64)]
    client: String,
    /// The revision that they were made on. Edits of others that came between stay.
    #[serde(default)]
    #[schema(minimum = 0)]
    base: i64,
    /// They, in their order: `{"op": "add_node", …}`.
    #[schema(value_type = Vec<Object>, min_items = 1, max_items = 2000)]
    edits: Vec<Edit>,
}

/// What became of edits.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EditsDone {
    /// The revision of the draft now.
    revision: i64,
    /// Those that were made.
    #[schema(value_type = Vec<Object>)]
    edits: Vec<Edit>,
    /// Those that could not be made: `{index, message: {en, zh-CN}}`.
    #[schema(value_type = Vec<Object>)]
    refused: Vec<Value>,
}

/// Edit the draft together with others: edits that came between stay, and what
/// no longer can be done is refused one by one.
#[utoipa::path(post, path = "/workflows/{workflow_id}/edits", tag = "workflows", operation_id = "edit_workflow",
    params(("workflow_id" = Uuid, Path)), request_body = EditsBody, responses((status = 200, body = EditsDone), Errors))]
async fn edit(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(id): At<AssetId>,
    Body(body): Body<EditsBody>,
) -> ApiResult<Json<EditsDone>> {
    let done = workflows::edit(&app, &who, id, body.base, &body.client, &body.edits).await?;
    Ok(Json(EditsDone { revision: done.revision, edits: done.edits, refused: refused(done.refused) }))
}

/// What to say of edits that could not be made.
pub(super) fn refused(edits: Vec<workflows::RefusedEdit>) -> Vec<Value> {
    edits.into_iter().map(|one| json!({ "index": one.index, "message": one.message })).collect()
}

/// A version to save.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SaveBody {
    /// What to say about it.
    #[serde(default)]
    #[schema(max_length = 4000)]
    message: String,
}

/// Save the draft as the next version.
#[utoipa::path(post, path = "/workflows/{workflow_id}/versions", tag = "workflows", operation_id = "save_workflow",
    params(("workflow_id" = Uuid, Path)), request_body = SaveBody,
    responses((status = 201, body = VersionSummary), Errors))]
async fn save(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(id): At<AssetId>,
    Body(body): Body<SaveBody>,
) -> ApiResult<(StatusCode, Json<VersionSummary>)> {
    let saved = workflows::save(&app, &who, id, &body.message).await?;
    Ok((StatusCode::CREATED, Json(saved.into())))
}

/// A document to check.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CheckBody {
    /// The document, whether it was saved or not.
    #[schema(value_type = Object)]
    workflow: Value,
    /// The workflow's parameters.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    params: Option<Map<String, Value>>,
}

/// What a check found.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Checked {
    /// What is wrong, and where: `{severity, code, at: {node, port, param, edge}, message: {en, zh-CN}}`.
    #[schema(value_type = Vec<Object>)]
    problems: Vec<workflows::Problem>,
    /// What is known of each node: `{params, inputs: {port: [columns]}, outputs: {port: columns}}`.
    #[schema(value_type = Object)]
    nodes: Value,
}

/// Check a workflow: what is wrong, and the columns at every port.
#[utoipa::path(post, path = "/projects/{project_id}/workflows/check", tag = "workflows",
    operation_id = "check_workflow", params(("project_id" = Uuid, Path)), request_body = CheckBody,
    responses((status = 200, body = Checked), Errors))]
async fn check(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(project): At<ProjectId>,
    Body(body): Body<CheckBody>,
) -> ApiResult<Json<Checked>> {
    let document = workflows::read(&body.workflow)?;
    let found = workflows::check(&app, &who, project, document, body.params.unwrap_or_default()).await?;
    let nodes = found.nodes.into_iter().map(|(id, known)| {
        (id.to_string(), json!({ "params": known.params, "inputs": known.inputs, "outputs": known.outputs }))
    });
    Ok(Json(Checked { problems: found.problems, nodes: Value::Object(nodes.collect()) }))
}

/// What a workflow declares.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FaceDto {
    /// What it shows as an app: inputs, parameters, outputs.
    #[schema(value_type = Object)]
    signature: Value,
    /// What is wrong with what it declares, as a check says it.
    #[schema(value_type = Vec<Object>)]
    problems: Vec<workflows::Problem>,
}

/// What the draft, or a version, shows as an app.
#[utoipa::path(get, path = "/workflows/{workflow_id}/signature", tag = "workflows",
    operation_id = "get_workflow_signature", params(("workflow_id" = Uuid, Path), SeqQuery),
    responses((status = 200, body = FaceDto), Errors))]
async fn signature(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(id): At<AssetId>,
    Params(query): Params<SeqQuery>,
) -> ApiResult<Json<FaceDto>> {
    let face = workflows::signature(&app, &who, id, query.seq).await?;
    let signature = serde_json::to_value(&face.signature).map_err(Error::internal)?;
    Ok(Json(FaceDto { signature, problems: face.problems }))
}
