use chrono::TimeDelta;
use serde_json::json;
use tandem_meta::{Direction, RunEnd, RunFilter, RunInput, RunKind, RunState};

use crate::harness::{World, at, code, failure, first_page, on_each};

#[tokio::test]
async fn a_run_goes_from_queued_to_one_end() {
    on_each(|world: World| async move {
        let team = world.team("acme").await;
        let org = team.org.id;
        let mut tx = world.meta.begin().await.unwrap();
        let view = tx.create_run(org, team.new_run()).await.unwrap();
        let id = view.run.id;
        assert_eq!((view.run.state, view.run.started_at, view.stale), (RunState::Queued, None, false));
        assert_eq!((view.run.params.clone(), view.run.seed), (json!({"horizon": 39}), 7));
        tx.set_run_progress(org, id, &json!({"done": 1})).await.unwrap();
        assert_eq!(tx.run(org, id).await.unwrap().unwrap().run.progress, None, "it has not begun");
        let begun = at(&world.clock);
        tx.start_run(org, id).await.unwrap();
        tx.set_run_progress(org, id, &json!({"done": 1})).await.unwrap();
        assert_eq!(tx.run(org, id).await.unwrap().unwrap().run.progress, Some(json!({"done": 1})));
        tx.commit().await.unwrap();

        world.later(TimeDelta::seconds(5));
        let mut tx = world.meta.begin().await.unwrap();
        let again = tx.start_run(org, id).await.unwrap();
        assert_eq!((again.started_at, again.progress), (Some(begun), None), "a second worker begins anew");
        tx.set_run_digest(org, id, "r2").await.unwrap();
        let done = tx.finish_run(org, id, RunEnd::Succeeded(json!({"rows": 3}))).await.unwrap();
        assert_eq!((done.state, done.finished_at), (RunState::Succeeded, Some(at(&world.clock))));
        assert_eq!((done.result, done.digest.as_deref()), (Some(json!({"rows": 3})), Some("r2")));
        for refused in [
            code(tx.start_run(org, id).await),
            code(tx.finish_run(org, id, RunEnd::Cancelled).await),
            code(tx.set_run_digest(org, id, "r3").await),
        ] {
            assert_eq!(refused, "state_conflict");
        }
        tx.commit().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn equal_digests_are_served_from_the_newest_run_that_still_has_its_outputs() {
    on_each(|world: World| async move {
        let team = world.team("acme").await;
        let (org, project) = (team.org.id, team.project.id);
        let input = world.append(&team, world.dataset(&team, "in").await.id, 0).await;
        let asset = world.dataset(&team, "out").await;
        let output = world.append(&team, asset.id, 0).await;
        let first = world.ran(&team, &[input.id], &[output.id]).await;
        world.later(TimeDelta::seconds(1));
        let second = world.ran(&team, &[input.id], &[output.id]).await;

        let mut tx = world.meta.begin().await.unwrap();
        let failed = tx.create_run(org, team.new_run()).await.unwrap().run.id;
        tx.finish_run(org, failed, RunEnd::Failed(failure())).await.unwrap();
        let hit = tx.cached_run(org, project, "r1").await.unwrap().unwrap();
        assert_eq!(hit.run.id, second);
        assert_eq!(hit.outputs.iter().map(|o| (o.role.as_str(), o.seq)).collect::<Vec<_>>(), [("out", 1)]);
        assert_eq!(tx.cached_run(org, project, "r9").await.unwrap(), None);
        let mut new = team.new_run();
        new.inputs = vec![RunInput::newest("in", input.id)];
        new.reproduces = Some(first);
        world.later(TimeDelta::seconds(1));
        let cached = tx.create_cached_run(org, new, &hit).await.unwrap();
        assert_eq!((cached.run.state, cached.run.cached_from), (RunState::Succeeded, Some(second)));
        assert_eq!((cached.run.result, cached.run.reproduces), (Some(json!({})), Some(first)));
        assert_eq!(cached.outputs, hit.outputs);
        let hit = tx.cached_run(org, project, "r1").await.unwrap().unwrap();
        assert_eq!(hit.run.id, second, "the one that computed it");
        tx.delete_asset(org, asset.id).await.unwrap();
        assert_eq!(tx.cached_run(org, project, "r1").await.unwrap(), None);
        tx.commit().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_newer_version_of_an_input_makes_a_run_stale() {
    on_each(|world: World| async move {
        let team = world.team("acme").await;
        let asset = world.dataset(&team, "in").await;
        let input = world.append(&team, asset.id, 0).await;
        let run = world.ran(&team, &[input.id], &[]).await;
        let stale = async || world.meta.read().await.unwrap().run(team.org.id, run).await.unwrap().unwrap().stale;
        assert!(!stale().await);
        world.append(&team, asset.id, 1).await;
        assert!(stale().await);
        let filter = RunFilter { kind: Some(RunKind::Scenario), ..Default::default() };
        let mut read = world.meta.read().await.unwrap();
        let listed = read.runs(team.org.id, &filter, &first_page(5), |_| true).await.unwrap().items;
        assert_eq!(listed.iter().map(|view| (view.run.id, view.stale)).collect::<Vec<_>>(), [(run, true)]);
        assert_eq!(listed[0].inputs[0].version_id, input.id);
        let none = RunFilter { state: Some(RunState::Failed), ..Default::default() };
        assert!(read.runs(team.org.id, &none, &first_page(5), |_| true).await.unwrap().items.is_empty());
    })
    .await;
}

#[tokio::test]
async fn lineage_is_followed_both_ways() {
    on_each(|world: World| async move {
        let team = world.team("acme").await;
        let mut assets = Vec::new();
        let mut versions = Vec::new();
        for name in ["a", "b", "c", "d"] {
            let asset = world.dataset(&team, name).await;
            versions.push(world.append(&team, asset.id, 0).await);
            assets.push(asset);
        }
        let b2 = world.append(&team, assets[1].id, 1).await;
        let id = |n: usize| versions[n].id;
        // a → b@1, a → b@2, b@1 + c → d; and one run on its own.
        let one = world.ran(&team, &[id(0)], &[id(1)]).await;
        let two = world.ran(&team, &[id(0)], &[b2.id]).await;
        let three = world.ran(&team, &[id(1), id(2)], &[id(3)]).await;
        world.ran(&team, &[id(2)], &[]).await;

        let follow = async |n: usize, seq, direction| {
            let mut read = world.meta.read().await.unwrap();
            let lineage = read.lineage(team.org.id, assets[n].id, seq, direction).await.unwrap();
            assert!(!lineage.truncated);
            let mut steps: Vec<_> =
                lineage.steps.iter().map(|s| (s.run_id, s.from.version_id, s.to.version_id)).collect();
            steps.sort();
            steps
        };
        let sorted = |mut steps: Vec<_>| {
            steps.sort();
            steps
        };
        assert_eq!(
            follow(3, None, Direction::Upstream).await,
            sorted(vec![(one, id(0), id(1)), (three, id(1), id(3)), (three, id(2), id(3))])
        );
        assert_eq!(
            follow(0, None, Direction::Downstream).await,
            sorted(vec![(one, id(0), id(1)), (two, id(0), b2.id), (three, id(1), id(3))])
        );
        assert_eq!(follow(1, Some(2), Direction::Downstream).await, []);
        assert_eq!(follow(1, Some(2), Direction::Upstream).await, [(two, id(0), b2.id)]);
        assert_eq!(follow(0, None, Direction::Upstream).await, []);
    })
    .await;
}
