//! What is answered without signing in: whether the server lives, whether it
//! is ready, and what it can do.

use std::sync::Arc;

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::{MethodRouter, get},
};
use tandem_app::App;
use tandem_core::Error;

use crate::error::{ApiError, ApiResult};

/// Addresses outside the versioned API.
pub(crate) fn unversioned() -> Router<Arc<App>> {
    Router::new().route("/healthz", get(alive)).route("/readyz", get(ready))
}

/// The OpenAPI document.
pub(crate) fn openapi(json: String) -> MethodRouter<Arc<App>> {
    get(move || async move { ([(header::CONTENT_TYPE, "application/json")], json) })
}

/// The process lives.
async fn alive() -> &'static str {
    "ok\n"
}

/// The metadata answer, so requests can be served.
async fn ready(State(app): State<Arc<App>>) -> ApiResult<&'static str> {
    app.meta.read().await?.outbox_seq().await?;
    Ok("ready\n")
}

/// A handler that panicked is a fault of ours; the server stays up.
pub(crate) fn panicked(_: Box<dyn std::any::Any + Send>) -> Response {
    let mut response = ApiError(Error::internal("a handler panicked")).into_response();
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    response
}
