//! Projects, who is in them, what happened there, and finding things.

use serde_json::{Value, json};
use tandem_core::{OrgRole, ProjectRole};
use tandem_testkit::TestApp;

fn names(list: &Value) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn people_see_the_projects_they_are_in() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let bob = kit.user(acme.id, "bob@acme.test", OrgRole::Member).await;
    let eve = kit.user(acme.id, "eve@out.test", OrgRole::Guest).await;
    let owner = kit.as_user(&acme.owner).await;
    kit.project(&acme.owner, "Secret").await;
    let browser = kit.as_user(&bob).await;
    let made = browser.post("/projects", json!({"name": "Bob's", "description": "his"})).await.expect(201);
    assert_eq!(made["role"], "owner");
    browser.post("/projects", json!({"name": "BOB'S"})).await.refused(409, "already_exists");
    assert_eq!(names(&browser.get("/projects").await.expect(200)), ["Bob's"]);
    // Owners of the organization see all projects, with what they may do there.
    let all = owner.get("/projects").await.expect(200);
    assert_eq!(names(&all), ["Bob's", "Secret"]);
    assert_eq!(all["items"][0]["role"], Value::Null);
    assert!(!all["items"][0]["actions"].to_string().contains("write_code"));
    assert_eq!(names(&kit.as_user(&eve).await.get("/projects").await.expect(200)), Vec::<&str>::new());
}

#[tokio::test]
async fn a_project_is_changed_put_away_and_taken_out_again() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let project = kit.project(&acme.owner, "Loyalty").await;
    let maintainer = kit.member_of(project, acme.id, "mai@acme.test", ProjectRole::Maintainer).await;
    let maintainer = kit.as_user(&maintainer).await;
    let owner = kit.as_user(&acme.owner).await;
    let path = format!("/projects/{project}");
    let changed = maintainer.patch(&path, json!({"description": "points"})).await.expect(200);
    assert_eq!((changed["name"].as_str(), changed["description"].as_str()), (Some("Loyalty"), Some("points")));
    maintainer.delete(&path).await.refused(403, "forbidden");
    maintainer.patch(&path, json!({"archived": true})).await.refused(403, "forbidden");

    owner.delete(&path).await.expect(204);
    owner.get(&path).await.refused(404, "not_found");
    assert_eq!(names(&owner.get("/projects").await.expect(200)), Vec::<&str>::new());
    assert_eq!(names(&owner.get("/projects?archived=true").await.expect(200)), ["Loyalty"]);
    assert_eq!(names(&maintainer.get("/projects?archived=true").await.expect(200)), Vec::<&str>::new());
    let back = owner.patch(&path, json!({"archived": false})).await.expect(200);
    assert_eq!(back["archived_at"], Value::Null);
    maintainer.get(&path).await.expect(200);
}

#[tokio::test]
async fn nobody_gives_more_than_their_own_role() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let bob = kit.user(acme.id, "bob@acme.test", OrgRole::Member).await;
    let project = kit.project(&bob, "Loyalty").await;
    let mai = kit.member_of(project, acme.id, "mai@acme.test", ProjectRole::Maintainer).await;
    let ann = kit.member_of(project, acme.id, "ann@acme.test", ProjectRole::Analyst).await;
    let new = kit.user(acme.id, "new@acme.test", OrgRole::Member).await;
    let path = |id| format!("/projects/{project}/members/{id}");
    let mai_browser = kit.as_user(&mai).await;
    mai_browser.put(&path(new.id), json!({"role": "maintainer"})).await.expect(200);
    mai_browser.put(&path(new.id), json!({"role": "owner"})).await.refused(403, "forbidden");
    mai_browser.put(&path(mai.id), json!({"role": "owner"})).await.refused(403, "forbidden");
    mai_browser.put(&path(bob.id), json!({"role": "viewer"})).await.refused(403, "forbidden");
    mai_browser.delete(&path(bob.id)).await.refused(403, "forbidden");
    kit.as_user(&ann).await.put(&path(new.id), json!({"role": "viewer"})).await.refused(403, "forbidden");
    let bob_browser = kit.as_user(&bob).await;
    bob_browser.delete(&path(bob.id)).await.refused(409, "state_conflict");
    bob_browser.put(&path(new.id), json!({"role": "owner"})).await.expect(200);
    bob_browser.delete(&path(bob.id)).await.expect(204);
    bob_browser.get(&format!("/projects/{project}")).await.refused(404, "not_found");
    // An owner of the organization, though not in the project, may do all that.
    let owner = kit.as_user(&acme.owner).await;
    owner.put(&path(bob.id), json!({"role": "owner"})).await.expect(200);
    let members = owner.get(&format!("/projects/{project}/members")).await.expect(200);
    assert_eq!(members["items"].as_array().unwrap().len(), 4);
    let unknown = "01890000-0000-7000-8000-000000000000";
    owner
        .put(&format!("/projects/{project}/members/{unknown}"), json!({"role": "viewer"}))
        .await
        .refused(404, "not_found");
}

