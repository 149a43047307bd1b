//! What rules keep from somebody stays kept: through other names of columns,
//! quality rules, writes, counts and messages.

use serde_json::{Value, json};
use tandem_core::{ProjectRole, id::ProjectId};
use tandem_testkit::{Client, TestApp};

use crate::data::{dataset, ended, import, rows};

const PEOPLE: &str = "id,phone,city,spent\n1,13800000001,Berlin,10\n2,13800000002,Paris,20\n3,13800000003,Berlin,30\n";

/// An owner, an analyst and a viewer of one project with the dataset `people`.
struct Place {
    kit: TestApp,
    project: ProjectId,
    owner: Client,
    analyst: Client,
    viewer: Client,
    people: String,
}

impl Place {
    async fn new() -> Self {
        let kit = TestApp::start().await;
        let acme = kit.org("Acme").await;
        let project = kit.project(&acme.owner, "Loyalty").await;
        let owner = kit.as_user(&acme.owner).await;
        let analyst = kit.member_of(project, acme.id, "analyst@acme.test", ProjectRole::Analyst).await;
        let viewer = kit.member_of(project, acme.id, "viewer@acme.test", ProjectRole::Viewer).await;
        let (analyst, viewer) = (kit.as_user(&analyst).await, kit.as_user(&viewer).await);
        let people = dataset(&owner, project, "people", PEOPLE).await;
        Self { kit, project, owner, analyst, viewer, people }
    }

    /// One rule for everybody but owners.
    async fn rule(&self, rule: Value) -> Value {
        let mut one = json!({ "name": "kept back", "exempt_roles": ["owner"] });
        one.as_object_mut().unwrap().extend(rule.as_object().unwrap().clone());
        let path = format!("/datasets/{}/policies", self.people);
        self.owner.put(&path, json!({ "rules": [one] })).await.expect(200)
    }

    async fn import(&self, who: &Client, csv: &str, mode: &str) -> Value {
        let mut more = json!({ "target": { "dataset_id": self.people }, "mode": mode });
        if mode == "upsert" {
            more["key"] = json!(["id"]);
        }
        import(who, self.project, csv, more).await
    }

    async fn ask(&self, who: &Client, sql: &str) -> tandem_testkit::Answer {
        who.post(&format!("/projects/{}/query", self.project), json!({ "sql": sql })).await
    }

    fn at(&self, rest: &str) -> String {
        format!("/datasets/{}/{rest}", self.people)
    }
}

fn only_berlin() -> Value {
    json!({ "op": "compare", "column": "city", "is": "eq", "value": "Berlin" })
}

#[tokio::test]
async fn a_renamed_column_closes_the_version_to_whom_its_mask_is_for() {
    let place = Place::new().await;
    let set = place.rule(json!({ "masks": { "phone": { "kind": "null" } } })).await;
    assert_eq!(set["outdated"], json!([]));
    assert_eq!(place.ask(&place.analyst, "SELECT phone FROM people").await.expect(200)["rows"][0], json!([null]));
    let renamed = PEOPLE.replace("phone", "mobile");
    let run = place.import(&place.owner, &renamed, "replace").await;
    assert_eq!(run["state"], "succeeded", "{run}");
    assert_eq!(run["result"]["warnings"], json!([{ "code": "policies_outdated", "output": "dataset" }]), "{run}");

    for sql in ["SELECT * FROM people", "SELECT mobile FROM people", "SELECT count(*) FROM people@v2"] {
        let refused = place.ask(&place.analyst, sql).await;
        assert!(!format!("{refused:?}").contains("phone"), "{refused:?}");
        refused.refused(403, "forbidden");
    }
    for path in ["versions/2/rows", "versions/2/profile", "versions/2/quality", "compare?from=1&to=2&key=id"] {
        place.analyst.get(&place.at(path)).await.refused(403, "forbidden");
    }
    let told = place.analyst.get(&format!("/projects/{}/catalog", place.project)).await.expect(200);
    assert_eq!((&told["items"][0]["columns"], &told["items"][0]["rows"]), (&json!([]), &Value::Null), "{told}");
    assert_eq!(place.ask(&place.analyst, "SELECT phone FROM people@v1").await.expect(200)["rows"][0], json!([null]));
    assert_eq!(rows(&place.owner, place.project, "SELECT count(mobile) FROM people").await, json!([[3]]));
    let policies = place.owner.get(&place.at("policies")).await.expect(200);
    assert_eq!(policies["outdated"], json!([{ "rule": "kept back", "columns": ["phone"] }]));

    // The rules are brought up to date; now the older version is the one that they don't fit.
    let set = place.rule(json!({ "masks": { "mobile": { "kind": "null" } } })).await;
    assert_eq!(set["outdated"], json!([]));
    assert_eq!(place.ask(&place.analyst, "SELECT mobile FROM people").await.expect(200)["rows"][0], json!([null]));
    place.ask(&place.analyst, "SELECT * FROM people@v1").await.refused(403, "forbidden");
    // A rename of letters' case is none.
    let upper = PEOPLE.replace("phone", "MOBILE");
    let run = place.import(&place.owner, &upper, "replace").await;
    assert_eq!(run["result"]["warnings"], Value::Null, "{run}");
    assert_eq!(place.ask(&place.analyst, "SELECT \"MOBILE\" FROM people").await.expect(200)["rows"][0], json!([null]));
}

