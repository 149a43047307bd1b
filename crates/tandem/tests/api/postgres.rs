//! The same server on PostgreSQL: one story through every domain of people,
//! projects and assets.

use chrono::TimeDelta;
use serde_json::json;
use tandem_core::{ProjectRole, TokenScope};
use tandem_testkit::TestApp;

#[tokio::test]
async fn a_story_on_postgresql() {
    let Some(kit) = TestApp::start_on_postgres().await else { return };
    assert_eq!(kit.app.meta.backend(), "postgres");
    let acme = kit.org("Acme").await;
    let globex = kit.org("Globex").await;
    let owner = kit.as_user(&acme.owner).await;
    let project = kit.project(&acme.owner, "Loyalty").await;
    let asset = kit.bare_dataset(project, &acme.owner, "会员交易").await;
    let (derived, _) = kit.derived_dataset(project, &acme.owner, "segments", &[asset]).await;
    let ann = kit.member_of(project, acme.id, "ann@acme.test", ProjectRole::Analyst).await;
    let eve = kit.member_of(project, acme.id, "eve@out.test", ProjectRole::Guest).await;
    let ann_browser = kit.as_user(&ann).await;
    let ask = json!({"action": "download", "reason": "审计"});
    let request = ann_browser.post(&format!("/assets/{asset}/access-requests"), ask).await.expect(201);
    let waiting = owner.get("/org/access-requests").await.expect(200);
    assert_eq!(waiting["items"][0]["id"], request["id"]);
    let decision = format!("/access-requests/{}", request["id"].as_str().unwrap());
    owner.post(&decision, json!({"approve": true})).await.expect(200);
    assert_eq!(
        ann_browser.get(&format!("/assets/{asset}/lineage")).await.expect(200)["nodes"].as_array().unwrap().len(),
        3
    );
    kit.as_user(&eve).await.get(&format!("/assets/{derived}")).await.refused(404, "not_found");
    let found = ann_browser.get(&format!("/projects/{project}/search?q=%E4%BC%9A%E5%91%98")).await.expect(200);
    assert_eq!(found["items"][0]["name"], "会员交易");
    ann_browser.get(&format!("/projects/{project}/activity?limit=3")).await.expect(200);
    kit.as_user(&globex.owner).await.get(&format!("/assets/{asset}")).await.refused(404, "not_found");
    let program = kit.as_token(&ann, TokenScope::Read, None).await;
    kit.clock.advance(TimeDelta::days(31));
    program.get("/me").await.refused(401, "expired");
    let owner = kit.as_user(&acme.owner).await;
    let path = format!("/org/members/{}", acme.owner.id);
    owner.delete(&path).await.refused(409, "state_conflict");
    let log = owner.get("/org/audit?limit=200").await.expect(200);
    assert!(log["items"].as_array().unwrap().len() > 10);
    let check = kit.app.meta.read().await.unwrap().verify_audit(acme.id).await.unwrap();
    assert_eq!(check.broken_at, None);
}
