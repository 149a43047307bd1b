//! Projects and who is in them.

use chrono::{DateTime, Utc};
use serde_json::json;
use tandem_core::{
    Error, ErrorCode, Page, PageRequest, ProjectRole, Result,
    id::{OrgId, ProjectId, UserId},
};

use super::{name_key, outbox::Topic};
use crate::{
    page::List,
    sql::{Kind, Row, Sql, params, record},
    tx::{Snapshot, Tx},
};

record! {
    /// A project inside an organization.
    pub struct Project from "project" {
        /// Its identifier.
        pub id: ProjectId,
        /// The organization.
        pub org_id: OrgId,
        /// Its name, one of a kind among the organization's live projects.
        pub name: String,
        /// What it is about.
        pub description: String,
        /// Who made it.
        pub created_by: UserId,
        /// When it was made.
        pub created_at: DateTime<Utc>,
        /// When its name or description last changed.
        pub updated_at: DateTime<Utc>,
        /// When it was put away.
        pub archived_at: Option<DateTime<Utc>>,
    }
}

record! {
    /// A person's place in a project.
    pub struct ProjectMember from "project_member" {
        /// The project.
        pub project_id: ProjectId,
        /// The person.
        pub user_id: UserId,
        /// Their role in it.
        pub role: ProjectRole,
        /// Since when.
        pub created_at: DateTime<Utc>,
    }
}

/// Which projects to list.
#[derive(Debug, Clone, Copy, Default)]
pub struct ProjectFilter {
    /// Only those that this person is in; `None` for who sees them all.
    pub member: Option<UserId>,
    /// Those that were put away, rather than the live ones.
    pub archived: bool,
}

impl Snapshot {
    /// The project, put away or not.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn project(&mut self, org: OrgId, id: ProjectId) -> Result<Option<Project>> {
        let sql = format!("SELECT {} FROM project WHERE org_id = $1 AND id = $2", Project::COLUMNS);
        self.find(sql, params![org, id], Project::read).await
    }

    /// The live project of this name, whatever its case.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn project_by_name(&mut self, org: OrgId, name: &str) -> Result<Option<Project>> {
        let sql = format!(
            "SELECT {} FROM project WHERE org_id = $1 AND name_key = $2 AND archived_at IS NULL",
            Project::COLUMNS
        );
        self.find(sql, params![org, name_key(name)], Project::read).await
    }

    /// The organization's projects, by name.
    ///
    /// # Errors
    /// `invalid_cursor`, and those of the database.
    pub async fn projects(&mut self, org: OrgId, filter: &ProjectFilter, page: &PageRequest) -> Result<Page<Project>> {
        let archived = if filter.archived { " AND archived_at IS NOT NULL" } else { " AND archived_at IS NULL" };
        let list = List {
            name: "projects",
            columns: Project::COLUMNS.to_owned(),
            from: Sql::new(" FROM project WHERE project.org_id = ?", params![org]).push(archived, params![]).push_some(
                " AND EXISTS (SELECT 1 FROM project_member AS m WHERE m.project_id = project.id AND m.user_id = ?)",
                filter.member,
            ),
            keys: &[("project.name_key", Kind::Text), ("project.id", Kind::Text)],
            descending: false,
        };
        self.page(list, page, Project::read).await
    }

    /// A person's role in a project of the organization.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn project_role(&mut self, org: OrgId, project: ProjectId, user: UserId) -> Result<Option<ProjectRole>> {
        let sql = "SELECT role FROM project_member WHERE org_id = $1 AND project_id = $2 AND user_id = $3";
        self.find(sql, params![org, project, user], |row| row.get("role")).await
    }

    /// A person's roles in all projects of the organization.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn project_roles_of(&mut self, org: OrgId, user: UserId) -> Result<Vec<(ProjectId, ProjectRole)>> {
        let sql = "SELECT project_id, role FROM project_member WHERE org_id = $1 AND user_id = $2 ORDER BY project_id";
        let read = |row: &Row| Ok((row.get("project_id")?, row.get("role")?));
        self.list(sql, params![org, user], read).await
    }

    /// The members of a project, in the order of their accounts.
    ///
    /// # Errors
    /// `invalid_cursor`, and those of the database.
    pub async fn project_members(
        &mut self,
        org: OrgId,
        project: ProjectId,
        page: &PageRequest,
    ) -> Result<Page<ProjectMember>> {
        let list = List {
            name: "project_members",
            columns: ProjectMember::COLUMNS.to_owned(),
            from: Sql::new(" FROM project_member WHERE org_id = ? AND project_id = ?", params![org, project]),
            keys: &[("project_member.user_id", Kind::Text)],
            descending: false,
        };
        self.page(list, page, ProjectMember::read).await
    }
}

impl Tx {
    /// Makes a project without members.
    ///
    /// # Errors
    /// `already_exists` where the name is taken, and those of the database.
    pub async fn create_project(
        &mut self,
        org: OrgId,
        name: &str,
        description: &str,
        created_by: UserId,
    ) -> Result<Project> {
        let now = self.now();
        let project = Project {
            id: ProjectId::generate(self.clock()),
            org_id: org,
            name: name.trim().to_owned(),
            description: description.trim().to_owned(),
            created_by,
            created_at: now,
            updated_at: now,
            archived_at: None,
        };
        let made = self
            .execute(
                "INSERT INTO project (id, org_id, name, name_key, description, created_by, created_at, updated_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
                params![project.id, org, project.name, name_key(name), project.description, created_by, now, now],
            )
            .await?;
        if made == 0 {
            return Err(name_taken(name));
        }
        self.emit(org, Some(project.id), Topic::Project, json!({"project_id": project.id, "change": "created"}));
        Ok(project)
    }