#[tokio::test]
async fn rules_that_fit_no_column_or_no_type_are_not_set() {
    let place = Place::new().await;
    let put = async |rule: Value| place.owner.put(&place.at("policies"), json!({ "rules": [rule] })).await;
    let gone = json!({ "op": "not", "filter": { "op": "is_null", "column": "gone" } });
    put(json!({ "name": "a", "row_filter": gone })).await.refused(400, "unknown_column");
    put(json!({ "name": "a", "hidden_columns": ["gone"] })).await.refused(400, "unknown_column");
    let no_number = json!({ "op": "compare", "column": "spent", "is": "eq", "value": "much" });
    put(json!({ "name": "a", "row_filter": no_number })).await.refused(400, "invalid_parameter");
    assert_eq!(rows(&place.analyst, place.project, "SELECT count(*) FROM people").await, json!([[3]]));
}

#[tokio::test]
async fn quality_rules_tell_nothing_of_what_is_kept_back() {
    let place = Place::new().await;
    let range = |column: &str| json!({ "kind": "range", "columns": [column], "max": 15.0, "blocking": false });
    let unique = json!({ "kind": "unique", "columns": ["id"], "blocking": true });
    let path = place.at("quality-rules");
    let of_owner = json!([range("spent"), { "kind": "not_null", "columns": ["city"], "blocking": false }]);
    place.owner.put(&path, json!({ "rules": of_owner })).await.expect(200);
    place.rule(json!({ "masks": { "spent": { "kind": "null" } }, "hidden_columns": ["city"] })).await;

    let put = async |rules: Value| place.analyst.put(&path, json!({ "rules": rules })).await;
    let mut guess = range("spent");
    guess["max"] = json!(29.0);
    put(json!([guess])).await.refused(403, "forbidden");
    put(json!([{ "kind": "not_null", "columns": ["city"], "blocking": false }])).await.refused(400, "unknown_column");
    // What was there may stay, and what they can't see of it does.
    let seen = place.analyst.get(&path).await.expect(200);
    assert_eq!(seen["rules"], json!([range("spent")]));
    put(json!([range("spent"), unique])).await.expect(200);
    let all = place.owner.get(&path).await.expect(200)["rules"].as_array().unwrap().len();
    assert_eq!(all, 3);

    let run = place.import(&place.owner, "id,phone,city,spent\n4,1,Rome,99\n", "append").await;
    assert_eq!(run["state"], "succeeded", "{run}");
    let of = async |who: &Client| who.get(&place.at("versions/2/quality")).await.expect(200)["items"].clone();
    assert_eq!(of(&place.owner).await[0]["failing_rows"], 3);
    let told = of(&place.analyst).await;
    assert_eq!((told.as_array().unwrap().len(), &told[0]["passed"]), (2, &json!(false)), "{told}");
    for kept in ["failing_rows", "checked_rows", "examples", "city"] {
        assert!(!told.to_string().contains(kept), "{kept}: {told}");
    }
    // Neither does what breaks a rule that blocks: how many rows it were is for who sees them all.
    let twice = "id,phone,city,spent\n4,1,Rome,99\n3,1,Rome,99\n";
    let refused = place.import(&place.owner, twice, "append").await;
    let message = |run: &Value| run["error"]["message"].as_str().unwrap().to_owned();
    assert!(message(&refused).contains("2 rows"), "{refused}");
    let path = format!("/runs/{}", refused["id"].as_str().unwrap());
    let for_analyst = place.analyst.get(&path).await.expect(200);
    assert!(!message(&for_analyst).contains("2 rows"), "{for_analyst}");
    let refused = place.import(&place.analyst, twice, "append").await;
    assert_eq!(refused["error"]["code"], "quality_failed", "{refused}");
    assert!(message(&refused).contains("id: unique") && !message(&refused).contains("rows"), "{refused}");

    place.rule(json!({ "row_filter": only_berlin() })).await;
    put(json!([{ "kind": "not_null", "columns": ["phone"], "blocking": false }])).await.refused(403, "forbidden");
}

