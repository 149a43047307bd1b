//! Signing in, staying signed in, and what ends it.

use chrono::TimeDelta;
use serde_json::json;
use tandem_core::OrgRole;
use tandem_testkit::{PASSWORD, TestApp};

#[tokio::test]
async fn a_browser_signs_in_and_out() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let answer = kit.anonymous().post("/session", json!({"email": "OWNER@acme.test", "password": PASSWORD})).await;
    let session = answer.expect(200);
    assert_eq!(session["user"]["email"], "owner@acme.test");
    assert_eq!(session["org"]["role"], "owner");
    let cookie = answer.headers["set-cookie"].to_str().unwrap().to_owned();
    for mark in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(mark), "{cookie}");
    }
    assert!(!cookie.contains("Secure"), "plain HTTP on loopback: {cookie}");

    let ada = kit.as_user(&acme.owner).await;
    ada.get("/session").await.expect(200);
    ada.delete("/session").await.expect(204);
    ada.get("/session").await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn behind_https_the_cookie_is_secure() {
    let kit = TestApp::start_with(|config| config.public_url = Some("https://tandem.example".to_owned())).await;
    kit.org("Acme").await;
    let answer = kit.anonymous().post("/session", json!({"email": "owner@acme.test", "password": PASSWORD})).await;
    assert!(answer.headers["set-cookie"].to_str().unwrap().contains("; Secure"));
}

#[tokio::test]
async fn wrong_passwords_and_unknown_people_get_the_same_answer() {
    let kit = TestApp::start().await;
    kit.org("Acme").await;
    let attempt = async |email: &str| {
        let body = json!({"email": email, "password": "not the password"});
        kit.anonymous().post("/session", body).await.refused(401, "wrong_credentials")
    };
    let known = attempt("owner@acme.test").await;
    assert_eq!(known, attempt("nobody@acme.test").await);
    assert_eq!(known, attempt("no address at all").await);
}

#[tokio::test]
async fn guessing_is_slowed_down_and_forgiven_later() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let wrong = json!({"email": "owner@acme.test", "password": "not the password"});
    for _ in 0..10 {
        kit.anonymous().post("/session", wrong.clone()).await.refused(401, "wrong_credentials");
    }
    kit.anonymous().post("/session", wrong).await.refused(429, "too_many_requests");
    // The right password doesn't help either, or it would tell.
    let right = json!({"email": "owner@acme.test", "password": PASSWORD});
    kit.anonymous().post("/session", right.clone()).await.refused(429, "too_many_requests");
    // From elsewhere the owner still gets in.
    let elsewhere = kit.anonymous().with("x-forwarded-for", "203.0.113.7");
    elsewhere.post("/session", right.clone()).await.expect(200);
    kit.clock.advance(TimeDelta::minutes(16));
    kit.anonymous().post("/session", right).await.expect(200);
    let log = kit.as_user(&acme.owner).await.get("/org/audit?action=sign_in&decision=deny").await.expect(200);
    assert_eq!(log["items"].as_array().unwrap().len(), 10, "each failure is in the audit log");
}

#[tokio::test]
async fn guesses_made_at_once_are_counted_like_guesses_one_by_one() {
    let kit = TestApp::start().await;
    kit.org("Acme").await;
    let wrong = json!({"email": "owner@acme.test", "password": "not the password"});
    let client = kit.anonymous();
    let attempts = (0..30).map(|_| client.post("/session", wrong.clone()));
    let answers = futures::future::join_all(attempts).await;
    let judged = answers.iter().filter(|answer| answer.status == 401).count();
    assert!(judged <= 10, "{judged} of 30 were judged");
}

#[tokio::test]
async fn a_session_ends_after_two_weeks_without_use() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let ada = kit.as_user(&acme.owner).await;
    for _ in 0..3 {
        kit.clock.advance(TimeDelta::days(13));
        ada.get("/session").await.expect(200);
    }
    kit.clock.advance(TimeDelta::days(15));
    ada.get("/session").await.refused(401, "expired");
    // However often it is used, ninety days are the end.
    let ada = kit.as_user(&acme.owner).await;
    for _ in 0..8 {
        kit.clock.advance(TimeDelta::days(11));
        ada.get("/session").await.expect(200);
    }
    kit.clock.advance(TimeDelta::days(3));
    ada.get("/session").await.refused(401, "expired");
}

