//! The audit log.

use std::sync::Arc;

use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tandem_app::{
    App,
    people::{self, AuditLine},
    records::audit::{AuditFilter, Decision},
};
use tandem_core::id::UserId;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    auth::Caller,
    error::{ApiResult, Errors},
    extract::{Paging, Params},
    routes::shape::{Listed, User, decision},
};

pub(crate) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(list))
}

/// A row of the audit log. Each row's hash covers the row before it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuditEntry {
    /// Its number in the organization: 1, 2, 3, … without a gap.
    seq: i64,
    at: DateTime<Utc>,
    /// Who asked; null where nobody had proved who they are.
    #[schema(required)]
    who: Option<User>,
    /// How they came: `session`, `token:ID`, `local`, `run:ID`, an address.
    via: String,
    action: String,
    /// The kind of thing that it was asked on.
    resource_kind: String,
    resource_id: String,
    /// What the thing is called today; null where it is gone.
    #[schema(required)]
    resource_name: Option<String>,
    #[schema(schema_with = decision)]
    decision: Decision,
    /// The policies that decided, or what was done.
    reason: String,
    #[schema(required)]
    request_id: Option<String>,
    /// BLAKE3 over the row before and this one.
    hash: String,
}

impl From<AuditLine> for AuditEntry {
    fn from(line: AuditLine) -> Self {
        let row = line.row;
        Self {
            seq: row.seq,
            at: row.at,
            who: line.who.map(User::from),
            via: row.via,
            action: row.action,
            resource_kind: row.kind,
            resource_id: row.object,
            resource_name: line.object_name,
            decision: row.decision,
            reason: row.reason,
            request_id: row.request_id.map(|id| id.to_string()),
            hash: row.hash,
        }
    }
}

/// Which rows to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AuditQuery {
    /// By this person only.
    #[param(value_type = Option<Uuid>)]
    who: Option<UserId>,
    /// Of this action only.
    action: Option<String>,
    /// Decided this way only.
    #[param(schema_with = decision)]
    decision: Option<Decision>,
    /// On the thing with this identifier only.
    resource_id: Option<String>,
    /// From this moment on.
    from: Option<DateTime<Utc>>,
    /// Before this moment.
    to: Option<DateTime<Utc>>,
    /// How many rows at the most, 1 to 200; 50 without it.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// Where the previous page ended: its `next_cursor`.
    cursor: Option<String>,
}

/// Who asked for what, and what was decided; newest first. For owners.
#[utoipa::path(get, path = "/org/audit", tag = "org", operation_id = "list_audit", params(AuditQuery),
    responses((status = 200, body = Listed<AuditEntry>), Errors))]
async fn list(
    State(app): State<Arc<App>>,
    Caller(who): Caller,
    Params(query): Params<AuditQuery>,
) -> ApiResult<Json<Listed<AuditEntry>>> {
    let filter = AuditFilter {
        who: query.who,
        action: query.action,
        decision: query.decision,
        object: query.resource_id,
        from: query.from,
        to: query.to,
    };
    let page = Paging { limit: query.limit, cursor: query.cursor }.request()?;
    Ok(Json(people::audit_log(&app, &who, &filter, &page).await?.into()))
}
