//! What happens in a project, as it happens.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    extract::State,
    http::HeaderMap,
    response::sse::{Event, KeepAlive, Sse},
};
use futures::{Stream, StreamExt, stream};
use tandem_app::{
    App,
    projects::{self, Follower},
};
use tandem_core::id::ProjectId;
use tokio::time::Instant;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::activity::Activity;
use crate::{
    auth::Caller,
    error::{ApiResult, Errors},
    extract::At,
};

pub(crate) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(follow))
}

/// After this long the stream ends. Browsers come again by themselves, from
/// where they were, and prove anew who they are.
const LASTS: Duration = Duration::from_secs(55);

/// Follow a project (server-sent events, each an `Activity`, named by its
/// `kind`). It ends after a minute; come again with `Last-Event-ID`, as
/// browsers do, and nothing is missed.
#[utoipa::path(get, path = "/projects/{project_id}/events", tag = "projects", operation_id = "follow_project",
    params(("project_id" = Uuid, Path),
        ("last-event-id" = Option<i64>, Header, description = "The `id` of the last event that was seen.")),
    responses((status = 200, content_type = "text/event-stream", body = String), Errors))]
async fn follow(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(id): At<ProjectId>,
    headers: HeaderMap,
) -> ApiResult<Sse<impl Stream<Item = Result<Event, Infallible>>>> {
    let after = headers.get("last-event-id").and_then(|value| value.to_str().ok()).and_then(|id| id.parse().ok());
    let follower = projects::follow(&app, &who, id, after).await?;
    Ok(Sse::new(events(follower)).keep_alive(KeepAlive::default()))
}

fn events(follower: Follower) -> impl Stream<Item = Result<Event, Infallible>> {
    let end = Instant::now() + LASTS;
    let batches = stream::unfold(follower, move |mut follower| async move {
        let next = tokio::time::timeout_at(end, follower.next()).await;
        let told = next.ok()?.ok()??;
        Some((stream::iter(told.into_iter().filter_map(event).map(Ok)), follower))
    });
    batches.flatten()
}

fn event(activity: projects::Activity) -> Option<Event> {
    let activity = Activity::from(activity);
    let json = serde_json::to_string(&activity).ok()?;
    Some(Event::default().id(activity.id()).event(activity.kind()).data(json))
}
