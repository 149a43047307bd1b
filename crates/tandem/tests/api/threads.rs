//! Threads of comments over HTTP: said, answered, resolved, taken back, and who
//! may read them.

use serde_json::{Value, json};
use tandem_core::{Action, OrgRole, ProjectRole};
use tandem_testkit::{Client, TestApp};

use crate::data::{dataset, ended};

async fn workflow(who: &Client, project: &str) -> String {
    let node = json!({"component": {"name": "sort", "version": 1}, "position": {"x": 0, "y": 0}});
    let body = json!({"name": "Flow", "workflow": {"format": 1, "nodes": {"keep": node, "by": node}}});
    let made = who.post(&format!("/projects/{project}/workflows"), body).await.expect(201);
    made["asset"]["id"].as_str().unwrap().to_owned()
}

fn id(of: &Value) -> String {
    of["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_thread_about_a_node_is_answered_resolved_and_counted() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let project = kit.project(&acme.owner, "Sales").await;
    let ana = kit.member_of(project, acme.id, "ana@acme.test", ProjectRole::Analyst).await;
    let (owner, ana_at) = (kit.as_user(&acme.owner).await, kit.as_user(&ana).await);
    let flow = workflow(&owner, &project.to_string()).await;
    let mut follows = owner.follow(&format!("/workflows/{flow}/events?after=0")).await;
    let mut project_follows = owner.follow(&format!("/projects/{project}/events")).await;

    let path = format!("/assets/{flow}/threads");
    let element = json!({"kind": "node", "id": "keep"});
    let body = format!("  Why *this* order, @[Ana](user:{})?\n", ana.id);
    let thread = owner.post(&path, json!({"body": body, "element": element})).await.expect(201);
    assert_eq!(thread["comments"][0]["body"], body.trim());
    assert_eq!(thread["comments"][0]["mentions"][0]["id"], ana.id.to_string());
    assert_eq!((&thread["state"], &thread["anchor"]["element"]), (&json!("open"), &element));
    assert_eq!(thread["anchor"]["asset"]["name"], "Flow");
    while follows.next().await.unwrap().0 != "threads" {}
    let told = loop {
        let (kind, _, data) = project_follows.next().await.unwrap();
        if kind == "thread" {
            break data;
        }
    };
    assert_eq!((&told["thread_id"], &told["element"]), (&thread["id"], &json!("keep")));

    // She finds it by being mentioned, answers, and resolves it.
    let mine = ana_at.get(&format!("/projects/{project}/threads?mine=true")).await.expect(200);
    assert_eq!(mine["items"][0]["id"], thread["id"]);
    let thread_path = format!("/threads/{}", id(&thread));
    let answered = ana_at.post(&format!("{thread_path}/comments"), json!({"body": "By amount."})).await.expect(201);
    assert_eq!(answered["comments"][1]["author"]["id"], ana.id.to_string());
    assert_eq!(answered["comments"][1]["rights"], json!(["edit", "delete"]));
    assert_eq!(answered["comments"][0]["rights"], json!([]), "an analyst keeps no order");
    let resolved = ana_at.patch(&thread_path, json!({"state": "resolved"})).await.expect(200);
    assert_eq!((&resolved["state"], &resolved["resolved_by"]["id"]), (&json!("resolved"), &json!(ana.id)));
    owner.post(&path, json!({"body": "about all of it"})).await.expect(201);
    let counts = owner.get(&format!("{path}/counts")).await.expect(200);
    let expected =
        json!({"open": 1, "resolved": 1, "elements": [{"kind": "node", "id": "keep", "open": 0, "resolved": 1}]});
    assert_eq!(counts, expected);
    let open = owner.get(&format!("{path}?state=open")).await.expect(200);
    assert_eq!(open["items"].as_array().unwrap().len(), 1);
    let of_node = owner.get(&format!("{path}?element=keep&element_kind=node")).await.expect(200);
    assert_eq!(of_node["items"][0]["id"], thread["id"]);

    // Who answers a resolved thread opens it again.
    let again = owner.post(&format!("{thread_path}/comments"), json!({"body": "Still wrong"})).await.expect(201);
    assert_eq!((&again["state"], &again["resolved_by"]), (&json!("open"), &json!(null)));
}

#[tokio::test]
async fn words_are_ones_own_and_maintainers_keep_order() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let project = kit.project(&acme.owner, "Sales").await;
    let ana = kit.member_of(project, acme.id, "ana@acme.test", ProjectRole::Viewer).await;
    let outsider = kit.user(acme.id, "out@acme.test", OrgRole::Member).await;
    let (owner, ana) = (kit.as_user(&acme.owner).await, kit.as_user(&ana).await);
    let asset = kit.bare_dataset(project, &acme.owner, "orders").await;
    let path = format!("/assets/{asset}/threads");
    let thread = ana.post(&path, json!({"body": "one", "seq": 1})).await.expect(201);
    assert_eq!(thread["anchor"]["seq"], 1);
    let comments = format!("/threads/{}/comments", id(&thread));
    let first = format!("{comments}/{}", id(&thread["comments"][0]));
    let edited = ana.patch(&first, json!({"body": "uno"})).await.expect(200);
    assert_eq!(edited["comments"][0]["body"], "uno");
    assert!(edited["comments"][0]["edited_at"].is_string());
    owner.patch(&first, json!({"body": "mine"})).await.refused(403, "forbidden");

    let two = owner.post(&comments, json!({"body": "two"})).await.expect(201);
    let second = format!("{comments}/{}", id(&two["comments"][1]));
    ana.delete(&second).await.refused(403, "forbidden");
    owner.delete(&first).await.expect(204);
    let left = ana.get(&format!("/threads/{}", id(&thread))).await.expect(200);
    assert_eq!((&left["comments"][0]["deleted"], &left["comments"][0]["body"]), (&json!(true), &json!("")));
    ana.patch(&first, json!({"body": "back"})).await.refused(404, "not_found");
    owner.delete(&second).await.expect(204);
    ana.get(&format!("/threads/{}", id(&thread))).await.refused(404, "not_found");

    // What can't be said.
    let say = async |body: Value| ana.post(&path, body).await.refused(400, "invalid_parameter");
    assert!(say(json!({"body": "  "})).await.contains("body"));
    say(json!({"body": "x".repeat(10_001)})).await;
    let stranger = say(json!({"body": format!("@[Out](user:{})", outsider.id)})).await;
    assert!(stranger.contains("not a member"), "{stranger}");
    say(json!({"body": "x", "element": {"kind": "block", "id": "no id"}})).await;
    ana.post(&path, json!({"body": "x", "seq": 9})).await.refused(404, "not_found");
    ana.post(&path, json!({"body": "x", "element": {"kind": "node", "id": "n"}})).await.refused(404, "not_found");
    ana.patch(&format!("/threads/{}", id(&thread)), json!({"state": "open"})).await.refused(404, "not_found");

    let audit = owner.get("/org/audit?limit=200").await.expect(200);
    let rows = audit["items"].as_array().unwrap();
    let done = |action: &str| rows.iter().filter(|row| row["action"] == action).count();
    assert_eq!(
        (done("begin_thread"), done("answer_thread"), done("delete_comment")),
        (1, 1, 3),
        "two done, one refused"
    );
}

