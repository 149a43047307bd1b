//! Assets: names, versions, lineage, grants, requests, restrictions.

use serde_json::{Value, json};
use tandem_core::ProjectRole;
use tandem_testkit::TestApp;

#[tokio::test]
async fn an_asset_is_renamed_deleted_and_brought_back() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let project = kit.project(&acme.owner, "Loyalty").await;
    let asset = kit.bare_dataset(project, &acme.owner, "transactions").await;
    kit.bare_dataset(project, &acme.owner, "customers").await;
    let owner = kit.as_user(&acme.owner).await;
    let path = format!("/assets/{asset}");
    let shown = owner.get(&path).await.expect(200);
    assert_eq!(shown["rights"], json!(["discover", "use", "download", "edit", "manage"]));
    assert_eq!((shown["latest"]["rows"].as_i64(), shown["latest"]["columns"].as_i64()), (Some(3), Some(1)));
    owner.patch(&path, json!({"name": "Customers"})).await.refused(409, "already_exists");
    let renamed = owner.patch(&path, json!({"name": " Purchases ", "description": "tills"})).await.expect(200);
    assert_eq!((renamed["name"].as_str(), renamed["description"].as_str()), (Some("Purchases"), Some("tills")));

    owner.delete(&path).await.expect(204);
    owner.get(&path).await.refused(404, "not_found");
    owner.delete(&path).await.refused(404, "not_found");
    let list = owner.get(&format!("/projects/{project}/assets")).await.expect(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    let deleted = owner.get(&format!("/projects/{project}/assets?deleted=true")).await.expect(200);
    assert_eq!(
        (deleted["items"][0]["name"].as_str(), deleted["items"][0]["deleted"].as_bool()),
        (Some("Purchases"), Some(true))
    );
    // Meanwhile the name may have been taken.
    let other = kit.bare_dataset(project, &acme.owner, "purchases").await;
    owner.post(&format!("{path}/undelete"), json!({})).await.refused(409, "already_exists");
    owner.delete(&format!("/assets/{other}")).await.expect(204);
    owner.post(&format!("{path}/undelete"), json!({})).await.expect(200);
    owner.get(&path).await.expect(200);
}

#[tokio::test]
async fn lists_filter_by_kind_and_text() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let project = kit.project(&acme.owner, "Loyalty").await;
    kit.bare_dataset(project, &acme.owner, "transactions").await;
    let owner = kit.as_user(&acme.owner).await;
    let count = async |filter: &str| {
        let list = owner.get(&format!("/projects/{project}/assets?{filter}")).await.expect(200);
        list["items"].as_array().unwrap().len()
    };
    assert_eq!(count("kind=dataset").await, 1);
    assert_eq!(count("kind=report").await, 0);
    assert_eq!(count("q=ACTION").await, 1);
    assert_eq!(count("q=nothing").await, 0);
    owner.get(&format!("/projects/{project}/assets?kind=spoon")).await.refused(400, "invalid_parameter");
}

#[tokio::test]
async fn versions_are_listed_and_labelled() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let project = kit.project(&acme.owner, "Loyalty").await;
    let asset = kit.bare_dataset(project, &acme.owner, "transactions").await;
    kit.bare_version(asset, &acme.owner).await;
    let owner = kit.as_user(&acme.owner).await;
    let viewer = kit.member_of(project, acme.id, "vi@acme.test", ProjectRole::Viewer).await;
    let viewer = kit.as_user(&viewer).await;
    let list = viewer.get(&format!("/assets/{asset}/versions")).await.expect(200);
    let seqs: Vec<i64> = list["items"].as_array().unwrap().iter().map(|v| v["seq"].as_i64().unwrap()).collect();
    assert_eq!(seqs, [2, 1]);
    let path = format!("/assets/{asset}/versions/1");
    viewer.patch(&path, json!({"label": "gold"})).await.refused(403, "forbidden");
    let labelled = owner.patch(&path, json!({"label": "gold", "message": "checked"})).await.expect(200);
    assert_eq!((labelled["label"].as_str(), labelled["message"].as_str()), (Some("gold"), Some("checked")));
    let kept = owner.patch(&path, json!({"message": "again"})).await.expect(200);
    assert_eq!(kept["label"], "gold");
    let taken = owner.patch(&path, json!({"label": null})).await.expect(200);
    assert_eq!((&taken["label"], taken["message"].as_str()), (&Value::Null, Some("again")));
    owner.patch(&path, json!({})).await.refused(400, "invalid_request");
    for missing in ["0", "3", "-1", "x"] {
        owner.get(&format!("/assets/{asset}/versions/{missing}")).await.refused(404, "not_found");
    }
}

