//! Organizations, people and projects to test with.

use serde_json::json;
use tandem_app::projects::{self, NewProject};
use tandem_core::{
    Lang, OrgRole, Principal, ProjectRole, TokenScope,
    id::{OrgId, ProjectId, UserId},
    principal::Via,
};
use tandem_meta::{NewAccount, Secret};

use crate::{Client, TestApp};

/// Everybody's password.
pub const PASSWORD: &str = "correct horse battery";
/// Its hash at the lowest cost: hashing is tested elsewhere.
const HASH: &str = "$argon2id$v=19$m=8,t=1,p=1$Zm9yIHRlc3RzIGFsb25lIQ$IOJp1Zlf7BfTbr+3CV6r5CHY+cdxdDqiHgkkxolGBGk";

/// An organization with its owner.
#[derive(Debug, Clone)]
pub struct TestOrg {
    /// Which.
    pub id: OrgId,
    /// Its owner.
    pub owner: TestUser,
}

/// Somebody in an organization.
#[derive(Debug, Clone)]
pub struct TestUser {
    /// Who.
    pub id: UserId,
    /// The organization.
    pub org: OrgId,
    /// What they sign in with.
    pub email: String,
    /// Their place in the organization.
    pub role: OrgRole,
}

impl TestUser {
    /// Them, as use cases take it.
    pub fn principal(&self) -> Principal {
        Principal { user: self.id, org: self.org, role: self.role, via: Via::Local }
    }
}

impl TestApp {
    /// A new organization; its owner is `owner@NAME.test`.
    pub async fn org(&self, name: &str) -> TestOrg {
        let mut tx = self.app.meta.begin().await.unwrap();
        let org = tx.create_org(name).await.unwrap();
        tx.commit().await.unwrap();
        let owner = self.user(org.id, &format!("owner@{}.test", name.to_lowercase()), OrgRole::Owner).await;
        TestOrg { id: org.id, owner }
    }

    /// A new person in an organization.
    pub async fn user(&self, org: OrgId, email: &str, role: OrgRole) -> TestUser {
        let mut tx = self.app.meta.begin().await.unwrap();
        let name = email.split('@').next().unwrap_or(email).to_owned();
        let account = NewAccount { email: email.to_owned(), name, password_hash: Secret::new(HASH), lang: Lang::En };
        let account = tx.create_account(account).await.unwrap();
        tx.add_member(org, account.id, role).await.unwrap();
        tx.commit().await.unwrap();
        TestUser { id: account.id, org, email: account.email, role }
    }

    /// A new project of `owner`.
    pub async fn project(&self, owner: &TestUser, name: &str) -> ProjectId {
        let new = NewProject { name: name.to_owned(), description: String::new() };
        projects::create(&self.app, &owner.principal(), &new).await.unwrap().project.id
    }

    /// Puts somebody into a project.
    pub async fn join(&self, project: ProjectId, user: &TestUser, role: ProjectRole) {
        let mut tx = self.app.meta.begin().await.unwrap();
        tx.set_project_member(user.org, project, user.id, role).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// A new member of the organization, in a project with `role`.
    pub async fn member_of(&self, project: ProjectId, org: OrgId, email: &str, role: ProjectRole) -> TestUser {
        let org_role = if role == ProjectRole::Guest { OrgRole::Guest } else { OrgRole::Member };
        let user = self.user(org, email, org_role).await;
        self.join(project, &user, role).await;
        user
    }

    /// A browser in which `user` has signed in.
    pub async fn as_user(&self, user: &TestUser) -> Client {
        let body = json!({"email": user.email, "password": PASSWORD, "org_id": user.org});
        let answer = self.anonymous().post("/session", body).await;
        let session = answer.expect(200);
        let cookie = answer.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        let csrf = session["csrf_token"].as_str().unwrap();
        self.anonymous().with("cookie", &cookie).with("x-csrf-token", csrf)
    }

    /// A program with a token of `user`.
    pub async fn as_token(&self, user: &TestUser, scope: TokenScope, project: Option<ProjectId>) -> Client {
        let body = json!({"name": "test", "scope": scope, "project_id": project, "expires_in_days": 30});
        let made = self.as_user(user).await.post("/me/tokens", body).await.expect(201);
        self.anonymous().with_token(made["secret"].as_str().unwrap())
    }
}
