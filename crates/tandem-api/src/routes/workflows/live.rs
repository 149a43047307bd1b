//! A workflow as several people work on it.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::sse::{Event, KeepAlive, Sse},
};
use futures::{Stream, StreamExt, stream};
use serde::Deserialize;
use serde_json::json;
use tandem_app::{
    App,
    workflows::{self, Follower, Told},
};
use tandem_core::id::AssetId;
use tokio::time::Instant;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::stale::StaleMarks;
use crate::{
    auth::Caller,
    error::{ApiResult, Errors},
    extract::{At, Body, Params},
};

pub(crate) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(follow)).routes(routes!(here))
}

/// After this long the stream ends; browsers come again by themselves.
const LASTS: Duration = Duration::from_secs(55);

/// From where to follow.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct FollowQuery {
    /// The revision that is known; from now on without it.
    after: Option<i64>,
}

/// Follow a workflow (server-sent events): `edits {revision, client, edits}` in
/// their order, `again {revision}` where the document must be loaded again,
/// `presence {people}`, `threads {}` where something was said or done in a thread
/// of comments, and `stale {nodes}` at the beginning and when nodes
/// become stale or fresh. It ends after a minute; come again with `Last-Event-ID`, as
/// browsers do, and nothing is missed.
#[utoipa::path(get, path = "/workflows/{workflow_id}/events", tag = "workflows", operation_id = "follow_workflow",
    params(("workflow_id" = Uuid, Path), FollowQuery,
        ("last-event-id" = Option<i64>, Header, description = "The `id` of the last event that was seen.")),
    responses((status = 200, content_type = "text/event-stream", body = String), Errors))]
async fn follow(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(id): At<AssetId>,
    Params(query): Params<FollowQuery>,
    headers: HeaderMap,
) -> ApiResult<Sse<impl Stream<Item = Result<Event, Infallible>>>> {
    let last = headers.get("last-event-id").and_then(|value| value.to_str().ok()).and_then(|id| id.parse().ok());
    let follower = workflows::follow(&app, &who, id, last.or(query.after)).await?;
    Ok(Sse::new(events(follower)).keep_alive(KeepAlive::default()))
}

fn events(follower: Follower) -> impl Stream<Item = Result<Event, Infallible>> {
    let end = Instant::now() + LASTS;
    let batches = stream::unfold(follower, move |mut follower| async move {
        let told = tokio::time::timeout_at(end, follower.next()).await.ok()?.ok()??;
        Some((stream::iter(told.into_iter().map(|told| Ok(event(told)))), follower))
    });
    batches.flatten()
}

fn event(told: Told) -> Event {
    match told {
        Told::Edits { revision, client, edits } => Event::default()
            .id(revision.to_string())
            .event("edits")
            .data(json!({ "revision": revision, "client": client, "edits": edits }).to_string()),
        Told::Again { revision } => {
            Event::default().id(revision.to_string()).event("again").data(json!({ "revision": revision }).to_string())
        }
        Told::Threads => Event::default().event("threads").data("{}"),
        Told::People(people) => {
            let one = |here: &workflows::Here| {
                json!({ "client": here.client, "user": { "id": here.user, "name": here.name },
                    "color": color(here), "x": here.pointer[0], "y": here.pointer[1], "selected": here.selected })
            };
            let people: Vec<_> = people.iter().map(one).collect();
            Event::default().event("presence").data(json!({ "people": people }).to_string())
        }
        Told::Stale(marks) => {
            let marks = serde_json::to_string(&StaleMarks::from(marks)).unwrap_or_default();
            Event::default().event("stale").data(marks)
        }
    }
}

/// The same colour for a person in every window: an index into the palette.
fn color(here: &workflows::Here) -> usize {
    here.user.as_uuid().as_bytes().iter().map(|byte| usize::from(*byte)).sum::<usize>() % 8
}

/// Where somebody is in a workflow.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct HereBody {
    /// Names the window.
    #[schema(min_length = 1, max_length = 64)]
    client: String,
    /// Where the pointer is on the canvas, from the left.
    x: f64,
    /// And from the top.
    y: f64,
    /// The nodes that are chosen.
    #[serde(default)]
    #[schema(max_items = 500)]
    selected: Vec<String>,
}

/// Say where one is, for the others in the workflow; forgotten in 15 seconds.
#[utoipa::path(post, path = "/workflows/{workflow_id}/presence", tag = "workflows", operation_id = "tell_presence",
    params(("workflow_id" = Uuid, Path)), request_body = HereBody, responses((status = 204), Errors))]
async fn here(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(id): At<AssetId>,
    Body(body): Body<HereBody>,
) -> ApiResult<StatusCode> {
    workflows::here(&app, &who, id, &body.client, [body.x, body.y], body.selected).await?;
    Ok(StatusCode::NO_CONTENT)
}
