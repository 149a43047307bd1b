//! Organizations can't see one another: every list, and every id.

use serde_json::Value;
use tandem_core::TokenScope;
use tandem_testkit::{Client, TestApp};

use crate::world::World;

/// Every list that somebody can read, with the identifiers of their own world.
const LISTS: [&str; 22] = [
    "/session",
    "/me/tokens",
    "/org",
    "/org/members?limit=200",
    "/org/audit?limit=200",
    "/org/access-requests",
    "/org/access-requests?mine=true",
    "/projects",
    "/projects?archived=true",
    "/projects/{project_id}/members",
    "/projects/{project_id}/activity",
    "/projects/{project_id}/search?q=a",
    "/projects/{project_id}/assets",
    "/projects/{project_id}/assets?deleted=true",
    "/projects/{project_id}/catalog",
    "/projects/{project_id}/runs",
    "/projects/{project_id}/threads",
    "/assets/{asset_id}/threads",
    "/projects/{project_id}/components",
    "/projects/{project_id}/apps",
    "/apps/{app_id}/runs",
    "/dashboards/{dashboard_id}/deliveries",
];

async fn seen(client: &Client, world: &World) -> Vec<(String, String)> {
    let mut seen = Vec::new();
    for list in LISTS {
        if list == "/session" && client.get("/session").await.status == 401 {
            continue; // Sessions are for browsers.
        }
        let answer = client.get(&world.fill(list)).await;
        seen.push((list.to_owned(), answer.expect(200).to_string()));
    }
    seen
}

/// Everything that names something of a world.
fn marks(world: &World) -> Vec<String> {
    let mut marks: Vec<String> =
        world.ids.iter().filter(|(name, _)| name.ends_with("_id")).map(|(_, id)| id.clone()).collect();
    marks.extend([world.org.id.to_string(), world.derived.to_string(), world.org.owner.id.to_string()]);
    marks.extend(world.members.iter().flat_map(|user| [user.id.to_string(), user.email.to_lowercase()]));
    marks.push(format!("-{}", world.name));
    marks.push(format!("@{}.test", world.name));
    marks
}

#[tokio::test]
async fn no_list_shows_anything_of_another_organization() {
    let kit = TestApp::start().await;
    let acme = World::new(&kit, "acme").await;
    let globex = World::new(&kit, "globex").await;
    for (own, other) in [(&acme, &globex), (&globex, &acme)] {
        let browser = own.owner(&kit).await;
        let program = kit.as_token(&own.org.owner, TokenScope::Admin, None).await;
        for client in [&browser, &program] {
            for (list, text) in seen(client, own).await {
                for mark in marks(other) {
                    assert!(!text.contains(&mark), "{list} of {} shows {mark}: {text}", own.name);
                }
            }
        }
        // The lists do show what is one's own, or the test would prove nothing.
        let all: String = seen(&browser, own).await.into_iter().map(|(_, text)| text).collect();
        for mark in marks(own).iter().filter(|mark| **mark != own.ids["grant_id"] && **mark != own.ids["token_id"]) {
            assert!(all.contains(mark), "{mark} of {} is in no list", own.name);
        }
    }
}

#[tokio::test]
async fn ids_of_another_organization_in_filters_and_bodies_find_nothing() {
    let kit = TestApp::start().await;
    let acme = World::new(&kit, "acme").await;
    let globex = World::new(&kit, "globex").await;
    let owner = globex.owner(&kit).await;
    let rows = |answer: &Value| answer["items"].as_array().unwrap().len();
    let by = owner.get(&format!("/org/audit?who={}", acme.org.owner.id)).await.expect(200);
    assert_eq!(rows(&by), 0);
    let on = owner.get(&format!("/org/audit?resource_id={}", acme.project)).await.expect(200);
    assert_eq!(rows(&on), 0);

    // One's own things can't be shared with strangers, nor tied to theirs.
    let stranger = acme.members[1].id;
    let own_asset = globex.asset;
    let grant = serde_json::json!({"user_id": stranger, "action": "use"});
    owner.post(&format!("/assets/{own_asset}/grants"), grant).await.refused(404, "not_found");
    let path = format!("/projects/{}/members/{stranger}", globex.project);
    owner.put(&path, serde_json::json!({"role": "viewer"})).await.refused(404, "not_found");
    let token = serde_json::json!({"name": "t", "scope": "read", "project_id": acme.project, "expires_in_days": 1});
    owner.post("/me/tokens", token).await.refused(404, "not_found");
    let path = format!("/assets/{own_asset}/grants/{}", acme.ids["grant_id"]);
    owner.delete(&path).await.refused(404, "not_found");
    owner.post("/session/org", serde_json::json!({"org_id": acme.org.id})).await.refused(404, "not_found");

    // A cursor of one organization's list is not one of another's.
    let acme_owner = acme.owner(&kit).await;
    let page = acme_owner.get("/org/members?limit=1").await.expect(200);
    let cursor = page["next_cursor"].as_str().unwrap();
    owner.get(&format!("/org/members?cursor={cursor}")).await.refused(400, "invalid_cursor");
}

#[tokio::test]
async fn what_is_hidden_and_what_is_not_there_answer_alike() {
    let kit = TestApp::start().await;
    let acme = World::new(&kit, "acme").await;
    let globex = World::new(&kit, "globex").await;
    let owner = globex.owner(&kit).await;
    let nothing = "01890000-0000-7000-8000-000000000000";
    for (hidden, path) in [
        (acme.project.to_string(), "/projects/ID"),
        (acme.asset.to_string(), "/assets/ID"),
        (acme.asset.to_string(), "/assets/ID/lineage"),
        (acme.run.to_string(), "/runs/ID"),
    ] {
        let body = async |id: &str| {
            let mut body = owner.get(&path.replace("ID", id)).await.expect(404);
            body["request_id"].take();
            body
        };
        assert_eq!(body(&hidden).await, body(nothing).await, "{path}");
    }
}
