//! Every operation of the OpenAPI document: who is nobody gets 401, a stranger
//! gets 404, a role too small is refused, and the least role that should do is
//! not. An operation without a case fails the test.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};
use tandem_core::{OrgRole, ProjectRole as Role};
use tandem_testkit::{Client, TestApp, TestUser};

use crate::world::{ROLES, World, delivery, packed, published, pushed};

/// Operations that answer without knowing who asks. This list may only shrink.
const OPEN: [&str; 1] = ["POST /session"];

/// Operations whose path names nothing that belongs to an organization.
const SHARED: [&str; 3] = ["GET /scenarios/{name}", "GET /import/folders/{index}", "GET /components/{component}"];

/// Who may, at the least.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Least {
    /// Whoever has proved who they are.
    Anyone,
    /// Only who owns the thing.
    Self_,
    /// A member of the organization, not a guest.
    Member,
    /// An owner of the organization.
    OrgOwner,
    /// Somebody with this role in the project; those below are refused.
    In(Role),
}

/// How an operation is called so that only rights can refuse it.
struct Case {
    op: &'static str,
    least: Least,
    query: &'static str,
    body: fn(&World) -> Value,
    /// Whether it reads rows, which the dataset of this test doesn't have.
    rows: bool,
    /// Whether a good answer goes on and on.
    endless: bool,
}

const fn case(op: &'static str, least: Least) -> Case {
    Case { op, least, query: "", body: |_| Value::Null, rows: false, endless: false }
}

impl Case {
    const fn query(mut self, query: &'static str) -> Self {
        self.query = query;
        self
    }

    const fn body(mut self, body: fn(&World) -> Value) -> Self {
        self.body = body;
        self
    }

    const fn endless(mut self) -> Self {
        self.endless = true;
        self
    }

    const fn rows(mut self) -> Self {
        self.rows = true;
        self
    }

    async fn call(&self, client: &Client, world: &World) -> (u16, String) {
        let (method, path) = self.op.split_once(' ').unwrap();
        let method: Method = method.parse().unwrap();
        let path = format!("{}{}", world.fill(path), self.query);
        let body = (self.body)(world);
        let answer = client.call(method, &path, (!body.is_null()).then_some(body)).await;
        (answer.status.as_u16(), String::from_utf8_lossy(&answer.bytes).chars().take(300).collect())
    }
}