#[tokio::test(flavor = "multi_thread")]
async fn blocking_rules_keep_every_kind_of_version_out() {
    let place = Place::new().await;
    let rule = |max: f64| json!({ "rules": [{ "kind": "range", "columns": ["spent"], "max": max, "blocking": true }] });
    // Going back.
    place.import(&place.owner, "id,phone,city,spent\n1,1,Rome,5\n", "replace").await;
    place.owner.put(&place.at("quality-rules"), rule(9.0)).await.expect(200);
    let path = format!("/assets/{}/versions/1/restore", place.people);
    let refused = place.owner.post(&path, json!({})).await;
    assert!(String::from_utf8_lossy(&refused.bytes).contains("spent: at most 9"), "{refused:?}");
    refused.refused(400, "quality_failed");
    assert_eq!(rows(&place.owner, place.project, "SELECT sum(spent) FROM people").await, json!([[5]]));
    place.owner.put(&place.at("quality-rules"), rule(30.0)).await.expect(200);
    place.owner.post(&path, json!({})).await.expect(201);
    let quality = place.owner.get(&place.at("versions/3/quality")).await.expect(200);
    assert_eq!(quality["items"][0]["passed"], true, "checked against the rules of now: {quality}");

    // What a workflow writes.
    let node = |component: &str, params: Value| json!({"component": {"name": component, "version": 1}, "params": params, "position": {"x": 0, "y": 0}});
    let flow = json!({"name": "Copy", "workflow": {"format": 1, "nodes": {
        "people": node("dataset", json!({"dataset": place.people})),
        "write": node("write-dataset", json!({"name": "copy"})),
    }, "edges": {"e": {"from": {"node": "people", "port": "table"}, "to": {"node": "write", "port": "table"}}}}});
    let flow = place.owner.post(&format!("/projects/{}/workflows", place.project), flow).await.expect(201);
    let path = format!("/workflows/{}/runs", flow["asset"]["id"].as_str().unwrap());
    let run = async || {
        let run = place.owner.post(&path, json!({"again": true})).await.expect(202);
        ended(&place.owner, &run).await
    };
    let made = run().await;
    assert_eq!(made["state"], "succeeded", "{made}");
    let copy = made["outputs"][0]["asset"]["id"].as_str().unwrap().to_owned();
    place.owner.put(&format!("/datasets/{copy}/quality-rules"), rule(9.0)).await.expect(200);
    let refused = run().await;
    assert_eq!(refused["error"]["code"], "quality_failed", "{refused}");
    let newest = place.owner.get(&format!("/assets/{copy}")).await.expect(200);
    assert_eq!(newest["latest"]["seq"], 1, "{newest}");
}

