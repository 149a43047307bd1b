//! Calling the installation over HTTP.

use reqwest::{
    Method, StatusCode,
    header::{self, HeaderMap, HeaderName, HeaderValue},
};
use serde_json::Value;

/// The base path of all operations.
const BASE: &str = "/api/v1";

/// Somebody who calls: with a cookie, with a token, or as nobody.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    url: String,
    headers: HeaderMap,
}

/// What was answered.
#[derive(Debug, Clone)]
pub struct Answer {
    /// What was asked, for messages.
    pub asked: String,
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub bytes: Vec<u8>,
}

impl Client {
    pub(crate) fn new(url: &str) -> Self {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { http, url: url.to_owned(), headers: HeaderMap::new() }
    }

    /// The same caller with another header, in place of one of that name.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        let name: HeaderName = name.parse().unwrap();
        self.headers.insert(name, HeaderValue::from_str(value).unwrap());
        self
    }

    /// The same caller without a header.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.headers.remove(name);
        self
    }

    /// The same caller with a bearer token.
    #[must_use]
    pub fn with_token(self, secret: &str) -> Self {
        self.with(header::AUTHORIZATION.as_str(), &format!("Bearer {secret}"))
    }

    /// Reads `path` (below `/api/v1`).
    pub async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, None).await
    }

    /// Writes with POST.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.call(Method::POST, path, Some(body)).await
    }

    /// Writes with PUT.
    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.call(Method::PUT, path, Some(body)).await
    }

    /// Writes with PATCH.
    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.call(Method::PATCH, path, Some(body)).await
    }

    /// Writes with DELETE.
    pub async fn delete(&self, path: &str) -> Answer {
        self.call(Method::DELETE, path, None).await
    }

    /// Sends bytes with POST, as uploads do.
    pub async fn upload(&self, path: &str, bytes: Vec<u8>) -> Answer {
        let request = self.request(Method::POST, path).header(header::CONTENT_TYPE, "application/octet-stream");
        self.send(format!("POST {path}"), request.body(bytes)).await
    }

    /// Calls any operation.
    pub async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let asked = format!("{method} {path}");
        let mut request = self.request(method, path);
        if let Some(body) = body {
            request = request.json(&body);
        }
        self.send(asked, request).await
    }

    /// Begins to read a stream of events; extra headers can be set with
    /// [`Client::with`].
    pub async fn follow(&self, path: &str) -> Events {
        let response = self.request(Method::GET, path).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "GET {path}");
        Events { response, read: String::new() }
    }

    fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let base = if matches!(path, "/healthz" | "/readyz") { "" } else { BASE };
        self.http.request(method, format!("{}{base}{path}", self.url)).headers(self.headers.clone())
    }

    async fn send(&self, asked: String, request: reqwest::RequestBuilder) -> Answer {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = response.bytes().await.unwrap().to_vec();
        Answer { asked, status, headers, bytes }
    }
}

/// Server-sent events, as they come.
#[derive(Debug)]
pub struct Events {
    response: reqwest::Response,
    read: String,
}

impl Events {
    /// Waits for the next event: its name, its id and its data. `None` once the
    /// stream has ended.
    pub async fn next(&mut self) -> Option<(String, String, Value)> {
        loop {
            while let Some((block, rest)) = self.read.split_once("\n\n") {
                let block = block.to_owned();
                self.read = rest.to_owned();
                let field = |name: &str| {
                    let line = block.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
                    line.unwrap_or_default().trim().to_owned()
                };
                // Lines that begin with a colon only keep the connection alive.
                if !field("data").is_empty() {
                    let data = serde_json::from_str(&field("data")).unwrap_or(Value::Null);
                    return Some((field("event"), field("id"), data));
                }
            }
            let chunk = self.response.chunk().await.unwrap()?;
            self.read.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }
}

impl Answer {
    /// The body as JSON; null where there is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or(Value::Null)
    }

    /// The error's code; empty where there is none.
    pub fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }

    /// The body, if the status is `status`.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        let text = String::from_utf8_lossy(&self.bytes);
        assert_eq!(self.status.as_u16(), status, "{}: {text}", self.asked);
        self.json()
    }

    /// The error's message, if the status and code are these.
    #[track_caller]
    pub fn refused(&self, status: u16, code: &str) -> String {
        let body = self.expect(status);
        assert_eq!(body["code"], code, "{}: {body}", self.asked);
        body["message"].as_str().unwrap_or_default().to_owned()
    }
}
