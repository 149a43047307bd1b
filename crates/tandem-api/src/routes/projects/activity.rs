//! What happened in a project.

use std::sync::Arc;

use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use serde::Serialize;
use tandem_app::{App, projects};
use tandem_core::id::{ProjectId, RunId, ThreadId};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    auth::Caller,
    error::{ApiResult, Errors},
    extract::{At, Paging, Params},
    routes::shape::{AssetRef, Listed, User, topic},
};

pub(crate) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(list))
}

/// Something that happened.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Activity {
    /// Its number; later ones are higher.
    id: String,
    at: DateTime<Utc>,
    /// What it is about.
    #[schema(schema_with = topic)]
    kind: &'static str,
    /// What happened to it: `created`, `updated`, `deleted`, `restored`, `archived`, `added`, `annotated`,
    /// `removed`; for a run its state; for a thread `created`, `commented`, `edited`, `deleted`, `resolved`, `reopened`.
    #[schema(example = "created")]
    change: String,
    /// What the asset, version or run is called; empty for the others.
    name: String,
    /// Who did it, where that is known.
    #[schema(required)]
    who: Option<User>,
    /// The asset, with the number of the version where it is about one.
    #[schema(required)]
    asset: Option<AssetRef>,
    #[schema(value_type = Option<Uuid>, required)]
    run_id: Option<RunId>,
    /// The thread of comments that something was said or done in.
    #[schema(value_type = Option<Uuid>, required)]
    thread_id: Option<ThreadId>,
    /// The element of the asset that the thread is about.
    #[schema(required)]
    element: Option<String>,
    /// The member it was done to.
    #[schema(required)]
    about: Option<User>,
}

impl From<projects::Activity> for Activity {
    fn from(activity: projects::Activity) -> Self {
        Self {
            id: activity.seq.to_string(),
            at: activity.at,
            kind: activity.topic.as_str(),
            change: activity.change,
            name: activity.name,
            who: activity.who.map(User::from),
            asset: activity.asset.map(|(asset, seq)| AssetRef::new(asset, seq)),
            run_id: activity.run,
            thread_id: activity.thread.as_ref().map(|(id, _)| *id),
            element: activity.thread.and_then(|(_, element)| element),
            about: activity.about.map(User::from),
        }
    }
}

impl Activity {
    /// Its number, for coming again from there.
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// What it is about.
    pub(super) const fn kind(&self) -> &'static str {
        self.kind
    }
}

/// What happened in a project, newest first.
#[utoipa::path(get, path = "/projects/{project_id}/activity", tag = "projects",
    operation_id = "list_activity", params(("project_id" = Uuid, Path), Paging),
    responses((status = 200, body = Listed<Activity>), Errors))]
async fn list(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(id): At<ProjectId>,
    Params(paging): Params<Paging>,
) -> ApiResult<Json<Listed<Activity>>> {
    Ok(Json(projects::activity(&app, &who, id, &paging.request()?).await?.into()))
}
