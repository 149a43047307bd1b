//! Dashboards that are delivered: into folders and by mail, at times, when data
//! comes or when a person says so; as whom, and what stops it. The mail server
//! is a real one; the clock is moved.

use std::{fs, os::unix::fs::symlink, path::PathBuf};

use chrono::TimeDelta;
use serde_json::{Value, json};
use tandem_app::schedule;
use tandem_core::{
    PageRequest, ProjectRole,
    config::{Config, MailConfig, MailTls},
    id::{ProjectId, RunId},
};
use tandem_meta::{JobFilter, JobState};
use tandem_testkit::{Client, TestApp, TestOrg};

use crate::{
    data::{dataset, import},
    mail_server::MailServer,
};

const ORDERS: &str = "city,amount\n上海,120\n北京,80\n上海,300\n广州,10\n北京,100\n";

struct Story {
    kit: TestApp,
    acme: TestOrg,
    project: ProjectId,
    owner: Client,
    orders: String,
    board: String,
}

fn document(dataset: &str) -> Value {
    let totals = json!([{"function": "sum", "column": "amount", "name": "sales"}]);
    let figure = json!({"source": "orders", "component": "group", "params": {"by": ["city"], "totals": totals}});
    json!({
        "format": 1,
        "sources": {"orders": {"dataset": dataset}},
        "filters": [{"id": "city", "column": "city", "sources": ["orders"], "control": "choice"}],
        "pages": [{"id": "main", "title": {"en": "Sales", "zh-CN": "销售"}, "blocks": [
            {"id": "all", "shows": {"figure": figure}},
        ]}],
    })
}

fn mailed(server: &MailServer, config: &mut Config) {
    let from = "Tandem <tandem@acme.test>";
    let mail = MailConfig { tls: MailTls::None, ..MailConfig::new("127.0.0.1", server.port, from) };
    config.mail = Some(MailConfig { domains: vec!["partner.test".to_owned()], max_recipients: 3, ..mail });
    config.public_url = Some("https://tandem.acme.test".to_owned());
}

fn folder(name: &str) -> Value {
    json!({"enabled": false, "name": name, "formats": ["xlsx", "html"], "lang": "zh-CN", "time_zone": "Asia/Shanghai",
        "to": {"type": "folder", "folder": "reports"}})
}

fn mail(to: &[&str]) -> Value {
    json!({"enabled": false, "name": "销售日报", "formats": ["html", "xlsx"], "lang": "zh-CN",
        "time_zone": "Asia/Shanghai",
        "to": {"type": "mail", "to": to, "subject": "销售日报 {date}", "text": "请查收。"}})
}

fn hourly(mut body: Value) -> Value {
    body["enabled"] = json!(true);
    body["cron"] = json!({"expression": "0 * * * *", "time_zone": "Asia/Shanghai", "missed": "once"});
    body
}

impl Story {
    async fn begin(settings: impl FnOnce(&mut Config)) -> Self {
        let kit = TestApp::start_with(settings).await;
        let acme = kit.org("Acme").await;
        let project = kit.project(&acme.owner, "Sales").await;
        let owner = kit.as_user(&acme.owner).await;
        let orders = dataset(&owner, project, "orders", ORDERS).await;
        let body = json!({"name": "Sales", "dashboard": document(&orders)});
        let made = owner.post(&format!("/projects/{project}/dashboards"), body).await.expect(201);
        let board = made["asset"]["id"].as_str().unwrap().to_owned();
        Self { kit, acme, project, owner, orders, board }
    }

    fn reports(&self) -> PathBuf {
        self.kit.app.config.delivery_folders["reports"].clone()
    }

    /// The names in the folder, in order.
    fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(self.reports()).unwrap();
        let mut names: Vec<String> = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    fn path(&self) -> String {
        format!("/dashboards/{}/deliveries", self.board)
    }

    async fn make(&self, who: &Client, body: Value) -> String {
        let made = who.post(&self.path(), body).await.expect(201);
        format!("{}/{}", self.path(), made["id"].as_str().unwrap())
    }

