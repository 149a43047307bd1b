//! Packaged components over HTTP: made of nodes, used as one, compared, shared,
//! withdrawn.

use serde_json::{Value, json};
use tandem_core::{OrgRole, ProjectRole, id::ProjectId};
use tandem_testkit::{Client, TestApp, TestOrg};

use crate::data::{dataset, ended};

const ORDERS: &str = "city,amount\n上海,120\n北京,80\n上海,300\n广州,10\n北京,100\n";

fn node(component: &str, version: i64, params: Value) -> Value {
    json!({"component": {"name": component, "version": version}, "params": params, "position": {"x": 0, "y": 0}})
}

fn edge(from: (&str, &str), to: (&str, &str)) -> Value {
    json!({"from": {"node": from.0, "port": from.1}, "to": {"node": to.0, "port": to.1}})
}

fn text(en: &str) -> Value {
    json!({"en": en, "zh-CN": "中文"})
}

/// orders → keep → by.
fn document(dataset: &str) -> Value {
    json!({"format": 1, "nodes": {
        "orders": node("dataset", 1, json!({"dataset": dataset})),
        "keep": node("filter", 1, json!({"conditions": [{"column": "amount", "operator": "at_least", "value": "50"}]})),
        "by": node("group", 1, json!({"by": ["city"], "totals": [{"function": "sum", "column": "amount", "name": "amount"}]})),
    }, "edges": {"e1": edge(("orders", "table"), ("keep", "table")), "e2": edge(("keep", "table"), ("by", "table"))}})
}

struct Case {
    kit: TestApp,
    acme: TestOrg,
    project: ProjectId,
    owner: Client,
    orders: String,
    /// A workflow with three nodes of which two can become a component.
    flow: String,
}

impl Case {
    async fn new() -> Self {
        let kit = TestApp::start().await;
        let acme = kit.org("Acme").await;
        let project = kit.project(&acme.owner, "Sales").await;
        let owner = kit.as_user(&acme.owner).await;
        let orders = dataset(&owner, project, "orders", ORDERS).await;
        let flow = make(&owner, project, "Cities", document(&orders)).await;
        Self { kit, acme, project, owner, orders, flow }
    }

    async fn choice(&self, nodes: Value) -> Value {
        let body = json!({"nodes": nodes, "title": text("Large by city")});
        self.owner.post(&format!("/workflows/{}/package/suggest", self.flow), body).await.expect(200)["choice"].clone()
    }

