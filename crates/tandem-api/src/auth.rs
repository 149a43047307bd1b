//! Who is calling: a browser by its cookie, a program by its bearer token.

use std::sync::Arc;

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, Method, header, request::Parts},
};
use tandem_app::{
    App,
    people::{self, SessionView},
};
use tandem_core::{Error, ErrorCode, Principal};

use crate::error::ApiError;

/// The cookie that names a session.
pub const COOKIE: &str = "tandem_session";
/// The header in which a browser's writes carry their CSRF token.
pub const CSRF: &str = "x-csrf-token";

/// The person who calls, however they proved it.
#[derive(Debug, Clone)]
pub struct Caller(pub Principal);

impl FromRequestParts<Arc<App>> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiError> {
        if let Some(value) = parts.headers.get(header::AUTHORIZATION) {
            let token = value.to_str().ok().and_then(bearer).ok_or_else(|| {
                Error::new(ErrorCode::Unauthenticated, "The Authorization header must read: Bearer tdm_…")
            })?;
            return Ok(Self(people::by_token(app, token).await?));
        }
        Ok(Self(Browser::from_request_parts(parts, app).await?.0.principal))
    }
}

/// A signed-in browser; programs are refused.
#[derive(Debug, Clone)]
pub struct Browser(pub SessionView);

impl FromRequestParts<Arc<App>> for Browser {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiError> {
        let cookie = cookie(&parts.headers, COOKIE)
            .ok_or_else(|| Error::new(ErrorCode::Unauthenticated, "You are not signed in. Sign in and retry."))?;
        let view = people::by_session(app, cookie).await?;
        if writes(&parts.method) {
            let token = parts.headers.get(CSRF).and_then(|v| v.to_str().ok()).unwrap_or_default();
            if !view.csrf_matches(token) {
                return Err(Error::new(
                    ErrorCode::CsrfRejected,
                    "The request came without this session's X-CSRF-Token. Reload the page and retry.",
                )
                .into());
            }
        }
        Ok(Self(view))
    }
}

fn writes(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The value of one cookie.
fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_its_cookie_among_others() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, "a=1; tandem_session=x.y; b=2".parse().unwrap());
        assert_eq!(cookie(&headers, COOKIE), Some("x.y"));
        assert_eq!(cookie(&headers, "session"), None);
    }

    #[test]
    fn reads_bearer_tokens() {
        assert_eq!(bearer("Bearer tdm_1"), Some("tdm_1"));
        assert_eq!(bearer("bearer tdm_1"), Some("tdm_1"));
        assert_eq!(bearer("Basic tdm_1"), None);
    }
}