    /// Waits until a delivery is as `there` says; the clock goes on, for what is tried again later.
    async fn until(&self, path: &str, there: impl Fn(&Value) -> bool) -> Value {
        let mut last = Value::Null;
        for _ in 0..2000 {
            last = self.owner.get(path).await.expect(200);
            if there(&last) {
                return last;
            }
            tokio::time::sleep(std::time::Duration::from_millis(15)).await;
        }
        panic!("waited in vain: {last}");
    }

    /// Waits for the end of `count` deliveries; the newest.
    async fn done(&self, path: &str, count: usize) -> Value {
        let over = |one: &Value| one["run_id"].is_null() || !one["finished_at"].is_null();
        let all = |found: &Value| {
            let history = found["history"].as_array().unwrap();
            history.len() == count && history.iter().all(over)
        };
        self.until(path, all).await["history"][0].clone()
    }

    async fn send(&self, who: &Client, path: &str, body: Value) {
        who.post(&format!("{path}/send"), body).await.expect(202);
    }

    /// Waits until the newest delivery was tried in vain, and waits for another attempt.
    async fn put_off(&self, path: &str) {
        let found = self.owner.get(path).await.expect(200);
        let run: RunId = found["history"][0]["run_id"].as_str().unwrap().parse().unwrap();
        let filter = JobFilter { run: Some(run), state: None };
        let page = PageRequest { limit: 1, cursor: None };
        for _ in 0..2000 {
            let mut meta = self.kit.app.meta.read().await.unwrap();
            let job = meta.jobs(self.acme.id, &filter, &page).await.unwrap().items.remove(0);
            drop(meta);
            if job.state == JobState::Queued && job.last_error.is_some() {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(15)).await;
        }
        panic!("it was never tried, or not put off");
    }

