//! The projects that somebody may know of.

use std::collections::{BTreeSet, HashMap};

use tandem_core::{Action, OrgRole, Page, PageRequest, Principal, ProjectRole, Result, id::ProjectId, principal::Via};
use tandem_meta::repo::project::{Project, ProjectFilter};

use crate::App;

/// A project with what one person may do in it.
#[derive(Debug, Clone)]
pub struct ProjectSummary {
    /// The project.
    pub project: Project,
    /// Their role; an owner of the organization may have none.
    pub role: Option<ProjectRole>,
    /// What they may do.
    pub actions: BTreeSet<Action>,
}

impl ProjectSummary {
    pub(super) fn new(app: &App, principal: &Principal, project: Project, role: Option<ProjectRole>) -> Result<Self> {
        let actions = app.project_rights(principal, project.id, role)?;
        Ok(Self { project, role, actions })
    }
}

/// The projects that a person is in (all of them for an owner of the
/// organization), by name. Of those that were put away, only who could take
/// them out again sees any.
///
/// # Errors
/// `invalid_cursor`.
pub async fn list(
    app: &App,
    principal: &Principal,
    archived: bool,
    page: &PageRequest,
) -> Result<Page<ProjectSummary>> {
    if let Via::Token { project: Some(only), .. } = &principal.via {
        return list_only(app, principal, *only, archived).await;
    }
    let org = app.require_org(principal, Action::Discover).await?;
    let member = (principal.role != OrgRole::Owner).then_some(principal.user);
    let mut meta = app.meta.read().await?;
    let roles: HashMap<ProjectId, ProjectRole> =
        meta.project_roles_of(org.id, principal.user).await?.into_iter().collect();
    let found = meta.projects(org.id, &ProjectFilter { member, archived }, page).await?;
    drop(meta);
    let needed = if archived { Action::Manage } else { Action::Discover };
    let mut items = Vec::with_capacity(found.items.len());
    for project in found.items {
        let role = roles.get(&project.id).copied();
        let summary = ProjectSummary::new(app, principal, project, role)?;
        if summary.actions.contains(&needed) {
            items.push(summary);
        }
    }
    Ok(Page { items, next_cursor: found.next_cursor })
}

/// What a token that is limited to one project sees: that one.
async fn list_only(app: &App, principal: &Principal, only: ProjectId, archived: bool) -> Result<Page<ProjectSummary>> {
    let needed = if archived { Action::Manage } else { Action::Discover };
    let items = match app.require_project(principal, needed, only).await {
        Ok(view) if view.project.archived_at.is_some() == archived => {
            vec![ProjectSummary::new(app, principal, view.project, view.role)?]
        }
        Ok(_) => Vec::new(),
        Err(error) if error.code().class() == tandem_core::ErrorClass::Internal => return Err(error),
        Err(_) => Vec::new(),
    };
    Ok(Page { items, next_cursor: None })
}
