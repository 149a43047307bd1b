//! Signing in and out with a browser.

use std::{convert::Infallible, net::SocketAddr, sync::Arc};

use axum::{
    Json,
    extract::{ConnectInfo, FromRequestParts, State},
    http::{HeaderValue, header, request::Parts},
    response::{AppendHeaders, IntoResponse},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tandem_app::{
    App,
    people::{self, SessionView},
};
use tandem_core::{Error, id::OrgId};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{me::Me, org::Org, shape::DONE};
use crate::{
    auth::{Browser, COOKIE},
    error::{ApiError, ApiResult, Errors},
    extract::Body,
};

pub(crate) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(get_session, post_session, delete_session)).routes(routes!(switch_org))
}

/// A signed-in browser.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Session {
    user: Me,
    /// The organization that it acts in.
    org: Org,
    /// Those that it could act in, by name.
    orgs: Vec<Org>,
    /// Every write carries it as `X-CSRF-Token`.
    csrf_token: String,
    /// When it ends unless it is used.
    expires_at: DateTime<Utc>,
}

/// What signing in takes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignIn {
    #[schema(max_length = 254)]
    email: String,
    #[schema(max_length = 1024, format = Password)]
    password: String,
    /// The organization to act in; without it, the one the person joined first.
    #[schema(value_type = Option<Uuid>)]
    org_id: Option<OrgId>,
}

/// Which organization to act in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SwitchOrg {
    #[schema(value_type = Uuid)]
    org_id: OrgId,
}

/// Sign in. The answer sets the cookie `tandem_session`.
#[utoipa::path(post, path = "/session", tag = "session", operation_id = "sign_in", security(()),
    request_body = SignIn,
    responses((status = 200, body = Session, headers(("set-cookie" = String, description = "The session."))), Errors))]
async fn post_session(
    State(app): State<Arc<App>>,
    Peer(address): Peer,
    Body(body): Body<SignIn>,
) -> ApiResult<impl IntoResponse> {
    let signed = people::sign_in(&app, &body.email, &body.password, &address, body.org_id).await?;
    let cookie = set_cookie(&app, &signed.cookie, LONGEST)?;
    Ok((AppendHeaders([(header::SET_COOKIE, cookie)]), Json(describe(&app, &signed.view).await?)))
}

/// Who is signed in, where, and the CSRF token of the session.
#[utoipa::path(get, path = "/session", tag = "session", operation_id = "get_session",
    responses((status = 200, body = Session), Errors))]
async fn get_session(State(app): State<Arc<App>>, Browser(session): Browser) -> ApiResult<Json<Session>> {
    Ok(Json(describe(&app, &session).await?))
}

/// Sign out.
#[utoipa::path(delete, path = "/session", tag = "session", operation_id = "sign_out",
    responses((status = 204, description = "Signed out."), Errors))]
async fn delete_session(State(app): State<Arc<App>>, Browser(session): Browser) -> ApiResult<impl IntoResponse> {
    people::sign_out(&app, &session).await?;
    Ok((DONE, AppendHeaders([(header::SET_COOKIE, set_cookie(&app, "", 0)?)])))
}

/// Act in another organization of the same person.
#[utoipa::path(post, path = "/session/org", tag = "session", operation_id = "switch_org",
    request_body = SwitchOrg, responses((status = 200, body = Session), Errors))]
async fn switch_org(
    State(app): State<Arc<App>>,
    Browser(session): Browser,
    Body(body): Body<SwitchOrg>,
) -> ApiResult<Json<Session>> {
    let session = people::switch_org(&app, &session, body.org_id).await?;
    Ok(Json(describe(&app, &session).await?))
}

async fn describe(app: &App, session: &SessionView) -> Result<Session, Error> {
    let home = people::home(app, &session.principal).await?;
    Ok(Session {
        user: Me::from(home.account),
        org: Org::new(home.org, session.principal.role),
        orgs: home.orgs.into_iter().map(|(org, role)| Org::new(org, role)).collect(),
        csrf_token: session.csrf.clone(),
        expires_at: session.expires_at,
    })
}

/// The longest that a browser keeps the cookie, in seconds; the server decides
/// when the session ends.
const LONGEST: u32 = 90 * 24 * 3600;

fn set_cookie(app: &App, value: &str, seconds: u32) -> Result<HeaderValue, ApiError> {
    let secure = app.config.public_url.as_deref().is_some_and(|url| url.starts_with("https:"));
    let secure = if secure { "; Secure" } else { "" };
    let cookie = format!("{COOKIE}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    Ok(HeaderValue::from_str(&cookie).map_err(Error::internal)?)
}

/// The address that a request came from, for slowing down who guesses.
pub(crate) struct Peer(String);

impl<S: Send + Sync> FromRequestParts<S> for Peer {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let Some(ConnectInfo(peer)) = parts.extensions.get::<ConnectInfo<SocketAddr>>() else {
            return Ok(Self("unknown".to_owned()));
        };
        // A proxy on this machine says whom it speaks for; anybody else who
        // says so is not believed.
        let forwarded = parts.headers.get_all("x-forwarded-for").iter().next_back().and_then(|v| v.to_str().ok());
        let forwarded = forwarded.and_then(|list| list.rsplit(',').next()).map(str::trim);
        let address = match forwarded {
            Some(address) if peer.ip().is_loopback() && address.parse::<std::net::IpAddr>().is_ok() => {
                address.to_owned()
            }
            _ => peer.ip().to_string(),
        };
        Ok(Self(address))
    }
}