#[tokio::test]
async fn guests_read_where_they_are_granted_something_and_nobody_reads_what_is_barred() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let project = kit.project(&acme.owner, "Sales").await;
    let guest = kit.member_of(project, acme.id, "eve@acme.test", ProjectRole::Guest).await;
    let (owner, eve) = (kit.as_user(&acme.owner).await, kit.as_user(&guest).await);
    let shown = kit.bare_dataset(project, &acme.owner, "shown").await;
    let hidden = kit.bare_dataset(project, &acme.owner, "hidden").await;
    let known = kit.bare_dataset(project, &acme.owner, "known").await;
    let grant = async |asset, action: Action| {
        let body = json!({"user_id": guest.id, "action": action});
        owner.post(&format!("/assets/{asset}/grants"), body).await.expect(201)
    };
    grant(shown, Action::Use).await;
    grant(known, Action::Discover).await;
    let mut threads = Vec::new();
    for asset in [shown, hidden, known] {
        let made = owner.post(&format!("/assets/{asset}/threads"), json!({"body": "x"})).await.expect(201);
        threads.push(id(&made));
    }
    eve.get(&format!("/assets/{shown}/threads")).await.expect(200);
    eve.post(&format!("/threads/{}/comments", threads[0]), json!({"body": "seen"})).await.expect(201);
    eve.get(&format!("/assets/{hidden}/threads")).await.refused(404, "not_found");
    eve.get(&format!("/threads/{}", threads[1])).await.refused(404, "not_found");
    eve.post(&format!("/assets/{known}/threads"), json!({"body": "x"})).await.refused(403, "forbidden");
    eve.get(&format!("/threads/{}", threads[2])).await.refused(403, "forbidden");
    let all = eve.get(&format!("/projects/{project}/threads")).await.expect(200);
    let seen: Vec<&Value> = all["items"].as_array().unwrap().iter().map(|thread| &thread["id"]).collect();
    assert_eq!(seen, [&json!(threads[0])]);
    let token = kit.as_token(&guest, tandem_core::TokenScope::Read, None).await;
    token.get(&format!("/threads/{}", threads[0])).await.expect(200);
    token.post(&format!("/threads/{}/comments", threads[0]), json!({"body": "x"})).await.refused(403, "forbidden");

    // What was made from data that is closed to them is closed to them, with what is said of it.
    let (derived, _) = kit.derived_dataset(project, &acme.owner, "derived", &[hidden]).await;
    grant(derived, Action::Use).await;
    owner.post(&format!("/assets/{derived}/threads"), json!({"body": "47 rows"})).await.expect(201);
    eve.get(&format!("/assets/{derived}/threads")).await.refused(403, "forbidden");
}