fn cases() -> Vec<Case> {
    use Least::{Anyone, In, Member, OrgOwner, Self_};
    let import = |w: &World| json!({"source": {"type": "upload", "upload_id": w.run}, "target": {"name": "new"}, "mode": "append"});
    let mapped = |w: &World| json!({"inputs": {"transactions": {"dataset_id": w.asset, "map": {"customer": "customer", "time": "customer"}}}});
    vec![
        case("GET /session", Anyone),
        case("DELETE /session", Anyone),
        case("POST /session/org", Anyone).body(|w| json!({"org_id": w.org.id})),
        case("GET /me", Anyone),
        case("PATCH /me", Anyone).body(|_| json!({"lang": "zh-CN"})),
        case("POST /me/password", Anyone).body(|_| json!({"current": "wrong password", "new": "another good one"})),
        case("GET /me/tokens", Anyone),
        case("POST /me/tokens", Anyone).body(|_| json!({"name": "t", "scope": "read", "expires_in_days": 1})),
        case("DELETE /me/tokens/{token_id}", Self_),
        case("GET /org", Anyone),
        case("PATCH /org", OrgOwner).body(|_| json!({"name": "Renamed"})),
        case("GET /org/members", Member),
        case("POST /org/members", OrgOwner).body(|w| {
            json!({"email": format!("new@{}.test", w.name), "name": "N", "role": "guest", "password": "long enough"})
        }),
        case("PATCH /org/members/{user_id}", OrgOwner).body(|_| json!({"disabled": true})),
        case("DELETE /org/members/{user_id}", OrgOwner),
        case("GET /org/audit", OrgOwner),
        case("GET /org/access-requests", Anyone),
        case("POST /access-requests/{request_id}", In(Role::Maintainer)).body(|_| json!({"approve": false})),
        case("GET /projects", Anyone),
        case("POST /projects", Member).body(|w| json!({"name": format!("second-{}", w.name)})),
        case("GET /projects/{project_id}", In(Role::Guest)),
        case("PATCH /projects/{project_id}", In(Role::Maintainer)).body(|_| json!({"description": "d"})),
        case("DELETE /projects/{project_id}", In(Role::Owner)),
        case("GET /projects/{project_id}/members", In(Role::Guest)),
        case("PUT /projects/{project_id}/members/{user_id}", In(Role::Maintainer)).body(|_| json!({"role": "viewer"})),
        case("DELETE /projects/{project_id}/members/{user_id}", In(Role::Maintainer)),
        case("GET /projects/{project_id}/activity", In(Role::Guest)),
        case("GET /projects/{project_id}/events", In(Role::Guest)).endless(),
        case("GET /projects/{project_id}/search", In(Role::Guest)).query("?q=a"),
        case("GET /projects/{project_id}/assets", In(Role::Guest)),
        case("GET /assets/{asset_id}", In(Role::Viewer)),
        case("PATCH /assets/{asset_id}", In(Role::Analyst)).body(|_| json!({"description": "d"})),
        case("DELETE /assets/{asset_id}", In(Role::Maintainer)),
        case("POST /assets/{asset_id}/undelete", In(Role::Maintainer)),
        case("POST /assets/{asset_id}/release", In(Role::Maintainer)),
        case("GET /assets/{asset_id}/versions", In(Role::Viewer)),
        case("GET /assets/{asset_id}/versions/{seq}", In(Role::Viewer)),
        case("PATCH /assets/{asset_id}/versions/{seq}", In(Role::Analyst)).body(|_| json!({"label": "gold"})),
        case("POST /assets/{asset_id}/versions/{seq}/restore", In(Role::Analyst)).rows(),
        case("GET /assets/{asset_id}/lineage", In(Role::Viewer)),
        case("GET /assets/{asset_id}/grants", In(Role::Maintainer)),
        case("POST /assets/{asset_id}/grants", In(Role::Maintainer))
            .body(|w| json!({"user_id": w.members[1].id, "action": "download"})),
        case("DELETE /assets/{asset_id}/grants/{grant_id}", In(Role::Maintainer)),
        case("POST /assets/{asset_id}/access-requests", In(Role::Viewer)).body(|_| json!({"action": "edit"})),
        case("GET /datasets/{asset_id}/versions/{seq}/profile", In(Role::Viewer)).rows(),
        case("GET /datasets/{asset_id}/versions/{seq}/rows", In(Role::Viewer)).rows(),
        case("GET /datasets/{asset_id}/versions/{seq}/rejects", In(Role::Viewer)).rows(),
        case("GET /datasets/{asset_id}/versions/{seq}/quality", In(Role::Viewer)).rows(),
        case("GET /datasets/{asset_id}/compare", In(Role::Viewer)).query("?from=1&to=1").rows(),
        case("GET /datasets/{asset_id}/versions/{seq}/download", In(Role::Maintainer)).rows(),
        case("GET /datasets/{asset_id}/quality-rules", In(Role::Viewer)),
        case("PUT /datasets/{asset_id}/quality-rules", In(Role::Analyst)).body(|_| json!({"rules": []})).rows(),
        case("GET /datasets/{asset_id}/policies", In(Role::Maintainer)),
        case("PUT /datasets/{asset_id}/policies", In(Role::Maintainer)).body(|_| json!({"rules": []})).rows(),
        case("POST /projects/{project_id}/uploads", In(Role::Operator)).query("?name=a.csv").body(|_| json!({})),
        case("GET /import/folders", Member),
        case("GET /import/folders/{index}", Member).rows(),
        case("POST /projects/{project_id}/import/sniff", In(Role::Operator))
            .body(|w| json!({"source": {"type": "upload", "upload_id": w.run}}))
            .rows(),
        case("POST /projects/{project_id}/import", In(Role::Operator)).body(import).rows(),
        case("GET /projects/{project_id}/catalog", In(Role::Guest)),
        case("POST /projects/{project_id}/query", In(Role::Analyst)).body(|_| json!({"sql": "SELECT 1"})),
        case("POST /projects/{project_id}/query/export", In(Role::Analyst))
            .body(|_| json!({"sql": "SELECT 1", "format": "csv"})),
        case("DELETE /queries/{query_id}", Self_),
        case("GET /scenarios", Anyone),
        case("GET /scenarios/{name}", Anyone),
        case("POST /projects/{project_id}/scenarios/{name}/suggest", In(Role::Operator))
            .body(|w| json!({"dataset_id": w.asset}))
            .rows(),
        case("POST /projects/{project_id}/scenarios/{name}/runs", In(Role::Operator)).body(mapped).rows(),
        case("GET /projects/{project_id}/runs", In(Role::Guest)),
        case("GET /runs/{run_id}", In(Role::Viewer)),
        case("POST /runs/{run_id}/cancel", In(Role::Operator)),
        case("POST /runs/{run_id}/reproduce", In(Role::Operator)).rows(),
        case("GET /runs/{run_id}/events", In(Role::Viewer)),
        case("GET /runs/{run_id}/report", In(Role::Viewer)).rows(),
        case("GET /runs/{run_id}/report.html", In(Role::Viewer)).rows(),
        case("GET /runs/{run_id}/report.xlsx", In(Role::Viewer)).rows(),
        case("GET /runs/{run_id}/report.pdf", In(Role::Viewer)).rows(),
        case("POST /projects/{project_id}/dashboards", In(Role::Operator))
            .body(|w| json!({"name": format!("third-{}", w.name), "dashboard": {"format": 1}})),
        case("GET /dashboards/{dashboard_id}", In(Role::Viewer)),
        case("POST /dashboards/{dashboard_id}/versions", In(Role::Analyst))
            .body(|_| json!({"base": 1, "dashboard": {"format": 1, "pages": [
                {"id": "first", "title": {"en": "First", "zh-CN": "第一页"}}]}})),
        case("POST /dashboards/{dashboard_id}/answer", In(Role::Viewer)).body(|_| json!({})),
        case("POST /projects/{project_id}/dashboards/answer", In(Role::Operator))
            .body(|_| json!({"dashboard": {"format": 1, "pages": [{"id": "p", "title": {"en": "P", "zh-CN": "P"}}]}})),
        case("POST /dashboards/{dashboard_id}/choices", In(Role::Viewer)).body(|_| json!({"filter": "city"})),
        case("POST /projects/{project_id}/dashboards/choices", In(Role::Operator))
            .body(|_| json!({"filter": "city", "dashboard": {"format": 1, "pages": []}})),
        case("GET /dashboards/{dashboard_id}/roles", In(Role::Viewer)),
        case("POST /projects/{project_id}/dashboards/bind", In(Role::Operator))
            .body(|w| json!({"template_id": w.ids["dashboard_id"], "name": format!("bound-{}", w.name), "sources": {}})),
        case("POST /dashboards/{dashboard_id}/export", In(Role::Viewer)).body(|_| json!({"format": "html"})),
        case("GET /dashboards/{dashboard_id}/deliveries", In(Role::Viewer)),
        case("POST /dashboards/{dashboard_id}/deliveries", In(Role::Operator)).body(|w| delivery(&w.name)),
        case("GET /dashboards/{dashboard_id}/deliveries/{delivery_id}", In(Role::Analyst)),
        case("PUT /dashboards/{dashboard_id}/deliveries/{delivery_id}", In(Role::Analyst))
            .body(|w| delivery(&w.name)),
        case("POST /dashboards/{dashboard_id}/deliveries/{delivery_id}/send", In(Role::Analyst)).body(|_| json!({})),
        case("DELETE /dashboards/{dashboard_id}/deliveries/{delivery_id}", In(Role::Analyst)),
        case("GET /assets/{asset_id}/threads", In(Role::Viewer)),
        case("GET /assets/{asset_id}/threads/counts", In(Role::Viewer)),
        case("POST /assets/{asset_id}/threads", In(Role::Viewer)).body(|_| json!({"body": "x"})),
        case("GET /runs/{run_id}/threads", In(Role::Viewer)),
        case("POST /runs/{run_id}/threads", In(Role::Viewer)).body(|_| json!({"body": "x"})),
        case("GET /projects/{project_id}/threads", In(Role::Guest)),
        case("GET /threads/{thread_id}", In(Role::Viewer)),
        case("PATCH /threads/{thread_id}", In(Role::Viewer)).body(|_| json!({"state": "resolved"})),
        case("POST /threads/{thread_id}/comments", In(Role::Viewer)).body(|_| json!({"body": "x"})),
        case("PATCH /threads/{thread_id}/comments/{comment_id}", Self_).body(|_| json!({"body": "x"})),
        case("DELETE /threads/{thread_id}/comments/{comment_id}", In(Role::Maintainer)),
        case("GET /components", Anyone),
        case("GET /components/{component}", Anyone),
        case("GET /environments", Anyone),
        case("POST /projects/{project_id}/components", In(Role::Analyst)).body(|w| pushed(&format!("new-{}", w.name))),
        case("POST /components/{component_id}/versions", In(Role::Analyst)).body(|_| pushed("again")).rows(),
        case("POST /projects/{project_id}/workflows", In(Role::Analyst))
            .body(|w| json!({"name": format!("second-{}", w.name)})),
        case("POST /projects/{project_id}/workflows/check", In(Role::Guest))
            .body(|_| json!({"workflow": {"format": 1, "nodes": {}}})),
        case("GET /workflows/{workflow_id}", In(Role::Viewer)),
        case("POST /workflows/{workflow_id}/edits", In(Role::Analyst))
            .body(|_| json!({"client": "w", "edits": [{"op": "remove_node", "id": "keep"}]})),
        case("POST /workflows/{workflow_id}/versions", In(Role::Analyst)).body(|_| json!({"message": "m"})),
        case("GET /workflows/{workflow_id}/events", In(Role::Viewer)).endless(),
        case("POST /workflows/{workflow_id}/presence", In(Role::Viewer)).body(|_| json!({"client": "w", "x": 0, "y": 0})),
        case("POST /workflows/{workflow_id}/preview", In(Role::Viewer))
            .body(|_| json!({"node": "keep", "port": "table"})),
        case("GET /workflows/{workflow_id}/profile", In(Role::Viewer)).query("?node=keep&port=table"),
        case("POST /workflows/{workflow_id}/runs", In(Role::Operator)).body(|_| json!({})),
        case("GET /workflows/{workflow_id}/states", In(Role::Viewer)),
        case("GET /runs/{run_id}/nodes", In(Role::Viewer)).rows(),
        case("GET /runs/{run_id}/preview", In(Role::Viewer)).query("?node=keep&port=table").rows(),
        case("GET /workflows/{workflow_id}/schedule", In(Role::Viewer)),
        case("PUT /workflows/{workflow_id}/schedule", In(Role::Analyst))
            .body(|_| json!({"enabled": false, "on_data": {"wait_seconds": 60}})),
        case("DELETE /workflows/{workflow_id}/schedule", In(Role::Analyst)),
        case("GET /projects/{project_id}/schedules", In(Role::Guest)),
        case("GET /schedules/upcoming", Anyone).query("?cron=0%206%20*%20*%20*&time_zone=UTC"),
        case("GET /workflows/{workflow_id}/stale", In(Role::Viewer)),
        case("GET /assets/{asset_id}/stale", In(Role::Viewer)),
        case("GET /models/{asset_id}/versions/{seq}", In(Role::Viewer)).rows(),
        case("GET /models/{asset_id}/compare", In(Role::Viewer)).query("?from=1&to=1").rows(),
        case("GET /models/{asset_id}/versions/{seq}/download", In(Role::Maintainer)).rows(),
        case("POST /workflows/{workflow_id}/refresh", In(Role::Operator)).body(|_| json!({})),
        case("GET /workflows/{workflow_id}/signature", In(Role::Viewer)),
        case("GET /workflows/{workflow_id}/document", In(Role::Viewer)),
        case("GET /workflows/{workflow_id}/notebook", In(Role::Viewer)),
        case("POST /workflows/{workflow_id}/notebook", In(Role::Analyst)).body(|_| json!({"notebook": {
            "nbformat": 4, "cells": [], "metadata": {"tandem": {"form": 1, "workflow": {"format": 1, "nodes": {}}}}
        }})),
        case("GET /projects/{project_id}/components", In(Role::Guest)),
        case("GET /projects/{project_id}/components/{component}", In(Role::Guest)),
        case("GET /projects/{project_id}/components/{component}/changes", In(Role::Guest)).query("?from=1").rows(),
        case("PUT /projects/{project_id}/components/{component}/star", In(Role::Guest)),
        case("DELETE /projects/{project_id}/components/{component}/star", In(Role::Guest)),
        case("POST /workflows/{workflow_id}/package/suggest", In(Role::Viewer))
            .body(|_| json!({"nodes": ["keep"], "title": {"en": "K", "zh-CN": "K"}})),
        case("POST /workflows/{workflow_id}/package", In(Role::Analyst))
            .body(|w| json!({"name": format!("another-{}", w.name), "choice": packed()})),
        case("PUT /components/{component_id}/versions/{seq}/withdrawn", In(Role::Analyst))
            .body(|_| json!({"withdrawn": true, "reason": "r"})),
        case("PUT /components/{component_id}/shared", In(Role::Maintainer)).body(|_| json!({"organization": true})),
        case("GET /projects/{project_id}/apps", In(Role::Guest)),
        case("GET /apps/{app_id}", In(Role::Viewer)),
        case("PUT /apps/{app_id}", In(Role::Analyst)).body(|_| published()),
        case("DELETE /apps/{app_id}", In(Role::Analyst)),
        case("GET /apps/{app_id}/inputs/{input}/datasets", In(Role::Viewer)),
        case("POST /apps/{app_id}/runs", In(Role::Operator)).body(|_| json!({})),
        case("GET /apps/{app_id}/runs", In(Role::Viewer)),
        case("GET /runs/{run_id}/outputs", In(Role::Viewer)).rows(),
        case("GET /runs/{run_id}/outputs/{output}", In(Role::Viewer)).rows(),
        case("GET /runs/{run_id}/outputs/{output}/download", In(Role::Viewer)).rows(),
        case("GET /runs/{run_id}/outputs/{output}/report", In(Role::Viewer)).query("?format=pdf").rows(),
    ]
}

