//! Finding things in a project.

use std::sync::Arc;

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use tandem_app::{
    App,
    projects::{self, Hit, HitKind},
};
use tandem_core::id::ProjectId;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    auth::Caller,
    error::{ApiResult, Errors},
    extract::{At, Params},
    routes::shape::Listed,
};

pub(crate) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(search))
}

/// Something that was found.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SearchHit {
    /// What: the kind of asset (`dataset`, `report`, …), or `user`.
    #[schema(example = "dataset")]
    kind: &'static str,
    id: Uuid,
    name: String,
    /// The asset's description, or the person's e-mail address.
    description: String,
}

impl From<Hit> for SearchHit {
    fn from(hit: Hit) -> Self {
        let (kind, id) = match hit.kind {
            HitKind::Asset(kind, id) => (kind.as_str(), *id.as_uuid()),
            HitKind::Person(id) => ("user", *id.as_uuid()),
        };
        Self { kind, id, name: hit.name, description: hit.description }
    }
}

/// What to look for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SearchQuery {
    /// Part of a name, of an asset's description, or of an e-mail address.
    #[param(max_length = 4000)]
    q: String,
}

/// Assets and people of a project by name; at most twenty of each.
#[utoipa::path(get, path = "/projects/{project_id}/search", tag = "projects", operation_id = "search",
    params(("project_id" = Uuid, Path), SearchQuery), responses((status = 200, body = Listed<SearchHit>), Errors))]
async fn search(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(id): At<ProjectId>,
    Params(query): Params<SearchQuery>,
) -> ApiResult<Json<Listed<SearchHit>>> {
    let hits = projects::search(&app, &who, id, &query.q).await?;
    Ok(Json(Listed::whole(hits.into_iter().map(SearchHit::from).collect())))
}