#[tokio::test(flavor = "multi_thread")]
async fn feedback_on_a_run_reaches_who_made_the_workflow() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let project = kit.project(&acme.owner, "Sales").await;
    let ana = kit.member_of(project, acme.id, "ana@acme.test", ProjectRole::Analyst).await;
    let olga = kit.member_of(project, acme.id, "olga@acme.test", ProjectRole::Operator).await;
    let guest = kit.member_of(project, acme.id, "eve@acme.test", ProjectRole::Guest).await;
    let (owner, ana_at, olga_at) = (kit.as_user(&acme.owner).await, kit.as_user(&ana).await, kit.as_user(&olga).await);
    let orders = dataset(&owner, project, "orders", "city,amount\n上海,1\n").await;
    let node = json!({"component": {"name": "dataset", "version": 1}, "params": {"dataset": orders}, "position": {"x": 0, "y": 0}});
    let body = json!({"name": "Flow", "workflow": {"format": 1, "nodes": {"orders": node}}});
    let flow = ana_at.post(&format!("/projects/{project}/workflows"), body).await.expect(201);
    let flow = flow["asset"]["id"].as_str().unwrap();
    let run = olga_at.post(&format!("/workflows/{flow}/runs"), json!({})).await.expect(202);
    let run = ended(&olga_at, &run).await;
    let path = format!("/runs/{}/threads", id(&run));
    let thread = olga_at.post(&path, json!({"body": "The total is wrong.", "feedback": true})).await.expect(201);
    assert_eq!(thread["feedback"], true);
    assert_eq!((&thread["anchor"]["run_id"], &thread["anchor"]["seq"]), (&run["id"], &json!(1)));
    let mine = ana_at.get(&format!("/projects/{project}/threads?mine=true")).await.expect(200);
    assert_eq!(mine["items"][0]["id"], thread["id"], "who made it is told");
    let at_workflow = ana_at.get(&format!("/assets/{flow}/threads")).await.expect(200);
    assert_eq!(at_workflow["items"][0]["id"], thread["id"]);
    assert_eq!(olga_at.get(&path).await.expect(200)["items"].as_array().unwrap().len(), 1);
    let element = json!({"body": "x", "element": {"kind": "node", "id": "orders"}});
    ana_at.post(&path, element.clone()).await.expect(201);

    // A guest who may use the workflow reads nothing of others' runs.
    let grant = json!({"user_id": guest.id, "action": "use"});
    owner.post(&format!("/assets/{flow}/grants"), grant).await.expect(201);
    let eve = kit.as_user(&guest).await;
    eve.get(&path).await.refused(404, "not_found");
    eve.get(&format!("/threads/{}", id(&thread))).await.refused(404, "not_found");
    assert_eq!(eve.get(&format!("/assets/{flow}/threads")).await.expect(200)["items"], json!([]));
    assert_eq!(eve.get(&format!("/assets/{flow}/threads/counts")).await.expect(200)["open"], 0);
    assert_eq!(ana_at.get(&format!("/assets/{flow}/threads/counts")).await.expect(200)["open"], 2);
}
