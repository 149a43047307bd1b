//! The audit log.

use serde_json::{Value, json};
use tandem_core::{OrgRole, ProjectRole};
use tandem_testkit::TestApp;

fn items(list: &Value) -> &[Value] {
    list["items"].as_array().unwrap()
}

#[tokio::test]
async fn every_decision_is_a_row_allowed_or_denied() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let project = kit.project(&acme.owner, "Loyalty").await;
    let asset = kit.bare_dataset(project, &acme.owner, "transactions").await;
    let vic = kit.member_of(project, acme.id, "vic@acme.test", ProjectRole::Viewer).await;
    let bob = kit.user(acme.id, "bob@acme.test", OrgRole::Member).await;
    let (owner, vic_browser, bob_browser) =
        (kit.as_user(&acme.owner).await, kit.as_user(&vic).await, kit.as_user(&bob).await);
    vic_browser.get(&format!("/assets/{asset}")).await.expect(200);
    vic_browser.patch(&format!("/assets/{asset}"), json!({"name": "x"})).await.expect(403);
    bob_browser.get(&format!("/assets/{asset}")).await.expect(404);

    let by = async |who: String, filter: &str| {
        owner.get(&format!("/org/audit?who={who}&resource_id={asset}&{filter}")).await.expect(200)
    };
    let allowed = by(vic.id.to_string(), "decision=allow").await;
    assert_eq!(items(&allowed).len(), 1);
    let row = &items(&allowed)[0];
    assert_eq!(
        (row["action"].as_str(), row["via"].as_str(), row["resource_name"].as_str(), row["who"]["name"].as_str()),
        (Some("discover"), Some("session"), Some("transactions"), Some("vic"))
    );
    let denied = by(vic.id.to_string(), "decision=deny").await;
    assert_eq!((items(&denied).len(), items(&denied)[0]["action"].as_str()), (1, Some("edit")));
    let unknown = by(bob.id.to_string(), "action=discover").await;
    assert_eq!((items(&unknown).len(), items(&unknown)[0]["decision"].as_str()), (1, Some("deny")));

    // Numbers have no gap, and the chain of hashes holds.
    let all = owner.get("/org/audit?limit=200").await.expect(200);
    let seqs: Vec<i64> = items(&all).iter().map(|row| row["seq"].as_i64().unwrap()).collect();
    let last = i64::try_from(seqs.len()).unwrap();
    assert_eq!(seqs, (1..=last).rev().collect::<Vec<_>>());
    let check = kit.app.meta.read().await.unwrap().verify_audit(acme.id).await.unwrap();
    assert_eq!((check.rows >= last, check.broken_at), (true, None));
}

#[tokio::test]
async fn changes_to_people_name_whom_they_concern() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let bob = kit.user(acme.id, "bob@acme.test", OrgRole::Member).await;
    let owner = kit.as_user(&acme.owner).await;
    owner.patch(&format!("/org/members/{}", bob.id), json!({"role": "guest"})).await.expect(200);
    let rows = owner.get("/org/audit?action=change_member").await.expect(200);
    let row = &items(&rows)[0];
    assert_eq!((row["resource_id"].as_str(), row["resource_name"].as_str()), (Some(&*bob.id.to_string()), Some("bob")));
    let none = owner.get("/org/audit?to=2000-01-01T00:00:00Z").await.expect(200);
    assert_eq!(items(&none).len(), 0);
}
