//! Running a query, cancelling it, and taking its rows away as a file.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use tandem_core::{
    Action, Cancel, Error, Page, PageRequest, Principal, Result,
    id::{ProjectId, RequestId, UserId},
};
use tandem_engine::QueryStream;
use tandem_meta::repo::asset::{AssetFilter, AssetKind};

use super::plan;
use crate::{
    App,
    datasets::{ColumnInfo, DatasetContent, Facts, eye::Eye},
};

/// Queries that run now, so that they can be cancelled by their identifier.
#[derive(Debug, Default)]
pub struct Running(Mutex<HashMap<RequestId, (UserId, Cancel)>>);

impl Running {
    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<RequestId, (UserId, Cancel)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A query under way.
pub struct Answer {
    /// Names it for [`cancel`].
    pub id: RequestId,
    /// Its rows, as they come.
    pub stream: QueryStream,
    /// Forgets the query when its rows have been read or dropped.
    pub ticket: Ticket,
}

/// Keeps a query in the list of those that run.
pub struct Ticket {
    app: Arc<App>,
    id: RequestId,
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.app.running.lock().remove(&self.id);
    }
}

/// Runs `sql` over the datasets of a project. `max_rows` may narrow what the
/// role allows. The client may choose the identifier, so that it can cancel
/// before the first row has come.
///
/// # Errors
/// Those of the project and the datasets, and those of SQL.
pub async fn execute(
    app: &Arc<App>,
    principal: &Principal,
    project: ProjectId,
    sql: &str,
    max_rows: Option<u64>,
    id: Option<RequestId>,
) -> Result<Answer> {
    let view = app.require_project(principal, Action::WriteCode, project).await?;
    start(app, principal, project, view.role, sql, max_rows, id, &[Action::Use]).await
}

/// The same for rows that leave as a file: `download` is needed on every
/// dataset read.
///
/// # Errors
/// As [`execute`]; `forbidden` where a dataset may be used and not downloaded.
pub async fn export(app: &Arc<App>, principal: &Principal, project: ProjectId, sql: &str) -> Result<Answer> {
    let view = app.require_project(principal, Action::WriteCode, project).await?;
    start(app, principal, project, view.role, sql, None, None, &[Action::Use, Action::Download]).await
}

#[expect(clippy::too_many_arguments, reason = "one private funnel behind two narrow doors")]
async fn start(
    app: &Arc<App>,
    principal: &Principal,
    project: ProjectId,
    role: Option<tandem_core::ProjectRole>,
    sql: &str,
    max_rows: Option<u64>,
    id: Option<RequestId>,
    actions: &[Action],
) -> Result<Answer> {
    let mut planned = plan::for_sql(app, principal, project, role, sql, actions).await?;
    let limit = &mut planned.plan.limits.max_rows;
    *limit = match (*limit, max_rows) {
        (Some(most), Some(asked)) => Some(most.min(asked)),
        (most, asked) => most.or(asked),
    };
    let id = id.unwrap_or_else(|| RequestId::generate(&*app.clock));
    let cancel = Cancel::new();
    app.running.lock().insert(id, (principal.user, cancel.clone()));
    let ticket = Ticket { app: app.clone(), id };
    let stream = app.engine.query(&planned.plan, sql, &cancel).await?;
    Ok(Answer { id, stream, ticket })
}

/// Cancels a query of one's own.
///
/// # Errors
/// `not_found` where no such query of this person runs.
pub fn cancel(app: &App, principal: &Principal, id: RequestId) -> Result<()> {
    match app.running.lock().get(&id) {
        Some((user, cancel)) if *user == principal.user => {
            cancel.cancel();
            Ok(())
        }
        _ => Err(Error::not_found("running query")),
    }
}

/// The tables of a project that one may use.
pub type Catalog = Page<CatalogTable>;

/// One of them.
#[derive(Debug, Clone)]
pub struct CatalogTable {
    /// The dataset's name, as SQL writes it.
    pub name: String,
    /// Number of its newest version.
    pub seq: i64,
    /// Its rows, where this person may know how many there are.
    pub rows: Option<u64>,
    /// Its columns, without those that are hidden from this person.
    pub columns: Vec<ColumnInfo>,
}

/// The datasets of a project that one may use, with their columns.
///
/// # Errors
/// Those of the project, `invalid_cursor`.
pub async fn catalog(app: &App, principal: &Principal, project: ProjectId, page: &PageRequest) -> Result<Catalog> {
    app.require_project(principal, Action::Discover, project).await?;
    let filter = AssetFilter { project: Some(project), kind: Some(AssetKind::Dataset), ..AssetFilter::default() };
    let assets = app.meta.read().await?.assets(principal.org, &filter, page, |a| a.latest_seq > 0).await?;
    let rights = app.asset_rights(principal, &assets.items).await?;
    let mut items = Vec::new();
    for (asset, rights) in assets.items.iter().zip(rights) {
        if !rights.contains(&Action::Use) {
            continue;
        }
        let mut snapshot = app.meta.read().await?;
        let Some(version) = snapshot.latest_version(principal.org, asset.id).await? else { continue };
        let role = snapshot.project_role(principal.org, project, principal.user).await?;
        let policies = crate::datasets::DatasetPolicies::load(&mut snapshot, principal.org, asset.id).await?;
        let content = DatasetContent::of(&version)?;
        let Facts { rows, columns, .. } = Eye::of(&policies, principal, role).facts(&content);
        let columns = columns.unwrap_or_default();
        items.push(CatalogTable { name: asset.name.clone(), seq: version.seq, rows, columns });
    }
    Ok(Page { items, next_cursor: assets.next_cursor })
}
