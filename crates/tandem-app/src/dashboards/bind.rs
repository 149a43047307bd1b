//! Templates: the columns that figures need, and a dashboard made anew over
//! other data that has them under names of its own.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use tandem_core::{
    Action, Error, ErrorCode, Principal, Result, Text,
    id::{AssetId, ProjectId},
};
use tandem_meta::AssetKind;

use super::{
    compile::columns_of,
    document::{Dashboard, Source, wrong},
    manage::{self, DashboardDetail},
};
use crate::{App, query::plan};

/// What a source must bring.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceRoles {
    /// Its name in the document.
    pub source: String,
    /// What it holds, in words.
    pub label: Option<Text>,
    /// The columns that figures and filters use.
    pub columns: Vec<RoleColumn>,
}

/// A column that figures use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleColumn {
    /// The name that they use.
    pub name: String,
    /// Its type in the dataset that the template was made over, where the reader may see that.
    pub kind: Option<String>,
}

/// A dataset for a source.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Binding {
    /// The dataset.
    pub dataset: AssetId,
    /// Names that figures use → columns of the dataset; those that are missing go by their own name.
    #[serde(default)]
    pub columns: BTreeMap<String, String>,
}

/// The columns that a dashboard's figures and filters use, by source.
pub(super) fn needed(dashboard: &Dashboard) -> BTreeMap<String, BTreeSet<String>> {
    let mut needed: BTreeMap<String, BTreeSet<String>> =
        dashboard.sources.keys().map(|name| (name.clone(), BTreeSet::new())).collect();
    for figure in dashboard.figures() {
        needed.entry(figure.source.clone()).or_default().extend(columns_of(figure));
    }
    for filter in &dashboard.filters {
        for source in &filter.sources {
            needed.entry(source.clone()).or_default().insert(filter.column.clone());
        }
    }
    needed
}

/// What each source of a dashboard must bring.
///
/// # Errors
/// `not_found`, `forbidden`.
pub async fn roles(app: &App, principal: &Principal, id: AssetId) -> Result<Vec<SourceRoles>> {
    let detail = manage::get(app, principal, id, None).await?;
    let mut found = Vec::new();
    for (name, columns) in needed(&detail.dashboard) {
        let Some(source) = detail.dashboard.sources.get(&name) else { continue };
        let kinds = kinds(app, principal, source).await?;
        let columns = columns.into_iter().map(|name| {
            let own = source.columns.get(&name).unwrap_or(&name);
            RoleColumn { kind: kinds.get(own).cloned(), name }
        });
        found.push(SourceRoles { label: source.label.clone(), columns: columns.collect(), source: name });
    }
    Ok(found)
}

/// The types of the columns of a source's dataset, as far as this person may use it.
async fn kinds(app: &App, principal: &Principal, source: &Source) -> Result<BTreeMap<String, String>> {
    let Some(dataset) = source.dataset else { return Ok(BTreeMap::new()) };
    let view = match app.require_asset(principal, Action::Use, dataset).await {
        Ok(view) => view,
        Err(error) if matches!(error.code(), ErrorCode::NotFound | ErrorCode::Forbidden) => return Ok(BTreeMap::new()),
        Err(error) => return Err(error),
    };
    let pinned = match plan::pin(app, principal, &view.asset, None, &[Action::Use]).await {
        Ok(pinned) => pinned,
        Err(error) if error.code() == ErrorCode::StateConflict => return Ok(BTreeMap::new()),
        Err(error) => return Err(error),
    };
    Ok(pinned.columns().into_iter().map(|column| (column.name, column.kind)).collect())
}

/// Makes a dashboard of the same pages over other data.
///
/// # Errors
/// `not_found`, `forbidden`; `invalid_request` where a source has no dataset or
/// a column that figures use isn't there.
pub async fn bind(
    app: &App,
    principal: &Principal,
    template: AssetId,
    project: ProjectId,
    name: &str,
    bindings: &BTreeMap<String, Binding>,
) -> Result<DashboardDetail> {
    let mut dashboard = manage::get(app, principal, template, None).await?.dashboard;
    if let Some(unknown) = bindings.keys().find(|name| !dashboard.sources.contains_key(*name)) {
        return Err(wrong(format!("The dashboard has no source “{unknown}”.")));
    }
    for (source, columns) in needed(&dashboard) {
        let Some(binding) = bindings.get(&source) else {
            return Err(wrong(format!("Choose a dataset for “{source}”.")));
        };
        let view = app.require_asset(principal, Action::Use, binding.dataset).await?;
        if view.asset.kind != AssetKind::Dataset || view.asset.project_id != project {
            return Err(Error::not_found("dataset"));
        }
        let there = kinds(app, principal, &Source { dataset: Some(binding.dataset), ..Source::default() }).await?;
        let mut bound = BTreeMap::new();
        for column in columns {
            let own = binding.columns.get(&column).unwrap_or(&column).clone();
            if !there.contains_key(&own) {
                let what = format!("“{}” has no column “{own}” for “{column}”. Choose one.", view.asset.name);
                return Err(wrong(what));
            }
            bound.insert(column, own);
        }
        // Where every name is the same there is nothing to translate.
        let same = bound.iter().all(|(name, column)| name == column);
        let label = dashboard.sources.get(&source).and_then(|source| source.label.clone());
        let columns = if same { BTreeMap::new() } else { bound };
        dashboard.sources.insert(source, Source { label, dataset: Some(binding.dataset), version: None, columns });
    }
    manage::create(app, principal, project, name, "", &dashboard).await
}