#[tokio::test]
async fn a_scenarios_results_keep_the_rules_of_their_dataset() {
    let place = Place::new().await;
    let mut orders = "customer,day,amount\n".to_owned();
    for customer in 0..120 {
        for month in 1..=(2 + customer % 9) {
            orders.push_str(&format!("c{customer},2024-{month:02}-{:02},{}\n", 1 + customer % 27, 5 + customer % 40));
        }
    }
    let id = dataset(&place.owner, place.project, "orders", &orders).await;
    let start = async |seed: i64| {
        let map = json!({ "customer": "customer", "time": "day", "amount": "amount" });
        let body = json!({ "inputs": { "transactions": { "dataset_id": id, "map": map } }, "seed": seed });
        let path = format!("/projects/{}/scenarios/customer-value/runs", place.project);
        ended(&place.owner, &place.owner.post(&path, body).await.expect(202)).await
    };
    let first = start(1).await;
    assert_eq!(first["state"], "succeeded", "{first}");
    let made = first["outputs"].as_array().unwrap().iter().find(|one| one["role"] == "customers").unwrap();
    let (made, named) = (made["asset"]["id"].as_str().unwrap(), made["asset"]["name"].as_str().unwrap());
    let columns = place.owner.get(&format!("/datasets/{made}/versions/1/profile")).await.expect(200);
    let column = columns["columns"][0]["name"].as_str().unwrap();
    let rules = json!({ "rules": [{ "kind": "set", "columns": [column], "values": ["nobody"], "blocking": true }] });
    place.owner.put(&format!("/datasets/{made}/quality-rules"), rules).await.expect(200);
    let refused = start(2).await;
    assert_eq!(refused["error"]["code"], "quality_failed", "{refused}");
    assert_eq!(rows(&place.owner, place.project, &format!("SELECT count(*) FROM \"{named}\"")).await, json!([[120]]));
    assert_eq!(place.owner.get(&format!("/assets/{made}")).await.expect(200)["latest"]["seq"], 1);
}

#[tokio::test]
async fn an_upsert_of_some_columns_keeps_the_others_and_takes_who_sees_them() {
    let place = Place::new().await;
    let run = place.import(&place.owner, "id,spent\n2,21\n9,90\n", "upsert").await;
    assert_eq!(run["state"], "succeeded", "{run}");
    let all = rows(&place.owner, place.project, "SELECT id, city, spent FROM people ORDER BY id").await;
    assert_eq!(all, json!([[1, "Berlin", 10], [2, "Paris", 21], [3, "Berlin", 30], [9, null, 90]]));
    let refused = place.import(&place.owner, "id,hat\n2,red\n", "upsert").await;
    let message = refused["error"]["message"].as_str().unwrap();
    assert!(message.contains("“hat”") && !message.contains("Allow new columns"), "{message}");

    let path = format!("/projects/{}/import", place.project);
    let upload = format!("/projects/{}/uploads?name=a.csv", place.project);
    for rule in [json!({ "row_filter": only_berlin() }), json!({ "masks": { "phone": { "kind": "null" } } })] {
        place.rule(rule).await;
        let upload = place.analyst.upload(&upload, b"id,spent\n2,1\n".to_vec()).await.expect(201)["id"].clone();
        for mode in ["replace", "upsert"] {
            let body = json!({ "source": { "type": "upload", "upload_id": upload }, "mode": mode, "key": ["id"],
                "target": { "dataset_id": place.people } });
            let mut body = body;
            if mode == "replace" {
                body.as_object_mut().unwrap().remove("key");
            }
            place.analyst.post(&path, body).await.refused(403, "forbidden");
        }
        let back = format!("/assets/{}/versions/1/restore", place.people);
        place.analyst.post(&back, json!({})).await.refused(403, "forbidden");
    }
    let run = place.import(&place.analyst, "id,phone,city,spent\n10,1,Berlin,1\n", "append").await;
    assert_eq!(run["state"], "succeeded", "{run}");
    assert_eq!(rows(&place.owner, place.project, "SELECT sum(spent) FROM people").await, json!([[152]]));
}

