//! Datasets over HTTP: importing, versions, what can't be read, and who sees
//! what.

use serde_json::json;
use tandem_core::{OrgRole, ProjectRole};
use tandem_testkit::TestApp;

use crate::data::{dataset, import, rows, upload};

const CSV: &str = "id,name,city,spent\n1,Ann Lee,Berlin,10.5\n2,Bo Chen,Paris,20\n3,Cy Diaz,Berlin,30.25\n";

#[tokio::test]
async fn appended_replaced_and_upserted_rows_are_versions() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let project = kit.project(&acme.owner, "Loyalty").await;
    let owner = kit.as_user(&acme.owner).await;
    let id = dataset(&owner, project, "people", CSV).await;
    let target = json!({ "dataset_id": id });

    let more = "id,name,city,spent\n4,Di Fox,Rome,40\n";
    let run = import(&owner, project, more, json!({ "target": target, "mode": "append" })).await;
    assert_eq!((run["state"].as_str(), run["outputs"][0]["seq"].as_i64()), (Some("succeeded"), Some(2)), "{run}");
    let changed = "id,name,city,spent\n2,Bo Chen,Lyon,21\n5,Ed Gil,Oslo,50\n";
    let upsert = json!({ "target": target, "mode": "upsert", "key": ["id"] });
    import(&owner, project, changed, upsert).await;
    import(&owner, project, "id,name\n9,Zed\n", json!({ "target": target, "mode": "replace" })).await;

    let count = async |seq: u32| rows(&owner, project, &format!("SELECT count(*) FROM people@v{seq}")).await;
    assert_eq!(
        [count(1).await, count(2).await, count(3).await, count(4).await],
        [json!([[3]]), json!([[4]]), json!([[5]]), json!([[1]])]
    );
    assert_eq!(rows(&owner, project, "SELECT city FROM people@v3 WHERE id = 2").await, json!([["Lyon"]]));

    let diff = owner.get(&format!("/datasets/{id}/compare?from=2&to=3&key=id")).await.expect(200);
    assert_eq!(diff["rows"]["added"], 1, "{diff}");
    assert_eq!(diff["rows"]["changed"], 1);
    assert_eq!(diff["rows"]["removed"], 0);

    owner.post(&format!("/assets/{id}/versions/2/restore"), json!({})).await.expect(201);
    assert_eq!(rows(&owner, project, "SELECT count(*), sum(spent) FROM people").await, json!([[4, 100.75]]));
    let profile = owner.get(&format!("/datasets/{id}/versions/5/profile")).await.expect(200);
    assert_eq!(profile["rows"], 4);
    // What is written next builds on what was restored.
    import(&owner, project, more, json!({ "target": target, "mode": "append" })).await;
    assert_eq!(count(6).await, json!([[5]]));
}

#[tokio::test]
async fn two_writers_both_get_their_rows_in() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let project = kit.project(&acme.owner, "Loyalty").await;
    let owner = kit.as_user(&acme.owner).await;
    let id = dataset(&owner, project, "people", CSV).await;
    let body = json!({ "target": { "dataset_id": id }, "mode": "append" });
    let (first, second) =
        tokio::join!(import(&owner, project, CSV, body.clone()), import(&owner, project, CSV, body.clone()));
    assert_eq!((first["state"].as_str(), second["state"].as_str()), (Some("succeeded"), Some("succeeded")));
    assert_eq!(rows(&owner, project, "SELECT count(*) FROM people").await, json!([[9]]));
}

#[tokio::test]
async fn rows_that_cannot_be_read_are_kept_with_their_reason() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let project = kit.project(&acme.owner, "Loyalty").await;
    let owner = kit.as_user(&acme.owner).await;
    let bad = "id,name\n1,Ann\n2,Bo,too many\n3,Cy\n";
    let strict = import(&owner, project, bad, json!({ "target": { "name": "people" } })).await;
    assert_eq!(strict["error"]["code"], "too_many_rejects", "{strict}");
    let none = owner.get(&format!("/projects/{project}/assets")).await.expect(200);
    assert_eq!(none["items"], json!([]), "a failed import leaves nothing");

    let lax = json!({ "target": { "name": "people" }, "max_rejected_ratio": 0.5 });
    let run = import(&owner, project, bad, lax).await;
    assert_eq!((run["result"]["rows"].as_i64(), run["result"]["rejected"].as_i64()), (Some(2), Some(1)), "{run}");
    let id = run["outputs"][0]["asset"]["id"].as_str().unwrap();
    let rejects = owner.get(&format!("/datasets/{id}/versions/1/rejects")).await.expect(200);
    assert_eq!(rejects["row_count"], 1);
    assert_eq!(rejects["rows"][0][3], "field_count");
    assert_eq!(rejects["rows"][0][5], "2,Bo,too many");
    // Who may not edit doesn't see them: they stand there as they stood in the file.
    let viewer = kit.member_of(project, acme.id, "viewer@acme.test", ProjectRole::Viewer).await;
    let viewer = kit.as_user(&viewer).await;
    viewer.get(&format!("/datasets/{id}/versions/1/rejects")).await.refused(403, "forbidden");
}

