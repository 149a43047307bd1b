//! Workflows that run by themselves: at times, on arrival of data, as whom, and
//! what stops them. The clock is moved; nothing waits for a time to pass.

use std::sync::Arc;

use chrono::TimeDelta;
use serde_json::{Value, json};
use tandem_app::{App, runs, schedule};
use tandem_core::{ProjectRole, id::ProjectId};
use tandem_testkit::{Client, TestApp, TestOrg};

use crate::data::{dataset, ended, import, pack};

const ORDERS: &str = "city,amount\n上海,120\n北京,80\n";

fn node(component: &str, params: Value) -> Value {
    json!({"component": {"name": component, "version": 1}, "params": params, "position": {"x": 0, "y": 0}})
}

/// Reads a dataset, keeps large amounts and writes them.
fn document(reads: &str, writes: &str) -> Value {
    let edge =
        |from: &str, to: &str| json!({"from": {"node": from, "port": "table"}, "to": {"node": to, "port": "table"}});
    let keep = json!({"conditions": [{"column": "amount", "operator": "at_least", "value": "50"}]});
    json!({"format": 1, "nodes": {
        "read": node("dataset", json!({"dataset": reads})),
        "keep": node("filter", keep),
        "write": node("write-dataset", json!({"name": writes, "mode": "append"})),
    }, "edges": {"e1": edge("read", "keep"), "e2": edge("keep", "write")}})
}

struct Story {
    kit: TestApp,
    acme: TestOrg,
    project: ProjectId,
    owner: Client,
    orders: String,
}

impl Story {
    async fn begin(kit: TestApp) -> Self {
        let acme = kit.org("Acme").await;
        let project = kit.project(&acme.owner, "Sales").await;
        let owner = kit.as_user(&acme.owner).await;
        let orders = dataset(&owner, project, "orders", ORDERS).await;
        Self { kit, acme, project, owner, orders }
    }

    async fn make(&self, name: &str, document: Value) -> String {
        let body = json!({"name": name, "workflow": document});
        let made = self.owner.post(&format!("/projects/{}/workflows", self.project), body).await.expect(201);
        made["asset"]["id"].as_str().unwrap().to_owned()
    }

    async fn more(&self, dataset: &str, csv: &str) {
        let target = json!({"target": {"dataset_id": dataset}, "mode": "append"});
        assert_eq!(import(&self.owner, self.project, csv, target).await["state"], "succeeded");
    }

    /// Waits until the schedule is as `there` says.
    async fn until(&self, id: &str, there: impl Fn(&Value) -> bool) -> Value {
        for _ in 0..2000 {
            let detail = self.owner.get(&format!("/workflows/{id}/schedule")).await.expect(200);
            if there(&detail) {
                return detail;
            }
            tokio::time::sleep(std::time::Duration::from_millis(15)).await;
        }
        let detail = self.owner.get(&format!("/workflows/{id}/schedule")).await.expect(200);
        panic!("waited in vain: {detail}");
    }

    /// Waits for `count` firings of which every run has ended.
    async fn fired(&self, id: &str, count: usize) -> Value {
        let done = |firing: &Value| firing["run_id"].is_null() || is_final(&firing["run_state"]);
        self.until(id, |detail| {
            let history = detail["history"].as_array().unwrap();
            history.len() >= count && history.iter().all(done)
        })
        .await
    }

    async fn runs(&self) -> usize {
        let path = format!("/projects/{}/runs?kind=workflow", self.project);
        self.owner.get(&path).await.expect(200)["items"].as_array().unwrap().len()
    }
}

fn is_final(state: &Value) -> bool {
    matches!(state.as_str(), Some("succeeded" | "failed" | "cancelled"))
}

fn hourly(missed: &str) -> Value {
    let cron = json!({"expression": "0 * * * *", "time_zone": "Asia/Shanghai", "missed": missed});
    json!({"enabled": true, "cron": cron, "params": {}})
}

fn on_data(wait: u32) -> Value {
    json!({"enabled": true, "on_data": {"wait_seconds": wait}})
}

