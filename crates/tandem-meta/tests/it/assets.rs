use chrono::TimeDelta;
use serde_json::json;
use tandem_core::id::UploadId;
use tandem_meta::{AssetFilter, AssetKind, AssetOrder, NewUpload};

use crate::harness::{Team, World, at, code, first_page, on_each};

#[tokio::test]
async fn names_are_one_of_a_kind_among_live_assets() {
    on_each(|world: World| async move {
        let team = world.team("acme").await;
        let org = team.org.id;
        let sales = world.dataset(&team, " Sales 2026 ").await;
        assert_eq!(sales.name, "Sales 2026");
        let mut tx = world.meta.begin().await.unwrap();
        assert_eq!(code(tx.create_asset(org, team.new_dataset("SALES 2026")).await), "already_exists");
        let mut report = team.new_dataset("sales 2026");
        report.kind = AssetKind::Report;
        tx.create_asset(org, report).await.unwrap();
        let other = tx.create_asset(org, team.new_dataset("Other")).await.unwrap();
        assert_eq!(code(tx.update_asset(org, other.id, Some("sales 2026"), None).await), "already_exists");

        tx.delete_asset(org, sales.id).await.unwrap();
        assert_eq!(tx.asset(org, sales.id).await.unwrap(), None);
        assert!(tx.asset_even_deleted(org, sales.id).await.unwrap().unwrap().deleted_at.is_some());
        assert_eq!(code(tx.delete_asset(org, sales.id).await), "not_found");
        assert_eq!(code(tx.update_asset(org, sales.id, None, Some("x")).await), "not_found");
        let renamed = tx.update_asset(org, other.id, Some("Sales 2026"), Some("again")).await.unwrap();
        assert_eq!((renamed.name.as_str(), renamed.description.as_str()), ("Sales 2026", "again"));
        assert_eq!(code(tx.undelete_asset(org, sales.id).await), "already_exists");
        tx.update_asset(org, other.id, Some("Other"), None).await.unwrap();
        assert_eq!(tx.undelete_asset(org, sales.id).await.unwrap().deleted_at, None);
        let found = tx.asset_by_name(org, team.project.id, AssetKind::Dataset, "sALES 2026").await.unwrap();
        assert_eq!(found.map(|asset| asset.id), Some(sales.id));
        tx.commit().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn assets_are_found_by_text_whatever_its_case_and_signs() {
    on_each(|world: World| async move {
        let team = world.team("acme").await;
        for (name, description) in
            [("100%_sure", ""), ("100 sure", "Écoles"), ("客户价值", "每个客户值多少"), ("back\\slash", "")]
        {
            let mut tx = world.meta.begin().await.unwrap();
            let mut new = team.new_dataset(name);
            new.description = description.to_owned();
            tx.create_asset(team.org.id, new).await.unwrap();
            tx.commit().await.unwrap();
        }
        let find = |text: &'static str| {
            let (world, team) = (world.clone(), team.clone());
            async move { names(&world, &team, AssetFilter { text: Some(text.to_owned()), ..Default::default() }).await }
        };
        assert_eq!(find("0%_S").await, ["100%_sure"]);
        assert_eq!(find("SURE").await, ["100 sure", "100%_sure"]);
        assert_eq!(find("éCOLES").await, ["100 sure"]);
        assert_eq!(find("客户").await, ["客户价值"]);
        assert_eq!(find("k\\s").await, ["back\\slash"]);
        assert_eq!(find("%").await, ["100%_sure"]);
        assert_eq!(find("  ").await.len(), 4);
    })
    .await;
}

async fn names(world: &World, team: &Team, filter: AssetFilter) -> Vec<String> {
    let mut read = world.meta.read().await.unwrap();
    let page = read.assets(team.org.id, &filter, &first_page(50), |_| true).await.unwrap();
    page.items.into_iter().map(|asset| asset.name).collect()
}

#[tokio::test]
async fn lists_of_assets_have_one_order_on_every_database() {
    on_each(|world: World| async move {
        let team = world.team("acme").await;
        for name in ["b", "A", "_c", "é", "Z", "中"] {
            world.later(TimeDelta::seconds(1));
            world.dataset(&team, name).await;
        }
        let by_name = names(&world, &team, AssetFilter::default()).await;
        assert_eq!(by_name, ["_c", "A", "b", "Z", "é", "中"]);
        let mut tx = world.meta.begin().await.unwrap();
        let b = tx.asset_by_name(team.org.id, team.project.id, AssetKind::Dataset, "b").await.unwrap().unwrap();
        tx.commit().await.unwrap();
        world.later(TimeDelta::seconds(1));
        world.append(&team, b.id, 0).await;
        let recent = AssetFilter { order: AssetOrder::Recent, ..Default::default() };
        assert_eq!(names(&world, &team, recent).await, ["b", "中", "Z", "é", "_c", "A"]);
    })
    .await;
}

#[tokio::test]
async fn versions_are_numbered_and_the_second_writer_is_told() {
    on_each(|world: World| async move {
        let team = world.team("acme").await;
        let org = team.org.id;
        let asset = world.dataset(&team, "sales").await;
        assert_eq!(world.meta.read().await.unwrap().latest_version(org, asset.id).await.unwrap(), None);
        let first = world.append(&team, asset.id, 0).await;
        assert_eq!((first.seq, first.parent_seq), (1, None));
        let second = world.append(&team, asset.id, 1).await;
        assert_eq!((second.seq, second.parent_seq), (2, Some(1)));

        let mut tx = world.meta.begin().await.unwrap();
        let late = tx.append_version(org, asset.id, 1, team.new_version("late")).await;
        let message = late.as_ref().unwrap_err().message().to_owned();
        assert_eq!(code(late), "version_conflict");
        assert!(message.contains("version 2"), "{message}");
        let noted = tx.annotate_version(org, asset.id, 1, Some("first load"), Some(" approved ")).await.unwrap();
        assert_eq!((noted.message.as_str(), noted.label.as_deref()), ("first load", Some("approved")));
        let kept = tx.annotate_version(org, asset.id, 1, None, None).await.unwrap();
        assert_eq!(kept, noted);
        let bare = tx.annotate_version(org, asset.id, 1, None, Some("")).await.unwrap();
        assert_eq!(bare.label, None);
        assert_eq!(code(tx.annotate_version(org, asset.id, 9, None, None).await), "not_found");
        tx.put_document(org, first.id, "profile", &json!({"rows": [1, 2.5, "客户\u{0}"]})).await.unwrap();
        tx.put_document(org, first.id, "profile", &json!({"rows": "\u{0}"})).await.unwrap();
        tx.put_document(org, first.id, "quality", &json!([])).await.unwrap();
        tx.commit().await.unwrap();

        let mut read = world.meta.read().await.unwrap();
        assert_eq!(read.version(org, asset.id, 2).await.unwrap(), Some(second.clone()));
        assert_eq!(read.version(org, asset.id, 3).await.unwrap(), None);
        assert_eq!(read.latest_version(org, asset.id).await.unwrap(), Some(second.clone()));
        assert_eq!(read.versions_by_id(org, &[second.id]).await.unwrap(), std::slice::from_ref(&second));
        let listed = read.versions(org, asset.id, &first_page(10)).await.unwrap().items;
        assert_eq!(listed.iter().map(|version| version.seq).collect::<Vec<_>>(), [2, 1]);
        assert_eq!(read.document(org, first.id, "profile").await.unwrap(), Some(json!({"rows": "\u{0}"})));
        assert_eq!(read.document(org, first.id, "report").await.unwrap(), None);
        assert_eq!(read.document_names(org, first.id).await.unwrap(), ["profile", "quality"]);
        drop(read);

        let mut tx = world.meta.begin().await.unwrap();
        tx.delete_asset(org, asset.id).await.unwrap();
        assert_eq!(code(tx.append_version(org, asset.id, 2, team.new_version("x")).await), "not_found");
        tx.rollback().await.unwrap();
        assert!(world.meta.read().await.unwrap().asset(org, asset.id).await.unwrap().is_some(), "undone");
    })
    .await;
}

#[tokio::test]
async fn of_many_writers_at_once_one_wins_each_number() {
    on_each(|world: World| async move {
        let team = world.team("acme").await;
        let asset = world.dataset(&team, "sales").await;
        let writers = (0..8).map(|_| {
            let (meta, team) = (world.meta.clone(), team.clone());
            tokio::spawn(async move {
                let mut won = 0;
                for expected in 0..5 {
                    let mut tx = meta.begin().await.unwrap();
                    match tx.append_version(team.org.id, asset.id, expected, team.new_version("w")).await {
                        Ok(_) => {
                            tx.commit().await.unwrap();
                            won += 1;
                        }
                        Err(error) => assert_eq!(error.code().as_str(), "version_conflict"),
                    }
                }
                won
            })
        });
        let mut won = 0;
        for writer in writers.collect::<Vec<_>>() {
            won += writer.await.unwrap();
        }
        let mut read = world.meta.read().await.unwrap();
        let latest = read.asset(team.org.id, asset.id).await.unwrap().unwrap().latest_seq;
        assert_eq!(won, latest);
        let versions = read.versions(team.org.id, asset.id, &first_page(50)).await.unwrap().items;
        assert_eq!(versions.iter().map(|v| v.seq).collect::<Vec<_>>(), (1..=latest).rev().collect::<Vec<_>>());
    })
    .await;
}

#[tokio::test]
async fn text_that_one_database_could_not_keep_is_refused_by_both() {
    on_each(|world: World| async move {
        let team = world.team("acme").await;
        let mut tx = world.meta.begin().await.unwrap();
        assert_eq!(code(tx.create_asset(team.org.id, team.new_dataset("a\0b")).await), "invalid_parameter");
        tx.create_asset(team.org.id, team.new_dataset("ab")).await.unwrap();
        tx.commit().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn uploads_wait_and_end() {
    on_each(|world: World| async move {
        let team = world.team("acme").await;
        let org = team.org.id;
        let new = |minutes| {
            let id = UploadId::generate(&*world.clock);
            NewUpload {
                id,
                project_id: team.project.id,
                user_id: team.owner.id,
                name: "销售.csv".to_owned(),
                bytes: 3 << 40,
                path: format!("uploads/{id}"),
                expires_at: at(&world.clock) + TimeDelta::minutes(minutes),
            }
        };
        let mut tx = world.meta.begin().await.unwrap();
        let short = tx.create_upload(org, new(1)).await.unwrap();
        let long = tx.create_upload(org, new(60)).await.unwrap();
        tx.commit().await.unwrap();
        world.later(TimeDelta::minutes(2));
        let mut tx = world.meta.begin().await.unwrap();
        assert_eq!(tx.expired_uploads(10).await.unwrap(), std::slice::from_ref(&short));
        tx.delete_upload(org, short.id).await.unwrap();
        assert_eq!(code(tx.delete_upload(org, short.id).await), "not_found");
        assert!(!tx.upload_exists(short.id).await.unwrap());
        assert!(tx.upload_exists(long.id).await.unwrap());
        assert_eq!(tx.upload(org, long.id).await.unwrap(), Some(long));
        tx.commit().await.unwrap();
    })
    .await;
}
