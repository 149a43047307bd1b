use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, DictionaryArray, Float64Array, Int64Array, StringArray,
    TimestampMillisecondArray,
};
use arrow::datatypes::Int32Type;
use proptest::prelude::*;
use serde_json::json;
use tandem_core::ErrorCode;

use super::*;

fn table() -> RecordBatch {
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("id", Arc::new(Int64Array::from(vec![Some(1), Some(2), Some(2), None, None]))),
        ("part", Arc::new(Int64Array::from(vec![1, 1, 2, 1, 1]))),
        ("price", Arc::new(Float64Array::from(vec![Some(0.0), Some(9.5), Some(-1.0), Some(f64::NAN), None]))),
        ("city", Arc::new(StringArray::from(vec![Some("北京"), Some("上海"), Some("shanghai"), None, Some("上海")]))),
        ("day", Arc::new(Date32Array::from(vec![19_000, 19_001, 19_002, 19_003, 19_004]))),
        ("at", Arc::new(TimestampMillisecondArray::from(vec![0, 86_399_999, 86_400_000, -1, 5]))),
        ("ok", Arc::new(BooleanArray::from(vec![true, false, true, true, true]))),
        ("code", Arc::new(vec!["A-1", "B-22", "A-1", "x", "A-1x"].into_iter().collect::<DictionaryArray<Int32Type>>())),
    ];
    RecordBatch::try_from_iter(columns).unwrap()
}

fn rule(json: serde_json::Value) -> Rule {
    serde_json::from_value(json).unwrap()
}

/// Failing rows and examples, the table in one batch; two batches must agree.
fn check(json: serde_json::Value) -> (u64, Vec<String>) {
    let (table, rule) = (table(), rule(json));
    let run = |batches: &[RecordBatch]| {
        let mut checker = QualityChecker::new(&table.schema(), std::slice::from_ref(&rule)).unwrap();
        batches.iter().for_each(|b| checker.update(b).unwrap());
        checker.finish().remove(0)
    };
    let whole = run(std::slice::from_ref(&table));
    assert_eq!(whole, run(&[table.slice(0, 2), table.slice(2, 3)]));
    assert_eq!((whole.passed, &whole.rule), (whole.failing_rows == 0, &rule));
    assert!(whole.failing_rows <= whole.checked_rows);
    (whole.failing_rows, whole.examples)
}

fn owned(values: &[&str]) -> Vec<String> {
    values.iter().map(|v| (*v).to_owned()).collect()
}

#[test]
fn rows_that_break_a_rule_are_counted_and_shown() {
    let cases = [
        (json!({"kind": "not_null", "columns": ["id"]}), 2, vec!["#4", "#5"]),
        (json!({"kind": "not_null", "columns": ["id", "city"]}), 2, vec!["#4", "#5"]),
        (json!({"kind": "unique", "columns": ["id"]}), 1, vec!["2"]),
        (json!({"kind": "unique", "columns": ["id", "part"]}), 0, vec![]),
        (json!({"kind": "unique", "columns": ["part", "city"]}), 1, vec!["part = 1, city = 上海"]),
        (json!({"kind": "range", "columns": ["price"], "min": 0}), 2, vec!["-1.0", "NaN"]),
        (json!({"kind": "range", "columns": ["id"], "min": 1, "max": 1.5}), 2, vec!["2"]),
        (json!({"kind": "range", "columns": ["day"], "max": "2022-01-10"}), 2, vec!["2022-01-11", "2022-01-12"]),
        (
            json!({"kind": "range", "columns": ["at"], "min": "1970-01-01", "max": "1970-01-01"}),
            2,
            vec!["1970-01-02T00:00:00", "1969-12-31T23:59:59.999"],
        ),
        (
            json!({"kind": "range", "columns": ["at"], "max": "1970-01-01T08:00:00+08:00"}),
            3,
            vec!["1970-01-01T23:59:59.999", "1970-01-02T00:00:00", "1970-01-01T00:00:00.005"],
        ),
        (json!({"kind": "range", "columns": ["city"], "min": "a", "max": "z"}), 3, vec!["北京", "上海"]),
        (json!({"kind": "set", "columns": ["city"], "values": ["北京", "上海"]}), 1, vec!["shanghai"]),
        (json!({"kind": "set", "columns": ["id"], "values": ["1", 3]}), 2, vec!["2"]),
        (json!({"kind": "set", "columns": ["price"], "values": [0, 9.5]}), 2, vec!["-1.0", "NaN"]),
        (json!({"kind": "set", "columns": ["ok"], "values": [true]}), 1, vec!["false"]),
        (
            json!({"kind": "set", "columns": ["day"], "values": ["2022-01-08", "2022-01-09"]}),
            3,
            vec!["2022-01-10", "2022-01-11", "2022-01-12"],
        ),
        (json!({"kind": "pattern", "columns": ["code"], "pattern": "[A-Z]-\\d+"}), 2, vec!["x", "A-1x"]),
        (json!({"kind": "pattern", "columns": ["code"], "pattern": "A-1|x"}), 2, vec!["B-22", "A-1x"]),
        (json!({"kind": "pattern", "columns": ["part"], "pattern": "1"}), 1, vec!["2"]),
    ];
    for (json, failing, examples) in cases {
        let (found, shown) = check(json.clone());
        assert_eq!(found, failing, "{json}");
        assert_eq!(shown, owned(&examples), "{json}");
    }
}