#[tokio::test]
async fn access_is_asked_for_and_granted() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let project = kit.project(&acme.owner, "Loyalty").await;
    let asset = kit.bare_dataset(project, &acme.owner, "transactions").await;
    let ann = kit.member_of(project, acme.id, "ann@acme.test", ProjectRole::Analyst).await;
    let bob = kit.member_of(project, acme.id, "bob@acme.test", ProjectRole::Analyst).await;
    let (owner, ann, bob) = (kit.as_user(&acme.owner).await, kit.as_user(&ann).await, kit.as_user(&bob).await);
    let ask = json!({"action": "download", "reason": "for the auditors"});
    let path = format!("/assets/{asset}/access-requests");
    let request = ann.post(&path, ask.clone()).await.expect(201);
    assert_eq!(ann.post(&path, ask).await.expect(201)["id"], request["id"], "asking twice is asking once");
    ann.post(&path, json!({"action": "manage_members", "reason": ""})).await.refused(400, "invalid_parameter");

    assert_eq!(owner.get("/org/access-requests").await.expect(200)["items"].as_array().unwrap().len(), 1);
    assert_eq!(bob.get("/org/access-requests").await.expect(200)["items"], json!([]));
    assert_eq!(bob.get("/org/access-requests?mine=true").await.expect(200)["items"], json!([]));
    let mine = ann.get("/org/access-requests?mine=true").await.expect(200);
    assert_eq!(mine["items"][0]["state"], "pending");

    let decision = format!("/access-requests/{}", request["id"].as_str().unwrap());
    ann.post(&decision, json!({"approve": true})).await.refused(403, "forbidden");
    assert!(!rights(&ann.get(&format!("/assets/{asset}")).await.expect(200)).contains(&"download".to_owned()));
    let decided = owner.post(&decision, json!({"approve": true})).await.expect(200);
    assert_eq!((decided["state"].as_str(), decided["decided_by"]["name"].as_str()), (Some("approved"), Some("owner")));
    owner.post(&decision, json!({"approve": false})).await.refused(409, "state_conflict");
    assert!(rights(&ann.get(&format!("/assets/{asset}")).await.expect(200)).contains(&"download".to_owned()));

    let grants = owner.get(&format!("/assets/{asset}/grants")).await.expect(200);
    assert_eq!(grants["items"].as_array().unwrap().len(), 1);
    ann.get(&format!("/assets/{asset}/grants")).await.refused(403, "forbidden");
    let grant = format!("/assets/{asset}/grants/{}", grants["items"][0]["id"].as_str().unwrap());
    owner.delete(&grant).await.expect(204);
    owner.delete(&grant).await.refused(404, "not_found");
    assert!(!rights(&ann.get(&format!("/assets/{asset}")).await.expect(200)).contains(&"download".to_owned()));
}