#[tokio::test]
async fn blocking_rules_keep_a_version_out_and_others_mark_it() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let project = kit.project(&acme.owner, "Loyalty").await;
    let owner = kit.as_user(&acme.owner).await;
    let id = dataset(&owner, project, "people", CSV).await;
    let path = format!("/datasets/{id}/quality-rules");
    let nonsense = json!({ "rules": [{ "kind": "not_null", "columns": ["nope"] }] });
    owner.put(&path, nonsense).await.refused(400, "unknown_column");
    let rules = json!({ "rules": [
        { "kind": "unique", "columns": ["id"], "blocking": true },
        { "kind": "range", "columns": ["spent"], "max": 100.0 },
    ]});
    owner.put(&path, rules).await.expect(200);
    let target = json!({ "target": { "dataset_id": id }, "mode": "append" });
    let refused = import(&owner, project, "id,name,city,spent\n3,Cy,Rome,1\n", target.clone()).await;
    assert_eq!(refused["error"]["code"], "quality_failed", "{refused}");
    assert_eq!(rows(&owner, project, "SELECT count(*) FROM people").await, json!([[3]]));
    let marked = import(&owner, project, "id,name,city,spent\n7,Flo,Rome,1000\n", target).await;
    assert_eq!(marked["state"], "succeeded", "{marked}");
    assert_eq!(rows(&owner, project, "SELECT count(*) FROM people").await, json!([[4]]));
    let quality = owner.get(&format!("/datasets/{id}/versions/2/quality")).await.expect(200);
    let passed: Vec<_> = quality["items"].as_array().unwrap().iter().map(|r| r["passed"].as_bool()).collect();
    assert_eq!(passed, [Some(true), Some(false)]);
}

#[tokio::test]
async fn use_and_download_are_two_rights_and_rules_hide_rows_and_values() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let project = kit.project(&acme.owner, "Loyalty").await;
    let owner = kit.as_user(&acme.owner).await;
    let id = dataset(&owner, project, "people", CSV).await;
    let analyst = kit.member_of(project, acme.id, "analyst@acme.test", ProjectRole::Analyst).await;
    let who = kit.as_user(&analyst).await;

    assert_eq!(rows(&who, project, "SELECT count(*) FROM people").await, json!([[3]]));
    let file = format!("/datasets/{id}/versions/1/download?format=csv");
    who.get(&file).await.refused(403, "forbidden");
    let export = json!({ "sql": "SELECT * FROM people", "format": "csv" });
    who.post(&format!("/projects/{project}/query/export"), export.clone()).await.refused(403, "forbidden");
    owner.get(&file).await.expect(200);
    let grant = json!({ "user_id": analyst.id, "action": "download" });
    owner.post(&format!("/assets/{id}/grants"), grant).await.expect(201);
    who.get(&file).await.expect(200);

    let rules = json!({ "rules": [{
        "name": "Berlin only, names hashed",
        "exempt_roles": ["owner", "maintainer"],
        "row_filter": { "op": "compare", "column": "city", "is": "eq", "value": "Berlin" },
        "masks": { "name": { "kind": "hash" }, "spent": { "kind": "bucket", "width": 10.0 } },
        "hidden_columns": ["city"],
    }]});
    owner.put(&format!("/datasets/{id}/policies"), rules).await.expect(200);
    assert_eq!(rows(&who, project, "SELECT id, spent FROM people ORDER BY id").await, json!([[1, 10.0], [3, 30.0]]));
    assert_eq!(rows(&who, project, "SELECT count(*) FROM people WHERE name LIKE '%Ann%'").await, json!([[0]]));
    let hidden = json!({ "sql": "SELECT city FROM people" });
    who.post(&format!("/projects/{project}/query"), hidden).await.refused(400, "unknown_column");
    let profile = who.get(&format!("/datasets/{id}/versions/1/profile")).await.expect(200);
    assert!(!profile.to_string().contains("Ann") && !profile.to_string().contains("Berlin"), "{profile}");
    let preview = who.get(&format!("/datasets/{id}/versions/1/rows")).await.expect(200);
    assert_eq!(preview["row_count"], 2);
    assert!(!preview.to_string().contains("Bo Chen"));
    assert_eq!(rows(&owner, project, "SELECT count(DISTINCT city) FROM people").await, json!([[2]]));
}

