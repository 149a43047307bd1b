//! From the tables that a query names to an access plan: names to datasets,
//! datasets to versions, grants and rules to filters and masks.

use std::collections::BTreeSet;

use tandem_core::{Action, Error, ErrorCode, Principal, ProjectRole, Result, id::ProjectId};
use tandem_engine::{AccessPlan, Limits, TableAccess, TableRef};
use tandem_meta::repo::{
    asset::{Asset, AssetKind},
    version::Version,
};

use super::limits;
use crate::{
    App,
    access::AssetView,
    datasets::{ColumnInfo, DatasetContent, DatasetPolicies, eye::same_column},
};

/// One version of a dataset, pinned for a query or a run, with what this
/// person may see of it.
#[derive(Debug, Clone)]
pub struct Pinned {
    /// The dataset as the person may see it.
    pub view: AssetView,
    /// The version.
    pub version: Version,
    /// Its content.
    pub content: DatasetContent,
    /// Its rows and columns, narrowed.
    pub access: TableAccess,
}

impl Pinned {
    /// The columns that exist for this person.
    pub fn columns(&self) -> Vec<ColumnInfo> {
        let hidden =
            |column: &&ColumnInfo| !self.access.hidden_columns.iter().any(|name| same_column(name, &column.name));
        self.content.columns.iter().filter(hidden).cloned().collect()
    }

    /// How many rows there are, for whom nothing is kept from.
    pub fn rows(&self) -> Option<u64> {
        (self.access.row_filter.is_none() && self.access.hidden_columns.is_empty()).then_some(self.content.rows)
    }
}

/// A plan, and the datasets behind its tables.
#[derive(Debug, Clone)]
pub struct Planned {
    /// The plan.
    pub plan: AccessPlan,
    /// One for each table.
    pub tables: Vec<Pinned>,
}

/// As many rows as there are; the most that a query can be asked for.
pub const ALL: u64 = i64::MAX.unsigned_abs();

/// The plan for the tables that `sql` names, all of `project`. `actions` must
/// be allowed on each of them (`use` to look, `download` to take away).
///
/// # Errors
/// `unknown_table` for a name that isn't a dataset of the project or may not be
/// known; `forbidden` where a dataset may be known and not used; `invalid_sql`.
pub async fn for_sql(
    app: &App,
    principal: &Principal,
    project: ProjectId,
    role: Option<ProjectRole>,
    sql: &str,
    actions: &[Action],
) -> Result<Planned> {
    let names: BTreeSet<TableRef> = tandem_engine::tables_named(sql)?.into_iter().collect();
    let mut plan = AccessPlan::new(principal.user.to_string()).with_limits(limits::for_role(role));
    let mut tables = Vec::with_capacity(names.len());
    for name in names {
        let found =
            app.meta.read().await?.asset_by_name(principal.org, project, AssetKind::Dataset, &name.name).await?;
        let unknown = || {
            Error::new(
                ErrorCode::UnknownTable,
                format!("There is no dataset “{}” in this project, or it was not shared with you.", name.name),
            )
        };
        let asset = found.ok_or_else(unknown)?;
        let view = allowed(app, principal, &asset, actions)
            .await
            .map_err(|error| if error.code() == ErrorCode::NotFound { unknown() } else { error })?;
        // Who may know of the dataset is told which versions it has.
        let no_version = |error: Error| match error.code() {
            ErrorCode::NotFound => Error::new(ErrorCode::UnknownTable, error.message()),
            _ => error,
        };
        let pinned = at_version(app, principal, view, name.version).await.map_err(no_version)?;
        plan = plan.with_table(name, pinned.access.clone());
        tables.push(pinned);
    }
    Ok(Planned { plan, tables })
}

/// Pins one version (the newest without `seq`) of a dataset.
///
/// # Errors
/// `not_found` where the dataset or version isn't there or may not be known;
/// `forbidden`, also where rules name a column that the version doesn't have;
/// `state_conflict` where the dataset has no version yet.
pub async fn pin(
    app: &App,
    principal: &Principal,
    asset: &Asset,
    seq: Option<u64>,
    actions: &[Action],
) -> Result<Pinned> {
    let view = allowed(app, principal, asset, actions).await?;
    at_version(app, principal, view, seq).await
}

/// The dataset, if all of `actions` are allowed on it.
async fn allowed(app: &App, principal: &Principal, asset: &Asset, actions: &[Action]) -> Result<AssetView> {
    let mut view = None;
    for action in actions {
        view = Some(app.require_asset(principal, *action, asset.id).await?);
    }
    view.ok_or_else(|| Error::internal("a table is pinned for no action"))
}

async fn at_version(app: &App, principal: &Principal, view: AssetView, seq: Option<u64>) -> Result<Pinned> {
    let asset = &view.asset;
    let mut snapshot = app.meta.read().await?;
    let version = match seq {
        Some(seq) => {
            let seq = i64::try_from(seq).unwrap_or(i64::MAX);
            snapshot.version(principal.org, asset.id, seq).await?
        }
        None => snapshot.latest_version(principal.org, asset.id).await?,
    };
    let version = version.ok_or_else(|| match seq {
        Some(seq) => Error::new(
            ErrorCode::NotFound,
            format!("“{}” has no version {seq}; its newest is {}.", asset.name, asset.latest_seq),
        ),
        None => Error::new(
            ErrorCode::StateConflict,
            format!("“{}” has no version yet. Wait for its import to finish and retry.", asset.name),
        ),
    })?;
    let policies = DatasetPolicies::load(&mut snapshot, principal.org, asset.id).await?;
    drop(snapshot);
    let content = DatasetContent::of(&version)?;
    let full = TableAccess::version(content.table, content.delta_version);
    let access = policies.narrow(full, principal, view.role, &app.mask_salt(principal.org));
    access.fits(&content.columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>())?;
    Ok(Pinned { view, version, content, access })
}

/// A plan with one table, `data`, without a limit of rows: for runs, which
/// turn rows into results rather than show them.
pub fn for_run(pinned: &Pinned, principal: &Principal) -> AccessPlan {
    AccessPlan::new(principal.user.to_string())
        .with_table(TableRef::latest("data"), pinned.access.clone())
        .with_limits(Limits::default())
}