#[test]
fn rules_that_make_no_sense_are_refused() {
    let cases = [
        (json!({"kind": "not_null", "columns": []}), ErrorCode::InvalidParameter),
        (json!({"kind": "not_null", "columns": ["nope"]}), ErrorCode::UnknownColumn),
        (json!({"kind": "range", "columns": ["price"]}), ErrorCode::InvalidParameter),
        (json!({"kind": "range", "columns": ["price"], "min": 2, "max": 1}), ErrorCode::InvalidParameter),
        (json!({"kind": "range", "columns": ["price"], "min": "cheap"}), ErrorCode::InvalidParameter),
        (json!({"kind": "range", "columns": ["day"], "min": 5}), ErrorCode::InvalidParameter),
        (json!({"kind": "range", "columns": ["day"], "min": "soon"}), ErrorCode::InvalidParameter),
        (json!({"kind": "range", "columns": ["ok"], "min": 0}), ErrorCode::InvalidParameter),
        (json!({"kind": "pattern", "columns": ["city"], "pattern": "("}), ErrorCode::InvalidParameter),
        (json!({"kind": "pattern", "columns": ["city"], "pattern": "(\\w{500}){500}"}), ErrorCode::InvalidParameter),
    ];
    for (json, code) in cases {
        let rule = rule(json.clone());
        assert_eq!(QualityChecker::new(&table().schema(), &[rule]).unwrap_err().code(), code, "{json}");
    }
}

#[test]
fn a_rule_is_json_inside_another_object_too() {
    #[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
    struct Outer {
        #[serde(flatten)]
        rule: Rule,
        blocking: bool,
    }
    let json = json!({"kind": "range", "columns": ["price"], "min": 0, "max": "7", "blocking": true});
    let outer: Outer = serde_json::from_value(json.clone()).unwrap();
    assert_eq!(serde_json::to_value(&outer).unwrap(), json);
    assert_eq!(outer.rule.to_string(), "price: between 0 and 7");
    assert!(serde_json::from_value::<Rule>(json!({"kind": "fancy", "columns": []})).is_err());
}

proptest! {
    #[test]
    fn unique_counts_the_later_ones(values in prop::collection::vec(prop::option::of(0_i64..20), 0..100), cut in 0_usize..100) {
        let batch = RecordBatch::try_from_iter([("v", Arc::new(Int64Array::from(values.clone())) as ArrayRef)]).unwrap();
        let rule = Rule::Unique { columns: vec!["v".into()] };
        let mut checker = QualityChecker::new(&batch.schema(), &[rule]).unwrap();
        let at = cut % (values.len() + 1);
        checker.update(&batch.slice(0, at)).unwrap();
        checker.update(&batch.slice(at, values.len() - at)).unwrap();
        let result = checker.finish().remove(0);
        let filled: Vec<i64> = values.into_iter().flatten().collect();
        let distinct = filled.iter().collect::<std::collections::HashSet<_>>().len();
        prop_assert_eq!(result.failing_rows as usize, filled.len() - distinct);
        prop_assert_eq!(result.checked_rows as usize, filled.len());
    }
}