fn rights(asset: &Value) -> Vec<String> {
    asset["rights"].as_array().unwrap().iter().map(|right| right.as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_derived_dataset_is_no_freer_than_its_sources_until_it_is_released() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let vault = kit.project(&acme.owner, "Vault").await;
    let shop = kit.project(&acme.owner, "Shop").await;
    let source = kit.bare_dataset(vault, &acme.owner, "transactions").await;
    // Mai maintains the shop and may use the vault's data, not take it away.
    let mai = kit.member_of(shop, acme.id, "mai@acme.test", ProjectRole::Maintainer).await;
    kit.join(vault, &mai, ProjectRole::Analyst).await;
    // Vic sees the shop alone.
    let vic = kit.member_of(shop, acme.id, "vic@acme.test", ProjectRole::Viewer).await;
    let (middle, _) = kit.derived_dataset(shop, &mai, "customers", &[source]).await;
    let (leaf, _) = kit.derived_dataset(shop, &mai, "segments", &[middle]).await;
    let (owner, mai, vic) = (kit.as_user(&acme.owner).await, kit.as_user(&mai).await, kit.as_user(&vic).await);
    for asset in [middle, leaf] {
        let path = format!("/assets/{asset}");
        let seen = mai.get(&path).await.expect(200);
        assert_eq!(rights(&seen), ["discover", "use", "edit", "manage"], "no download, as at the source");
        assert!(seen["restricted_by"].to_string().contains("transactions"));
        let seen = vic.get(&path).await.expect(200);
        assert_eq!(rights(&seen), ["discover"], "who may not use the source may not use it");
        assert!(!seen.to_string().contains("transactions"), "the source is not named: {seen}");
        assert_eq!(seen["restricted_by_hidden"], 1);
        // A grant on the derived dataset alone doesn't open it.
        let grant = json!({"user_id": vic.get("/me").await.expect(200)["id"], "action": "download"});
        mai.post(&format!("{path}/grants"), grant).await.expect(201);
        assert_eq!(rights(&vic.get(&path).await.expect(200)), ["discover"]);
    }
    // Mai manages the derived dataset, not its source.
    let message = mai.post(&format!("/assets/{leaf}/release"), json!({})).await.refused(403, "forbidden");
    assert!(!message.contains("transactions"));
    let released = owner.post(&format!("/assets/{leaf}/release"), json!({})).await.expect(200);
    assert_eq!(released["restricted_by"], json!([]));
    assert_eq!(rights(&vic.get(&format!("/assets/{leaf}")).await.expect(200)), ["discover", "use", "download"]);
    assert_eq!(rights(&vic.get(&format!("/assets/{middle}")).await.expect(200)), ["discover"]);
    owner.post(&format!("/assets/{leaf}/release"), json!({})).await.refused(409, "state_conflict");
}

#[tokio::test]
async fn a_deleted_source_still_restricts() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let (vault, shop) = (kit.project(&acme.owner, "Vault").await, kit.project(&acme.owner, "Shop").await);
    let source = kit.bare_dataset(vault, &acme.owner, "transactions").await;
    let vic = kit.member_of(shop, acme.id, "vic@acme.test", ProjectRole::Viewer).await;
    let (derived, _) = kit.derived_dataset(shop, &acme.owner, "customers", &[source]).await;
    kit.as_user(&acme.owner).await.delete(&format!("/assets/{source}")).await.expect(204);
    let seen = kit.as_user(&vic).await.get(&format!("/assets/{derived}")).await.expect(200);
    assert_eq!(rights(&seen), ["discover"]);
}

#[tokio::test]
async fn lineage_shows_runs_versions_and_what_is_stale() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let (vault, shop) = (kit.project(&acme.owner, "Vault").await, kit.project(&acme.owner, "Shop").await);
    let source = kit.bare_dataset(vault, &acme.owner, "vault data").await;
    let (derived, run) = kit.derived_dataset(shop, &acme.owner, "customers", &[source]).await;
    let (leaf, _) = kit.derived_dataset(shop, &acme.owner, "segments", &[derived]).await;
    let owner = kit.as_user(&acme.owner).await;
    let graph = owner.get(&format!("/assets/{derived}/lineage")).await.expect(200);
    assert_eq!(graph["nodes"].as_array().unwrap().len(), 5, "three versions, two runs: {graph}");
    assert_eq!(graph["edges"].as_array().unwrap().len(), 4);
    assert!(graph["nodes"].as_array().unwrap().iter().all(|node| node["stale"] == false && node["hidden"] == false));
    assert!(graph["nodes"].as_array().unwrap().iter().any(|node| node["run"]["id"] == json!(run)));

    kit.bare_version(source, &acme.owner).await;
    let graph = owner.get(&format!("/assets/{leaf}/lineage")).await.expect(200);
    let stale: Vec<&str> = graph["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|node| node["stale"] == true && node["kind"] == "asset")
        .map(|node| node["name"].as_str().unwrap())
        .collect();
    assert_eq!(stale.len(), 2, "customers and segments, not the vault data: {graph}");
    assert!(!stale.contains(&"vault data"));

    // Who sees the shop alone sees that there is something behind, not what.
    let vic = kit.member_of(shop, acme.id, "vic@acme.test", ProjectRole::Viewer).await;
    let graph = kit.as_user(&vic).await.get(&format!("/assets/{derived}/lineage")).await.expect(200);
    let text = graph.to_string();
    assert!(!text.contains("vault data") && !text.contains(&source.to_string()), "{text}");
    let hidden = graph["nodes"].as_array().unwrap().iter().filter(|node| node["hidden"] == true).count();
    assert_eq!((hidden, graph["edges"].as_array().unwrap().len()), (1, 4));
}