    async fn audited(&self) -> Vec<String> {
        self.kit.app.meta.flush_audit().await.unwrap();
        let log = self.owner.get("/org/audit?limit=200").await.expect(200);
        let rows = log["items"].as_array().unwrap().iter().filter(|row| row["action"] == "deliver");
        rows.map(|row| row["reason"].as_str().unwrap().to_owned()).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn files_come_into_the_folder_at_their_time_whole_and_under_one_name() {
    let story = Story::begin(|_| {}).await;
    let listed = story.owner.get(&story.path()).await.expect(200);
    assert_eq!((&listed["may"], &listed["offers"]["folders"]), (&json!(true), &json!(["reports"])));
    assert_eq!(listed["offers"]["mail"], Value::Null);
    let formats = listed["offers"]["formats"].as_array().unwrap();
    assert!(formats.contains(&json!("html")) && formats.contains(&json!("xlsx")), "{formats:?}");

    let path = story.make(&story.owner, hourly(folder("销售日报"))).await;
    story.kit.clock.advance(TimeDelta::hours(1));
    let done = story.done(&path, 1).await;
    assert_eq!((&done["run_state"], &done["cause"]), (&json!("succeeded"), &json!("cron")), "{done}");
    let names: Vec<&str> =
        done["result"]["files"].as_array().unwrap().iter().map(|f| f["name"].as_str().unwrap()).collect();
    let mut sorted = names.clone();
    sorted.sort_unstable();
    assert_eq!(story.files(), sorted, "and nothing beside them");
    let due: chrono::DateTime<chrono::Utc> = done["due_at"].as_str().unwrap().parse().unwrap();
    let day = (due + TimeDelta::hours(8)).format("%Y-%m-%d");
    assert_eq!(names, [format!("销售日报 {day}.html"), format!("销售日报 {day}.xlsx")]);
    let html = fs::read_to_string(story.reports().join(names[0])).unwrap();
    assert!(html.contains("广州") && html.contains("</html>"));
    assert_eq!(&fs::read(story.reports().join(names[1])).unwrap()[..2], b"PK");

    // Later on the same day the newest takes its place.
    import(
        &story.owner,
        story.project,
        "city,amount\n成都,70\n",
        json!({"target": {"dataset_id": story.orders}, "mode": "append"}),
    )
    .await;
    story.send(&story.owner, &path, json!({})).await;
    let again = story.done(&path, 2).await;
    assert_eq!(again["cause"], "person");
    assert_eq!(story.files().len(), 2, "{:?}", story.files());
    assert!(fs::read_to_string(story.reports().join(names[0])).unwrap().contains("成都"));
    let audited = story.audited().await;
    assert_eq!(audited.len(), 2, "{audited:?}");
    assert!(audited[0].contains("folder reports") && audited[0].contains("销售日报"), "{audited:?}");

    // What was delivered isn't repeated as a run, and a run of it is found among the others.
    let run = again["run_id"].as_str().unwrap();
    story.owner.post(&format!("/runs/{run}/reproduce"), json!({})).await.refused(409, "state_conflict");
    let runs = story.owner.get(&format!("/projects/{}/runs?kind=delivery", story.project)).await.expect(200);
    assert_eq!(runs["items"].as_array().unwrap().len(), 2);

    story.owner.delete(&path).await.expect(204);
    story.owner.get(&path).await.refused(404, "not_found");
    assert_eq!(story.files().len(), 2, "files stay");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_written_outside_of_the_folder_or_over_what_is_anothers() {
    let story = Story::begin(|_| {}).await;
    for name in ["../evil", "a/b", "..", ".hidden", "a\\b", "a\nb", ""] {
        story.owner.post(&story.path(), folder(name)).await.refused(400, "invalid_parameter");
    }
    for other in ["/etc", "..", "reports/..", "other"] {
        let mut body = folder("x");
        body["to"]["folder"] = json!(other);
        story.owner.post(&story.path(), body).await.refused(403, "path_not_allowed");
    }
    let plain = |name: &str| {
        let mut body = folder(name);
        (body["stamp"], body["formats"]) = (json!("none"), json!(["html"]));
        body
    };
    // A file that was there, a link to one outside, and a file of another delivery.
    fs::write(story.reports().join("mine.html"), "kept").unwrap();
    let secret = story.kit.app.config.data_dir.join("keys/seal.key");
    let before = fs::read(&secret).unwrap();
    symlink(&secret, story.reports().join("link.html")).unwrap();
    let first = story.make(&story.owner, plain("report")).await;
    story.send(&story.owner, &first, json!({})).await;
    assert_eq!(story.done(&first, 1).await["run_state"], "succeeded");
    for name in ["mine", "link", "report"] {
        let path = story.make(&story.owner, plain(name)).await;
        story.send(&story.owner, &path, json!({})).await;
        let done = story.done(&path, 1).await;
        assert_eq!(
            (&done["run_state"], &done["error"]["code"]),
            (&json!("failed"), &json!("already_exists")),
            "{done}"
        );
    }
    assert_eq!(fs::read_to_string(story.reports().join("mine.html")).unwrap(), "kept");
    assert_eq!(fs::read(&secret).unwrap(), before);
    assert_eq!(story.files(), ["link.html", "mine.html", "report.html"]);
    assert_eq!(story.audited().await.len(), 1, "what wasn't written has no row");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_is_away_is_tried_again_until_it_is_there() {
    let story = Story::begin(|_| {}).await;
    let path = story.make(&story.owner, folder("x")).await;
    let away = story.reports().with_extension("away");
    fs::rename(story.reports(), &away).unwrap();
    story.owner.post(&format!("{path}/send"), json!({})).await.expect(202);
    story.put_off(&path).await;
    fs::rename(&away, story.reports()).unwrap();
    story.kit.clock.advance(TimeDelta::minutes(10));
    let done = story.done(&path, 1).await;
    assert_eq!(done["run_state"], "succeeded", "{done}");
    assert_eq!(story.files().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_arrives_with_files_that_open_and_shows_what_its_owner_may_see() {
    let Some(server) = MailServer::start(&["--refuse", "gone@partner.test"]) else { return };
    let story = Story::begin(|config| mailed(&server, config)).await;
    let maintainer = story.kit.member_of(story.project, story.acme.id, "mia@acme.test", ProjectRole::Maintainer).await;
    let mia = story.kit.as_user(&maintainer).await;
    let rules = json!({"rules": [{"name": "own city", "exempt_roles": ["owner"],
        "row_filter": {"op": "compare", "column": "city", "is": "ne", "value": "广州"}}]});
    assert!(story.owner.put(&format!("/datasets/{}/policies", story.orders), rules).await.status.is_success());
    let offers = mia.get(&story.path()).await.expect(200)["offers"]["mail"].clone();
    assert_eq!((&offers["domains"], &offers["max_recipients"]), (&json!(["partner.test"]), &json!(3)));

    let mut body = hourly(mail(&["MIA@acme.test", "ann@partner.test", "gone@partner.test"]));
    body["filters"] = json!({"city": [{"operator": "one_of", "value": ["上海", "广州"]}]});
    let path = story.make(&mia, body).await;
    story.kit.clock.advance(TimeDelta::hours(1));
    let done = story.done(&path, 1).await;
    assert_eq!(done["run_state"], "succeeded", "{done}");
    assert_eq!(done["result"]["refused"], json!(["gone@partner.test"]));
    let messages = server.messages();
    assert_eq!(messages.len(), 1);
    let (headers, files) = (&messages[0]["headers"], messages[0]["attachments"].as_array().unwrap());
    assert_eq!(headers["X-Envelope-To"], "MIA@acme.test, ann@partner.test");
    let due: chrono::DateTime<chrono::Utc> = done["due_at"].as_str().unwrap().parse().unwrap();
    let day = (due + TimeDelta::hours(8)).format("%Y-%m-%d").to_string();
    assert_eq!(headers["Subject"], format!("销售日报 {day}"));
    assert_eq!(headers["Message-ID"], format!("<{}>", done["result"]["message_id"].as_str().unwrap()));
    let text = messages[0]["text"].as_str().unwrap();
    assert!(text.starts_with("请查收。") && text.contains("https://tandem.acme.test/projects/"), "{text}");
    assert_eq!(
        (&files[0]["name"], &files[1]["name"]),
        (&json!(format!("销售日报 {day}.html")), &json!(format!("销售日报 {day}.xlsx")))
    );
    let (page, book) = (files[0]["text"].as_str().unwrap(), files[1]["sheets"].to_string());
    for content in [page, &book] {
        assert!(content.contains("上海"), "{content}");
        assert!(!content.contains("广州"), "kept from who has set it up");
        assert!(!content.contains("北京"), "left out by the filter");
    }
    assert!(story.audited().await[0].contains("ann@partner.test"));

    // To oneself alone, by who may take more away: with what they may see.
    story.send(&story.owner, &path, json!({"to_me": true})).await;
    let test = story.done(&path, 2).await;
    assert_eq!((&test["cause"], &test["run_state"]), (&json!("person"), &json!("succeeded")));
    let messages = server.messages();
    assert_eq!(messages[1]["headers"]["To"].as_str().unwrap(), story.acme.owner.email);
    assert!(messages[1]["attachments"][0]["text"].as_str().unwrap().contains("广州"));
    // A run says nothing of recipients to others.
    let run = format!("/runs/{}", done["run_id"].as_str().unwrap());
    assert_eq!(story.owner.get(&run).await.expect(200)["result"], Value::Null);
    assert!(mia.get(&run).await.expect(200)["result"]["refused"].is_array());
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_mailed_whom_the_operator_does_not_allow() {
    let Some(server) = MailServer::start(&[]) else { return };
    let story = Story::begin(|config| mailed(&server, config)).await;
    let refused =
        async |to: &[&str], status, code: &str| story.owner.post(&story.path(), mail(to)).await.refused(status, code);
    assert!(refused(&["eve@elsewhere.test"], 400, "mail_refused").await.contains("--mail-domain"));
    let other = story.kit.org("Other").await;
    refused(&[&other.owner.email], 400, "mail_refused").await;
    for wrong in ["x", "a@b.c\r\nBcc: eve@elsewhere.test", "a@partner.test, eve@elsewhere.test"] {
        refused(&[wrong], 400, "invalid_parameter").await;
    }
    refused(&[], 400, "invalid_parameter").await;
    refused(&["a@partner.test", "b@partner.test", "c@partner.test", "d@partner.test"], 400, "invalid_parameter").await;
    for subject in ["x\r\nBcc: eve@elsewhere.test", "x\ny", ""] {
        let mut body = mail(&["a@partner.test"]);
        body["to"]["subject"] = json!(subject);
        story.owner.post(&story.path(), body).await.refused(400, "invalid_parameter");
    }
    let mut nothing = mail(&["a@partner.test"]);
    nothing["formats"] = json!([]);
    story.owner.post(&story.path(), nothing).await.refused(400, "invalid_parameter");

    // A member who leaves isn't written to any more.
    let bob = story.kit.member_of(story.project, story.acme.id, "bob@acme.test", ProjectRole::Viewer).await;
    let path = story.make(&story.owner, mail(&["bob@acme.test"])).await;
    story.owner.patch(&format!("/org/members/{}", bob.id), json!({"disabled": true})).await.expect(200);
    story.owner.post(&format!("{path}/send"), json!({})).await.refused(400, "mail_refused");
    assert!(server.messages().is_empty());

    let quiet = Story::begin(|_| {}).await;
    quiet.owner.post(&quiet.path(), mail(&["a@partner.test"])).await.refused(409, "state_conflict");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_no_longer_take_the_data_away_has_nothing_delivered() {
    let Some(server) = MailServer::start(&[]) else { return };
    let story = Story::begin(|config| mailed(&server, config)).await;
    let ana = story.kit.member_of(story.project, story.acme.id, "ana@acme.test", ProjectRole::Analyst).await;
    let who = story.kit.as_user(&ana).await;
    assert_eq!(who.get(&story.path()).await.expect(200)["may"], json!(false));
    who.post(&story.path(), mail(&["ana@acme.test"])).await.refused(403, "forbidden");
    let grant = json!({"user_id": ana.id, "action": "download"});
    let grant = story.owner.post(&format!("/assets/{}/grants", story.orders), grant).await.expect(201);
    let path = story.make(&who, hourly(mail(&["ana@acme.test"]))).await;
    story.kit.clock.advance(TimeDelta::hours(1));
    assert_eq!(story.done(&path, 1).await["run_state"], "succeeded");
    let grant = format!("/assets/{}/grants/{}", story.orders, grant["id"].as_str().unwrap());
    assert!(story.owner.delete(&grant).await.status.is_success());
    story.kit.clock.advance(TimeDelta::hours(1));
    let stopped = story.until(&path, |found| found["state"] == "stopped").await;
    assert_eq!(stopped["reason"]["code"], "rights", "{stopped}");
    assert!(stopped["reason"]["message"]["zh-CN"].as_str().unwrap().contains("无权"));
    assert_eq!(stopped["history"][0]["outcome"], "stopped");
    assert_eq!(server.messages().len(), 1, "nothing more was sent");
    who.post(&format!("{path}/send"), json!({})).await.refused(403, "forbidden");
    let told = story.owner.get(&format!("/projects/{}/activity?limit=50", story.project)).await.expect(200);
    assert!(told.to_string().contains("delivery_stopped"), "{told}");

    // Somebody who may begins it again, as themselves.
    let taken = story.owner.put(&path, hourly(mail(&["ana@acme.test"]))).await.expect(200);
    assert_eq!((&taken["state"], &taken["own"]), (&json!("active"), &json!(true)));
    story.kit.clock.advance(TimeDelta::hours(1));
    assert_eq!(story.done(&path, 3).await["run_state"], "succeeded");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_puts_it_off_gets_it_once() {
    let Some(server) = MailServer::start(&["--later", "ann@partner.test"]) else { return };
    let story = Story::begin(|config| mailed(&server, config)).await;
    let path = story.make(&story.owner, mail(&["ann@partner.test", "bob@partner.test"])).await;
    story.send(&story.owner, &path, json!({})).await;
    story.put_off(&path).await;
    assert!(server.messages().is_empty());
    fs::write(server.folder().join("ready"), "").unwrap();
    story.kit.clock.advance(TimeDelta::minutes(10));
    assert_eq!(story.done(&path, 1).await["run_state"], "succeeded");
    let messages = server.messages();
    assert_eq!(messages.len(), 1, "nobody got it twice");
    assert_eq!(messages[0]["headers"]["X-Envelope-To"], "ann@partner.test, bob@partner.test");
}

#[tokio::test(flavor = "multi_thread")]
async fn five_failures_in_a_row_pause_it_and_tests_by_hand_do_not_count() {
    let Some(server) = MailServer::start(&["--refuse", "gone@partner.test"]) else { return };
    let story = Story::begin(|config| mailed(&server, config)).await;
    let path = story.make(&story.owner, hourly(mail(&["gone@partner.test"]))).await;
    story.send(&story.owner, &path, json!({})).await;
    let failed = story.done(&path, 1).await;
    assert_eq!((&failed["run_state"], &failed["error"]["code"]), (&json!("failed"), &json!("mail_refused")));
    for round in 1..=5_u64 {
        story.kit.clock.advance(TimeDelta::hours(1));
        story.until(&path, |found| found["failures"].as_u64() == Some(round)).await;
    }
    let paused = story.until(&path, |found| found["state"] == "paused").await;
    assert_eq!((&paused["reason"]["code"], &paused["upcoming"]), (&json!("failures"), &json!([])));
    story.kit.clock.advance(TimeDelta::hours(3));
    assert_eq!(schedule::attend(&story.kit.app).await.unwrap(), 0);
    let resumed = story.owner.put(&path, hourly(mail(&["ann@partner.test"]))).await.expect(200);
    assert_eq!((&resumed["state"], &resumed["failures"]), (&json!("active"), &json!(0)));
}

#[tokio::test(flavor = "multi_thread")]
async fn new_data_is_delivered_when_no_more_comes() {
    let story = Story::begin(|_| {}).await;
    let mut body = folder("x");
    (body["enabled"], body["on_data"]) = (json!(true), json!({"wait_seconds": 60}));
    let path = story.make(&story.owner, body).await;
    let more = json!({"target": {"dataset_id": story.orders}, "mode": "append"});
    import(&story.owner, story.project, "city,amount\n成都,70\n", more).await;
    story.until(&path, |found| !found["waits_until"].is_null()).await;
    assert!(story.files().is_empty());
    story.kit.clock.advance(TimeDelta::seconds(61));
    let done = story.done(&path, 1).await;
    assert_eq!((&done["cause"], &done["run_state"]), (&json!("data"), &json!("succeeded")), "{done}");
    assert_eq!(story.files().len(), 2);
    // Schedules of workflows are a list of their own.
    let listed = story.owner.get(&format!("/projects/{}/schedules", story.project)).await.expect(200);
    assert_eq!(listed["items"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_is_known_to_who_set_it_up_and_who_edits_the_dashboard() {
    let story = Story::begin(|_| {}).await;
    let mia = story.kit.member_of(story.project, story.acme.id, "mia@acme.test", ProjectRole::Maintainer).await;
    let vic = story.kit.member_of(story.project, story.acme.id, "vic@acme.test", ProjectRole::Viewer).await;
    let (mia, vic) = (story.kit.as_user(&mia).await, story.kit.as_user(&vic).await);
    let path = story.make(&mia, folder("x")).await;
    assert_eq!(vic.get(&story.path()).await.expect(200)["items"], json!([]));
    vic.get(&path).await.refused(404, "not_found");
    vic.delete(&path).await.refused(404, "not_found");
    let seen = story.owner.get(&story.path()).await.expect(200);
    assert_eq!((seen["items"].as_array().unwrap().len(), &seen["items"][0]["own"]), (1, &json!(false)));
    // A delivery is of one dashboard.
    let body = json!({"name": "Other", "dashboard": document(&story.orders)});
    let other = story.owner.post(&format!("/projects/{}/dashboards", story.project), body).await.expect(201);
    let id = path.rsplit('/').next().unwrap();
    let elsewhere = format!("/dashboards/{}/deliveries/{id}", other["asset"]["id"].as_str().unwrap());
    story.owner.get(&elsewhere).await.refused(404, "not_found");
    story.owner.delete(&path).await.expect(204);
}