#[tokio::test]
async fn a_guest_uses_what_was_granted_and_takes_nothing_away() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let project = kit.project(&acme.owner, "Loyalty").await;
    let owner = kit.as_user(&acme.owner).await;
    let id = dataset(&owner, project, "people", CSV).await;
    dataset(&owner, project, "secrets", CSV).await;
    let expert = kit.user(acme.id, "expert@else.test", OrgRole::Guest).await;
    kit.join(project, &expert, ProjectRole::Guest).await;
    let guest = kit.as_user(&expert).await;
    let ask = async |sql: &str| guest.post(&format!("/projects/{project}/query"), json!({ "sql": sql })).await;
    ask("SELECT * FROM people").await.refused(400, "unknown_table");
    for action in ["use", "download"] {
        let grant = json!({ "user_id": expert.id, "action": action });
        owner.post(&format!("/assets/{id}/grants"), grant).await.expect(201);
    }
    assert_eq!(ask("SELECT count(*) FROM people").await.expect(200)["rows"], json!([[3]]));
    ask("SELECT * FROM secrets").await.refused(400, "unknown_table");
    guest.get(&format!("/datasets/{id}/versions/1/download")).await.refused(403, "forbidden");
    let catalog = guest.get(&format!("/projects/{project}/catalog")).await.expect(200);
    assert_eq!(catalog["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn bad_sources_are_refused_with_a_reason_and_leave_nothing() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("in")).unwrap();
    std::fs::write(folder.path().join("secret.csv"), "a\n1\n").unwrap();
    std::fs::write(folder.path().join("in/fine.csv"), "a\n1\n").unwrap();
    std::os::unix::fs::symlink(folder.path().join("secret.csv"), folder.path().join("in/link.csv")).unwrap();
    let root = folder.path().join("in").canonicalize().unwrap();
    let kit = TestApp::start_with(|config| {
        config.import_folders = vec![root];
        config.max_upload_bytes = 1 << 20;
    })
    .await;
    let acme = kit.org("Acme").await;
    let project = kit.project(&acme.owner, "Loyalty").await;
    let owner = kit.as_user(&acme.owner).await;
    let sniff = async |source: serde_json::Value| {
        owner.post(&format!("/projects/{project}/import/sniff"), json!({ "source": source })).await
    };
    sniff(json!({ "type": "folder", "folder": 0, "path": "fine.csv" })).await.expect(200);
    for path in ["../secret.csv", "link.csv", "/etc/passwd", "in/../../secret.csv"] {
        let refused = sniff(json!({ "type": "folder", "folder": 0, "path": path })).await;
        assert!([403, 404].contains(&refused.status.as_u16()), "{path}: {refused:?}");
    }
    sniff(json!({ "type": "folder", "folder": 1, "path": "fine.csv" })).await.refused(404, "not_found");
    sniff(json!({ "type": "sqlite", "url": "/etc/passwd", "table": "t" })).await.refused(403, "path_not_allowed");

    for (name, bytes, code) in [
        ("cut.parquet", b"PAR1 and then nothing".to_vec(), "malformed_file"),
        ("cut.xlsx", b"PK\x03\x04 not a workbook".to_vec(), "malformed_file"),
        ("cut.csv.gz", b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x4b".to_vec(), "truncated_file"),
    ] {
        let id = upload(&owner, project, name, bytes).await;
        let refused = sniff(json!({ "type": "upload", "upload_id": id })).await;
        assert_eq!(refused.status, 400, "{name}: {refused:?}");
        assert!([code, "malformed_file", "truncated_file", "unsupported_format"].contains(&refused.code().as_str()));
    }
    let large = owner.upload(&format!("/projects/{project}/uploads?name=large.csv"), vec![b'x'; 2 << 20]).await;
    large.refused(413, "payload_too_large");
    let list = owner.get(&format!("/projects/{project}/assets")).await.expect(200);
    assert_eq!(list["items"], json!([]));
}
