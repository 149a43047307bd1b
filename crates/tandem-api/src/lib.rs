//! The HTTP face of Tandem: operations, their shapes, the OpenAPI document and
//! the web application. Nothing is decided here: a handler turns a request into
//! one call of `tandem-app` and its answer into JSON.

pub mod auth;
mod codes;
pub mod error;
pub mod extract;
mod malformed;
mod routes;
mod ui;

use std::{net::SocketAddr, sync::Arc};

use axum::{Router, extract::DefaultBodyLimit, http::HeaderValue, middleware};
use tandem_app::App;
use tokio::net::TcpListener;
use tower_http::{catch_panic::CatchPanicLayer, compression::CompressionLayer, set_header::SetResponseHeaderLayer};
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::routes::Security;
pub use crate::ui::fonts;

/// Largest body of an ordinary request, in bytes; uploads have their own limit.
const BODY_LIMIT: usize = 2 << 20;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Tandem",
        description = "Turn your own data into marketing decisions together.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    components(schemas(error::ErrorBody)),
    modifiers(&Security),
    security(("session" = []), ("token" = []))
)]
struct Document;

/// Everything the server answers.
pub fn router(app: Arc<App>) -> Router {
    if let Some(fonts) = ui::fonts() {
        app.set_fonts(fonts);
    }
    let (api, document) = api().split_for_parts();
    let json = document.to_json().unwrap_or_default();
    api.merge(routes::system::unversioned())
        .route("/api/v1/openapi.json", routes::system::openapi(json))
        .route(codes::PATH, axum::routing::get(codes::serve))
        .fallback(ui::serve)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(CatchPanicLayer::custom(routes::system::panicked))
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn(error::finish))
        .layer(header("x-content-type-options", "nosniff"))
        .layer(header("referrer-policy", "same-origin"))
        .layer(header("x-frame-options", "DENY"))
        .with_state(app)
}

/// Answers requests until `stop` is done, then lets those under way finish.
///
/// # Errors
/// Those of the socket.
pub async fn serve(
    listener: TcpListener,
    app: Arc<App>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let service = router(app).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(stop).await
}

/// The OpenAPI document, as JSON.
///
/// # Errors
/// Where it can't be written, which a test rules out.
pub fn openapi_json() -> serde_json::Result<String> {
    let mut text = api().split_for_parts().1.to_pretty_json()?;
    text.push('\n');
    Ok(text)
}

fn api() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::with_openapi(Document::openapi()).nest("/api/v1", routes::router())
}

fn header(name: &'static str, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(axum::http::HeaderName::from_static(name), HeaderValue::from_static(value))
}
