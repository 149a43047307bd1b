//! The people in the organization.

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tandem_app::{
    App,
    people::{self, NewMember, Person},
    records::org::Member,
};
use tandem_core::{Lang, OrgRole, id::UserId};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    auth::Caller,
    error::{ApiResult, Errors},
    extract::{At, Body, Paging, Params},
    routes::shape::{DONE, Listed, User, lang_or_null, org_role, org_role_or_null},
};

pub(crate) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(list, add)).routes(routes!(change, remove))
}

/// A member of the organization.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OrgMember {
    user: User,
    #[schema(schema_with = org_role)]
    role: OrgRole,
    /// Whether they are shut out of this organization for now.
    disabled: bool,
    /// When they joined.
    created_at: DateTime<Utc>,
}

impl From<Member> for OrgMember {
    fn from(member: Member) -> Self {
        Self {
            user: Person::from(&member.account).into(),
            role: member.role,
            disabled: member.disabled,
            created_at: member.joined_at,
        }
    }
}

/// Somebody to add. Who has an account already keeps its name and password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MemberRequest {
    #[schema(min_length = 3, max_length = 254)]
    email: String,
    #[schema(min_length = 1, max_length = 120)]
    name: String,
    #[schema(schema_with = org_role)]
    role: OrgRole,
    /// Their first password.
    #[schema(min_length = 10, max_length = 1024, format = Password)]
    password: String,
    /// The language of their pages; English without it.
    #[schema(schema_with = lang_or_null)]
    lang: Option<Lang>,
}

/// What to change; what isn't given stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MemberChange {
    #[schema(schema_with = org_role_or_null)]
    role: Option<OrgRole>,
    /// Whether to shut them out: their sessions and tokens stop working.
    disabled: Option<bool>,
}

/// The members, by e-mail address.
#[utoipa::path(get, path = "/org/members", tag = "org", operation_id = "list_members", params(Paging),
    responses((status = 200, body = Listed<OrgMember>), Errors))]
async fn list(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    Params(paging): Params<Paging>,
) -> ApiResult<Json<Listed<OrgMember>>> {
    Ok(Json(people::members(&app, &who, &paging.request()?).await?.into()))
}

/// Add somebody to the organization.
#[utoipa::path(post, path = "/org/members", tag = "org", operation_id = "add_member",
    request_body = MemberRequest, responses((status = 201, body = OrgMember), Errors))]
async fn add(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    Body(body): Body<MemberRequest>,
) -> ApiResult<(StatusCode, Json<OrgMember>)> {
    let new = NewMember {
        email: body.email,
        name: body.name,
        role: body.role,
        password: body.password,
        lang: body.lang.unwrap_or_default(),
    };
    Ok((StatusCode::CREATED, Json(people::add_member(&app, &who, &new).await?.into())))
}

/// Change a member's role, or shut them out and let them in again.
#[utoipa::path(patch, path = "/org/members/{user_id}", tag = "org", operation_id = "change_member",
    params(("user_id" = Uuid, Path)), request_body = MemberChange,
    responses((status = 200, body = OrgMember), Errors))]
async fn change(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    At(user): At<UserId>,
    Body(body): Body<MemberChange>,
) -> ApiResult<Json<OrgMember>> {
    Ok(Json(people::change_member(&app, &who, user, body.role, body.disabled).await?.into()))
}

/// Take somebody out of the organization; what they made stays.
#[utoipa::path(delete, path = "/org/members/{user_id}", tag = "org", operation_id = "remove_member",
    params(("user_id" = Uuid, Path)), responses((status = 204, description = "Removed."), Errors))]
async fn remove(State(app): State<Arc<App>>, Caller(who): Caller, At(user): At<UserId>) -> ApiResult<StatusCode> {
    people::remove_member(&app, &who, user).await?;
    Ok(DONE)
}
