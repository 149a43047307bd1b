//! Extractors whose refusals are our errors, with a message that says which
//! part of the request is wrong.

use axum::{
    extract::{FromRequest, FromRequestParts, Request, rejection::JsonRejection},
    http::request::Parts,
};
use serde::de::DeserializeOwned;
use tandem_core::{Error, ErrorCode, PageRequest};

use crate::{error::ApiError, malformed};

/// A JSON body.
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        match axum::Json::<T>::from_request(request, state).await {
            Ok(axum::Json(value)) => Ok(Self(value)),
            Err(JsonRejection::BytesRejection(e)) if e.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE => {
                Err(Error::new(ErrorCode::PayloadTooLarge, "The body is larger than this operation takes.").into())
            }
            Err(e) => Err(Error::new(ErrorCode::InvalidRequest, unreadable(&e)).into()),
        }
    }
}

fn unreadable(rejection: &JsonRejection) -> String {
    match rejection {
        JsonRejection::JsonDataError(error) => malformed::message("The body", &said(error)),
        JsonRejection::JsonSyntaxError(error) => malformed::no_json(&said(error)),
        JsonRejection::MissingJsonContentType(_) => {
            "The body must be JSON. Send it with the header “Content-Type: application/json”.".to_owned()
        }
        _ => "The body could not be read to its end. Send the request again.".to_owned(),
    }
}

/// What the reader itself says, without the framework's words before it.
fn said(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), ToString::to_string)
}

/// Query parameters.
#[derive(Debug)]
pub struct Params<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Params<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        axum::extract::Query::<T>::from_request_parts(parts, state)
            .await
            .map(|axum::extract::Query(value)| Self(value))
            .map_err(|e| Error::new(ErrorCode::InvalidParameter, malformed::message("A parameter", &said(&e))).into())
    }
}

/// Parts of the path. An identifier that is no UUID names nothing, so it is a 404.
#[derive(Debug)]
pub struct At<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for At<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        axum::extract::Path::<T>::from_request_parts(parts, state)
            .await
            .map(|axum::extract::Path(value)| Self(value))
            .map_err(|_| Error::new(ErrorCode::NotFound, "There is nothing at this address.").into())
    }
}

/// `?limit=&cursor=` of every list.
#[derive(Debug, Clone, serde::Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// How many rows at the most, 1 to 200; 50 without it.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
    /// Where the previous page ended: its `next_cursor`.
    pub cursor: Option<String>,
}

impl Paging {
    /// The checked request.
    ///
    /// # Errors
    /// `invalid_parameter` where the limit is out of range.
    pub fn request(self) -> Result<PageRequest, ApiError> {
        Ok(PageRequest::new(self.limit, self.cursor)?)
    }
}
