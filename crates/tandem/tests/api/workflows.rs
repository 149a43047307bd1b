//! Workflows over HTTP: drawn, checked, looked at, run, and worked on by several.

use serde_json::{Value, json};
use tandem_core::{ProjectRole, id::ProjectId};
use tandem_testkit::{Client, TestApp};

use crate::data::{dataset, ended, import, rows};

const ORDERS: &str = "city,amount\n上海,120\n北京,80\n上海,300\n广州,10\n北京,100\n";

fn node(component: &str, params: Value) -> Value {
    json!({"component": {"name": component, "version": 1}, "params": params, "position": {"x": 0, "y": 0}})
}

fn edge(from: (&str, &str), to: (&str, &str)) -> Value {
    json!({"from": {"node": from.0, "port": from.1}, "to": {"node": to.0, "port": to.1}})
}

/// dataset → keep → by → write.
fn document(dataset: &str) -> Value {
    json!({"format": 1, "nodes": {
        "orders": node("dataset", json!({"dataset": dataset})),
        "keep": node("filter", json!({"conditions": [{"column": "amount", "operator": "at_least", "value": "50"}]})),
        "by": node("group", json!({"by": ["city"], "totals": [{"function": "sum", "column": "amount", "name": "amount"}]})),
        "write": node("write-dataset", json!({"name": "by city"})),
    }, "edges": {
        "e1": edge(("orders", "table"), ("keep", "table")),
        "e2": edge(("keep", "table"), ("by", "table")),
        "e3": edge(("by", "table"), ("write", "table")),
    }})
}

async fn make(who: &Client, project: ProjectId, document: Value) -> String {
    let body = json!({"name": "Cities", "workflow": document});
    let made = who.post(&format!("/projects/{project}/workflows"), body).await.expect(201);
    made["asset"]["id"].as_str().unwrap().to_owned()
}

async fn run(who: &Client, id: &str, body: Value) -> Value {
    let run = who.post(&format!("/workflows/{id}/runs"), body).await.expect(202);
    ended(who, &run).await
}

async fn look(who: &Client, id: &str, node: &str) -> Value {
    who.post(&format!("/workflows/{id}/preview"), json!({"node": node, "port": "table"})).await.expect(200)
}

