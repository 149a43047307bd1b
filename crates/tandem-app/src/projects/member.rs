//! Who is in a project.

use chrono::{DateTime, Utc};
use tandem_core::{
    Action, Error, ErrorCode, OrgRole, Page, PageRequest, Principal, ProjectRole, Result,
    id::{ProjectId, UserId},
};

use crate::{
    App,
    access::ProjectView,
    people::{People, Person, note},
};

/// Somebody in a project.
#[derive(Debug, Clone)]
pub struct ProjectPerson {
    /// Who.
    pub person: Person,
    /// Their role in it.
    pub role: ProjectRole,
    /// Since when.
    pub since: DateTime<Utc>,
}

/// The members of a project.
///
/// # Errors
/// `not_found`, `invalid_cursor`.
pub async fn members(
    app: &App,
    principal: &Principal,
    id: ProjectId,
    page: &PageRequest,
) -> Result<Page<ProjectPerson>> {
    app.require_project(principal, Action::ListMembers, id).await?;
    self::page(app, principal, id, page).await
}

/// One page of them, for who has been allowed to see them.
pub(super) async fn page(
    app: &App,
    principal: &Principal,
    id: ProjectId,
    page: &PageRequest,
) -> Result<Page<ProjectPerson>> {
    let mut meta = app.meta.read().await?;
    let found = meta.project_members(principal.org, id, page).await?;
    let people = People::load(&mut meta, principal.org, found.items.iter().map(|m| m.user_id).collect()).await?;
    Ok(found.map(|m| ProjectPerson { person: people.get(m.user_id), role: m.role, since: m.created_at }))
}

/// Puts a member of the organization into a project, or changes their role.
/// Nobody gives more than their own role, nor changes who stands above them.
///
/// # Errors
/// `not_found` for the project or the person, `forbidden`; `state_conflict`
/// where no owner would be left.
pub async fn put_member(
    app: &App,
    principal: &Principal,
    id: ProjectId,
    user: UserId,
    role: ProjectRole,
) -> Result<ProjectPerson> {
    let view = app.require_project(principal, Action::ManageMembers, id).await?;
    let mut tx = app.meta.begin().await?.acting_for(principal.user);
    let member = tx.member(principal.org, user).await?.ok_or_else(|| Error::not_found("member"))?;
    let now = tx.project_role(principal.org, id, user).await?;
    check_rank(app, principal, &view, user, now.max(Some(role)))?;
    let made = tx.set_project_member(principal.org, id, user, role).await?;
    let what = format!("{role:?} of {id}");
    note::changed_so(&mut tx, principal, "put_member", "user", user, &what);
    tx.commit().await?;
    Ok(ProjectPerson { person: Person::from(&member.account), role: made.role, since: made.created_at })
}

/// Takes somebody out of a project; what they made stays.
///
/// # Errors
/// `not_found` for the project or the person, `forbidden`; `state_conflict`
/// where no owner would be left.
pub async fn remove_member(app: &App, principal: &Principal, id: ProjectId, user: UserId) -> Result<()> {
    let view = app.require_project(principal, Action::ManageMembers, id).await?;
    let mut tx = app.meta.begin().await?.acting_for(principal.user);
    let now = tx.project_role(principal.org, id, user).await?;
    check_rank(app, principal, &view, user, now)?;
    tx.remove_project_member(principal.org, id, user).await?;
    note::changed_so(&mut tx, principal, "remove_member", "user", user, &format!("from {id}"));
    tx.commit().await
}

/// An owner of the organization stands above every role in a project.
fn check_rank(
    app: &App,
    principal: &Principal,
    view: &ProjectView,
    user: UserId,
    touched: Option<ProjectRole>,
) -> Result<()> {
    if principal.role == OrgRole::Owner || touched <= view.role {
        return Ok(());
    }
    note::refused(app, principal, Action::ManageMembers.as_str(), "user", user, "a role above one's own");
    Err(Error::new(
        ErrorCode::Forbidden,
        "This role stands above yours; nothing was changed. Ask an owner of the project.",
    ))
}
