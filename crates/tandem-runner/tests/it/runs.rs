//! What runs, what is known already, what fails and what goes on.

use std::time::{Duration, SystemTime};

use serde_json::{Value, json};
use tandem_core::ErrorCode;
use tandem_flow::{
    graph::NodeId,
    plan::{Outcome, SkipReason, State},
};
use tandem_runner::{Job, NodeEnd, Ran, Stored};

use crate::bench::{Bench, job, orders, rows};

fn end<'a>(ran: &'a Ran, node: &str) -> &'a NodeEnd {
    &ran.nodes[&NodeId::new(node)]
}

fn more(than: &str) -> Value {
    json!({"conditions": [{"column": "amount", "operator": "at_least", "value": than}]})
}

fn by_city() -> Value {
    json!({"by": ["city"], "totals": [{"function": "rows", "name": "orders"}, {"function": "sum", "column": "amount", "name": "amount"}]})
}

/// orders → keep (≥ 100) → big (≥ 200) → by; keep → split.
fn sample() -> Job {
    job(
        &[
            ("keep", "filter", more("100")),
            ("big", "filter", more("200")),
            ("by", "group", by_city()),
            ("split", "split", json!({"test_share": 0.25})),
        ],
        &[("keep.table", "big.table"), ("big.table", "by.table"), ("keep.table", "split.table")],
        &["keep.table"],
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workflow_runs_and_is_known_the_next_time() {
    let bench = Bench::new();
    let (ran, began) = bench.run(sample()).await;
    assert_eq!(ran.outcome, Outcome::Succeeded, "{:?}", ran.nodes);
    assert_eq!(began.len(), 4);
    // amount is id / 4: 400 rows are below 100, 800 below 200.
    assert_eq!(rows(end(&ran, "keep")), [("table", 2600)]);
    assert_eq!(rows(end(&ran, "by")), [("table", 3)]);
    assert!(end(&ran, "big").rows.is_empty(), "a view that one node reads is not written down");
    let split = rows(end(&ran, "split"));
    assert_eq!(split.iter().map(|(_, rows)| rows).sum::<u64>(), 2600, "{split:?}");

    let before = bench.files();
    let (again, began) = bench.run(sample()).await;
    assert_eq!(again.outcome, Outcome::Succeeded);
    assert_eq!(began, ["big"], "only the view is said again");
    assert!(["keep", "by", "split"].iter().all(|node| end(&again, node).cached));
    assert_eq!(again.digests, ran.digests);
    let mut after = bench.files();
    after.sort();
    assert_eq!(
        {
            let mut before = before;
            before.sort();
            before
        },
        after
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changed_and_what_it_feeds_runs_again_and_nothing_else() {
    let bench = Bench::new();
    let (first, _) = bench.run(sample()).await;
    let mut changed = sample();
    let node = changed.workflow.nodes.get_mut(&NodeId::new("big")).unwrap();
    node.params = serde_json::from_value(more("300")).unwrap();
    node.position.x = 77;
    let (ran, began) = bench.run(changed).await;
    assert_eq!(began, ["big", "by"]);
    assert_ne!(bench.stored(&ran, "by", "table"), bench.stored(&first, "by", "table"));

    let mut moved = sample();
    moved.workflow.nodes.values_mut().for_each(|node| node.label = Some("新名字".into()));
    let (_, began) = bench.run(moved).await;
    assert_eq!(began, ["big"], "names are no part of what is computed");

    let mut other = sample();
    other.inputs.insert("orders".to_owned(), orders(3001));
    let (_, began) = bench.run(other).await;
    assert_eq!(began.len(), 4, "another input makes everything stale");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_is_the_same_whether_melted_together_or_written_down() {
    let bench = Bench::new();
    let (ran, _) = bench.run(sample()).await;
    let Stored::Table { fingerprint, .. } = bench.stored(&ran, "by", "table") else { panic!() };
    // A second reader makes the view a table of its own.
    let mut other = job(
        &[
            ("keep", "filter", more("100")),
            ("big", "filter", more("200")),
            ("by", "group", by_city()),
            ("top", "top-values", json!({"column": "city"})),
        ],
        &[("keep.table", "big.table"), ("big.table", "by.table"), ("big.table", "top.table")],
        &["keep.table"],
    );
    other.seed = 1;
    let fresh = Bench::new();
    let (written, _) = fresh.run(other).await;
    assert_eq!(rows(end(&written, "big")), [("table", 2200)]);
    let Stored::Table { fingerprint: same, .. } = fresh.stored(&written, "by", "table") else { panic!() };
    assert_eq!(fingerprint, same);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_node_says_why_and_the_others_finish() {
    let bench = Bench::new();
    let mut wrong = sample();
    wrong.workflow.nodes.get_mut(&NodeId::new("big")).unwrap().params =
        serde_json::from_value(json!({"conditions": [{"column": "price", "operator": "at_least", "value": "1"}]}))
            .unwrap();
    let (ran, _) = bench.run(wrong).await;
    assert_eq!(ran.outcome, Outcome::Failed);
    let message = end(&ran, "big").error.as_ref().unwrap().message().to_owned();
    assert!(message.contains("price") && message.contains("amount"), "{message}");
    assert!(matches!(end(&ran, "by").state, State::Skipped { .. }));
    assert!(matches!(end(&ran, "split").state, State::Succeeded { .. }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_while_rows_are_computed_is_its_node_s_and_leaves_nothing() {
    let bench = Bench::new();
    let failing = job(
        &[
            ("keep", "filter", more("100")),
            ("broken", "calculate", json!({"columns": [{"name": "n", "expression": "CAST(city AS BIGINT)"}]})),
            ("wide", "filter", json!({"conditions": [{"column": "n", "operator": "is_not_empty"}]})),
            ("by", "group", json!({"by": ["n"], "totals": [{"function": "rows", "name": "rows"}]})),
            ("top", "top-values", json!({"column": "city"})),
        ],
        &[
            ("keep.table", "broken.table"),
            ("broken.table", "wide.table"),
            ("wide.table", "by.table"),
            ("keep.table", "top.table"),
        ],
        &["keep.table"],
    );
    let (ran, _) = bench.run(failing).await;
    assert_eq!(ran.outcome, Outcome::Failed);
    // It came up where rows were computed, and is said where it is wrong.
    assert_eq!(end(&ran, "broken").error.as_ref().unwrap().code(), ErrorCode::ComputeFailed);
    for id in ["wide", "by"] {
        assert!(matches!(end(&ran, id).state, State::Skipped { reason: SkipReason::Upstream }), "{id}");
    }
    assert_eq!(rows(end(&ran, "top")), [("table", 3)]);
    let kept = bench.runner.results().known(&ran.digests[&NodeId::new("by")]);
    assert!(kept.is_empty(), "{kept:?}");
    let halves = bench.files().iter().filter(|path| path.to_string_lossy().contains("draft")).count();
    assert_eq!(halves, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_that_was_cut_short_is_computed_again() {
    let bench = Bench::new();
    let (ran, _) = bench.run(sample()).await;
    let Stored::Table { fingerprint, .. } = bench.stored(&ran, "keep", "table") else { panic!() };
    for path in bench.files().iter().filter(|path| path.extension().is_some_and(|ending| ending == "parquet")) {
        let bytes = std::fs::read(path).unwrap();
        std::fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
    }
    let (again, began) = bench.run(sample()).await;
    assert_eq!((again.outcome, began.len()), (Outcome::Succeeded, 4));
    let Stored::Table { fingerprint: same, .. } = bench.stored(&again, "keep", "table") else { panic!() };
    assert_eq!(fingerprint, same);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_old_is_forgotten_and_computed_again() {
    let bench = Bench::new();
    bench.run(sample()).await;
    let results = bench.runner.results();
    assert_eq!(results.forget_older(Duration::from_secs(3600)).unwrap(), 0);
    let folders: std::collections::BTreeSet<_> =
        bench.files().iter().filter_map(|path| path.parent().map(std::path::Path::to_owned)).collect();
    let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1);
    for folder in &folders {
        std::fs::File::open(folder).unwrap().set_modified(long_ago).unwrap();
    }
    assert_eq!(results.forget_older(Duration::from_secs(3600)).unwrap(), 3);
    assert!(bench.files().is_empty());
    let (again, began) = bench.run(sample()).await;
    assert_eq!((again.outcome, began.len()), (Outcome::Succeeded, 4));
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_a_node_needs_runs_until_it() {
    let bench = Bench::new();
    let mut part = sample();
    part.until.insert(NodeId::new("big"));
    let (ran, mut began) = bench.run(part).await;
    began.sort();
    assert_eq!(began, ["big", "keep"]);
    assert_eq!(rows(end(&ran, "big")), [("table", 2200)]);
    assert_eq!(ran.nodes.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_circle_is_said_and_the_rest_runs() {
    let bench = Bench::new();
    let circling = job(
        &[
            ("keep", "filter", more("100")),
            ("one", "union", json!({})),
            ("two", "filter", json!({})),
            ("by", "group", by_city()),
        ],
        &[
            ("keep.table", "one.tables"),
            ("two.table", "one.tables"),
            ("one.table", "two.table"),
            ("keep.table", "by.table"),
        ],
        &["keep.table"],
    );
    let (ran, _) = bench.run(circling).await;
    assert_eq!(ran.outcome, Outcome::Failed);
    assert!(end(&ran, "one").error.is_some() && end(&ran, "two").error.is_some());
    assert_eq!(rows(end(&ran, "by")), [("table", 3)]);
}