#[tokio::test]
async fn a_guest_is_only_where_they_are_named() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let here = kit.project(&acme.owner, "Here").await;
    let there = kit.project(&acme.owner, "There").await;
    let eve = kit.member_of(here, acme.id, "eve@out.test", ProjectRole::Guest).await;
    let shown = kit.bare_dataset(here, &acme.owner, "shown").await;
    let hidden = kit.bare_dataset(here, &acme.owner, "hidden").await;
    let elsewhere = kit.bare_dataset(there, &acme.owner, "elsewhere").await;
    let owner = kit.as_user(&acme.owner).await;
    owner.post(&format!("/assets/{shown}/grants"), json!({"user_id": eve.id, "action": "use"})).await.expect(201);
    // Not being in the other project, a grant there would be of no use.
    let grant = json!({"user_id": eve.id, "action": "use"});
    owner.post(&format!("/assets/{elsewhere}/grants"), grant).await.refused(409, "state_conflict");

    let eve = kit.as_user(&eve).await;
    assert_eq!(names(&eve.get("/projects").await.expect(200)), ["Here"]);
    eve.get(&format!("/projects/{there}")).await.refused(404, "not_found");
    assert_eq!(names(&eve.get(&format!("/projects/{here}/assets")).await.expect(200)), ["shown"]);
    let seen = eve.get(&format!("/assets/{shown}")).await.expect(200);
    assert_eq!(seen["rights"], json!(["discover", "use"]));
    for asset in [hidden, elsewhere] {
        eve.get(&format!("/assets/{asset}")).await.refused(404, "not_found");
        eve.get(&format!("/assets/{asset}/versions")).await.refused(404, "not_found");
        eve.get(&format!("/assets/{asset}/lineage")).await.refused(404, "not_found");
    }
    let found = eve.get(&format!("/projects/{here}/search?q=d")).await.expect(200);
    assert!(!found.to_string().contains("hidden"), "{found}");
    let activity = eve.get(&format!("/projects/{here}/activity")).await.expect(200).to_string();
    assert!(activity.contains("shown") && !activity.contains("hidden"), "{activity}");
    // Even a grant of download takes nothing away.
    owner
        .post(&format!("/assets/{shown}/grants"), json!({"user_id": seen_id(&eve).await, "action": "download"}))
        .await
        .expect(201);
    let rights = eve.get(&format!("/assets/{shown}")).await.expect(200)["rights"].clone();
    assert_eq!(rights, json!(["discover", "use"]));
}

async fn seen_id(client: &tandem_testkit::Client) -> Value {
    client.get("/me").await.expect(200)["id"].clone()
}

#[tokio::test]
async fn activity_tells_what_happened_by_whom() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let project = kit.project(&acme.owner, "Loyalty").await;
    let bob = kit.member_of(project, acme.id, "bob@acme.test", ProjectRole::Analyst).await;
    let asset = kit.bare_dataset(project, &bob, "transactions").await;
    let browser = kit.as_user(&bob).await;
    browser.patch(&format!("/assets/{asset}"), json!({"name": "purchases"})).await.expect(200);
    let activity = browser.get(&format!("/projects/{project}/activity")).await.expect(200);
    let told: Vec<(&str, &str)> = activity["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| (item["kind"].as_str().unwrap(), item["change"].as_str().unwrap()))
        .collect();
    let expected = [
        ("asset", "updated"),
        ("version", "added"),
        ("asset", "created"),
        ("member", "updated"),
        ("member", "updated"),
        ("project", "created"),
    ];
    assert_eq!(told, expected);
    let version = &activity["items"][1];
    assert_eq!((version["who"]["name"].as_str(), version["asset"]["seq"].as_i64()), (Some("bob"), Some(1)));
    assert_eq!(version["asset"]["name"], "purchases", "assets are shown under the name they have today");
    // Page by page it is the same.
    let first = browser.get(&format!("/projects/{project}/activity?limit=2")).await.expect(200);
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = browser.get(&format!("/projects/{project}/activity?limit=4&cursor={cursor}")).await.expect(200);
    assert_eq!(second["items"].as_array().unwrap()[..], activity["items"].as_array().unwrap()[2..]);
}