/// `METHOD /path` of every operation, and whether it may be called by nobody.
async fn operations(kit: &TestApp) -> Vec<(String, bool)> {
    let document = kit.anonymous().get("/openapi.json").await.expect(200);
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let op = format!("{} {}", method.to_uppercase(), path.strip_prefix("/api/v1").unwrap());
            operations.push((op, operation["security"] == json!([{}])));
        }
    }
    operations
}

#[tokio::test]
async fn every_operation_has_a_case_and_every_case_an_operation() {
    let kit = TestApp::start().await;
    let operations = operations(&kit).await;
    let documented: BTreeSet<&str> = operations.iter().map(|(op, _)| op.as_str()).collect();
    let covered: BTreeSet<&str> = cases().iter().map(|case| case.op).chain(OPEN).collect();
    assert_eq!(documented, covered, "left: the OpenAPI document, right: the cases of this test");
    let open: Vec<&str> = operations.iter().filter(|(_, open)| *open).map(|(op, _)| op.as_str()).collect();
    assert_eq!(open, OPEN, "the document must say which operations need nobody to sign in");
}

#[tokio::test]
async fn nobody_is_refused_everywhere() {
    let kit = TestApp::start().await;
    let world = World::new(&kit, "acme").await;
    let nobody = [
        kit.anonymous(),
        kit.anonymous().with("cookie", "tandem_session=01890000-0000-7000-8000-000000000000.AAAA"),
        kit.anonymous().with_token("tdm_01890000-0000-7000-8000-000000000000_AAAA"),
    ];
    for case in cases() {
        for client in &nobody {
            let (status, text) = case.call(client, &world).await;
            assert_eq!(status, 401, "{}: {text}", case.op);
        }
    }
}

