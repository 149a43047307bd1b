//! The caller's API tokens.

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tandem_app::{
    App,
    people::{self, TokenOrder},
    records::token,
};
use tandem_core::{
    TokenScope,
    id::{ProjectId, TokenId},
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    auth::Caller,
    error::{ApiResult, Errors},
    extract::{At, Body},
    routes::shape::{DONE, Listed, token_scope},
};

pub(crate) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(revoke))
}

/// An API token, without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Token {
    #[schema(value_type = Uuid)]
    id: TokenId,
    /// What its owner calls it.
    name: String,
    /// What it may be used for at most.
    #[schema(schema_with = token_scope)]
    scope: TokenScope,
    /// The only project it may touch, where it is limited to one.
    #[schema(value_type = Option<Uuid>, required)]
    project_id: Option<ProjectId>,
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    /// When it was last used, to the half hour.
    #[schema(required)]
    last_used_at: Option<DateTime<Utc>>,
}

impl From<token::Token> for Token {
    fn from(token: token::Token) -> Self {
        Self {
            id: token.id,
            name: token.name,
            scope: token.scope,
            project_id: token.project_id,
            created_at: token.created_at,
            expires_at: token.expires_at,
            last_used_at: token.last_used_at,
        }
    }
}

/// A token to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TokenRequest {
    #[schema(min_length = 1, max_length = 120)]
    name: String,
    #[schema(schema_with = token_scope)]
    scope: TokenScope,
    /// The only project it may touch.
    #[schema(value_type = Option<Uuid>)]
    project_id: Option<ProjectId>,
    #[schema(minimum = 1, maximum = 366)]
    expires_in_days: u16,
}

/// A token that was just made.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NewToken {
    token: Token,
    /// What a program sends as `Authorization: Bearer …`; shown this once.
    #[schema(example = "tdm_…")]
    secret: String,
}

/// The caller's tokens in this organization, newest first; all on one page.
#[utoipa::path(get, path = "/me/tokens", tag = "me", operation_id = "list_tokens",
    responses((status = 200, body = Listed<Token>), Errors))]
async fn list(State(app): State<Arc<App>>, Caller(who): Caller) -> ApiResult<Json<Listed<Token>>> {
    let tokens = people::tokens(&app, &who).await?;
    Ok(Json(Listed::whole(tokens.into_iter().map(Token::from).collect())))
}

/// Make a token. One made with another token has no more scope and ends no
/// later than that.
#[utoipa::path(post, path = "/me/tokens", tag = "me", operation_id = "create_token",
    request_body = TokenRequest, responses((status = 201, body = NewToken), Errors))]
async fn create(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    Body(body): Body<TokenRequest>,
) -> ApiResult<(StatusCode, Json<NewToken>)> {
    let order = TokenOrder { name: body.name, scope: body.scope, project: body.project_id, days: body.expires_in_days };
    let made = people::create_token(&app, &who, &order).await?;
    Ok((StatusCode::CREATED, Json(NewToken { token: made.token.into(), secret: made.secret })))
}

/// End a token for good.
#[utoipa::path(delete, path = "/me/tokens/{token_id}", tag = "me", operation_id = "revoke_token",
    params(("token_id" = Uuid, Path)), responses((status = 204, description = "Ended."), Errors))]
async fn revoke(State(app): State<Arc<App>>, Caller(who): Caller, At(id): At<TokenId>) -> ApiResult<StatusCode> {
    people::revoke_token(&app, &who, id).await?;
    Ok(DONE)
}