    /// Makes a component of `keep` and `by` whose grouping shows.
    async fn pack(&self, more: Value) -> Value {
        let mut choice = self.choice(json!(["keep", "by"])).await;
        choice["params"] = json!([{"name": "by", "node": "by", "param": "by", "label": text("By")}]);
        let mut body = json!({"choice": choice, "name": "Large by city"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.owner.post(&format!("/workflows/{}/package", self.flow), body).await.expect(201)
    }

    fn catalogue(&self, rest: &str) -> String {
        format!("/projects/{}/components{rest}", self.project)
    }

    async fn check(&self, document: Value) -> Value {
        self.owner
            .post(&format!("/projects/{}/workflows/check", self.project), json!({"workflow": document}))
            .await
            .expect(200)
    }
}

async fn make(who: &Client, project: ProjectId, name: &str, document: Value) -> String {
    let body = json!({"name": name, "workflow": document});
    let made = who.post(&format!("/projects/{project}/workflows"), body).await.expect(201);
    made["asset"]["id"].as_str().unwrap().to_owned()
}

async fn run(who: &Client, id: &str) -> Value {
    let run = who.post(&format!("/workflows/{id}/runs"), json!({})).await.expect(202);
    ended(who, &run).await
}

fn codes(checked: &Value) -> Vec<&str> {
    checked["problems"].as_array().unwrap().iter().map(|problem| problem["code"].as_str().unwrap()).collect()
}

/// The component and an orders node in front of it.
fn uses(orders: &str, name: &Value, version: i64) -> Value {
    json!({"format": 1, "nodes": {
        "orders": node("dataset", 1, json!({"dataset": orders})),
        "pack": node(name.as_str().unwrap(), version, json!({})),
    }, "edges": {"e": edge(("orders", "table"), ("pack", "table"))}})
}

#[tokio::test(flavor = "multi_thread")]
async fn chosen_nodes_become_one_that_gives_the_same() {
    let case = Case::new().await;
    let owner = &case.owner;
    assert_eq!(run(owner, &case.flow).await["state"], "succeeded");
    let choice = case.choice(json!(["keep", "by"])).await;
    assert_eq!((&choice["inputs"][0]["name"], choice["inputs"].as_array().unwrap().len()), (&json!("table"), 1));
    assert_eq!((&choice["outputs"][0]["name"], &choice["outputs"][0]["from"]["node"]), (&json!("table"), &json!("by")));
    assert_eq!(choice["outputs"].as_array().unwrap().len(), 1);

    let made = case.pack(json!({"replace": {"node": "pack", "client": "w"}})).await;
    assert_eq!((&made["seq"], &made["edited"]["refused"]), (&json!(1), &json!([])));
    assert_eq!(made["signature"]["kind"], "workflow");
    assert_eq!(made["component"]["name"], format!("own-{}", made["asset"]["id"].as_str().unwrap()));
    let detail = owner.get(&format!("/workflows/{}", case.flow)).await.expect(200);
    let nodes = detail["workflow"]["nodes"].as_object().unwrap();
    assert_eq!(nodes.keys().collect::<Vec<_>>(), ["orders", "pack"]);

    let checked = case.check(detail["workflow"].clone()).await;
    assert_eq!(checked["problems"], json!([]));
    let columns = &checked["nodes"]["pack"]["outputs"]["table"]["known"];
    assert_eq!((&columns[0]["name"], &columns[1]["name"]), (&json!("city"), &json!("amount")));

    // What is inside was computed when it stood outside: the digests are the same.
    let ran = run(owner, &case.flow).await;
    assert_eq!(ran["state"], "succeeded", "{ran}");
    assert_eq!(ran["progress"]["total"], 2);
    let pack = &ran["nodes"]["pack"];
    assert_eq!(
        (&pack["state"], &pack["cached"], &pack["rows"]),
        (&json!("succeeded"), &json!(true), &json!({"table": 2}))
    );
    assert!(ran["nodes"].get("pack/by").is_none());
    let look = json!({"node": "pack", "port": "table"});
    let seen = owner.post(&format!("/workflows/{}/preview", case.flow), look).await.expect(200);
    assert_eq!(seen["rows"], json!([["上海", 420], ["北京", 180]]));
    let states = owner.get(&format!("/workflows/{}/states", case.flow)).await.expect(200);
    assert_eq!(states["nodes"]["pack"]["state"], "succeeded");
    owner.get(&format!("/workflows/{}/profile?node=pack&port=table", case.flow)).await.expect(200);
    owner.post(&format!("/workflows/{}/preview", case.flow), json!({"node": "pack", "port": "x"})).await.expect(404);

    // Its parameter counts.
    let set = json!({"client": "w", "edits": [{"op": "set_param", "id": "pack", "param": "by", "value": []}]});
    owner.post(&format!("/workflows/{}/edits", case.flow), set).await.expect(200);
    let look = json!({"node": "pack", "port": "table"});
    let seen = owner.post(&format!("/workflows/{}/preview", case.flow), look).await.expect(200);
    assert_eq!(seen["rows"], json!([[600]]));
    let set = json!({"client": "w", "edits": [{"op": "set_param", "id": "pack", "param": "by", "value": ["town"]}]});
    owner.post(&format!("/workflows/{}/edits", case.flow), set).await.expect(200);
    let detail = owner.get(&format!("/workflows/{}", case.flow)).await.expect(200);
    let checked = case.check(detail["workflow"].clone()).await;
    assert_eq!((codes(&checked), &checked["problems"][0]["at"]["node"]), (vec!["objection"], &json!("pack")));
    let message = checked["problems"][0]["message"]["en"].as_str().unwrap();
    assert!(message.contains("Inside") && message.contains("town"), "{message}");

    // What can't be a component is refused, and says where.
    let package = format!("/workflows/{}/package", case.flow);
    let mut open = case.choice(json!(["pack"])).await;
    open["inputs"] = json!([]);
    let message = owner.post(&package, json!({"choice": open, "name": "x"})).await.refused(400, "invalid_parameter");
    assert!(message.contains("pack"), "{message}");
    owner.post(&package, json!({"choice": {"nodes": 1}, "name": "x"})).await.refused(400, "invalid_parameter");
}

#[tokio::test(flavor = "multi_thread")]
async fn newer_versions_are_told_with_what_changes_and_withdrawn_ones_stop_their_node_alone() {
    let case = Case::new().await;
    let owner = &case.owner;
    let made = case.pack(json!({})).await;
    let (id, name) = (made["asset"]["id"].as_str().unwrap(), &made["component"]["name"]);
    let mut used = uses(&case.orders, name, 1);
    used["nodes"]["other"] = node("sort", 1, json!({"by": [{"column": "amount"}]}));
    used["edges"]["e2"] = edge(("orders", "table"), ("other", "table"));
    used["nodes"]["after"] = node("sort", 1, json!({"by": [{"column": "amount"}]}));
    used["edges"]["e3"] = edge(("pack", "table"), ("after", "table"));
    assert_eq!(case.check(used.clone()).await["problems"], json!([]));

    // The next version shows more.
    let mut choice = case.choice(json!(["keep", "by"])).await;
    let body = json!({"nodes": ["keep", "by"], "title": text("x"), "component_id": id});
    let again = owner.post(&format!("/workflows/{}/package/suggest", case.flow), body).await.expect(200);
    assert_eq!(again["choice"]["params"][0]["name"], "by", "as it was chosen before");
    choice["params"] = json!([
        {"name": "group", "node": "by", "param": "by", "label": text("Group by"), "required": true},
        {"name": "conditions", "node": "keep", "param": "conditions", "label": text("Which")},
    ]);
    let body = json!({"choice": choice, "component_id": id, "message": "renamed"});
    let next = owner.post(&format!("/workflows/{}/package", case.flow), body).await.expect(201);
    assert_eq!((&next["seq"], &next["component"]["name"]), (&json!(2), name));

    let checked = case.check(used.clone()).await;
    assert_eq!((codes(&checked), &checked["problems"][0]["severity"]), (vec!["newer_component"], &json!("notice")));
    let path = case.catalogue(&format!("/{}/changes?from=1", name.as_str().unwrap()));
    let changes = owner.get(&path).await.expect(200);
    assert_eq!((&changes["to"], &changes["breaking"]), (&json!(2), &json!(true)));
    let told: Vec<(&str, &str, bool)> = changes["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["name"].as_str().unwrap(), one["change"].as_str().unwrap(), one["breaking"].as_bool().unwrap()))
        .collect();
    assert!(told.contains(&("by", "removed", true)), "{told:?}");
    assert!(told.contains(&("group", "added", true)) && told.contains(&("conditions", "added", false)), "{told:?}");
    assert!(changes["changes"][0]["message"]["zh-CN"].as_str().unwrap().contains("参数"));

    // Updating is one edit.
    let flow = make(owner, case.project, "Uses", used.clone()).await;
    let update = json!({"client": "w", "edits": [{"op": "set_component", "id": "pack", "component": next["component"]},
        {"op": "set_param", "id": "pack", "param": "group", "value": ["city"]}]});
    owner.post(&format!("/workflows/{flow}/edits"), update).await.expect(200);
    let ran = run(owner, &flow).await;
    assert_eq!(ran["state"], "succeeded", "{ran}");
    assert_eq!(ran["nodes"]["pack"]["rows"], json!({"table": 2}));

    // A withdrawn version says so at the node; other branches finish.
    let withdraw = format!("/components/{id}/versions/2/withdrawn");
    owner.put(&withdraw, json!({"withdrawn": true, "reason": "wrong totals"})).await.expect(204);
    let detail = owner.get(&format!("/workflows/{flow}")).await.expect(200);
    let checked = case.check(detail["workflow"].clone()).await;
    let problem = checked["problems"].as_array().unwrap().iter().find(|p| p["at"]["node"] == "pack").unwrap();
    assert_eq!((&problem["code"], &problem["severity"]), (&json!("withdrawn_component"), &json!("error")));
    let ran = run(owner, &flow).await;
    assert_eq!(ran["state"], "failed");
    let standing = |node: &str| ran["nodes"][node]["state"].as_str().unwrap();
    assert_eq!(["pack", "after", "other", "orders"].map(standing), ["failed", "skipped", "succeeded", "succeeded"]);
    assert!(ran["nodes"]["pack"]["error"]["message"].as_str().unwrap().contains("withdrawn"), "{ran}");
    let page = owner.get(&case.catalogue(&format!("/{}", name.as_str().unwrap()))).await.expect(200);
    assert_eq!(page["signature"]["version"], 1, "the newest that may be used");
    assert_eq!(page["package"]["versions"][0]["withdrawn"]["reason"], "wrong totals");
    owner.put(&withdraw, json!({"withdrawn": false})).await.expect(204);
    assert_eq!(run(owner, &flow).await["state"], "succeeded");
    owner.put(&format!("/components/{id}/versions/9/withdrawn"), json!({"withdrawn": true})).await.expect(404);

    // A component that was deleted is missing, and says so at its node.
    owner.delete(&format!("/assets/{id}")).await.expect(204);
    let ran = run(owner, &flow).await;
    let standing = |node: &str| ran["nodes"][node]["state"].as_str().unwrap();
    assert_eq!(["pack", "other"].map(standing), ["failed", "succeeded"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_component_is_its_projects_until_it_is_shared() {
    let case = Case::new().await;
    let (owner, kit) = (&case.owner, &case.kit);
    let made = case.pack(json!({})).await;
    let (id, name) = (made["asset"]["id"].as_str().unwrap(), made["component"]["name"].as_str().unwrap());
    let member = kit.user(case.acme.id, "mia@acme.test", OrgRole::Member).await;
    let other = kit.project(&member, "Elsewhere").await;
    let guest = kit.user(case.acme.id, "gus@acme.test", OrgRole::Guest).await;
    kit.join(other, &guest, ProjectRole::Guest).await;
    let (mia, gus) = (kit.as_user(&member).await, kit.as_user(&guest).await);
    let elsewhere = format!("/projects/{other}/components");
    mia.get(&format!("{elsewhere}/{name}")).await.refused(404, "not_found");
    assert!(!mia.get(&elsewhere).await.expect(200).to_string().contains(id));
    let orders = dataset(&mia, other, "orders", ORDERS).await;
    let check = async || {
        let body = json!({"workflow": uses(&orders, &json!(name), 1)});
        mia.post(&format!("/projects/{other}/workflows/check"), body).await.expect(200)
    };
    assert_eq!(codes(&check().await), ["missing_component"]);

    owner.put(&format!("/components/{id}/shared"), json!({"organization": true})).await.expect(204);
    let entries = mia.get(&elsewhere).await.expect(200);
    let entry = entries["items"].as_array().unwrap().iter().find(|entry| entry["asset_id"] == id).unwrap().clone();
    assert_eq!((&entry["shared"], &entry["rights"]), (&json!(true), &json!(["discover", "use"])));
    assert_eq!(check().await["problems"], json!([]));
    let page = mia.get(&format!("{elsewhere}/{name}")).await.expect(200);
    assert_eq!(page["package"]["workflow"], json!(null), "what is inside is for those who may change it");
    assert!(page["pages"]["zh-CN"].as_str().unwrap().contains("中文"));
    let flow = make(&mia, other, "Uses", uses(&orders, &json!(name), 1)).await;
    assert_eq!(run(&mia, &flow).await["state"], "succeeded");
    mia.put(&format!("/components/{id}/shared"), json!({"organization": false})).await.refused(403, "forbidden");
    mia.put(&format!("/components/{id}/versions/1/withdrawn"), json!({"withdrawn": true})).await.expect(403);
    assert!(!gus.get(&elsewhere).await.expect(200).to_string().contains(id), "guests see nothing of other projects");
    gus.get(&format!("{elsewhere}/{name}")).await.refused(404, "not_found");

    // Kept at hand, and found by words of either language.
    mia.put(&format!("{elsewhere}/{name}/star"), json!({})).await.expect(204);
    mia.put(&format!("{elsewhere}/sort/star"), json!({})).await.expect(204);
    mia.put(&format!("{elsewhere}/nothing/star"), json!({})).await.refused(404, "not_found");
    let found = async |rest: &str| {
        let found = mia.get(&format!("{elsewhere}{rest}")).await.expect(200);
        let names =
            found["items"].as_array().unwrap().iter().map(|e| e["signature"]["name"].as_str().unwrap().to_owned());
        names.collect::<Vec<_>>()
    };
    assert_eq!(found("?starred=true").await, ["sort", name]);
    mia.delete(&format!("{elsewhere}/sort/star")).await.expect(204);
    assert_eq!(found("?starred=true").await, [name]);
    assert!(found("?q=LARGE%20by").await.contains(&name.to_owned()));
    assert!(found("?q=%E4%B8%AD%E6%96%87").await.contains(&name.to_owned()), "中文");
    assert!(!found("?q=sort").await.contains(&name.to_owned()));

    owner.put(&format!("/components/{id}/shared"), json!({"organization": false})).await.expect(204);
    assert_eq!(codes(&check().await), ["missing_component"]);
    let ran = run(&mia, &flow).await;
    assert_eq!((&ran["state"], &ran["nodes"]["pack"]["state"]), (&json!("failed"), &json!("failed")));
}

#[tokio::test(flavor = "multi_thread")]
async fn packages_hold_packages_and_none_holds_itself() {
    let case = Case::new().await;
    let owner = &case.owner;
    let first = case.pack(json!({"replace": {"node": "pack", "client": "w"}})).await;
    // Another component around it.
    let mut choice = case.choice(json!(["pack"])).await;
    choice["title"] = text("Outer");
    let body = json!({"choice": choice, "name": "Outer", "replace": {"node": "outer", "client": "w"}});
    let outer = owner.post(&format!("/workflows/{}/package", case.flow), body).await.expect(201);
    let ran = run(owner, &case.flow).await;
    assert_eq!(ran["state"], "succeeded", "{ran}");
    assert_eq!(ran["nodes"]["outer"]["rows"], json!({"table": 2}));
    assert_eq!(ran["nodes"].as_object().unwrap().len(), 2);

    // A next version of the first one that holds the second, which holds the first.
    let choice = case.choice(json!(["outer"])).await;
    let body = json!({"choice": choice, "component_id": first["asset"]["id"]});
    let package = format!("/workflows/{}/package", case.flow);
    let message = owner.post(&package, body.clone()).await.refused(400, "invalid_parameter");
    assert!(message.contains("contain itself") && message.contains("outer"), "{message}");
    let body = json!({"choice": choice, "component_id": outer["asset"]["id"]});
    owner.post(&package, body).await.refused(400, "invalid_parameter");
    let latest = owner.get(&format!("/assets/{}", first["asset"]["id"].as_str().unwrap())).await.expect(200);
    assert_eq!(latest["latest"]["seq"], 1, "nothing was written");

    // An inner version that is withdrawn is said at the outer node.
    let inner = first["asset"]["id"].as_str().unwrap();
    owner.put(&format!("/components/{inner}/versions/1/withdrawn"), json!({"withdrawn": true})).await.expect(204);
    let detail = owner.get(&format!("/workflows/{}", case.flow)).await.expect(200);
    let checked = case.check(detail["workflow"].clone()).await;
    assert_eq!((codes(&checked), &checked["problems"][0]["at"]["node"]), (vec!["objection"], &json!("outer")));
    assert!(checked["problems"][0]["message"]["en"].as_str().unwrap().contains("withdrawn"), "{checked}");
    let ran = run(owner, &case.flow).await;
    assert_eq!((&ran["state"], &ran["nodes"]["outer"]["state"]), (&json!("failed"), &json!("failed")));
    assert_eq!(ran["nodes"]["orders"]["state"], "succeeded");
}

/// A component of which the manifest and the statement are given.
fn statement(sql: &str, message: &str) -> Value {
    let manifest = json!({"name": "best-cities", "version": 1, "kind": "sql", "category": "own", "evaluation": "heavy", "seeded": false,
        "title": text("Best cities"), "summary": text("Cities with more than that."),
        "inputs": [{"name": "orders", "kind": "table", "label": text("Orders")}],
        "params": {"type": "object", "properties": {"least": {"type": "integer", "default": 100, "x-label": text("Least")}}},
        "outputs": [{"name": "table", "kind": "table", "label": text("Cities")}]});
    json!({"manifest": manifest, "code": sql, "message": message})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_over_named_inputs_is_a_component() {
    let case = Case::new().await;
    let owner = &case.owner;
    let components = format!("/projects/{}/components", case.project);
    let sum = "SELECT city, sum(amount) AS total FROM orders GROUP BY city HAVING sum(amount) >= {{least}}";
    for (sql, says) in [("SELECT {{most}} FROM orders", "most"), ("SELECT '{{least}}'", "quotes"), (" ", "none")] {
        let refused = owner.post(&components, statement(sql, "")).await.expect(400);
        assert!(refused["message"].as_str().unwrap().contains(says), "{refused}");
    }
    let made = owner.post(&components, statement(sum, "first")).await.expect(201);
    let (name, id) = (made["component"]["name"].clone(), made["asset"]["id"].as_str().unwrap().to_owned());
    assert_eq!(made["signature"]["kind"], "sql");

    // Columns are known before anything runs, and parameters are of the node.
    let mut document = json!({"format": 1, "nodes": {
        "orders": node("dataset", 1, json!({"dataset": case.orders})),
        "best": node(name.as_str().unwrap(), 1, json!({"least": 180})),
    }, "edges": {"e": edge(("orders", "table"), ("best", "orders"))}});
    let checked = case.check(document.clone()).await;
    assert_eq!(checked["problems"], json!([]));
    let columns = &checked["nodes"]["best"]["outputs"]["table"]["known"];
    assert_eq!((&columns[0]["name"], &columns[1]["name"]), (&json!("city"), &json!("total")));
    let flow = make(owner, case.project, "Best", document.clone()).await;
    assert_eq!(run(owner, &flow).await["state"], "succeeded");
    let seen = async |flow: &str| {
        let look = json!({"node": "best", "port": "table"});
        let mut rows = owner.post(&format!("/workflows/{flow}/preview"), look).await.expect(200)["rows"].clone();
        rows.as_array_mut().unwrap().sort_by_key(ToString::to_string);
        rows
    };
    assert_eq!(seen(&flow).await, json!([["上海", 420], ["北京", 180]]));

    // Another statement is another version, and another result under the same parameters.
    let one = format!("/components/{id}/versions");
    let most = "SELECT city, max(amount) AS most FROM orders GROUP BY city HAVING max(amount) >= {{least}}";
    assert_eq!(owner.post(&one, statement(most, "second")).await.expect(201)["seq"], 2);
    document["nodes"]["best"]["component"]["version"] = json!(2);
    let newer = make(owner, case.project, "Best of all", document.clone()).await;
    assert_eq!(run(owner, &newer).await["nodes"]["best"]["cached"], false);
    assert_eq!(seen(&newer).await, json!([["上海", 300]]));
    let told = owner.get(&case.catalogue(&format!("/{}/changes?from=1", name.as_str().unwrap()))).await.expect(200);
    assert_eq!(told["to"], 2);
    assert!(!told["changes"].as_array().unwrap().is_empty(), "{told}");
    // It stays what it is made of.
    let mut python = statement("def run(): pass", "");
    python["manifest"]["kind"] = json!("python");
    python["manifest"]["evaluation"] = json!("eager");
    owner.post(&one, python).await.expect(400);

    // Who may use it and not see inside is not told the statement.
    let page = owner.get(&case.catalogue(&format!("/{}", name.as_str().unwrap()))).await.expect(200);
    assert_eq!(page["package"]["sql"], most);
    let operator = case.kit.member_of(case.project, case.acme.id, "op@acme.test", ProjectRole::Operator).await;
    let operator = case.kit.as_user(&operator).await;
    operator.post(&components, statement(sum, "")).await.expect(403);
    let guest = case.kit.member_of(case.project, case.acme.id, "guest@acme.test", ProjectRole::Guest).await;
    let guest = case.kit.as_user(&guest).await;
    let page = guest.get(&case.catalogue(&format!("/{}", name.as_str().unwrap()))).await;
    assert!(!String::from_utf8_lossy(&page.bytes).contains("HAVING"));
}
