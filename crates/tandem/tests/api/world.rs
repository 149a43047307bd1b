//! An organization with one of everything, and somebody in every role.

use std::collections::HashMap;

use serde_json::{Value, json};
use tandem_core::{
    OrgRole, ProjectRole,
    id::{AssetId, ProjectId, RunId},
};
use tandem_testkit::{Client, TestApp, TestOrg, TestUser};

/// Every role in a project, the smallest first.
pub(crate) const ROLES: [ProjectRole; 6] = [
    ProjectRole::Guest,
    ProjectRole::Viewer,
    ProjectRole::Operator,
    ProjectRole::Analyst,
    ProjectRole::Maintainer,
    ProjectRole::Owner,
];

/// What is chosen of the world's workflow for a component.
pub(crate) fn packed() -> Value {
    let text = json!({"en": "Kept", "zh-CN": "保留"});
    json!({"nodes": ["keep"], "name": "own", "version": 1, "category": "own", "title": text, "summary": text, "help": text,
        "inputs": [{"name": "rows", "to": [{"node": "keep", "port": "table"}], "label": text}],
        "outputs": [{"name": "kept", "from": {"node": "keep", "port": "table"}, "label": text}]})
}

/// A delivery of its dashboard.
pub(crate) fn delivery(name: &str) -> Value {
    json!({"enabled": false, "name": format!("delivery-{name}"), "formats": ["html"], "time_zone": "UTC",
        "to": {"type": "folder", "folder": "reports"}})
}

/// How it is published as an app.
pub(crate) fn published() -> Value {
    let text = json!({"en": "Kept", "zh-CN": "保留"});
    json!({"seq": 1, "title": text, "summary": text})
}

/// A Python component of this name.
pub(crate) fn pushed(name: &str) -> Value {
    let text = json!({"en": "Same", "zh-CN": "不变"});
    let port = json!({"name": "table", "kind": "table", "label": text});
    json!({"code": "def run(table):\n    return table\n", "manifest": {"name": name.to_lowercase(), "version": 1,
        "kind": "python", "category": "own", "title": text, "summary": text, "inputs": [port], "outputs": [port],
        "columns_when_run": true}})
}

/// An organization with one of everything.
pub(crate) struct World {
    /// Its name, which no other has.
    pub(crate) name: String,
    /// The organization; its owner owns the project.
    pub(crate) org: TestOrg,
    /// Its project.
    pub(crate) project: ProjectId,
    /// A dataset in the project.
    pub(crate) asset: AssetId,
    /// A dataset made from it.
    pub(crate) derived: AssetId,
    /// The run that made that.
    pub(crate) run: RunId,
    /// Somebody in each of [`ROLES`].
    pub(crate) members: Vec<TestUser>,
    /// A member of the organization who is in no project.
    pub(crate) outsider: TestUser,
    /// Valid identifiers for the parameters of paths.
    pub(crate) ids: HashMap<&'static str, String>,
}

impl World {
    /// Makes one.
    pub(crate) async fn new(kit: &TestApp, name: &str) -> Self {
        let org = kit.org(name).await;
        let project = kit.project(&org.owner, &format!("project-{name}")).await;
        let mut members = Vec::new();
        for role in ROLES {
            members.push(kit.member_of(project, org.id, &format!("project{role:?}@{name}.test"), role).await);
        }
        let outsider = kit.user(org.id, &format!("outsider@{name}.test"), OrgRole::Member).await;
        let asset = kit.bare_dataset(project, &org.owner, &format!("dataset-{name}")).await;
        let (derived, run) = kit.derived_dataset(project, &org.owner, &format!("derived-{name}"), &[asset]).await;
        let owner = kit.as_user(&org.owner).await;
        let viewer = &members[1];
        let ask = json!({"action": "download", "reason": format!("reason-{name}")});
        let request =
            kit.as_user(viewer).await.post(&format!("/assets/{asset}/access-requests"), ask).await.expect(201);
        let grant = json!({"user_id": members[2].id, "action": "download"});
        let grant = owner.post(&format!("/assets/{asset}/grants"), grant).await.expect(201);
        let token = json!({"name": format!("token-{name}"), "scope": "read", "expires_in_days": 1});
        let token = owner.post("/me/tokens", token).await.expect(201);
        let flow = json!({"name": format!("flow-{name}"), "workflow": {"format": 1, "nodes": {"keep": {
            "component": {"name": "filter", "version": 1}, "position": {"x": 0, "y": 0}}}}});
        let flow = owner.post(&format!("/projects/{project}/workflows"), flow).await.expect(201);
        let board = json!({"name": format!("board-{name}"), "dashboard": {"format": 1, "pages": [
            {"id": "first", "title": {"en": "First", "zh-CN": "第一页"}}]}});
        let board = owner.post(&format!("/projects/{project}/dashboards"), board).await.expect(201);
        let path = format!("/dashboards/{}/deliveries", board["asset"]["id"].as_str().unwrap());
        let delivery = owner.post(&path, delivery(name)).await.expect(201);
        let schedule = json!({"enabled": false, "on_data": {"wait_seconds": 60}});
        let path = format!("/workflows/{}/schedule", flow["asset"]["id"].as_str().unwrap());
        owner.put(&path, schedule).await.expect(200);
        let package = json!({"name": format!("packed-{name}"), "choice": packed()});
        let flow_id = flow["asset"]["id"].as_str().unwrap();
        let package = owner.post(&format!("/workflows/{flow_id}/package"), package).await.expect(201);
        let component = package["asset"]["id"].as_str().unwrap();
        owner.put(&format!("/apps/{component}"), published()).await.expect(200);
        let thread = json!({"body": format!("words-{name}")});
        let thread = owner.post(&format!("/assets/{asset}/threads"), thread).await.expect(201);
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        let ids = HashMap::from([
            ("project_id", project.to_string()),
            ("asset_id", asset.to_string()),
            ("run_id", run.to_string()),
            ("user_id", viewer.id.to_string()),
            ("token_id", text(&token["token"]["id"])),
            ("grant_id", text(&grant["id"])),
            ("request_id", text(&request["id"])),
            ("query_id", run.to_string()),
            ("workflow_id", text(&flow["asset"]["id"])),
            ("dashboard_id", text(&board["asset"]["id"])),
            ("delivery_id", text(&delivery["id"])),
            ("component_id", component.to_owned()),
            ("app_id", component.to_owned()),
            ("input", "rows".to_owned()),
            ("output", "kept".to_owned()),
            ("thread_id", text(&thread["id"])),
            ("comment_id", text(&thread["comments"][0]["id"])),
            ("component", "filter".to_owned()),
            ("seq", "1".to_owned()),
            ("index", "0".to_owned()),
            ("name", "customer-value".to_owned()),
        ]);
        Self { name: name.to_owned(), org, project, asset, derived, run, members, outsider, ids }
    }

    /// The member with this role.
    pub(crate) fn member(&self, role: ProjectRole) -> &TestUser {
        self.members.iter().zip(ROLES).find(|(_, r)| *r == role).unwrap().0
    }

    /// A browser of the organization's owner.
    pub(crate) async fn owner(&self, kit: &TestApp) -> Client {
        kit.as_user(&self.org.owner).await
    }

    /// `path` with valid identifiers of this organization.
    pub(crate) fn fill(&self, path: &str) -> String {
        let mut filled = path.to_owned();
        for (name, value) in &self.ids {
            filled = filled.replace(&format!("{{{name}}}"), value);
        }
        assert!(!filled.contains('{'), "no identifier for {path}: give `World` one");
        filled
    }
}