async fn states(who: &Client, id: &str) -> Value {
    who.get(&format!("/workflows/{id}/states")).await.expect(200)["nodes"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workflow_is_looked_at_run_and_known_the_next_time() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let project = kit.project(&acme.owner, "Sales").await;
    let owner = kit.as_user(&acme.owner).await;
    let orders = dataset(&owner, project, "orders", ORDERS).await;
    let id = make(&owner, project, document(&orders)).await;

    let body = json!({"workflow": document(&orders)});
    let checked = owner.post(&format!("/projects/{project}/workflows/check"), body).await.expect(200);
    assert_eq!(checked["problems"], json!([]));
    let columns = &checked["nodes"]["by"]["outputs"]["table"]["known"];
    assert_eq!((&columns[0]["name"], &columns[1]["name"]), (&json!("city"), &json!("amount")));

    // Before anything has run there are rows to look at.
    let kept = look(&owner, &id, "keep").await;
    assert_eq!((&kept["kind"], kept["rows"].as_array().unwrap().len()), (&json!("table"), 4));
    assert_eq!(look(&owner, &id, "by").await["rows"], json!([["上海", 420], ["北京", 180]]));
    assert_eq!(states(&owner, &id).await["by"]["state"], "waiting");

    let first = run(&owner, &id, json!({})).await;
    assert_eq!(first["state"], "succeeded", "{first}");
    assert_eq!(first["kind"], "workflow");
    let nodes = owner.get(&format!("/runs/{}/nodes", first["id"].as_str().unwrap())).await.expect(200);
    assert_eq!(nodes["nodes"]["by"]["rows"], json!({"table": 2}));
    assert_eq!(nodes["nodes"]["by"]["cached"], false);
    assert_eq!(
        rows(&owner, project, "SELECT * FROM \"by city\" ORDER BY city").await,
        json!([["上海", 420], ["北京", 180]])
    );
    assert_eq!(look(&owner, &id, "by").await["row_count"], 2);
    let stand = states(&owner, &id).await;
    assert_eq!(
        [&stand["by"]["state"], &stand["keep"]["state"], &stand["orders"]["state"]],
        ["succeeded"; 3],
        "{stand}"
    );

    let second = run(&owner, &id, json!({})).await;
    let nodes = owner.get(&format!("/runs/{}/nodes", second["id"].as_str().unwrap())).await.expect(200);
    assert_eq!(nodes["nodes"]["by"]["cached"], true);
    assert_eq!(nodes["nodes"]["write"]["cached"], false, "what acts on the world is never from the cache");
    let written = second["outputs"][0].clone();
    assert_eq!((&written["asset"]["name"], &written["seq"]), (&json!("by city"), &json!(2)));

    // A newer version of what is read makes everything behind it unknown.
    import(&owner, project, "city,amount\n深圳,500\n", json!({"target": {"dataset_id": orders}, "mode": "append"}))
        .await;
    assert_eq!(states(&owner, &id).await["by"]["state"], "waiting");
    assert_eq!(look(&owner, &id, "by").await["rows"].as_array().unwrap().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fails_says_so_at_its_node_and_writes_nothing() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let project = kit.project(&acme.owner, "Sales").await;
    let owner = kit.as_user(&acme.owner).await;
    let orders = dataset(&owner, project, "orders", ORDERS).await;
    let mut wrong = document(&orders);
    wrong["nodes"]["bad"] =
        node("filter", json!({"conditions": [{"column": "price", "operator": "at_least", "value": "1"}]}));
    wrong["edges"]["e4"] = edge(("keep", "table"), ("bad", "table"));
    let id = make(&owner, project, wrong).await;
    let failed = run(&owner, &id, json!({})).await;
    assert_eq!(failed["state"], "failed");
    assert!(failed["error"]["message"].as_str().unwrap().contains("price"), "{failed}");
    let states = states(&owner, &id).await;
    assert_eq!((&states["bad"]["state"], &states["by"]["state"]), (&json!("failed"), &json!("succeeded")));
    let assets = owner.get(&format!("/projects/{project}/assets?kind=dataset")).await.expect(200);
    assert_eq!(assets["items"].as_array().unwrap().len(), 1, "a run that fails leaves no dataset");

    let part = run(&owner, &id, json!({"until": ["by"]})).await;
    assert_eq!(part["state"], "succeeded", "the wrong node is not on the way");
    owner.post(&format!("/workflows/{id}/runs"), json!({"until": ["nothing"]})).await.refused(400, "invalid_request");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_sees_through_a_workflow_what_they_may_not_see() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let project = kit.project(&acme.owner, "Sales").await;
    let owner = kit.as_user(&acme.owner).await;
    let ana = kit.member_of(project, acme.id, "ana@acme.test", ProjectRole::Analyst).await;
    let ana = kit.as_user(&ana).await;
    let orders = dataset(&owner, project, "orders", ORDERS).await;
    let id = make(&owner, project, document(&orders)).await;
    run(&owner, &id, json!({"until": ["by"]})).await;
    assert_eq!(look(&ana, &id, "by").await["row_count"], 2, "who sees all of it is served what is known");

    let rules = json!({"rules": [{"name": "own city", "exempt_roles": ["owner"],
        "row_filter": {"op": "compare", "column": "city", "is": "eq", "value": "北京"}}]});
    let put = owner.put(&format!("/datasets/{orders}/policies"), rules).await;
    assert!(put.status.is_success(), "{}", put.json());
    let narrowed = look(&ana, &id, "by").await;
    assert_eq!(narrowed["rows"], json!([["北京", 180]]), "their own rows, computed anew");
    assert_eq!(states(&ana, &id).await["by"]["state"], "waiting");
    assert_eq!(look(&owner, &id, "by").await["row_count"], 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_people_edit_one_workflow_and_lose_nothing() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let project = kit.project(&acme.owner, "Sales").await;
    let owner = kit.as_user(&acme.owner).await;
    let analyst = kit.member_of(project, acme.id, "ana@acme.test", ProjectRole::Analyst).await;
    let ana = kit.as_user(&analyst).await;
    let id = make(&owner, project, json!({"format": 1, "nodes": {"keep": node("filter", json!({}))}})).await;
    let mut follows = owner.follow(&format!("/workflows/{id}/events?after=0")).await;

    let path = format!("/workflows/{id}/edits");
    let add = |name: &str| json!({"op": "add_node", "id": name, "node": node("sort", json!({}))});
    let edits = |client: &str, edits: Value| json!({"client": client, "base": 0, "edits": edits});
    // Both begin from the same revision, at the same time.
    let (one, two) = tokio::join!(
        owner.post(&path, edits("one", json!([add("a"), add("b")]))),
        ana.post(&path, edits("two", json!([add("c")])))
    );
    let mut revisions = [one.expect(200)["revision"].as_i64().unwrap(), two.expect(200)["revision"].as_i64().unwrap()];
    revisions.sort_unstable();
    assert_eq!(revisions, [1, 2]);
    let gone = json!([{"op": "remove_node", "id": "keep"}, {"op": "set_param", "id": "keep", "param": "combine", "value": "any"}]);
    let done = ana.post(&path, edits("two", gone)).await.expect(200);
    assert_eq!((done["edits"].as_array().unwrap().len(), &done["refused"][0]["index"]), (1, &json!(1)), "{done}");

    let detail = owner.get(&format!("/workflows/{id}")).await.expect(200);
    let nodes: Vec<&String> = detail["workflow"]["nodes"].as_object().unwrap().keys().collect();
    assert_eq!(nodes, ["a", "b", "c"]);
    assert_eq!((&detail["changed"], &detail["seq"], &detail["revision"]), (&json!(true), &json!(1), &json!(3)));
    let mut told = Vec::new();
    while told.len() < 3 {
        let (kind, _, data) = follows.next().await.unwrap();
        if kind == "edits" {
            told.push((data["revision"].as_i64().unwrap(), data["edits"].as_array().unwrap().len()));
        }
    }
    assert_eq!(told.iter().map(|(revision, _)| *revision).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(told.iter().map(|(_, edits)| edits).sum::<usize>(), 4);

    ana.post(&format!("/workflows/{id}/presence"), json!({"client": "two", "x": 4.5, "y": 7, "selected": ["c"]}))
        .await
        .expect(204);
    loop {
        let (kind, _, data) = follows.next().await.unwrap();
        let people = data["people"].as_array().filter(|people| kind == "presence" && !people.is_empty());
        if let Some(people) = people {
            assert_eq!((&people[0]["x"], &people[0]["selected"]), (&json!(4.5), &json!(["c"])));
            break;
        }
    }
    let saved = ana.post(&format!("/workflows/{id}/versions"), json!({"message": "three sorts"})).await.expect(201);
    assert_eq!(saved["seq"], 2);
    ana.post(&format!("/workflows/{id}/versions"), json!({})).await.refused(409, "state_conflict");
    owner.post(&format!("/assets/{id}/versions/1/restore"), json!({})).await.expect(201);
    let detail = owner.get(&format!("/workflows/{id}")).await.expect(200);
    assert_eq!(detail["workflow"]["nodes"].as_object().unwrap().keys().collect::<Vec<_>>(), ["keep"]);
    assert_eq!((&detail["changed"], &detail["seq"]), (&json!(false), &json!(3)));
}
