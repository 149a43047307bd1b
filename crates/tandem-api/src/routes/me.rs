//! The caller's own account.

mod tokens;

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use tandem_app::{
    App,
    people::{self, Profile},
    records::account::{Account, Theme},
};
use tandem_core::{Lang, id::UserId};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::shape::{DONE, lang, lang_or_null, theme, theme_or_null};
use crate::{
    auth::{Browser, Caller},
    error::{ApiResult, Errors},
    extract::Body,
};

pub(crate) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(get_me, patch_me)).routes(routes!(post_password)).merge(tokens::router())
}

/// The caller.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Me {
    #[schema(value_type = Uuid)]
    id: UserId,
    name: String,
    email: String,
    /// The language of their pages.
    #[schema(schema_with = lang)]
    lang: Lang,
    /// How their pages look.
    #[schema(schema_with = theme)]
    theme: Theme,
}

impl From<Account> for Me {
    fn from(account: Account) -> Self {
        let Account { id, name, email, lang, theme, .. } = account;
        Self { id, name, email, lang, theme }
    }
}

/// What to change; what isn't given stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MeChange {
    #[schema(min_length = 1, max_length = 120)]
    name: Option<String>,
    #[schema(schema_with = lang_or_null)]
    lang: Option<Lang>,
    #[schema(schema_with = theme_or_null)]
    theme: Option<Theme>,
}

/// A new password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasswordChange {
    /// The password until now.
    #[schema(max_length = 1024, format = Password)]
    current: String,
    #[schema(min_length = 10, max_length = 1024, format = Password)]
    new: String,
}

/// The caller's account.
#[utoipa::path(get, path = "/me", tag = "me", operation_id = "get_me",
    responses((status = 200, body = Me), Errors))]
async fn get_me(State(app): State<Arc<App>>, Caller(who): Caller) -> ApiResult<Json<Me>> {
    Ok(Json(people::profile(&app, &who).await?.into()))
}

/// Change one's name, language or looks.
#[utoipa::path(patch, path = "/me", tag = "me", operation_id = "change_me", request_body = MeChange,
    responses((status = 200, body = Me), Errors))]
async fn patch_me(State(app): State<Arc<App>>, Caller(who): Caller, Body(body): Body<MeChange>) -> ApiResult<Json<Me>> {
    let change = Profile { name: body.name, lang: body.lang, theme: body.theme };
    Ok(Json(people::change_profile(&app, &who, &change).await?.into()))
}

/// Set a new password; all other sessions of the caller end. Not for tokens.
#[utoipa::path(post, path = "/me/password", tag = "me", operation_id = "change_password",
    request_body = PasswordChange, responses((status = 204, description = "Changed."), Errors))]
async fn post_password(
    State(app): State<Arc<App>>,
    Browser(session): Browser,
    Body(body): Body<PasswordChange>,
) -> ApiResult<StatusCode> {
    people::change_password(&app, &session.principal, Some(session.id), &body.current, &body.new).await?;
    Ok(DONE)
}