#[tokio::test]
async fn search_finds_assets_and_people_whatever_the_case() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let project = kit.project(&acme.owner, "Loyalty").await;
    let bob = kit.member_of(project, acme.id, "bob@acme.test", ProjectRole::Analyst).await;
    kit.bare_dataset(project, &bob, "会员交易 Transactions").await;
    let browser = kit.as_user(&bob).await;
    for q in ["transACTIONS", "%E4%BA%A4%E6%98%93"] {
        let found = browser.get(&format!("/projects/{project}/search?q={q}")).await.expect(200);
        assert_eq!(names(&found), ["会员交易 Transactions"]);
        assert_eq!(found["items"][0]["kind"], "dataset");
    }
    let found = browser.get(&format!("/projects/{project}/search?q=BOB")).await.expect(200);
    assert_eq!((found["items"][0]["kind"].as_str(), names(&found)), (Some("user"), vec!["bob"]));
    // Wildcards of SQL are letters like any other.
    let found = browser.get(&format!("/projects/{project}/search?q=%25")).await.expect(200);
    assert_eq!(names(&found), Vec::<&str>::new());
}

#[tokio::test]
async fn a_project_is_followed_as_it_changes() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let project = kit.project(&acme.owner, "Loyalty").await;
    let eve = kit.member_of(project, acme.id, "eve@out.test", ProjectRole::Guest).await;
    let owner = kit.as_user(&acme.owner).await;
    let path = format!("/projects/{project}/events");
    let mut all = owner.follow(&path).await;
    let mut little = kit.as_user(&eve).await.follow(&path).await;
    let asset = kit.bare_dataset(project, &acme.owner, "secret").await;
    let (kind, first, data) = all.next().await.unwrap();
    assert_eq!((kind.as_str(), data["change"].as_str()), ("asset", Some("created")));
    let (kind, _, data) = all.next().await.unwrap();
    assert_eq!((kind.as_str(), data["asset"]["name"].as_str()), ("version", Some("secret")));
    owner.patch(&format!("/projects/{project}"), json!({"description": "points"})).await.expect(200);
    assert_eq!(all.next().await.unwrap().0, "project");
    // The guest was told nothing of the dataset.
    assert_eq!(little.next().await.unwrap().0, "project");
    // Who comes again from an earlier event misses nothing.
    let mut again = owner.clone().with("last-event-id", &first).follow(&path).await;
    assert_eq!(again.next().await.unwrap().2["asset"]["id"], json!(asset));
    // Who may no longer know is told no more.
    owner.delete(&format!("/projects/{project}/members/{}", eve.id)).await.expect(204);
    assert_eq!(little.next().await, None);
    assert_eq!(all.next().await.unwrap().0, "member");
}

#[tokio::test]
async fn a_colleague_sees_an_import_as_it_happens() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let project = kit.project(&acme.owner, "Loyalty").await;
    let bob = kit.member_of(project, acme.id, "bob@acme.test", ProjectRole::Viewer).await;
    let (owner, bob) = (kit.as_user(&acme.owner).await, kit.as_user(&bob).await);
    let path = format!("/projects/{project}/events");
    kit.anonymous().get(&path).await.refused(401, "unauthenticated");
    let stranger = kit.org("Umbra").await;
    kit.as_user(&stranger.owner).await.get(&path).await.refused(404, "not_found");

    let mut seen = bob.follow(&path).await;
    let dataset = crate::data::dataset(&owner, project, "orders", "id,amount\n1,2.5\n2,3\n").await;
    let mut told = Vec::new();
    let mut run = Value::Null;
    while told.last().is_none_or(|last| last != "run succeeded") {
        let (kind, _, data) = seen.next().await.unwrap();
        if kind == "run" {
            run = data["run_id"].clone();
        }
        if kind == "version" {
            assert_eq!(data["asset"]["id"], json!(dataset), "{data}");
        }
        told.push(format!("{kind} {}", data["change"].as_str().unwrap()));
    }
    assert_eq!(told, ["run queued", "run running", "asset created", "version added", "run succeeded"]);
    // The run itself is followed to its end, and by no stranger.
    let path = format!("/runs/{}/events", run.as_str().unwrap());
    let mut seen = bob.follow(&path).await;
    let (kind, _, last) = seen.next().await.unwrap();
    assert_eq!((kind.as_str(), &last["state"], &last["outputs"][0]["seq"]), ("run", &json!("succeeded"), &json!(1)));
    assert_eq!(seen.next().await, None);
    kit.as_user(&stranger.owner).await.get(&path).await.refused(404, "not_found");
}
