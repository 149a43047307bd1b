use std::collections::HashMap;

use chrono::TimeDelta;
use serde_json::json;
use tandem_core::Action;
use tandem_meta::{AccessFilter, AccessState};

use crate::harness::{World, at, code, first_page, on_each};

#[tokio::test]
async fn grants_are_made_once_and_taken_back() {
    on_each(|world: World| async move {
        let team = world.team("acme").await;
        let org = team.org.id;
        let asset = world.dataset(&team, "sales").await.id;
        let mut tx = world.meta.begin().await.unwrap();
        let first = tx.grant(org, asset, team.member.id, Action::Use, team.owner.id).await.unwrap();
        world.later(TimeDelta::seconds(1));
        let again = tx.grant(org, asset, team.member.id, Action::Use, team.owner.id).await.unwrap();
        assert_eq!(first, again);
        let download = tx.grant(org, asset, team.member.id, Action::Download, team.owner.id).await.unwrap();
        assert_eq!(tx.grants_on(org, asset).await.unwrap(), [first.clone(), download.clone()]);
        assert_eq!(tx.revoke(org, asset, download.id).await.unwrap(), download);
        assert_eq!(code(tx.revoke(org, asset, download.id).await), "not_found");
        assert_eq!(tx.grants_of(org, team.member.id).await.unwrap(), [first]);
        tx.remove_member(org, team.member.id).await.unwrap();
        assert!(tx.grants_on(org, asset).await.unwrap().is_empty(), "they end with membership");
        tx.commit().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_request_is_decided_once_and_becomes_the_grant() {
    on_each(|world: World| async move {
        let team = world.team("acme").await;
        let (org, me) = (team.org.id, team.member.id);
        let asset = world.dataset(&team, "sales").await.id;
        let mut tx = world.meta.begin().await.unwrap();
        let request = tx.request_access(org, asset, me, Action::Use, " for the spring campaign ").await.unwrap();
        assert_eq!(request.reason, "for the spring campaign");
        let again = tx.request_access(org, asset, me, Action::Use, "please").await.unwrap();
        assert_eq!(request, again);
        let pending = AccessFilter { state: Some(AccessState::Pending), ..Default::default() };
        assert_eq!(tx.access_requests(org, &pending, &first_page(5), |_| true).await.unwrap().items, [again]);
        let decided = tx.decide_access(org, request.id, true, team.owner.id).await.unwrap();
        assert_eq!((decided.state, decided.decided_by), (AccessState::Approved, Some(team.owner.id)));
        assert_eq!(decided.decided_at, Some(at(&world.clock)));
        assert_eq!(code(tx.decide_access(org, request.id, false, team.owner.id).await), "state_conflict");
        let grants = tx.grants_of(org, me).await.unwrap();
        assert_eq!(grants.iter().map(|g| (g.id, g.action)).collect::<Vec<_>>(), [(request.id, Action::Use)]);

        let second = tx.request_access(org, asset, me, Action::Download, "").await.unwrap();
        tx.decide_access(org, second.id, false, team.owner.id).await.unwrap();
        assert_eq!(tx.grants_of(org, me).await.unwrap().len(), 1);
        let third = tx.request_access(org, asset, me, Action::Download, "really").await.unwrap();
        assert_ne!(second.id, third.id, "one may ask again");
        assert_eq!(tx.access_request(org, third.id).await.unwrap().unwrap().state, AccessState::Pending);
        let mine = AccessFilter { user: Some(me), asset: Some(asset), state: None };
        let hidden = tx.access_requests(org, &mine, &first_page(5), |r| r.id != second.id).await.unwrap();
        assert_eq!(hidden.items.len(), 2);
        tx.commit().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn restrictions_reach_along_the_lineage_until_released() {
    on_each(|world: World| async move {
        let team = world.team("acme").await;
        let org = team.org.id;
        let mut ids = Vec::new();
        for name in ["raw", "clean", "scored", "report", "side"] {
            ids.push(world.dataset(&team, name).await.id);
        }
        let [raw, clean, scored, report, side] = ids[..] else { unreachable!() };
        let mut tx = world.meta.begin().await.unwrap();
        tx.add_sources(org, clean, &[raw, clean]).await.unwrap();
        tx.add_sources(org, scored, &[clean, side]).await.unwrap();
        tx.add_sources(org, report, &[scored]).await.unwrap();
        // A cycle (an asset rebuilt from what was made of it) must not hang.
        tx.add_sources(org, raw, &[scored]).await.unwrap();

        let sorted = |mut ids: Vec<_>| {
            ids.sort();
            ids
        };
        let by = tx.restricted_by(org, &[report, side, clean]).await.unwrap();
        assert_eq!(by.get(&side), None);
        assert_eq!(by.get(&report).cloned().map(sorted), Some(sorted(vec![raw, clean, scored, side])));
        assert_eq!(by.get(&clean).cloned().map(sorted), Some(sorted(vec![raw, scored, side])));

        assert_eq!(tx.release(org, scored, team.owner.id).await.unwrap(), 2);
        assert_eq!(tx.release(org, scored, team.owner.id).await.unwrap(), 0);
        tx.add_sources(org, scored, &[clean]).await.unwrap();
        let by = tx.restricted_by(org, &[report, scored]).await.unwrap();
        assert_eq!(by, HashMap::from([(report, vec![scored])]), "released stays released");
        let sources = tx.sources_of(org, scored).await.unwrap();
        assert!(sources.iter().all(|s| s.released_by == Some(team.owner.id) && s.released_at.is_some()));
        tx.commit().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn policies_and_settings_replace_what_was() {
    on_each(|world: World| async move {
        let team = world.team("acme").await;
        let org = team.org.id;
        let asset = world.dataset(&team, "sales").await.id;
        let mut tx = world.meta.begin().await.unwrap();
        assert!(tx.policies(org, &[asset]).await.unwrap().is_empty());
        tx.put_policy(org, asset, &json!({"masks": {"phone": "hash"}}), team.owner.id).await.unwrap();
        tx.put_policy(org, asset, &json!({"masks": {}}), team.member.id).await.unwrap();
        let policies = tx.policies(org, &[asset]).await.unwrap();
        let found: Vec<_> = policies.iter().map(|p| (p.asset_id, p.updated_by, p.body.clone())).collect();
        assert_eq!(found, [(asset, team.member.id, json!({"masks": {}}))]);
        tx.put_setting(org, asset, "quality", &json!([1]), team.owner.id).await.unwrap();
        tx.put_setting(org, asset, "quality", &json!([1, 2]), team.owner.id).await.unwrap();
        assert_eq!(tx.setting(org, asset, "quality").await.unwrap().unwrap().body, json!([1, 2]));
        assert_eq!(tx.setting(org, asset, "other").await.unwrap(), None);
        tx.commit().await.unwrap();
    })
    .await;
}
