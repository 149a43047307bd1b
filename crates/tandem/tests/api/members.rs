//! The people of an organization.

use serde_json::json;
use tandem_core::{OrgRole, ProjectRole};
use tandem_testkit::{PASSWORD, TestApp};

#[tokio::test]
async fn an_owner_adds_changes_and_removes_people() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let owner = kit.as_user(&acme.owner).await;
    let new = json!({"email": " Bob@Acme.test ", "name": "Bob", "role": "member", "password": PASSWORD});
    let bob = owner.post("/org/members", new.clone()).await.expect(201);
    assert_eq!(bob["user"]["email"], "bob@acme.test");
    owner.post("/org/members", new).await.refused(409, "already_exists");
    kit.anonymous().post("/session", json!({"email": "bob@acme.test", "password": PASSWORD})).await.expect(200);

    let path = format!("/org/members/{}", bob["user"]["id"].as_str().unwrap());
    assert_eq!(owner.patch(&path, json!({"role": "guest"})).await.expect(200)["role"], "guest");
    let listed = owner.get("/org/members").await.expect(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), 2);
    owner.delete(&path).await.expect(204);
    owner.delete(&path).await.refused(404, "not_found");
    let body = json!({"email": "bob@acme.test", "password": PASSWORD});
    kit.anonymous().post("/session", body).await.refused(401, "wrong_credentials");
}

#[tokio::test]
async fn the_last_owner_stays() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let owner = kit.as_user(&acme.owner).await;
    let path = format!("/org/members/{}", acme.owner.id);
    owner.patch(&path, json!({"role": "member"})).await.refused(409, "state_conflict");
    owner.patch(&path, json!({"disabled": true})).await.refused(409, "state_conflict");
    owner.delete(&path).await.refused(409, "state_conflict");
    let second = kit.user(acme.id, "second@acme.test", OrgRole::Owner).await;
    owner.patch(&path, json!({"role": "member"})).await.expect(200);
    owner.get("/org/audit").await.refused(403, "forbidden");
    kit.as_user(&second).await.get("/org/audit").await.expect(200);
}

#[tokio::test]
async fn who_is_shut_out_is_out_at_once() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let bob = kit.user(acme.id, "bob@acme.test", OrgRole::Member).await;
    let browser = kit.as_user(&bob).await;
    let owner = kit.as_user(&acme.owner).await;
    owner.patch(&format!("/org/members/{}", bob.id), json!({"disabled": true})).await.expect(200);
    browser.get("/me").await.refused(401, "unauthenticated");
    let body = json!({"email": bob.email, "password": PASSWORD});
    kit.anonymous().post("/session", body.clone()).await.refused(401, "wrong_credentials");
    owner.patch(&format!("/org/members/{}", bob.id), json!({"disabled": false})).await.expect(200);
    kit.anonymous().post("/session", body).await.expect(200);
}

#[tokio::test]
async fn members_see_each_other_and_guests_do_not() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let bob = kit.user(acme.id, "bob@acme.test", OrgRole::Member).await;
    let eve = kit.user(acme.id, "eve@out.test", OrgRole::Guest).await;
    let bob = kit.as_user(&bob).await;
    bob.get("/org/members").await.expect(200);
    let new = json!({"email": "x@acme.test", "name": "X", "role": "owner", "password": PASSWORD});
    bob.post("/org/members", new).await.refused(403, "forbidden");
    bob.patch(&format!("/org/members/{}", eve.id), json!({"role": "owner"})).await.refused(403, "forbidden");
    bob.patch("/org", json!({"name": "Bob's"})).await.refused(403, "forbidden");
    let eve = kit.as_user(&eve).await;
    eve.get("/org").await.expect(200);
    eve.get("/org/members").await.refused(403, "forbidden");
    eve.post("/projects", json!({"name": "p"})).await.refused(403, "forbidden");
}

#[tokio::test]
async fn lists_are_paged() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    for number in 0..5 {
        kit.user(acme.id, &format!("user{number}@acme.test"), OrgRole::Member).await;
    }
    let owner = kit.as_user(&acme.owner).await;
    let mut seen = Vec::new();
    let mut path = "/org/members?limit=4".to_owned();
    loop {
        let page = owner.get(&path).await.expect(200);
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= 4);
        seen.extend(items.iter().map(|member| member["user"]["email"].as_str().unwrap().to_owned()));
        match page["next_cursor"].as_str() {
            Some(cursor) => path = format!("/org/members?limit=4&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(seen.len(), 6);
    assert!(seen.is_sorted());
    for limit in ["0", "201"] {
        owner.get(&format!("/org/members?limit={limit}")).await.refused(400, "invalid_parameter");
    }
    owner.get("/org/members?limit=many").await.refused(400, "invalid_parameter");
    owner.get("/org/members?cursor=AAAA").await.refused(400, "invalid_cursor");
}

#[tokio::test]
async fn what_somebody_made_keeps_their_name_when_they_leave() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let project = kit.project(&acme.owner, "Loyalty").await;
    let bob = kit.member_of(project, acme.id, "bob@acme.test", ProjectRole::Analyst).await;
    let asset = kit.bare_dataset(project, &bob, "transactions").await;
    let owner = kit.as_user(&acme.owner).await;
    owner.delete(&format!("/org/members/{}", bob.id)).await.expect(204);
    let shown = owner.get(&format!("/assets/{asset}")).await.expect(200);
    assert_eq!(shown["created_by"], json!({"id": bob.id, "name": "bob", "email": ""}));
}

#[tokio::test]
async fn requests_are_checked() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let owner = kit.as_user(&acme.owner).await;
    let new = |email: &str, name: &str, password: &str| json!({"email": email, "name": name, "role": "member", "password": password});
    owner.post("/org/members", new("nowhere", "N", PASSWORD)).await.refused(400, "invalid_parameter");
    owner.post("/org/members", new("n@acme.test", " ", PASSWORD)).await.refused(400, "invalid_parameter");
    owner.post("/org/members", new("n@acme.test", "N", "short")).await.refused(400, "invalid_parameter");
    owner.post("/org/members", new("n@acme.test", &"n".repeat(121), PASSWORD)).await.refused(400, "invalid_parameter");
    owner.post("/org/members", json!({"email": "n@acme.test"})).await.refused(400, "invalid_request");
    owner.patch("/org", json!({"name": "A", "colour": "red"})).await.refused(400, "invalid_request");
    owner.patch("/me", json!({"name": "null\u{0}byte"})).await.refused(400, "invalid_parameter");
    owner.delete("/org/members/not-an-id").await.refused(404, "not_found");
}
