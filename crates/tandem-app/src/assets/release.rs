//! Releasing a derived asset from the rights of its sources.

use tandem_core::{Action, Error, ErrorClass, ErrorCode, Principal, Result, id::AssetId};

use super::{AssetSummary, summary};
use crate::{App, people::note};

/// Ends the inheritance of a derived asset: from now on its own grants and its
/// project's roles alone decide. It takes `manage` on it and on every asset
/// that it inherits from, near or far.
///
/// # Errors
/// `not_found`; `forbidden` where a source is not the person's to manage;
/// `state_conflict` where it inherits nothing.
pub async fn release(app: &App, principal: &Principal, id: AssetId) -> Result<AssetSummary> {
    let view = app.require_asset(principal, Action::Manage, id).await?;
    let mut meta = app.meta.read().await?;
    let sources = meta.restricted_by(principal.org, &[id]).await?.remove(&id).unwrap_or_default();
    drop(meta);
    if sources.is_empty() {
        return Err(Error::new(ErrorCode::StateConflict, "It inherits no restrictions; there is nothing to release."));
    }
    for source in &sources {
        app.require_deleted_asset(principal, Action::Manage, *source).await.map_err(|error| {
            // A source that the person may not know of is not named.
            match error.code().class() {
                ErrorClass::NotFound | ErrorClass::Forbidden => Error::new(
                    ErrorCode::Forbidden,
                    "You may not manage all of the assets that this was made from; nothing was released. \
                     Ask their maintainers.",
                ),
                _ => error,
            }
        })?;
    }
    let mut tx = app.meta.begin().await?.acting_for(principal.user);
    let now = tx.restricted_by(principal.org, &[id]).await?.remove(&id).unwrap_or_default();
    if now.iter().any(|source| !sources.contains(source)) {
        return Err(Error::new(
            ErrorCode::VersionConflict,
            "Meanwhile it was made from another asset too; nothing was released. Look at it again and retry.",
        ));
    }
    tx.release(principal.org, id, principal.user).await?;
    note::changed(&mut tx, principal, "release", "asset", id);
    tx.commit().await?;
    summary(app, principal, view.asset).await
}