#[tokio::test]
async fn a_browser_without_its_csrf_token_writes_nothing() {
    let kit = TestApp::start().await;
    let world = World::new(&kit, "acme").await;
    let owner = world.owner(&kit).await.without("x-csrf-token");
    for case in cases().into_iter().filter(|case| !case.op.starts_with("GET ")) {
        let (status, text) = case.call(&owner, &world).await;
        assert!(status == 403 && text.contains("csrf_rejected"), "{}: {status} {text}", case.op);
    }
}

#[tokio::test]
async fn strangers_find_nothing_by_any_id() {
    let kit = TestApp::start().await;
    let world = World::new(&kit, "acme").await;
    let elsewhere = World::new(&kit, "globex").await;
    let stranger = elsewhere.owner(&kit).await;
    for case in cases().into_iter().filter(|case| case.op.contains('{') && !SHARED.contains(&case.op)) {
        let (status, text) = case.call(&stranger, &world).await;
        assert_eq!(status, 404, "{}: {text}", case.op);
        assert!(!text.contains("acme"), "{} tells a name: {text}", case.op);
    }
}

/// Who has a little less than what `least` asks for.
fn too_small(world: &World, least: Least) -> Option<&TestUser> {
    match least {
        Least::Anyone => None,
        Least::Self_ | Least::In(Role::Guest) => Some(&world.outsider),
        Least::Member => Some(world.member(Role::Guest)),
        Least::OrgOwner => Some(world.member(Role::Owner)),
        Least::In(role) => {
            let place = ROLES.iter().position(|r| *r == role).unwrap();
            Some(world.member(ROLES[place - 1]))
        }
    }
}

