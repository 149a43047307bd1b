//! One server, called with a token.

use reqwest::{Client, Method, RequestBuilder, Response};
use serde::Deserialize;
use serde_json::Value;
use tandem_core::{Error, ErrorCode, Result};

use super::saved::Saved;

/// A server.
pub(super) struct Server {
    client: Client,
    saved: Saved,
}

/// What a failed operation answers.
#[derive(Deserialize)]
struct ErrorBody {
    code: ErrorCode,
    message: String,
    request_id: String,
}

impl Server {
    /// The server that was signed in to.
    pub(super) fn load() -> Result<Self> {
        Ok(Self { client: Client::new(), saved: Saved::load()? })
    }

    /// A request to an operation below `/api/v1`.
    pub(super) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}/api/v1{path}", self.saved.url)).bearer_auth(&self.saved.token)
    }

    /// What an operation answers.
    pub(super) async fn get(&self, path: &str) -> Result<Value> {
        json(self.request(Method::GET, path)).await
    }

    /// Every row of a list.
    pub(super) async fn list(&self, path: &str) -> Result<Vec<Value>> {
        let mut items = Vec::new();
        let mut cursor: Option<String> = None;
        loop {
            let mut request = self.request(Method::GET, path).query(&[("limit", "200")]);
            if let Some(cursor) = &cursor {
                request = request.query(&[("cursor", cursor)]);
            }
            let mut page = json(request).await?;
            if let Value::Array(rows) = page["items"].take() {
                items.extend(rows);
            }
            match page["next_cursor"].as_str() {
                Some(next) => cursor = Some(next.to_owned()),
                None => return Ok(items),
            }
        }
    }
}

/// Sends a request; its answer, or the server's own error.
pub(super) async fn json(request: RequestBuilder) -> Result<Value> {
    let response = request.send().await.map_err(unreachable)?;
    checked(response).await?.json().await.map_err(unreachable)
}

/// The answer, if it is no failure.
pub(super) async fn checked(response: Response) -> Result<Response> {
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let body = response.text().await.unwrap_or_default();
    Err(match serde_json::from_str::<ErrorBody>(&body) {
        Ok(error) => Error::new(error.code, error.message).with_source(format!("request {}", error.request_id)),
        Err(_) => Error::new(
            ErrorCode::Unavailable,
            format!("The server answered {status} in a way that is not Tandem's. Check its address."),
        ),
    })
}

/// Why a server could not be asked.
pub(super) fn unreachable(error: reqwest::Error) -> Error {
    Error::new(ErrorCode::Unavailable, "The server can't be reached. Check its address, and that it runs.")
        .with_source(error)
}

/// A part of a path.
pub(super) fn segment(text: &str) -> String {
    text.bytes()
        .map(|b| match b {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(b).to_string(),
            _ => format!("%{b:02X}"),
        })
        .collect()
}
