//! Organizations can't see one another: every list, and every id.

use serde_json::Value;
use tandem_core::TokenScope;
use tandem_testkit::{Client, TestApp};

use crate::{data::dataset, world::World};

/// What else is looked at: lists that are asked in other ways than plainly.
const MORE: [&str; 7] = [
    "/org",
    "/org/members?limit=200",
    "/org/audit?limit=200",
    "/org/access-requests?mine=true",
    "/projects?archived=true",
    "/projects/{project_id}/search?q=a",
    "/projects/{project_id}/assets?deleted=true",
];
/// Lists that can't be asked plainly of what every world has, and why.
const NOT_PLAIN: [(&str, &str); 8] = [
    ("/projects/{project_id}/search", "needs a text; asked with one above"),
    ("/projects/{project_id}/components/{component}/changes", "needs two versions of a component"),
    ("/schedules/upcoming", "moments of a cron expression, of no organization"),
    ("/import/folders/{index}", "a folder of the server, of no organization"),
    ("/datasets/{asset_id}/versions/{seq}/rows", "needs rows, which a world's dataset doesn't have"),
    ("/datasets/{asset_id}/versions/{seq}/rejects", "needs rows, too"),
    ("/models/{asset_id}/versions/{seq}", "needs a model"),
    ("/models/{asset_id}/compare", "needs a model"),
];

/// Every list of the OpenAPI document: what answers with several of anything.
async fn lists(kit: &TestApp) -> Vec<String> {
    let document = kit.anonymous().get("/openapi.json").await.expect(200);
    let mut lists: Vec<String> = MORE.map(str::to_owned).into();
    let mut plain: Vec<&str> = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        let path = path.strip_prefix("/api/v1").unwrap();
        let answer = resolved(&document, &item["get"]["responses"]["200"]["content"]["application/json"]["schema"]);
        let parts = answer["properties"].as_object().into_iter().flatten().map(|(_, part)| part);
        let mut all = parts.chain([answer]).map(|part| resolved(&document, part));
        if all.any(|part| part["type"] == "array") {
            plain.push(path);
        }
    }
    for (path, why) in NOT_PLAIN {
        assert!(plain.contains(&path), "{path} is no list any more ({why})");
    }
    plain.retain(|path| !NOT_PLAIN.iter().any(|(known, _)| known == path));
    lists.extend(plain.into_iter().map(str::to_owned));
    lists
}

/// The schema that a reference in the document means.
fn resolved<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["$ref"].as_str().and_then(|name| name.strip_prefix('#')) {
        Some(place) => resolved(document, document.pointer(place).unwrap()),
        None => schema,
    }
}

#[tokio::test]
async fn the_documents_lists_are_found() {
    let kit = TestApp::start().await;
    let lists = lists(&kit).await;
    for known in [
        "/projects",
        "/assets/{asset_id}/grants",
        "/assets/{asset_id}/versions",
        "/projects/{project_id}/schedules",
        "/runs/{run_id}/threads",
        "/runs/{run_id}/outputs",
        "/apps/{app_id}/inputs/{input}/datasets",
    ] {
        assert!(lists.iter().any(|list| list == known), "{known} is a list, and was not taken for one: {lists:?}");
    }
}

async fn seen(client: &Client, world: &World, lists: &[String]) -> Vec<(String, String)> {
    let mut seen = Vec::new();
    for list in lists {
        if list == "/session" && client.get("/session").await.status == 401 {
            continue; // Sessions are for browsers.
        }
        // Outputs are of runs of workflows.
        let list = list.replace("/runs/{run_id}/outputs", "/runs/{app_run_id}/outputs");
        let answer = client.get(&world.fill(&list)).await;
        seen.push((list, answer.expect(200).to_string()));
    }
    seen
}

/// A run of the world's app, for which it has data.
async fn run_app(kit: &TestApp, world: &mut World) {
    let owner = world.owner(kit).await;
    let rows = dataset(&owner, world.project, &format!("rows-{}", world.name), "customer\n1\n").await;
    let body = serde_json::json!({"inputs": {"rows": {"dataset_id": rows}}});
    let run = owner.post(&format!("/apps/{}/runs", world.ids["app_id"]), body).await.expect(202);
    world.ids.insert("app_run_id", run["id"].as_str().unwrap().to_owned());
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
    let lists = lists(&kit).await;
    let mut acme = World::new(&kit, "acme").await;
    let mut globex = World::new(&kit, "globex").await;
    for world in [&mut acme, &mut globex] {
        run_app(&kit, world).await;
    }
    for (own, other) in [(&acme, &globex), (&globex, &acme)] {
        let browser = own.owner(&kit).await;
        let program = kit.as_token(&own.org.owner, TokenScope::Admin, None).await;
        for client in [&browser, &program] {
            for (list, text) in seen(client, own, &lists).await {
                for mark in marks(other) {
                    assert!(!text.contains(&mark), "{list} of {} shows {mark}: {text}", own.name);
                }
            }
        }
        // The lists do show what is one's own, or the test would prove nothing.
        let all: String = seen(&browser, own, &lists).await.into_iter().map(|(_, text)| text).collect();
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
