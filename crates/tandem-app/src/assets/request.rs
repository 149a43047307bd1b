//! Asking for access, and deciding on it.

use std::collections::{BTreeSet, HashMap, HashSet};

use tandem_core::{
    Action, Error, Page, PageRequest, Principal, Result, TokenScope,
    id::{AssetId, GrantId},
    page::MAX_LIMIT,
};
use tandem_meta::{AccessFilter, AccessRequest, AccessState, Asset, Snapshot};

use super::grant;
use crate::{
    App,
    people::{self, People, Person, check, note},
};

/// A request with what and whom it names.
#[derive(Debug, Clone)]
pub struct RequestSummary {
    /// The request.
    pub request: AccessRequest,
    /// To what.
    pub asset: Asset,
    /// Who asks.
    pub person: Person,
    /// Who decided.
    pub decided_by: Option<Person>,
}

/// Which requests to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestFilter {
    /// Those that wait for the person's decision.
    Waiting,
    /// Those that the person made.
    Own,
}

/// Asks for access to an asset. Asking twice is asking once.
///
/// # Errors
/// `not_found`; `invalid_parameter` for an action that assets don't have;
/// `scope_too_small` for a token that may only read.
pub async fn ask(
    app: &App,
    principal: &Principal,
    id: AssetId,
    action: Action,
    reason: &str,
) -> Result<RequestSummary> {
    let view = app.require_asset(principal, Action::Discover, id).await?;
    people::check_scope(app, principal, TokenScope::Write, "ask")?;
    grant::check_action(action)?;
    let reason = check::prose("reason", reason)?;
    let mut tx = app.meta.begin().await?.acting_for(principal.user);
    let request = tx.request_access(principal.org, id, principal.user, action, reason).await?;
    note::changed_so(&mut tx, principal, "ask", "asset", id, action.as_str());
    let people = People::load(&mut tx, principal.org, vec![principal.user]).await?;
    tx.commit().await?;
    Ok(summary(request, view.asset, &people))
}

/// Requests, newest first: those that wait for the person, or their own.
///
/// # Errors
/// `forbidden` for a token limited to a project; `invalid_cursor`.
pub async fn requests(
    app: &App,
    principal: &Principal,
    filter: RequestFilter,
    page: &PageRequest,
) -> Result<Page<RequestSummary>> {
    app.require_org(principal, Action::Discover).await?;
    let (db_filter, needed) = match filter {
        RequestFilter::Waiting => {
            (AccessFilter { state: Some(AccessState::Pending), ..AccessFilter::default() }, Action::Manage)
        }
        RequestFilter::Own => {
            (AccessFilter { user: Some(principal.user), ..AccessFilter::default() }, Action::Discover)
        }
    };
    let mut meta = app.meta.read().await?;
    let named = named_assets(&mut meta, principal, &db_filter).await?;
    drop(meta);
    let rights = app.asset_rights(principal, &named).await?;
    let assets: HashMap<AssetId, Asset> = named
        .into_iter()
        .zip(rights)
        .filter(|(asset, rights)| asset.deleted_at.is_none() && rights.contains(&needed))
        .map(|(asset, _)| (asset.id, asset))
        .collect();
    let mut meta = app.meta.read().await?;
    let keep = |request: &AccessRequest| assets.contains_key(&request.asset_id);
    let Page { items, next_cursor } = meta.access_requests(principal.org, &db_filter, page, keep).await?;
    let users = items.iter().flat_map(|request| [Some(request.user_id), request.decided_by]).flatten().collect();
    let people = People::load(&mut meta, principal.org, users).await?;
    let items = items
        .into_iter()
        .filter_map(|request| assets.get(&request.asset_id).cloned().map(|asset| summary(request, asset, &people)))
        .collect();
    Ok(Page { items, next_cursor })
}

/// The assets that the requests behind `filter` name.
async fn named_assets(meta: &mut Snapshot, principal: &Principal, filter: &AccessFilter) -> Result<Vec<Asset>> {
    let mut ids: BTreeSet<AssetId> = BTreeSet::new();
    let mut cursor = None;
    loop {
        let mut seen = HashSet::new();
        let page = PageRequest { limit: MAX_LIMIT, cursor };
        let found = meta.access_requests(principal.org, filter, &page, |_| true).await?;
        seen.extend(found.items.iter().map(|request| request.asset_id));
        ids.extend(seen);
        cursor = found.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    meta.assets_by_id(principal.org, &ids.into_iter().collect::<Vec<_>>()).await
}

/// Approves a request, which grants what it asks for, or turns it down.
///
/// # Errors
/// `not_found`, `forbidden`; `state_conflict` where somebody has decided
/// already, or the person has left the project.
pub async fn decide(app: &App, principal: &Principal, id: GrantId, approve: bool) -> Result<RequestSummary> {
    let found = app.meta.read().await?.access_request(principal.org, id).await?;
    let found = found.ok_or_else(|| Error::not_found("request"))?;
    let view = app.require_asset(principal, Action::Manage, found.asset_id).await.map_err(|error| {
        // Whose request it is, and to what, is not told either.
        if error.code() == tandem_core::ErrorCode::NotFound { Error::not_found("request") } else { error }
    })?;
    let mut tx = app.meta.begin().await?.acting_for(principal.user);
    if approve {
        grant::check_in_project(&mut tx, principal.org, &view.asset, found.user_id).await?;
    }
    let request = tx.decide_access(principal.org, id, approve, principal.user).await?;
    let verb = if approve { "approve" } else { "turn_down" };
    let what = format!("{} for {}", request.action.as_str(), request.user_id);
    note::changed_so(&mut tx, principal, verb, "asset", request.asset_id, &what);
    let people = People::load(&mut tx, principal.org, vec![request.user_id, principal.user]).await?;
    tx.commit().await?;
    Ok(summary(request, view.asset, &people))
}

fn summary(request: AccessRequest, asset: Asset, people: &People) -> RequestSummary {
    RequestSummary {
        person: people.get(request.user_id),
        decided_by: request.decided_by.map(|id| people.get(id)),
        asset,
        request,
    }
}
