//! How two versions of a dataset differ, as one person may see it.

use tandem_core::{Action, Cancel, Error, Principal, Result, id::AssetId};
use tandem_engine::{AccessPlan, CompareRequest, Comparison, TableRef};
use tandem_meta::AssetKind;

use crate::{
    App,
    query::{limits, plan},
};

/// Rows of a comparison that are shown.
const SAMPLE: usize = 200;

/// Compares two versions: columns, counts, and row by row where `key` names
/// the columns that tell rows apart.
///
/// # Errors
/// `not_found`, `forbidden`; `unknown_column` and `invalid_key` for the key.
pub async fn compare(
    app: &App,
    principal: &Principal,
    id: AssetId,
    from: u64,
    to: u64,
    key: Vec<String>,
) -> Result<Comparison> {
    let view = app.require_asset(principal, Action::Use, id).await?;
    if view.asset.kind != AssetKind::Dataset {
        return Err(Error::not_found("dataset"));
    }
    let before = plan::pin(app, principal, &view.asset, Some(from), &[Action::Use]).await?;
    let after = plan::pin(app, principal, &view.asset, Some(to), &[Action::Use]).await?;
    let request =
        CompareRequest { from: TableRef::latest("before"), to: TableRef::latest("after"), key, sample: SAMPLE };
    let plan = AccessPlan::new(principal.user.to_string())
        .with_table(request.from.clone(), before.access)
        .with_table(request.to.clone(), after.access)
        .with_limits(limits::for_role(view.role));
    app.engine.compare(&plan, &request, &Cancel::new()).await
}
