//! Going back: the rows of an earlier version become the newest version, if
//! the rules of today let them.

use serde_json::Value;
use tandem_core::{Action, Error, ErrorCode, Principal, Result, id::AssetId};
use tandem_meta::repo::{
    asset::AssetKind,
    version::{NewVersion, Version},
};

use super::{DatasetContent, measure};
use crate::{App, models::TRAINING};

/// Makes version `seq` the newest one again, as a new version. For other kinds
/// of assets the content itself is what comes back.
///
/// # Errors
/// `not_found`, `forbidden`, `quality_failed` where a blocking rule doesn't
/// hold for it, `version_conflict` where another version came between.
pub async fn restore(app: &App, principal: &Principal, id: AssetId, seq: i64) -> Result<Version> {
    let view = app.require_asset(principal, Action::Edit, id).await?;
    let (old, mut documents) = load(app, principal, id, seq).await?;
    let (content, digest, _hold) = if view.asset.kind == AssetKind::Dataset {
        let mut content = DatasetContent::of(&old)?;
        app.require_whole(principal, &view.asset).await?;
        let gate = measure::Gate::of(app, principal, Some(id)).await?;
        let info = app.engine.version(content.table, content.delta_version).await?;
        // Rules may have come since, so how they held then says nothing.
        documents.retain(|(name, _)| *name != measure::QUALITY);
        documents.push((measure::QUALITY, measure::quality_of(app, content.table, &info, &gate).await?));
        let hold = app.turns.take(content.table).await;
        let restored = app.engine.restore(content.table, content.delta_version, None, None).await?;
        content.delta_version = restored.version.delta_version;
        (serde_json::to_value(&content).map_err(Error::internal)?, old.content_digest.clone(), Some(hold))
    } else {
        (old.content.clone(), old.content_digest.clone(), None)
    };
    let mut tx = app.meta.begin().await?.acting_for(principal.user);
    let asset = tx.asset(principal.org, id).await?.ok_or_else(|| Error::not_found("asset"))?;
    let new = NewVersion {
        content,
        content_digest: digest,
        author_id: principal.user,
        message: format!("v{seq} restored"),
        run_id: None,
    };
    let version = tx.append_version(principal.org, id, asset.latest_seq, new).await?;
    if view.asset.kind == AssetKind::Workflow {
        tx.reset_draft(principal.org, id, &version.content, principal.user).await?;
    }
    for (name, body) in documents {
        tx.put_document(principal.org, version.id, name, &body).await?;
    }
    tx.commit().await?;
    Ok(version)
}

type Documents = Vec<(&'static str, Value)>;

async fn load(app: &App, principal: &Principal, id: AssetId, seq: i64) -> Result<(Version, Documents)> {
    let mut snapshot = app.meta.read().await?;
    let missing = || Error::new(ErrorCode::NotFound, format!("There is no version {seq}."));
    let old = snapshot.version(principal.org, id, seq).await?.ok_or_else(missing)?;
    let mut documents = Vec::new();
    for name in [measure::PROFILE, measure::QUALITY, TRAINING] {
        if let Some(body) = snapshot.document(principal.org, old.id, name).await? {
            documents.push((name, body));
        }
    }
    Ok((old, documents))
}
