//! The organization that the caller acts in.

mod audit;
mod members;

use std::sync::Arc;

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use tandem_app::{App, people, records::org};
use tandem_core::{OrgRole, id::OrgId};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::shape::org_role;
use crate::{
    auth::Caller,
    error::{ApiResult, Errors},
    extract::Body,
};

pub(crate) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(get_org, patch_org)).merge(members::router()).merge(audit::router())
}

/// An organization, with the caller's place in it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Org {
    #[schema(value_type = Uuid)]
    id: OrgId,
    name: String,
    /// The caller's role.
    #[schema(schema_with = org_role)]
    role: OrgRole,
}

impl Org {
    /// The organization, for who has `role` in it.
    pub(crate) fn new(org: org::Org, role: OrgRole) -> Self {
        Self { id: org.id, name: org.name, role }
    }
}

/// What to change.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OrgChange {
    #[schema(min_length = 1, max_length = 120)]
    name: String,
}

/// The organization.
#[utoipa::path(get, path = "/org", tag = "org", operation_id = "get_org",
    responses((status = 200, body = Org), Errors))]
async fn get_org(State(app): State<Arc<App>>, Caller(who): Caller) -> ApiResult<Json<Org>> {
    Ok(Json(Org::new(people::org(&app, &who).await?, who.role)))
}

/// Rename the organization.
#[utoipa::path(patch, path = "/org", tag = "org", operation_id = "rename_org", request_body = OrgChange,
    responses((status = 200, body = Org), Errors))]
async fn patch_org(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    Body(body): Body<OrgChange>,
) -> ApiResult<Json<Org>> {
    Ok(Json(Org::new(people::rename_org(&app, &who, &body.name).await?, who.role)))
}