#[tokio::test]
async fn writes_need_the_csrf_token_of_their_own_session() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let bob = kit.user(acme.id, "bob@acme.test", OrgRole::Member).await;
    let ada = kit.as_user(&acme.owner).await;
    let change = json!({"name": "Ada L."});
    ada.clone().without("x-csrf-token").patch("/me", change.clone()).await.refused(403, "csrf_rejected");
    ada.clone().with("x-csrf-token", "guess").patch("/me", change.clone()).await.refused(403, "csrf_rejected");
    let theirs = kit.as_user(&bob).await.get("/session").await.expect(200);
    let stolen = ada.clone().with("x-csrf-token", theirs["csrf_token"].as_str().unwrap());
    stolen.patch("/me", change.clone()).await.refused(403, "csrf_rejected");
    // Reads don't need it.
    ada.clone().without("x-csrf-token").get("/me").await.expect(200);
    ada.patch("/me", change).await.expect(200);
    assert_eq!(ada.get("/me").await.expect(200)["name"], "Ada L.");
}

#[tokio::test]
async fn cookies_of_others_and_broken_ones_are_nobody() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let ada = kit.as_user(&acme.owner).await;
    ada.get("/me").await.expect(200);
    for cookie in [
        "tandem_session=",
        "tandem_session=x",
        "tandem_session=x.y",
        "tandem_session=01890000-0000-7000-8000-000000000000.AAAA",
        "other=1",
    ] {
        kit.anonymous().with("cookie", cookie).get("/me").await.refused(401, "unauthenticated");
    }
}

#[tokio::test]
async fn a_new_password_ends_the_other_sessions() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let here = kit.as_user(&acme.owner).await;
    let there = kit.as_user(&acme.owner).await;
    let wrong = json!({"current": "not the password", "new": "another good password"});
    here.post("/me/password", wrong).await.refused(400, "invalid_parameter");
    let short = json!({"current": PASSWORD, "new": "short"});
    here.post("/me/password", short).await.refused(400, "invalid_parameter");
    there.get("/me").await.expect(200);
    here.post("/me/password", json!({"current": PASSWORD, "new": "another good password"})).await.expect(204);
    here.get("/me").await.expect(200);
    there.get("/me").await.refused(401, "unauthenticated");
    let old = json!({"email": acme.owner.email, "password": PASSWORD});
    kit.anonymous().post("/session", old).await.refused(401, "wrong_credentials");
    let new = json!({"email": acme.owner.email, "password": "another good password"});
    kit.anonymous().post("/session", new).await.expect(200);
}

#[tokio::test]
async fn one_person_acts_in_two_organizations_one_at_a_time() {
    let kit = TestApp::start().await;
    let (acme, globex) = (kit.org("Acme").await, kit.org("Globex").await);
    let guest = json!({"email": acme.owner.email, "name": "ignored", "role": "guest", "password": "ignored password"});
    let added = kit.as_user(&globex.owner).await.post("/org/members", guest).await.expect(201);
    assert_eq!(added["user"]["name"], "owner", "who has an account keeps its name");

    // Signing in leads home, where they were first.
    let answer = kit.anonymous().post("/session", json!({"email": acme.owner.email, "password": PASSWORD})).await;
    let session = answer.expect(200);
    assert_eq!(session["org"]["name"], "Acme");
    assert_eq!(session["orgs"].as_array().unwrap().len(), 2);

    let ada = kit.as_user(&acme.owner).await;
    let there = ada.post("/session/org", json!({"org_id": globex.id})).await.expect(200);
    assert_eq!((there["org"]["name"].as_str(), there["org"]["role"].as_str()), (Some("Globex"), Some("guest")));
    assert_eq!(ada.get("/org").await.expect(200)["name"], "Globex");
    ada.get("/org/members").await.refused(403, "forbidden");
    ada.post("/session/org", json!({"org_id": acme.id})).await.expect(200);
    ada.get("/org/members").await.expect(200);
    let initech = kit.org("Initech").await;
    ada.post("/session/org", json!({"org_id": initech.id})).await.refused(404, "not_found");
}