#[tokio::test]
async fn a_role_too_small_is_refused_and_outsiders_find_nothing() {
    let kit = TestApp::start().await;
    let world = World::new(&kit, "acme").await;
    let outsider = kit.as_user(&world.outsider).await;
    for case in cases() {
        let Some(user) = too_small(&world, case.least) else { continue };
        let (status, text) = case.call(&kit.as_user(user).await, &world).await;
        assert!(matches!(status, 403 | 404), "{} by {}: {status} {text}", case.op, user.email);
        if let Least::In(_) = case.least {
            let (status, text) = case.call(&outsider, &world).await;
            assert_eq!(status, 404, "{} by somebody who is not in the project: {text}", case.op);
        }
    }
}

#[tokio::test]
async fn the_least_role_is_enough() {
    let kit = TestApp::start().await;
    let unchanged = World::new(&kit, "unchanged").await;
    for (number, case) in cases().iter().enumerate().filter(|(_, case)| !case.rows) {
        // What one case changes must not stand in the way of the next.
        let changed;
        let world = if case.op.starts_with("GET ") {
            &unchanged
        } else {
            changed = World::new(&kit, &format!("org{number}")).await;
            &changed
        };
        let user = match case.least {
            Least::Anyone => world.member(Role::Guest),
            Least::Member => &world.outsider,
            Least::Self_ | Least::OrgOwner => &world.org.owner,
            Least::In(role) => world.member(role),
        };
        if case.op.starts_with("DELETE /queries") {
            continue; // There is no query under way.
        }
        if case.endless {
            let path = world.fill(case.op.strip_prefix("GET ").unwrap());
            kit.as_user(user).await.follow(&path).await;
            continue;
        }
        assert!(case.least != Least::Member || user.role == OrgRole::Member);
        let (status, text) = case.call(&kit.as_user(user).await, world).await;
        // 400 and 409 come after the decision: a wrong password, nothing to release.
        assert!(matches!(status, 200..300 | 400 | 409), "{} by {}: {status} {text}", case.op, user.email);
    }
}