    /// Changes a project's name or description; `None` keeps.
    ///
    /// # Errors
    /// `not_found`, `already_exists` where the name is taken, and those of the
    /// database.
    pub async fn update_project(
        &mut self,
        org: OrgId,
        id: ProjectId,
        name: Option<&str>,
        description: Option<&str>,
    ) -> Result<Project> {
        if let Some(name) = name
            && self.project_by_name(org, name).await?.is_some_and(|other| other.id != id)
        {
            return Err(name_taken(name));
        }
        let sql = format!(
            "UPDATE project SET name = COALESCE($1, name), name_key = COALESCE($2, name_key), \
             description = COALESCE($3, description), updated_at = $4 WHERE org_id = $5 AND id = $6 RETURNING {}",
            Project::COLUMNS
        );
        let params = params![name.map(str::trim), name.map(name_key), description.map(str::trim), self.now(), org, id];
        let project = self.find(sql, params, Project::read).await?.ok_or_else(|| Error::not_found("project"))?;
        self.emit(org, Some(id), Topic::Project, json!({"project_id": id, "change": "updated"}));
        Ok(project)
    }

    /// Puts a project away, or takes it out again. What is in it stays.
    ///
    /// # Errors
    /// `not_found`, `already_exists` where another live project has its name by
    /// now, and those of the database.
    pub async fn archive_project(&mut self, org: OrgId, id: ProjectId, archived: bool) -> Result<Project> {
        let project = self.project(org, id).await?.ok_or_else(|| Error::not_found("project"))?;
        if !archived && self.project_by_name(org, &project.name).await?.is_some_and(|other| other.id != id) {
            return Err(name_taken(&project.name));
        }
        let at = archived.then(|| project.archived_at.unwrap_or_else(|| self.now()));
        let sql =
            format!("UPDATE project SET archived_at = $1 WHERE org_id = $2 AND id = $3 RETURNING {}", Project::COLUMNS);
        let project =
            self.find(sql, params![at, org, id], Project::read).await?.ok_or_else(|| Error::not_found("project"))?;
        let change = if archived { "archived" } else { "restored" };
        self.emit(org, Some(id), Topic::Project, json!({"project_id": id, "change": change}));
        Ok(project)
    }

    /// Puts a member of the organization into a project, or changes their role.
    ///
    /// # Errors
    /// `not_found` where the project or the person is not of the organization;
    /// `state_conflict` where the project would be left without an owner; and
    /// those of the database.
    pub async fn set_project_member(
        &mut self,
        org: OrgId,
        project: ProjectId,
        user: UserId,
        role: ProjectRole,
    ) -> Result<ProjectMember> {
        let had_owner = self.lock_project(org, project).await?;
        let sql = format!(
            "INSERT INTO project_member (org_id, project_id, user_id, role, created_at) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (project_id, user_id) DO UPDATE SET role = excluded.role RETURNING {}",
            ProjectMember::COLUMNS
        );
        let params = params![org, project, user, role, self.now()];
        let member = self.find(sql, params, ProjectMember::read).await?.ok_or_else(|| Error::not_found("project"))?;
        self.keep_a_project_owner(org, project, had_owner).await?;
        self.emit(org, Some(project), Topic::Member, json!({"user_id": user, "change": "updated"}));
        Ok(member)
    }

    /// Takes a person out of a project.
    ///
    /// # Errors
    /// `not_found`; `state_conflict` where the project would be left without
    /// an owner; and those of the database.
    pub async fn remove_project_member(&mut self, org: OrgId, project: ProjectId, user: UserId) -> Result<()> {
        let had_owner = self.lock_project(org, project).await?;
        let removed = self
            .execute(
                "DELETE FROM project_member WHERE org_id = $1 AND project_id = $2 AND user_id = $3",
                params![org, project, user],
            )
            .await?;
        if removed == 0 {
            return Err(Error::not_found("member"));
        }
        self.keep_a_project_owner(org, project, had_owner).await?;
        self.emit(org, Some(project), Topic::Member, json!({"user_id": user, "change": "removed"}));
        Ok(())
    }

    /// Makes changes to one project's members wait for one another; whether it
    /// has an owner now.
    async fn lock_project(&mut self, org: OrgId, project: ProjectId) -> Result<bool> {
        let locked =
            self.execute("UPDATE project SET name = name WHERE org_id = $1 AND id = $2", params![org, project]).await?;
        if locked == 0 {
            return Err(Error::not_found("project"));
        }
        self.has_project_owner(org, project).await
    }

    async fn has_project_owner(&mut self, org: OrgId, project: ProjectId) -> Result<bool> {
        let sql = "SELECT user_id FROM project_member WHERE org_id = $1 AND project_id = $2 AND role = 'owner' LIMIT 1";
        Ok(!self.fetch(sql, params![org, project]).await?.is_empty())
    }

    /// A project that has an owner keeps one. (One without is the
    /// organization's owners' business.)
    async fn keep_a_project_owner(&mut self, org: OrgId, project: ProjectId, had_owner: bool) -> Result<()> {
        if had_owner && !self.has_project_owner(org, project).await? {
            self.refuse();
            return Err(Error::new(
                ErrorCode::StateConflict,
                "A project needs an owner; nothing was changed. Make someone else its owner first.",
            ));
        }
        Ok(())
    }
}

fn name_taken(name: &str) -> Error {
    Error::new(
        ErrorCode::AlreadyExists,
        format!("There is a project named “{}” already; nothing was changed. Choose another name.", name.trim()),
    )
}
