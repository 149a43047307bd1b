use std::collections::BTreeSet;

use chrono::TimeDelta;
use proptest::prelude::*;
use serde_json::json;
use tandem_core::{Action, Page, PageRequest, ProjectRole, Result, id::AssetId};
use tandem_meta::{
    AccessFilter, AssetFilter, AssetOrder, AuditEntry, AuditFilter, Decision, JobFilter, ProjectFilter, RunFilter,
    Topic,
};

use crate::harness::{Team, World, account, at, code, first_page, new_job, on_each};

/// All pages of a list, each checked for its size and its cursor.
async fn walk<T>(limit: u32, mut page: impl AsyncFnMut(PageRequest) -> Result<Page<T>>) -> Vec<T> {
    let mut items = Vec::new();
    let mut request = first_page(limit);
    loop {
        let Page { items: more, next_cursor } = page(request).await.unwrap();
        let size = u32::try_from(more.len()).unwrap();
        items.extend(more);
        match next_cursor {
            Some(cursor) => {
                assert_eq!(size, limit, "only the last page may be short");
                request = PageRequest::new(Some(limit), Some(cursor)).unwrap();
            }
            None => {
                assert!(size > 0 || items.is_empty(), "a cursor that leads to nothing");
                return items;
            }
        }
    }
}

async fn fill(world: &World, team: &Team, rows: usize) -> Vec<AssetId> {
    let org = team.org.id;
    let mut assets = Vec::new();
    for number in 0..rows {
        // Several rows have the same time.
        if number % 3 == 0 {
            world.later(TimeDelta::seconds(1));
        }
        let mut tx = world.meta.begin().await.unwrap();
        let asset =
            tx.create_asset(org, team.new_dataset(&format!("data {}", number * 7 % 11 + number))).await.unwrap();
        let project = tx.create_project(org, &format!("p{number}"), "", team.owner.id).await.unwrap();
        tx.set_project_member(org, project.id, team.owner.id, ProjectRole::Owner).await.unwrap();
        let person = account(&mut tx, &format!("n{number}@{}", team.org.name)).await;
        tx.add_member(org, person.id, tandem_core::OrgRole::Member).await.unwrap();
        tx.set_project_member(org, team.project.id, person.id, ProjectRole::Viewer).await.unwrap();
        tx.create_run(org, team.new_run()).await.unwrap();
        tx.enqueue_job(org, new_job("n")).await.unwrap();
        tx.request_access(org, asset.id, person.id, Action::Use, "").await.unwrap();
        tx.audit(AuditEntry {
            org_id: org,
            at: at(&world.clock),
            who: None,
            via: "local".to_owned(),
            action: "use".to_owned(),
            kind: "dataset".to_owned(),
            object: number.to_string(),
            decision: Decision::Allow,
            reason: String::new(),
            request_id: None,
        });
        tx.commit().await.unwrap();
        assets.push(asset.id);
    }
    assets
}

/// Every list of an organization, as text, in pages of `limit`.
async fn every_list(world: &World, team: &Team, limit: u32) -> Vec<(&'static str, Vec<String>)> {
    let (org, project) = (team.org.id, team.project.id);
    let mut read = world.meta.read().await.unwrap();
    let recent = AssetFilter { order: AssetOrder::Recent, ..Default::default() };
    let in_project = ProjectFilter { member: Some(team.owner.id), archived: false };
    let first = read.assets(org, &AssetFilter::default(), &first_page(1), |_| true).await.unwrap().items;
    let some = first.first().map(|asset| asset.id);
    let mut lists = Vec::new();
    macro_rules! list {
        ($name:literal, |$page:ident| $call:expr) => {
            let rows = walk(limit, async |$page: PageRequest| $call.await).await;
            lists.push(($name, rows.iter().map(|row| format!("{row:?}")).collect()));
        };
    }
    list!("members", |page| read.members(org, &page));
    list!("projects", |page| read.projects(org, &ProjectFilter::default(), &page));
    list!("projects of a member", |page| read.projects(org, &in_project, &page));
    list!("project members", |page| read.project_members(org, project, &page));
    list!("assets", |page| read.assets(org, &AssetFilter::default(), &page, |_| true));
    list!("recent assets", |page| read.assets(org, &recent, &page, |_| true));
    list!("runs", |page| read.runs(org, &RunFilter::default(), &page, |_| true));
    list!("jobs", |page| read.jobs(org, &JobFilter::default(), &page));
    list!("access requests", |page| read.access_requests(org, &AccessFilter::default(), &page, |_| true));
    list!("activity", |page| read.activity(org, project, &page, |_| true));
    list!("audit", |page| read.audit_log(org, &AuditFilter::default(), &page));
    if let Some(asset) = some {
        list!("versions", |page| read.versions(org, asset, &page));
    }
    lists
}

