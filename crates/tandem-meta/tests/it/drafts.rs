//! Drafts: edits in one row, nobody's lost.

use serde_json::{Value, json};
use tandem_meta::{Topic, repo::draft::NewEdit};

use crate::harness::{World, code, on_each};

fn edit(base: i64, n: i64) -> NewEdit {
    NewEdit { base, body: json!({ "n": n }), edits: json!([{ "set": n }]), client: format!("window {n}") }
}

#[tokio::test]
async fn of_two_who_edit_at_once_one_goes_first_and_the_other_is_told() {
    on_each(|world: World| async move {
        let team = world.team("acme").await;
        let (org, me) = (team.org.id, team.owner.id);
        let asset = world.dataset(&team, "flow").await.id;
        let mut tx = world.meta.begin().await.unwrap();
        tx.begin_draft(org, asset, &json!({"n": 0}), me).await.unwrap();
        assert_eq!(code(tx.begin_draft(org, asset, &json!({}), me).await), "already_exists");
        tx.rollback().await.unwrap();
        let mut tx = world.meta.begin().await.unwrap();
        tx.begin_draft(org, asset, &json!({"n": 0}), me).await.unwrap();
        assert_eq!(tx.edit_draft(org, asset, edit(0, 7), me).await.unwrap(), 1);
        assert_eq!(code(tx.edit_draft(org, asset, edit(0, 8), me).await), "version_conflict");
        assert_eq!(tx.edit_draft(org, asset, edit(1, 8), team.member.id).await.unwrap(), 2);
        tx.draft_saved(org, asset, 1).await.unwrap();
        tx.commit().await.unwrap();

        let mut tx = world.meta.begin().await.unwrap();
        tx.reset_draft(org, asset, &json!({"n": -1}), me).await.unwrap();
        let draft = tx.draft(org, asset).await.unwrap().unwrap();
        assert_eq!((draft.revision, draft.saved_revision, draft.body), (3, 3, json!({"n": -1})));
        tx.rollback().await.unwrap();

        let mut read = world.meta.read().await.unwrap();
        let draft = read.draft(org, asset).await.unwrap().unwrap();
        assert_eq!((draft.revision, draft.saved_revision, draft.body), (2, 1, json!({"n": 8})));
        assert_eq!(draft.updated_by, team.member.id);
        let edits = read.draft_edits(org, asset, 0, 9).await.unwrap();
        let told: Vec<(i64, &str, &Value)> = edits.iter().map(|e| (e.revision, e.client.as_str(), &e.edits)).collect();
        assert_eq!(told, [(1, "window 7", &json!([{"set": 7}])), (2, "window 8", &json!([{"set": 8}]))]);
        assert_eq!(read.draft_edits(org, asset, 1, 9).await.unwrap().len(), 1);
        let events = read.events_after(0, 100).await.unwrap();
        let revisions: Vec<&Value> =
            events.iter().filter(|e| e.topic == Topic::Draft).map(|e| &e.payload["revision"]).collect();
        assert_eq!(revisions, [&json!(1), &json!(2)]);
    })
    .await;
}
