//! How two versions differ.

use std::{collections::BTreeMap, sync::Arc};

use arrow::array::{ArrayRef, Float64Array, Int64Array};
use proptest::prelude::*;
use tandem_core::{Cancel, ErrorCode};
use tandem_engine::{
    AccessPlan, ChangeKind, CompareRequest, Comparison, Filter, Mask, TableAccess, TableRef, Value, WriteMode,
};

use crate::support::{Bench, batch, chain, ints, texts};

async fn two(bench: &Bench, old: arrow::array::RecordBatch, new: arrow::array::RecordBatch) -> AccessPlan {
    let dataset = bench.table(old).await;
    bench.write(dataset, WriteMode::Replace, new).await.unwrap();
    AccessPlan::new("t")
        .with_table(TableRef::at("t", 1), TableAccess::version(dataset, 0))
        .with_table(TableRef::at("t", 2), TableAccess::version(dataset, 1))
}

fn by(key: &[&str]) -> CompareRequest {
    CompareRequest {
        from: TableRef::at("t", 1),
        to: TableRef::at("t", 2),
        key: key.iter().map(|&name| name.to_owned()).collect(),
        sample: 10,
    }
}

async fn compare(bench: &Bench, plan: &AccessPlan, key: &[&str]) -> Comparison {
    let result = bench.engine.compare(plan, &by(key), &Cancel::new()).await;
    result.unwrap_or_else(|error| panic!("{}", chain(&error)))
}

#[tokio::test]
async fn columns_counts_and_rows() {
    let bench = Bench::new();
    let price: ArrayRef = Arc::new(Float64Array::from(vec![Some(1.0), None, Some(f64::NAN)]));
    let old = batch(vec![
        ("id", ints([1, 2, 3])),
        ("city", texts(["北京", "上海", "广州"])),
        ("price", price),
        ("gone", ints([0, 0, 0])),
    ]);
    let price: ArrayRef = Arc::new(Float64Array::from(vec![Some(f64::NAN), Some(2.0), Some(9.0)]));
    let new = batch(vec![
        ("id", ints([3, 2, 4])),
        ("city", texts(["广州", "上海", "深圳"])),
        ("price", price),
        ("fresh", texts(["x", "y", "z"])),
    ]);
    let plan = two(&bench, old, new).await;
    let diff = compare(&bench, &plan, &["id"]).await;
    assert_eq!((diff.from_rows, diff.to_rows), (3, 3));
    let names = |columns: &[tandem_engine::ColumnType]| {
        columns.iter().map(|c| format!("{} {}", c.name, c.data_type)).collect::<Vec<_>>()
    };
    assert_eq!(
        (names(&diff.schema.added), names(&diff.schema.removed)),
        (vec!["fresh text".into()], vec!["gone int64".into()])
    );
    let rows = diff.rows.unwrap();
    assert_eq!((rows.added, rows.removed, rows.changed, rows.unchanged), (1, 1, 1, 1));
    assert_eq!(rows.changed_columns, [("city".to_owned(), 0), ("price".to_owned(), 1)]);
    let kinds: Vec<_> = rows.sample.iter().map(|row| (row.kind, row.key[0].value.clone().unwrap())).collect();
    assert_eq!(
        kinds,
        [(ChangeKind::Removed, "1".into()), (ChangeKind::Changed, "2".into()), (ChangeKind::Added, "4".into())]
    );
    let changed = &rows.sample[1].columns;
    assert_eq!(
        (changed.len(), changed[0].column.as_str(), &changed[0].before, changed[0].after.as_deref()),
        (1, "price", &None, Some("2.0"))
    );
    let without = compare(&bench, &plan, &[]).await;
    assert!(without.rows.is_none());
}

#[tokio::test]
async fn a_key_must_tell_rows_apart() {
    let bench = Bench::new();
    let plan = two(&bench, batch(vec![("id", ints([1, 1]))]), batch(vec![("id", ints([1, 2]))])).await;
    for key in ["id", "nothing"] {
        let error = bench.engine.compare(&plan, &by(&[key]), &Cancel::new()).await.unwrap_err();
        assert_eq!(error.code(), ErrorCode::InvalidKey, "{}", chain(&error));
    }
}

#[tokio::test]
async fn null_is_a_key_like_any_other() {
    let bench = Bench::new();
    let id = |values: Vec<Option<i64>>| -> ArrayRef { Arc::new(Int64Array::from(values)) };
    let old = batch(vec![("id", id(vec![None, Some(1)])), ("v", ints([1, 1]))]);
    let new = batch(vec![("id", id(vec![Some(1), None])), ("v", ints([1, 2]))]);
    let rows = compare(&bench, &two(&bench, old, new).await, &["id"]).await.rows.unwrap();
    assert_eq!((rows.added, rows.removed, rows.changed, rows.unchanged), (0, 0, 1, 1));
}

#[tokio::test]
async fn masks_and_filters_hold() {
    let bench = Bench::new();
    let rows = |secret: &'static str| {
        batch(vec![("id", ints([1, 2])), ("phone", texts([secret, "hidden-row"])), ("area", texts(["a", "b"]))])
    };
    let mut plan = two(&bench, rows("13800000001"), rows("13900000001")).await;
    for access in plan.tables.values_mut() {
        access.masks.insert("phone".into(), Mask::Partial { keep_start: 2, keep_end: 0 });
        access.row_filter = Some(Filter::Compare {
            column: "area".into(),
            is: tandem_engine::CompareOp::Eq,
            value: Value::Text("a".into()),
        });
    }
    let diff = compare(&bench, &plan, &["id"]).await;
    assert_eq!((diff.from_rows, diff.to_rows), (1, 1));
    let rows = diff.rows.unwrap();
    assert_eq!(rows.changed, 0, "only the masked value is compared: 13**** on both sides");
    let text = serde_json::to_string(&rows).unwrap();
    assert!(!text.contains("0000001") && !text.contains("hidden-row"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    #[test]
    fn it_is_what_two_maps_say(
        old in prop::collection::btree_map(0i64..20, prop::option::of(0i64..3), 1..15),
        new in prop::collection::btree_map(0i64..20, prop::option::of(0i64..3), 1..15),
    ) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let bench = Bench::new();
            let rows = |map: &BTreeMap<i64, Option<i64>>| {
                let values: ArrayRef = Arc::new(Int64Array::from(map.values().copied().collect::<Vec<_>>()));
                batch(vec![("k", ints(map.keys().copied())), ("v", values)])
            };
            let plan = two(&bench, rows(&old), rows(&new)).await;
            let diff = compare(&bench, &plan, &["k"]).await.rows.unwrap();
            let count = |so: &dyn Fn(&i64) -> bool, keys: &BTreeMap<i64, Option<i64>>| keys.keys().filter(|k| so(k)).count() as u64;
            assert_eq!(diff.added, count(&|k| !old.contains_key(k), &new));
            assert_eq!(diff.removed, count(&|k| !new.contains_key(k), &old));
            assert_eq!(diff.unchanged, count(&|k| old.get(k) == new.get(k), &new));
            assert_eq!(diff.changed, new.len() as u64 - diff.added - diff.unchanged);
        });
    }
}