#[tokio::test]
async fn every_list_is_the_same_in_pages_of_any_size() {
    on_each(|world: World| async move {
        let team = world.team("acme").await;
        fill(&world, &team, 20).await;
        let mut tx = world.meta.begin().await.unwrap();
        let first = tx.assets(team.org.id, &AssetFilter::default(), &first_page(1), |_| true).await.unwrap();
        for expected in 0..9 {
            tx.append_version(team.org.id, first.items[0].id, expected, team.new_version("v")).await.unwrap();
        }
        tx.commit().await.unwrap();
        let whole = every_list(&world, &team, 200).await;
        for (name, rows) in &whole {
            assert!(rows.len() >= 9, "{name} has {} rows", rows.len());
            assert_eq!(rows.iter().collect::<BTreeSet<_>>().len(), rows.len(), "{name} repeats a row");
        }
        for limit in [1, 2, 3, 7, 19, 20, 21] {
            assert_eq!(every_list(&world, &team, limit).await, whole, "in pages of {limit}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_cursor_fits_the_list_and_filters_it_came_from_alone() {
    on_each(|world: World| async move {
        let (acme, other) = (world.team("acme").await, world.team("other").await);
        fill(&world, &acme, 5).await;
        fill(&world, &other, 5).await;
        let org = acme.org.id;
        let mut read = world.meta.read().await.unwrap();
        let all = AssetFilter::default();
        let cursor = read.assets(org, &all, &first_page(2), |_| true).await.unwrap().next_cursor.unwrap();
        let next = |cursor: &str| PageRequest::new(Some(2), Some(cursor.to_owned())).unwrap();
        assert!(read.assets(org, &all, &next(&cursor), |_| true).await.is_ok());

        let recent = AssetFilter { order: AssetOrder::Recent, ..Default::default() };
        let of_project = AssetFilter { project: Some(acme.project.id), ..Default::default() };
        assert_eq!(code(read.assets(org, &recent, &next(&cursor), |_| true).await), "invalid_cursor");
        assert_eq!(code(read.assets(org, &of_project, &next(&cursor), |_| true).await), "invalid_cursor");
        assert_eq!(code(read.assets(other.org.id, &all, &next(&cursor), |_| true).await), "invalid_cursor");
        assert_eq!(code(read.members(org, &next(&cursor)).await), "invalid_cursor");
        assert_eq!(code(read.runs(org, &RunFilter::default(), &next(&cursor), |_| true).await), "invalid_cursor");
        for bad in ["", "x", "客户", "AAAAAAAAAAAAAAAAAAAA", &cursor[1..], &cursor[..cursor.len() - 2]] {
            assert_eq!(code(read.assets(org, &all, &next(bad), |_| true).await), "invalid_cursor", "{bad}");
        }
        assert!(read.assets(org, &all, &first_page(2), |_| true).await.is_ok(), "a bad cursor spoils nothing");
    })
    .await;
}

#[derive(Debug, Clone)]
enum Between {
    Nothing,
    Create(u32),
    Delete(usize),
    Restore(usize),
}

fn between() -> impl Strategy<Value = Between> {
    prop_oneof![
        2 => Just(Between::Nothing),
        1 => (0_u32..1000).prop_map(Between::Create),
        1 => (0_usize..30).prop_map(Between::Delete),
        1 => (0_usize..30).prop_map(Between::Restore),
    ]
}

/// Pages through the assets while some come and go, of which some are hidden.
async fn page_while_things_move(world: &World, team: &Team, limit: u32, hidden: u32, moves: &[Between]) {
    let org = team.org.id;
    let filter = AssetFilter::default();
    let visible = |id: AssetId| hidden & (1 << (id.as_uuid().as_bytes()[15] % 16)) == 0;
    let list = async |page: &PageRequest, all: bool| {
        let mut read = world.meta.read().await.unwrap();
        read.assets(org, &filter, page, |asset| all || visible(asset.id)).await.unwrap()
    };
    let before: Vec<AssetId> = list(&first_page(200), true).await.items.iter().map(|asset| asset.id).collect();
    let mut touched = BTreeSet::new();
    let (mut seen, mut request, mut moves) = (Vec::new(), first_page(limit), moves.iter());
    loop {
        let page = list(&request, false).await;
        assert!(page.items.iter().all(|asset| visible(asset.id)));
        let full = page.items.len() == limit as usize;
        seen.extend(page.items.into_iter().map(|asset| (asset.name.clone(), asset.id)));
        let Some(cursor) = page.next_cursor else { break };
        assert!(full, "only the last page may be short");
        request = PageRequest::new(Some(limit), Some(cursor)).unwrap();
        let mut tx = world.meta.begin().await.unwrap();
        match moves.next().unwrap_or(&Between::Nothing) {
            Between::Create(number) => drop(tx.create_asset(org, team.new_dataset(&format!("new {number}"))).await),
            Between::Delete(number) if !before.is_empty() => {
                let id = before[number % before.len()];
                touched.insert(id);
                drop(tx.delete_asset(org, id).await);
            }
            Between::Restore(number) if !before.is_empty() => {
                let id = before[number % before.len()];
                touched.insert(id);
                drop(tx.undelete_asset(org, id).await);
            }
            _ => {}
        }
        tx.commit().await.unwrap();
    }
    assert!(seen.iter().map(|(name, _)| name).is_sorted(), "{seen:?}");
    let ids: Vec<AssetId> = seen.iter().map(|(_, id)| *id).collect();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "a row was shown twice");
    for id in before.iter().filter(|id| visible(**id) && !touched.contains(*id)) {
        assert!(ids.contains(id), "a row that stayed was not shown");
    }
}

#[test]
fn pages_hold_whatever_moves_and_whatever_is_hidden() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(on_each(|world: World| async move {
        let team = world.team("acme").await;
        for number in 0..25 {
            world.dataset(&team, &format!("data {number}")).await;
        }
        let handle = tokio::runtime::Handle::current();
        tokio::task::spawn_blocking(move || {
            let config = ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() };
            let moves = prop::collection::vec(between(), 0..20);
            proptest!(config, |(limit in 1_u32..12, hidden: u16, moves in moves)| {
                handle.block_on(page_while_things_move(&world, &team, limit, u32::from(hidden), &moves));
            });
        })
        .await
        .unwrap();
    }));
}

#[tokio::test]
async fn hidden_rows_leave_no_trace_in_any_list_that_hides() {
    on_each(|world: World| async move {
        let team = world.team("acme").await;
        let assets = fill(&world, &team, 12).await;
        let (org, project) = (team.org.id, team.project.id);
        let mut tx = world.meta.begin().await.unwrap();
        tx.grant(org, assets[4], team.member.id, Action::Use, team.owner.id).await.unwrap();
        tx.emit(org, Some(project), Topic::Asset, json!({}));
        tx.commit().await.unwrap();
        let mut read = world.meta.read().await.unwrap();
        let shared = AssetFilter { granted_to: Some(team.member.id), ..Default::default() };
        let page = read.assets(org, &shared, &first_page(1), |_| true).await.unwrap();
        assert_eq!(page.items.iter().map(|asset| asset.id).collect::<Vec<_>>(), [assets[4]]);
        assert_eq!(page.next_cursor, None);

        let none = read.assets(org, &AssetFilter::default(), &first_page(1), |_| false).await.unwrap();
        assert_eq!((none.items.len(), none.next_cursor), (0, None));
        let none = read.runs(org, &RunFilter::default(), &first_page(1), |_| false).await.unwrap();
        assert_eq!((none.items.len(), none.next_cursor), (0, None));
        let none = read.access_requests(org, &AccessFilter::default(), &first_page(1), |_| false).await.unwrap();
        assert_eq!((none.items.len(), none.next_cursor), (0, None));
        let none = read.activity(org, project, &first_page(1), |_| false).await.unwrap();
        assert_eq!((none.items.len(), none.next_cursor), (0, None));
    })
    .await;
}
