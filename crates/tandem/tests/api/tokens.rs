//! API tokens: less than their owner, for a time.

use chrono::TimeDelta;
use serde_json::json;
use tandem_core::{OrgRole, TokenScope};
use tandem_testkit::TestApp;

#[tokio::test]
async fn a_token_works_until_it_is_revoked() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let ada = kit.as_user(&acme.owner).await;
    let order = json!({"name": "nightly", "scope": "read", "expires_in_days": 7});
    let made = ada.post("/me/tokens", order).await.expect(201);
    let secret = made["secret"].as_str().unwrap();
    assert!(secret.starts_with("tdm_"));
    let listed = ada.get("/me/tokens").await.expect(200);
    assert_eq!(listed["items"][0]["name"], "nightly");
    assert!(!listed.to_string().contains(secret), "the secret is shown once");

    let program = kit.anonymous().with_token(secret);
    program.get("/me").await.expect(200);
    let id = made["token"]["id"].as_str().unwrap();
    ada.delete(&format!("/me/tokens/{id}")).await.expect(204);
    program.get("/me").await.refused(401, "unauthenticated");
    ada.delete(&format!("/me/tokens/{id}")).await.refused(404, "not_found");
    assert_eq!(ada.get("/me/tokens").await.expect(200)["items"], json!([]));
}

#[tokio::test]
async fn a_token_ends() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let program = kit.as_token(&acme.owner, TokenScope::Read, None).await;
    kit.clock.advance(TimeDelta::days(29));
    program.get("/me").await.expect(200);
    kit.clock.advance(TimeDelta::days(2));
    program.get("/me").await.refused(401, "expired");
}

#[tokio::test]
async fn broken_tokens_are_nobody() {
    let kit = TestApp::start().await;
    kit.org("Acme").await;
    for token in ["", "x", "tdm_", "tdm_x_y", "tdm_01890000-0000-7000-8000-000000000000_AAAA"] {
        kit.anonymous().with_token(token).get("/me").await.refused(401, "unauthenticated");
    }
    kit.anonymous().with("authorization", "Basic b3duZXI6cGFzcw==").get("/me").await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn a_wrong_secret_is_refused_although_the_id_is_right() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let ada = kit.as_user(&acme.owner).await;
    let made = ada.post("/me/tokens", json!({"name": "a", "scope": "read", "expires_in_days": 1})).await.expect(201);
    let id = made["token"]["id"].as_str().unwrap();
    let guess = format!("tdm_{id}_{}", "A".repeat(43));
    kit.anonymous().with_token(&guess).get("/me").await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn no_token_makes_one_that_may_do_more_or_lasts_longer() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let order = |scope: &str, days: u32| json!({"name": "t", "scope": scope, "expires_in_days": days});
    let reader = kit.as_token(&acme.owner, TokenScope::Read, None).await;
    reader.post("/me/tokens", order("write", 1)).await.refused(403, "scope_too_small");
    let writer = kit.as_token(&acme.owner, TokenScope::Write, None).await;
    writer.post("/me/tokens", order("admin", 1)).await.refused(403, "scope_too_small");
    let made = writer.post("/me/tokens", order("write", 366)).await.expect(201);
    let ends = chrono::DateTime::parse_from_rfc3339(made["token"]["expires_at"].as_str().unwrap()).unwrap();
    let now = tandem_core::Clock::now(&*kit.clock);
    assert!(ends.to_utc() - now <= TimeDelta::days(30), "its maker ends in 30 days: {ends}");

    let project = kit.project(&acme.owner, "Loyalty").await;
    let limited = kit.as_token(&acme.owner, TokenScope::Admin, Some(project)).await;
    limited.post("/me/tokens", order("read", 1)).await.refused(403, "scope_too_small");
    limited.patch("/me", json!({"name": "x"})).await.refused(403, "scope_too_small");
}

#[tokio::test]
async fn a_token_lasts_a_year_at_the_most() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let ada = kit.as_user(&acme.owner).await;
    for days in [0, 367] {
        let order = json!({"name": "t", "scope": "read", "expires_in_days": days});
        ada.post("/me/tokens", order).await.refused(400, "invalid_parameter");
    }
    let order = json!({"name": "t", "scope": "read", "expires_in_days": 70000});
    ada.post("/me/tokens", order).await.refused(400, "invalid_request");
}

#[tokio::test]
async fn a_token_does_no_more_than_its_scope() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let project = kit.project(&acme.owner, "Loyalty").await;
    let asset = kit.bare_dataset(project, &acme.owner, "transactions").await;
    let reader = kit.as_token(&acme.owner, TokenScope::Read, None).await;
    reader.get(&format!("/assets/{asset}")).await.expect(200);
    reader.patch(&format!("/assets/{asset}"), json!({"name": "t"})).await.refused(403, "forbidden");
    reader.post("/projects", json!({"name": "p"})).await.refused(403, "forbidden");
    reader.patch("/me", json!({"name": "x"})).await.refused(403, "scope_too_small");
    let ask = json!({"action": "download", "reason": ""});
    reader.post(&format!("/assets/{asset}/access-requests"), ask).await.refused(403, "scope_too_small");
    let writer = kit.as_token(&acme.owner, TokenScope::Write, None).await;
    writer.patch(&format!("/assets/{asset}"), json!({"name": "t"})).await.expect(200);
    writer.get(&format!("/assets/{asset}/grants")).await.refused(403, "forbidden");
    writer.get("/org/audit").await.refused(403, "forbidden");
    // Passwords and sessions are for browsers.
    writer.get("/session").await.refused(401, "unauthenticated");
    let password = json!({"current": tandem_testkit::PASSWORD, "new": "another good password"});
    writer.post("/me/password", password).await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn a_token_for_one_project_sees_no_other() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let here = kit.project(&acme.owner, "Here").await;
    let there = kit.project(&acme.owner, "There").await;
    let dataset = kit.bare_dataset(there, &acme.owner, "transactions").await;
    let program = kit.as_token(&acme.owner, TokenScope::Admin, Some(here)).await;
    let seen = program.get("/projects").await.expect(200);
    let names: Vec<&str> = seen["items"].as_array().unwrap().iter().map(|p| p["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Here"]);
    program.get(&format!("/projects/{here}")).await.expect(200);
    program.get(&format!("/projects/{there}")).await.refused(404, "not_found");
    program.get(&format!("/projects/{there}/assets")).await.refused(404, "not_found");
    program.get(&format!("/assets/{dataset}")).await.refused(404, "not_found");
    program.get("/org/members").await.refused(403, "forbidden");
    program.post("/projects", json!({"name": "Third"})).await.refused(403, "forbidden");
}

#[tokio::test]
async fn a_token_ends_with_its_owners_place() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let bob = kit.user(acme.id, "bob@acme.test", OrgRole::Member).await;
    let program = kit.as_token(&bob, TokenScope::Write, None).await;
    let owner = kit.as_user(&acme.owner).await;
    owner.patch(&format!("/org/members/{}", bob.id), json!({"disabled": true})).await.expect(200);
    program.get("/me").await.refused(401, "unauthenticated");
    owner.patch(&format!("/org/members/{}", bob.id), json!({"disabled": false})).await.expect(200);
    program.get("/me").await.expect(200);
    owner.delete(&format!("/org/members/{}", bob.id)).await.expect(204);
    program.get("/me").await.refused(401, "unauthenticated");
}
