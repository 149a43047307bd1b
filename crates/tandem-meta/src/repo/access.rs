//! Requests for access, from who knows of an asset and may not use it yet.

use chrono::{DateTime, Utc};
use serde_json::json;
use tandem_core::{
    Action, Error, ErrorCode, Page, PageRequest, Result,
    id::{AssetId, GrantId, OrgId, UserId},
};

use super::outbox::Topic;
use crate::{
    page::List,
    sql::{Kind, Sql, params, record, text_enum},
    tx::{Snapshot, Tx},
};

text_enum! {
    /// Where a request for access stands.
    pub enum AccessState("state of a request") {
        /// Nobody has decided yet.
        Pending = "pending",
        /// Granted.
        Approved = "approved",
        /// Turned down.
        Denied = "denied",
    }
}

record! {
    /// A request for access.
    pub struct AccessRequest from "access_request" {
        /// Its identifier; where it is approved, the grant's too.
        pub id: GrantId,
        /// To what.
        pub asset_id: AssetId,
        /// Who asks.
        pub user_id: UserId,
        /// For what.
        pub action: Action,
        /// Why, in their words.
        pub reason: String,
        /// Where it stands.
        pub state: AccessState,
        /// When they asked.
        pub created_at: DateTime<Utc>,
        /// Who decided.
        pub decided_by: Option<UserId>,
        /// When they decided.
        pub decided_at: Option<DateTime<Utc>>,
    }
}

/// Which requests to list.
#[derive(Debug, Clone, Copy, Default)]
pub struct AccessFilter {
    /// In this state only.
    pub state: Option<AccessState>,
    /// By this person only.
    pub user: Option<UserId>,
    /// For this asset only.
    pub asset: Option<AssetId>,
}

impl Snapshot {
    /// The request.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn access_request(&mut self, org: OrgId, id: GrantId) -> Result<Option<AccessRequest>> {
        let sql = format!("SELECT {} FROM access_request WHERE org_id = $1 AND id = $2", AccessRequest::COLUMNS);
        self.find(sql, params![org, id], AccessRequest::read).await
    }

    /// The organization's requests, newest first. `keep` leaves out those that
    /// are not the reader's to decide or to know of.
    ///
    /// # Errors
    /// `invalid_cursor`, and those of the database.
    pub async fn access_requests(
        &mut self,
        org: OrgId,
        filter: &AccessFilter,
        page: &PageRequest,
        keep: impl FnMut(&AccessRequest) -> bool,
    ) -> Result<Page<AccessRequest>> {
        let list = List {
            name: "access_requests",
            columns: AccessRequest::COLUMNS.to_owned(),
            from: Sql::new(" FROM access_request WHERE org_id = ?", params![org])
                .push_some(" AND state = ?", filter.state)
                .push_some(" AND user_id = ?", filter.user)
                .push_some(" AND asset_id = ?", filter.asset),
            keys: &[("access_request.created_at", Kind::Int), ("access_request.id", Kind::Text)],
            descending: true,
        };
        self.page_where(list, page, AccessRequest::read, keep).await
    }
}

impl Tx {
    /// Asks for access. Who asks twice before anybody has decided has asked
    /// once.
    ///
    /// # Errors
    /// `not_found` where the asset or the person is not of the organization,
    /// and those of the database.
    pub async fn request_access(
        &mut self,
        org: OrgId,
        asset: AssetId,
        user: UserId,
        action: Action,
        reason: &str,
    ) -> Result<AccessRequest> {
        let project = self.project_of(org, asset).await?;
        let id = GrantId::generate(self.clock());
        let params = params![id, org, asset, user, action, reason.trim(), self.now()];
        let made = self
            .execute(
                "INSERT INTO access_request (id, org_id, asset_id, user_id, action, reason, state, created_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, 'pending', $7) ON CONFLICT DO NOTHING",
                params,
            )
            .await?;
        let sql = format!(
            "SELECT {} FROM access_request \
             WHERE org_id = $1 AND asset_id = $2 AND user_id = $3 AND action = $4 AND state = 'pending'",
            AccessRequest::COLUMNS
        );
        let found = self.find(sql, params![org, asset, user, action], AccessRequest::read).await?;
        let request = found.ok_or_else(|| Error::not_found("request"))?;
        if made > 0 {
            self.emit_request(org, project, &request);
        }
        Ok(request)
    }

    /// Decides on a request; where it is approved, the grant is made with it.
    ///
    /// # Errors
    /// `not_found`; `state_conflict` where somebody has decided already; and
    /// those of the database.
    pub async fn decide_access(
        &mut self,
        org: OrgId,
        id: GrantId,
        approve: bool,
        decided_by: UserId,
    ) -> Result<AccessRequest> {
        let state = if approve { AccessState::Approved } else { AccessState::Denied };
        let sql = format!(
            "UPDATE access_request SET state = $1, decided_by = $2, decided_at = $3 \
             WHERE org_id = $4 AND id = $5 AND state = 'pending' RETURNING {}",
            AccessRequest::COLUMNS
        );
        let params = params![state, decided_by, self.now(), org, id];
        let Some(request) = self.find(sql, params, AccessRequest::read).await? else {
            self.access_request(org, id).await?.ok_or_else(|| Error::not_found("request"))?;
            return Err(Error::new(ErrorCode::StateConflict, "Somebody has decided already; nothing was changed."));
        };
        if approve {
            self.grant_as(id, org, request.asset_id, request.user_id, request.action, decided_by).await?;
        }
        let project = self.project_of(org, request.asset_id).await?;
        self.emit_request(org, project, &request);
        Ok(request)
    }

    fn emit_request(&mut self, org: OrgId, project: tandem_core::id::ProjectId, request: &AccessRequest) {
        let payload = json!({
            "request_id": request.id,
            "asset_id": request.asset_id,
            "user_id": request.user_id,
            "action": request.action,
            "state": request.state,
        });
        self.emit(org, Some(project), Topic::AccessRequest, payload);
    }
}
