//! What one may see of a version: rows, profile, quality, rejected rows, and
//! the file that takes them away. Everything goes through an access plan.

use serde_json::Value;
use tandem_core::{Action, Cancel, Error, Principal, Result, id::AssetId};
use tandem_engine::{AccessPlan, QueryStream, TableAccess, TableRef};
use tandem_meta::repo::asset::AssetKind;

use super::{DatasetContent, eye::Eye, measure};
use crate::{
    App,
    query::{
        limits,
        plan::{self, Pinned},
    },
};

/// A dataset's version as this person may see it.
async fn pinned(app: &App, principal: &Principal, id: AssetId, seq: u64, actions: &[Action]) -> Result<Pinned> {
    let first = actions.first().copied().unwrap_or(Action::Use);
    let view = app.require_asset(principal, first, id).await?;
    if view.asset.kind != AssetKind::Dataset {
        return Err(Error::not_found("dataset"));
    }
    plan::pin(app, principal, &view.asset, Some(seq), actions).await
}

fn plan_for(principal: &Principal, pinned: &Pinned) -> AccessPlan {
    AccessPlan::new(principal.user.to_string())
        .with_table(data(), pinned.access.clone())
        .with_limits(limits::for_role(pinned.view.role))
}

/// The one table of these plans.
fn data() -> TableRef {
    TableRef::latest("data")
}

/// Some rows of a version.
pub struct Rows {
    /// The rows.
    pub stream: QueryStream,
    /// How many the version has, before any row filter.
    pub total: Option<u64>,
}

/// Rows `offset` to `offset + limit` of a version.
///
/// # Errors
/// `not_found`, `forbidden`.
pub async fn rows(app: &App, principal: &Principal, id: AssetId, seq: u64, offset: u64, limit: u64) -> Result<Rows> {
    let pinned = pinned(app, principal, id, seq, &[Action::Use]).await?;
    let plan = plan_for(principal, &pinned);
    let stream = app.engine.page(&plan, &data(), offset, limit, &Cancel::new()).await?;
    let total = pinned.access.row_filter.is_none().then_some(pinned.content.rows);
    Ok(Rows { stream, total })
}

/// The profile of a version. For who sees masked values or some rows alone it
/// is made anew from what they see: the stored one would give the rest away.
///
/// # Errors
/// `not_found`, `forbidden`, `time_limit`.
pub async fn profile(app: &App, principal: &Principal, id: AssetId, seq: u64) -> Result<Value> {
    let pinned = pinned(app, principal, id, seq, &[Action::Use]).await?;
    if !pinned.access.is_restricted() {
        let mut snapshot = app.meta.read().await?;
        if let Some(stored) = snapshot.document(principal.org, pinned.version.id, measure::PROFILE).await? {
            return Ok(stored);
        }
    }
    let mut plan = plan_for(principal, &pinned);
    plan.limits.max_rows = None;
    let stream = app.engine.page(&plan, &data(), 0, plan::ALL, &Cancel::new()).await?;
    let profile = measure::profile(stream.schema(), stream).await?;
    serde_json::to_value(profile).map_err(Error::internal)
}

/// Whether the quality rules held for a version. Examples name values and counts
/// tell of rows, so who doesn't see everything is told the verdicts alone, and
/// of rules on columns that are hidden from them nothing.
///
/// # Errors
/// `not_found`, `forbidden`.
pub async fn quality(app: &App, principal: &Principal, id: AssetId, seq: u64) -> Result<Value> {
    let pinned = pinned(app, principal, id, seq, &[Action::Use]).await?;
    let mut meta = app.meta.read().await?;
    let stored = meta.document(principal.org, pinned.version.id, measure::QUALITY).await?;
    let mut results = stored.unwrap_or_else(|| Value::Array(Vec::new()));
    let eye = Eye::on(&mut meta, principal, id).await?;
    if let Some(results) = results.as_array_mut().filter(|_| !eye.sees_all()) {
        let of_hidden = |result: &Value| {
            let columns = result["rule"]["columns"].as_array();
            columns.into_iter().flatten().any(|column| column.as_str().is_none_or(|column| eye.hides(column)))
        };
        results.retain(|result| !of_hidden(result));
        for result in results.iter_mut().filter_map(Value::as_object_mut) {
            for told in ["examples", "failing_rows", "checked_rows"] {
                result.remove(told);
            }
        }
    }
    Ok(results)
}

/// The rows that the import of a version could not read. They are shown as
/// they stood in the file, so it takes the right to edit.
///
/// # Errors
/// `not_found`, `forbidden`.
pub async fn rejects(
    app: &App,
    principal: &Principal,
    id: AssetId,
    seq: u64,
    offset: u64,
    limit: u64,
) -> Result<Option<QueryStream>> {
    let pinned = pinned(app, principal, id, seq, &[Action::Use, Action::Edit]).await?;
    let DatasetContent { rejects: Some(table), .. } = pinned.content else { return Ok(None) };
    if pinned.access.is_restricted() {
        return Err(Error::new(
            tandem_core::ErrorCode::Forbidden,
            "Rejected rows are shown as they stood in the file, and some of this dataset is masked for you.",
        ));
    }
    let Some(head) = app.engine.latest(table).await?.map(|v| v.delta_version) else { return Ok(None) };
    let plan = AccessPlan::new(principal.user.to_string()).with_table(data(), TableAccess::version(table, head));
    Ok(Some(app.engine.page(&plan, &data(), offset, limit, &Cancel::new()).await?))
}

/// All rows of a version, to take away.
///
/// # Errors
/// `not_found`; `forbidden` without the right to download.
pub async fn download(app: &App, principal: &Principal, id: AssetId, seq: u64) -> Result<(String, QueryStream)> {
    let pinned = pinned(app, principal, id, seq, &[Action::Use, Action::Download]).await?;
    let mut plan = plan_for(principal, &pinned);
    plan.limits.max_rows = None;
    plan.limits.timeout = None;
    let stream = app.engine.page(&plan, &data(), 0, plan::ALL, &Cancel::new()).await?;
    Ok((pinned.view.asset.name, stream))
}