#[tokio::test]
async fn how_many_rows_there_are_is_for_who_sees_them_all() {
    let place = Place::new().await;
    place.rule(json!({ "row_filter": only_berlin(), "hidden_columns": ["spent"] })).await;
    let run = place.import(&place.owner, "id,phone,city,spent\n7,1,Rome,1\n", "append").await;
    let run = run["id"].as_str().unwrap();
    let asset = format!("/assets/{}", place.people);
    for (path, at) in [
        (asset.clone(), "/latest"),
        (format!("{asset}/versions"), "/items/0"),
        (format!("{asset}/versions/1"), ""),
        (format!("/projects/{}/assets", place.project), "/items/0/latest"),
    ] {
        let told = |answer: &Value| {
            let one = answer.pointer(at).unwrap();
            ["rows", "bytes", "rejected", "columns"].map(|name| one[name].as_u64())
        };
        let for_owner = place.owner.get(&path).await.expect(200);
        assert!(told(&for_owner).iter().all(Option::is_some), "{path}: {for_owner}");
        let for_viewer = place.viewer.get(&path).await.expect(200);
        assert_eq!(told(&for_viewer), [None, None, None, Some(3)], "{path}: {for_viewer}");
    }
    let catalog = place.viewer.get(&format!("/projects/{}/catalog", place.project)).await.expect(200);
    assert_eq!(catalog["items"][0]["rows"], Value::Null, "{catalog}");
    assert_eq!(catalog["items"][0]["columns"].as_array().unwrap().len(), 3, "{catalog}");
    // Runs of others don't count for them either, in the list and alone.
    let alone = place.viewer.get(&format!("/runs/{run}")).await.expect(200);
    assert_eq!((&alone["result"], &alone["progress"]["total"]), (&json!({}), &Value::Null), "{alone}");
    let list = place.viewer.get(&format!("/projects/{}/runs", place.project)).await.expect(200);
    assert!(list["items"].as_array().unwrap().iter().all(|run| run["result"] == json!({})), "{list}");
    let for_owner = place.owner.get(&format!("/runs/{run}")).await.expect(200);
    assert_eq!(for_owner["result"]["rows"], 4, "{for_owner}");
    // Who appends is told what they brought, and not what stands there with it.
    let own = place.import(&place.analyst, "id,phone,city,spent\n8,1,Rome,1\n", "append").await;
    assert_eq!((&own["result"]["rows_read"], &own["result"]["rows"]), (&json!(1), &Value::Null), "{own}");
}

#[tokio::test]
async fn messages_say_what_to_do() {
    let place = Place::new().await;
    let message = async |answer: tandem_testkit::Answer| {
        let body: Value = serde_json::from_slice(&answer.bytes).unwrap();
        body["message"].as_str().unwrap().to_owned()
    };
    let newest = message(place.ask(&place.owner, "SELECT * FROM people@v9").await).await;
    assert_eq!(newest, "“people” has no version 9; its newest is 1.");
    place.ask(&place.owner, "SELECT * FROM nobody@v9").await.refused(400, "unknown_table");
    let code = message(place.ask(&place.viewer, "SELECT 1 FROM people").await).await;
    assert_eq!(code, "You may not write code in this project. Ask one of its maintainers for the right.");

    let put = async |body: Value| message(place.owner.put(&place.at("policies"), body).await).await;
    assert_eq!(put(json!({})).await, "“rules” is missing. Add it.");
    assert!(!put(json!({ "rules": [{ "nam": "a" }] })).await.contains("struct"));
    let body = json!({ "sql": "SELECT 1", "limit": "many" });
    let limit = message(place.owner.post(&format!("/projects/{}/query", place.project), body).await).await;
    assert!(limit.starts_with("“limit” must be a whole number"), "{limit}");
    let params = message(place.owner.get(&format!("/projects/{}/assets?limit=x", place.project)).await).await;
    assert!(params.starts_with("“limit” must be a whole number"), "{params}");

    // Where the link of an error leads there is a page that has it.
    let refused: Value = serde_json::from_slice(&place.owner.get("/assets/none").await.bytes).unwrap();
    let (page, code) = refused["link"].as_str().unwrap().split_once('#').unwrap();
    let page = reqwest::get(format!("{}{page}", place.kit.url)).await.unwrap();
    assert_eq!(page.status(), 200);
    let page = page.text().await.unwrap();
    assert!(page.contains(&format!("id=\"{code}\"")) && page.contains("lang=\"zh-CN\""), "{code}");
}