async fn a_due_time_fires_once(kit: TestApp) {
    let story = Story::begin(kit).await;
    let id = story.make("Large", document(&story.orders, "large")).await;
    let path = format!("/workflows/{id}/schedule");
    assert_eq!(story.owner.get(&path).await.expect(200)["schedule"], Value::Null);
    let set = story.owner.put(&path, hourly("once")).await.expect(200);
    assert_eq!((&set["schedule"]["state"], set["upcoming"].as_array().unwrap().len()), (&json!("active"), 5));
    assert_eq!(set["schedule"]["next_at"], set["upcoming"][0]);
    assert_eq!(set["schedule"]["owner"]["id"], json!(story.acme.owner.id));

    // Other servers look at the same moments.
    let mut others = Vec::new();
    for _ in 0..2 {
        let config = story.kit.app.config.clone();
        others.push(App::open(config, story.kit.clock.clone()).await.unwrap());
    }
    let look = async || {
        let looks = [&story.kit.app, &others[0], &others[1]].map(|app| schedule::attend(app));
        futures::future::join_all(looks).await.into_iter().map(Result::unwrap).sum::<usize>()
    };
    for round in 1..=3_usize {
        story.kit.clock.advance(TimeDelta::hours(1));
        look().await;
        let detail = story.fired(&id, round).await;
        assert_eq!(look().await, 0, "what was due has fired");
        let history = detail["history"].as_array().unwrap();
        assert_eq!(history.len(), round, "{detail}");
        assert_eq!((&history[0]["cause"], &history[0]["outcome"]), (&json!("cron"), &json!("started")));
        assert_eq!(history[0]["run_state"], "succeeded", "{detail}");
    }
    assert_eq!(story.runs().await, 3);

    // Off for five hours: one run makes up for them, or none.
    story.kit.clock.advance(TimeDelta::hours(5) + TimeDelta::minutes(2));
    let detail = story.fired(&id, 4).await;
    assert_eq!((detail["history"].as_array().unwrap().len(), story.runs().await), (4, 4));
    story.owner.put(&path, hourly("skip")).await.expect(200);
    let minute = story.owner.get(&path).await.expect(200)["schedule"]["next_at"].clone();
    story.kit.clock.advance(TimeDelta::hours(6) + TimeDelta::minutes(58));
    let detail = story.until(&id, |detail| detail["schedule"]["next_at"] != minute).await;
    let first = &detail["history"][0];
    assert!(matches!(first["outcome"].as_str(), Some("skipped" | "started")), "{detail}");
    assert!(story.runs().await <= 5, "at most the last of them, where it has only just come");

    let listed = story.owner.get(&format!("/projects/{}/schedules", story.project)).await.expect(200);
    assert_eq!(listed["items"][0]["workflow"]["id"], json!(id));
    story.owner.delete(&path).await.expect(204);
    assert_eq!(story.owner.get(&path).await.expect(200)["history"], json!([]));
    story.owner.delete(&path).await.expect(404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_due_time_fires_once_however_many_look() {
    a_due_time_fires_once(TestApp::start().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_due_time_fires_once_with_several_servers_on_postgresql() {
    let Some(kit) = TestApp::start_on_postgres().await else { return };
    let second: Arc<App> = App::open(kit.app.config.clone(), kit.clock.clone()).await.unwrap();
    let workers = runs::start_workers(&second).await.unwrap();
    a_due_time_fires_once(kit).await;
    drop(workers);
}

#[tokio::test(flavor = "multi_thread")]
async fn data_starts_a_run_when_no_more_comes_and_never_its_own() {
    let story = Story::begin(TestApp::start().await).await;
    // Each reads what the other writes: orders → a, and back.
    let one = story.make("One", document(&story.orders, "a")).await;
    let first = story.owner.post(&format!("/workflows/{one}/refresh"), json!({})).await.expect(202);
    let a = ended(&story.owner, &first).await["outputs"][0]["asset"]["id"].as_str().unwrap().to_owned();
    let two = story.make("Two", document(&a, "orders")).await;
    story.owner.put(&format!("/workflows/{one}/schedule"), on_data(60)).await.expect(200);
    story.owner.put(&format!("/workflows/{two}/schedule"), on_data(0)).await.expect(200);
    assert_eq!(story.runs().await, 1);

    story.more(&story.orders, "city,amount\n深圳,500\n").await;
    let waits = story.until(&one, |detail| !detail["schedule"]["waits_until"].is_null()).await;
    story.kit.clock.advance(TimeDelta::seconds(40));
    story.more(&story.orders, "city,amount\n广州,900\n").await;
    let later = story.until(&one, |d| d["schedule"]["waits_until"] != waits["schedule"]["waits_until"]).await;
    assert_eq!(later["history"], json!([]), "more has come, so it waits on: {later}");
    story.kit.clock.advance(TimeDelta::seconds(60));
    let detail = story.fired(&one, 1).await;
    assert_eq!((&detail["history"][0]["cause"], &detail["history"][0]["outcome"]), (&json!("data"), &json!("started")));
    // One wrote a, which starts Two; Two wrote orders, which starts nothing: One led to it.
    let second = story.fired(&two, 1).await;
    assert_eq!(second["history"][0]["run_state"], "succeeded", "{second}");
    let held = story.until(&one, |detail| !detail["schedule"]["held_back"].is_null()).await;
    assert_eq!(held["schedule"]["held_back"]["dataset"]["name"], "orders");
    assert_eq!(held["history"][0]["outcome"], "held_back");
    story.kit.clock.advance(TimeDelta::hours(1));
    schedule::attend(&story.kit.app).await.unwrap();
    assert_eq!(story.runs().await, 3, "the circle has ended");

    // What comes from outside starts it again.
    story.more(&story.orders, "city,amount\n成都,70\n").await;
    story.until(&one, |detail| !detail["schedule"]["waits_until"].is_null()).await;
    story.kit.clock.advance(TimeDelta::seconds(61));
    story.until(&one, |detail| detail["history"].as_array().unwrap().len() >= 3).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn data_that_a_package_reads_inside_starts_a_run() {
    let story = Story::begin(TestApp::start().await).await;
    let id = story.make("Large", document(&story.orders, "large")).await;
    pack(&story.owner, &id, &["read", "keep"], "inner").await;
    pack(&story.owner, &id, &["inner"], "outer").await;
    story.owner.post(&format!("/workflows/{id}/versions"), json!({"message": "packed"})).await.expect(201);
    story.owner.put(&format!("/workflows/{id}/schedule"), on_data(0)).await.expect(200);
    schedule::attend(&story.kit.app).await.unwrap();
    assert_eq!(story.runs().await, 0, "nothing has come yet");

    story.more(&story.orders, "city,amount\n深圳,500\n").await;
    let detail = story.fired(&id, 1).await;
    let first = &detail["history"][0];
    assert_eq!((&first["cause"], &first["outcome"]), (&json!("data"), &json!("started")), "{detail}");
    assert_eq!(first["run_state"], "succeeded", "{detail}");
    schedule::attend(&story.kit.app).await.unwrap();
    assert_eq!(story.runs().await, 1, "what the run has read is no news");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workflow_that_writes_what_it_reads_does_not_start_itself() {
    let story = Story::begin(TestApp::start().await).await;
    let id = story.make("Self", document(&story.orders, "orders")).await;
    story.owner.put(&format!("/workflows/{id}/schedule"), on_data(0)).await.expect(200);
    story.more(&story.orders, "city,amount\n深圳,500\n").await;
    let detail = story.until(&id, |detail| !detail["schedule"]["held_back"].is_null()).await;
    let outcomes: Vec<&str> =
        detail["history"].as_array().unwrap().iter().map(|f| f["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["held_back", "started"]);
    // By hand it may, and that starts nothing either.
    let run = story.owner.post(&format!("/workflows/{id}/refresh"), json!({})).await.expect(202);
    assert_eq!(ended(&story.owner, &run).await["state"], "succeeded");
    story.until(&id, |detail| detail["history"].as_array().unwrap().len() == 3).await;
    assert_eq!(story.runs().await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_loses_the_right_stops_the_schedule_and_another_begins_it_again() {
    let story = Story::begin(TestApp::start().await).await;
    let ana = story.kit.member_of(story.project, story.acme.id, "ana@acme.test", ProjectRole::Analyst).await;
    let id = story.make("Large", document(&story.orders, "large")).await;
    let path = format!("/workflows/{id}/schedule");
    story.kit.as_user(&ana).await.put(&path, hourly("once")).await.expect(200);
    story.kit.join(story.project, &ana, ProjectRole::Viewer).await;
    story.kit.clock.advance(TimeDelta::hours(1));
    let stopped = story.until(&id, |detail| detail["schedule"]["state"] == "stopped").await;
    assert_eq!(stopped["schedule"]["reason"]["code"], "rights");
    assert!(stopped["schedule"]["reason"]["message"]["zh-CN"].as_str().unwrap().contains("无权"));
    assert_eq!((&stopped["history"][0]["outcome"], &stopped["schedule"]["next_at"]), (&json!("stopped"), &Value::Null));
    assert_eq!(story.runs().await, 0);
    let listed = story.owner.get(&format!("/projects/{}/schedules", story.project)).await.expect(200);
    assert_eq!(listed["items"][0]["state"], "stopped", "visible to maintainers");

    story.owner.put(&path, hourly("once")).await.expect(200);
    story.kit.clock.advance(TimeDelta::hours(1));
    let detail = story.fired(&id, 2).await;
    assert_eq!(detail["history"][0]["run_state"], "succeeded", "{detail}");
    assert_eq!(detail["schedule"]["owner"]["id"], json!(story.acme.owner.id));
}

#[tokio::test(flavor = "multi_thread")]
async fn five_failures_in_a_row_pause_it() {
    let story = Story::begin(TestApp::start().await).await;
    let mut wrong = document(&story.orders, "large");
    wrong["nodes"]["keep"]["params"]["conditions"][0]["column"] = json!("price");
    let id = story.make("Wrong", wrong).await;
    story.owner.put(&format!("/workflows/{id}/schedule"), hourly("once")).await.expect(200);
    for round in 1..=5_usize {
        story.kit.clock.advance(TimeDelta::hours(1));
        let detail = story.until(&id, |d| d["schedule"]["failures"].as_u64() == Some(round as u64)).await;
        assert_eq!(detail["history"].as_array().unwrap().len(), round);
    }
    let paused = story.until(&id, |detail| detail["schedule"]["state"] == "paused").await;
    assert_eq!(paused["schedule"]["reason"]["code"], "failures");
    story.kit.clock.advance(TimeDelta::hours(3));
    assert_eq!(schedule::attend(&story.kit.app).await.unwrap(), 0);
    assert_eq!(story.runs().await, 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_not_be_a_schedule_is_refused_with_what_to_do() {
    let story = Story::begin(TestApp::start().await).await;
    let id = story.make("Large", document(&story.orders, "large")).await;
    let path = format!("/workflows/{id}/schedule");
    let cron = |expression: &str, zone: &str| json!({"enabled": true, "cron": {"expression": expression, "time_zone": zone, "missed": "once"}});
    let refused = async |body: Value| story.owner.put(&path, body).await.refused(400, "invalid_parameter");
    assert!(refused(json!({"enabled": true})).await.contains("when"));
    assert!(refused(cron("0 0 30 2 *", "UTC")).await.contains("never fires"));
    assert!(refused(cron("0 0 * * *", "Mars/Olympus")).await.contains("time zone"));
    assert!(refused(on_data(90_000)).await.contains("86,400"));
    assert_eq!(story.owner.get(&path).await.expect(200)["schedule"], Value::Null, "nothing was kept");
    let ahead = "/schedules/upcoming?cron=0%206%20*%20*%20*&time_zone=Asia/Shanghai";
    let ahead = story.owner.get(ahead).await.expect(200);
    assert!(ahead["upcoming"].as_array().unwrap().iter().all(|at| at.as_str().unwrap().contains("T22:00:00")));
    story.owner.get("/schedules/upcoming?cron=x&time_zone=UTC").await.refused(400, "invalid_parameter");
}
