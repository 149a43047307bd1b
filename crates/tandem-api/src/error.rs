//! How an error leaves the server: one body for all, one table of statuses.

use axum::{
    Json,
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use tandem_core::{Error, ErrorClass, ErrorCode, SystemClock, id::RequestId};
use utoipa::ToSchema;

/// The header that names a request, in answers and in the log.
pub const REQUEST_ID: &str = "x-request-id";

/// What every failed operation answers.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ErrorBody {
    /// A stable code for programs, one of a closed list.
    #[schema(example = "not_found")]
    pub code: String,
    /// What happened and what to do next, for people.
    #[schema(example = "There is no such dataset, or it was not shared with you.")]
    pub message: String,
    /// The class of the code.
    #[serde(rename = "type")]
    #[schema(example = "not_found")]
    pub class: String,
    /// Where the code is documented.
    #[schema(example = "/docs/errors#not_found")]
    pub link: String,
    /// Quote it when you report the problem.
    pub request_id: String,
}

/// A failed operation. Handlers return it with `?`.
#[derive(Debug)]
pub struct ApiError(pub Error);

/// The answer of a handler.
pub type ApiResult<T> = Result<T, ApiError>;

impl<E: Into<Error>> From<E> for ApiError {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

/// The error on its way out; [`finish`] turns it into a body once the request's
/// identifier is at hand.
#[derive(Clone)]
struct Failed {
    code: ErrorCode,
    message: String,
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let error = self.0;
        let mut response = status(error.code()).into_response();
        if error.code().class() == ErrorClass::Internal || error.code().class() == ErrorClass::Unavailable {
            tracing::error!(code = error.code().as_str(), cause = %chain(&error), "request failed");
        } else {
            tracing::debug!(code = error.code().as_str(), message = error.message(), cause = %chain(&error), "refused");
        }
        response.extensions_mut().insert(Failed { code: error.code(), message: error.message().to_owned() });
        response
    }
}

/// Names the request, and gives every failed answer its body: ours, and those
/// the framework makes itself (unknown path, wrong method).
pub async fn finish(request: Request, next: Next) -> Response {
    let id = RequestId::generate(&SystemClock).to_string();
    let span = tracing::info_span!("request", id, method = %request.method(), path = request.uri().path());
    let mut response = {
        use tracing::Instrument;
        next.run(request).instrument(span).await
    };
    let failed = response.extensions_mut().remove::<Failed>().or_else(|| framework_failure(&response));
    if let Some(failed) = failed {
        let body = ErrorBody {
            code: failed.code.as_str().to_owned(),
            message: failed.message,
            class: class_name(failed.code.class()).to_owned(),
            link: format!("{}#{}", crate::codes::PATH, failed.code.as_str()),
            request_id: id.clone(),
        };
        let (mut parts, _) = response.into_parts();
        parts.headers.remove(header::CONTENT_LENGTH);
        parts.headers.remove(header::CONTENT_TYPE);
        response = (parts.status, parts.headers, Json(body)).into_response();
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

fn framework_failure(response: &Response) -> Option<Failed> {
    let ours = response.headers().get(header::CONTENT_TYPE).is_some_and(|v| v == "application/json");
    if ours {
        return None;
    }
    let (code, message) = match response.status() {
        StatusCode::METHOD_NOT_ALLOWED => {
            (ErrorCode::InvalidRequest, "This address doesn't take this method; see the Allow header.")
        }
        StatusCode::NOT_FOUND => (ErrorCode::NotFound, "There is nothing at this address."),
        StatusCode::PAYLOAD_TOO_LARGE => (ErrorCode::PayloadTooLarge, "The request is larger than this address takes."),
        s if s.is_server_error() => {
            let error = Error::internal("the framework failed");
            return Some(Failed { code: ErrorCode::Internal, message: error.message().to_owned() });
        }
        s if s.is_client_error() => (ErrorCode::InvalidRequest, "The request is not of the form this address takes."),
        _ => return None,
    };
    Some(Failed { code, message: message.to_owned() })
}

/// The one table from codes to statuses.
pub const fn status(code: ErrorCode) -> StatusCode {
    match code.class() {
        ErrorClass::Invalid => StatusCode::BAD_REQUEST,
        ErrorClass::Unauthenticated => StatusCode::UNAUTHORIZED,
        ErrorClass::Forbidden => StatusCode::FORBIDDEN,
        ErrorClass::NotFound => StatusCode::NOT_FOUND,
        ErrorClass::Conflict => StatusCode::CONFLICT,
        ErrorClass::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        ErrorClass::Limit => StatusCode::TOO_MANY_REQUESTS,
        // 499 has no name in the registry; 409 would say that the data clashed.
        ErrorClass::Cancelled => match StatusCode::from_u16(499) {
            Ok(status) => status,
            Err(_) => StatusCode::CONFLICT,
        },
        ErrorClass::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        ErrorClass::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

const fn class_name(class: ErrorClass) -> &'static str {
    match class {
        ErrorClass::Invalid => "invalid",
        ErrorClass::Unauthenticated => "unauthenticated",
        ErrorClass::Forbidden => "forbidden",
        ErrorClass::NotFound => "not_found",
        ErrorClass::Conflict => "conflict",
        ErrorClass::TooLarge => "too_large",
        ErrorClass::Limit => "limit",
        ErrorClass::Cancelled => "cancelled",
        ErrorClass::Unavailable => "unavailable",
        ErrorClass::Internal => "internal",
    }
}

fn chain(error: &Error) -> String {
    let mut text = String::new();
    let mut cause = std::error::Error::source(error);
    while let Some(e) = cause {
        if !text.is_empty() {
            text.push_str(": ");
        }
        text.push_str(&e.to_string());
        cause = e.source();
    }
    text
}

macro_rules! documented {
    ($($name:ident { $($status:literal $what:literal),+ $(,)? })+) => {$(
        #[doc = concat!("The failures that every operation of this kind documents: ", stringify!($name), ".")]
        #[derive(Debug, Clone, Copy)]
        pub struct $name;

        impl utoipa::IntoResponses for $name {
            fn responses() -> std::collections::BTreeMap<String, utoipa::openapi::RefOr<utoipa::openapi::Response>> {
                use utoipa::{PartialSchema, openapi};
                let _ = ErrorBody::schema;
                [$(($status, $what)),+].into_iter().map(|(status, what)| {
                    let content = openapi::ContentBuilder::new()
                        .schema(Some(openapi::Ref::from_schema_name("ErrorBody"))).build();
                    let response = openapi::ResponseBuilder::new().description(what)
                        .content("application/json", content).build();
                    (status.to_owned(), response.into())
                }).collect()
            }
        }
    )+};
}

documented! {
    Errors {
        "400" "The request is wrong; the message says how to mend it.",
        "401" "Nobody is signed in, or the session or token has ended.",
        "403" "The role, the grants or the token's scope don't allow it.",
        "404" "It isn't there, or the caller may not know that it is.",
        "405" "The address doesn't take this method.",
        "409" "It clashes with what is there; read again and retry.",
        "413" "The request is larger than the limit.",
        "429" "A limit of time, memory, rows or requests was reached.",
        "499" "The work was cancelled.",
        "500" "A fault of ours; quote the request id.",
        "503" "A part that is needed can't be reached now; retry later.",
    }
}
