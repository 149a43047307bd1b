//! Reading the audit log.

use std::collections::{BTreeSet, HashMap};

use tandem_core::{Action, Page, PageRequest, Principal, Result, id::OrgId};
use tandem_meta::{AuditFilter, AuditRow, Snapshot};

use super::{People, Person};
use crate::App;

/// A row of the audit log with the names of what it speaks of.
#[derive(Debug, Clone)]
pub struct AuditLine {
    /// The row.
    pub row: AuditRow,
    /// Who asked, where that is known.
    pub who: Option<Person>,
    /// What the thing is called today; none where it is gone or has no name.
    pub object_name: Option<String>,
}

/// The organization's audit log, newest first.
///
/// # Errors
/// `forbidden` for all but owners; `invalid_cursor`.
pub async fn audit_log(
    app: &App,
    principal: &Principal,
    filter: &AuditFilter,
    page: &PageRequest,
) -> Result<Page<AuditLine>> {
    let org = app.require_org(principal, Action::ReadAudit).await?;
    // Whoever reads the log sees their own steps in it, this one included.
    app.meta.flush_audit().await?;
    let mut meta = app.meta.read().await?;
    let Page { items, next_cursor } = meta.audit_log(org.id, filter, page).await?;
    let people = People::load(&mut meta, org.id, items.iter().filter_map(|row| row.who).collect()).await?;
    let names = names(&mut meta, org.id, &items).await?;
    let line = |row: AuditRow| AuditLine {
        who: row.who.map(|id| people.get(id)),
        object_name: names.get(&row.object).cloned(),
        row,
    };
    Ok(Page { items: items.into_iter().map(line).collect(), next_cursor })
}

async fn names(meta: &mut Snapshot, org: OrgId, rows: &[AuditRow]) -> Result<HashMap<String, String>> {
    let mut names = HashMap::new();
    let assets: BTreeSet<_> = objects(rows, "asset").collect();
    for asset in meta.assets_by_id(org, &assets.into_iter().collect::<Vec<_>>()).await? {
        names.insert(asset.id.to_string(), asset.name);
    }
    let users: BTreeSet<_> = objects(rows, "user").collect();
    for member in meta.members_by_id(org, &users.into_iter().collect::<Vec<_>>()).await? {
        names.insert(member.account.id.to_string(), member.account.name);
    }
    for project in objects(rows, "project").collect::<BTreeSet<_>>() {
        if let Some(project) = meta.project(org, project).await? {
            names.insert(project.id.to_string(), project.name);
        }
    }
    if let Some(org) = meta.org(org).await? {
        names.insert(org.id.to_string(), org.name);
    }
    Ok(names)
}

fn objects<'a, T: std::str::FromStr>(rows: &'a [AuditRow], kind: &'a str) -> impl Iterator<Item = T> + 'a {
    rows.iter().filter(move |row| row.kind == kind).filter_map(|row| row.object.parse().ok())
}
