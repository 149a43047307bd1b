//! Making, changing and putting away projects.

use tandem_core::{Action, Principal, ProjectRole, Result, id::ProjectId};

use super::ProjectSummary;
use crate::{
    App,
    people::{check, note},
};

/// A project to make.
#[derive(Debug, Clone)]
pub struct NewProject {
    /// Its name, one of a kind in the organization.
    pub name: String,
    /// What it is about.
    pub description: String,
}

/// What to change about a project; `None` keeps.
#[derive(Debug, Clone, Default)]
pub struct ProjectChange {
    /// Its name.
    pub name: Option<String>,
    /// What it is about.
    pub description: Option<String>,
    /// Whether it is put away.
    pub archived: Option<bool>,
}

/// A project.
///
/// # Errors
/// `not_found`.
pub async fn get(app: &App, principal: &Principal, id: ProjectId) -> Result<ProjectSummary> {
    let view = app.require_project(principal, Action::Discover, id).await?;
    ProjectSummary::new(app, principal, view.project, view.role)
}

/// Makes a project; who makes it owns it.
///
/// # Errors
/// `forbidden`, `already_exists`, `invalid_parameter`.
pub async fn create(app: &App, principal: &Principal, new: &NewProject) -> Result<ProjectSummary> {
    let org = app.require_org(principal, Action::CreateProject).await?;
    let name = check::name("name", &new.name)?;
    let description = check::prose("description", &new.description)?;
    let mut tx = app.meta.begin().await?.acting_for(principal.user);
    let project = tx.create_project(org.id, name, description, principal.user).await?;
    tx.set_project_member(org.id, project.id, principal.user, ProjectRole::Owner).await?;
    note::changed(&mut tx, principal, "create_project", "project", project.id);
    tx.commit().await?;
    ProjectSummary::new(app, principal, project, Some(ProjectRole::Owner))
}

/// Changes a project. Putting it away and taking it out again is for its
/// owners.
///
/// # Errors
/// `not_found`, `forbidden`, `already_exists`, `invalid_parameter`.
pub async fn change(app: &App, principal: &Principal, id: ProjectId, change: &ProjectChange) -> Result<ProjectSummary> {
    let action = if change.archived.is_some() { Action::Manage } else { Action::Edit };
    let view = app.require_project(principal, action, id).await?;
    let name = change.name.as_deref().map(|name| check::name("name", name)).transpose()?;
    let description = change.description.as_deref().map(|text| check::prose("description", text)).transpose()?;
    let mut project = view.project;
    let mut tx = app.meta.begin().await?.acting_for(principal.user);
    if name.is_some() || description.is_some() {
        project = tx.update_project(principal.org, id, name, description).await?;
        note::changed(&mut tx, principal, "change_project", "project", id);
    }
    if let Some(archived) = change.archived
        && archived != project.archived_at.is_some()
    {
        project = tx.archive_project(principal.org, id, archived).await?;
        let action = if archived { "archive_project" } else { "restore_project" };
        note::changed(&mut tx, principal, action, "project", id);
    }
    tx.commit().await?;
    ProjectSummary::new(app, principal, project, view.role)
}

/// Puts a project away: nobody sees it, nothing in it is lost.
///
/// # Errors
/// `not_found`, `forbidden`.
pub async fn archive(app: &App, principal: &Principal, id: ProjectId) -> Result<()> {
    let put_away = ProjectChange { archived: Some(true), ..ProjectChange::default() };
    change(app, principal, id, &put_away).await.map(drop)
}
