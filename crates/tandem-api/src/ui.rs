//! The web application, carried inside the binary.

use axum::{
    body::Body,
    http::{HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use rust_embed::RustEmbed;
use tandem_app::Fonts;
use tandem_core::{Error, ErrorCode};

use crate::error::ApiError;

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Pages;

/// The font that PDFs are set in, which is built with the pages; `None` in a
/// program that was built without them.
pub fn fonts() -> Option<Fonts> {
    let weight = |name: &str| Pages::get(&format!("fonts/NotoSansSC-{name}.ttf")).map(|file| file.data);
    Fonts::new(weight("Regular")?, weight("SemiBold")?).ok()
}

/// What the pages may load and run: themselves. Inline styles are how the
/// component library sets sizes; there are no inline scripts.
const POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; \
                      font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; frame-src 'self' blob:; \
                      object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// Serves a file of the application, or its first page for every address that
/// the application itself understands.
pub(crate) async fn serve(method: Method, uri: Uri) -> Response {
    let path = uri.path().trim_start_matches('/');
    if path.starts_with("api/") || (method != Method::GET && method != Method::HEAD) {
        return ApiError(Error::new(ErrorCode::NotFound, "There is nothing at this address.")).into_response();
    }
    if let Some(response) = file(path) {
        return response;
    }
    let is_asset = path.rsplit('/').next().is_some_and(|name| name.contains('.'));
    if !is_asset && let Some(response) = file("index.html") {
        return response;
    }
    ApiError(Error::new(ErrorCode::NotFound, "There is nothing at this address.")).into_response()
}

fn file(path: &str) -> Option<Response> {
    let file = Pages::get(path)?;
    let kind = HeaderValue::from_str(file.metadata.mimetype()).ok()?;
    // Names under assets/ carry a digest of their content.
    let caching = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let mut response = (StatusCode::OK, Body::from(file.data.into_owned())).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, kind);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    Some(response)
}
