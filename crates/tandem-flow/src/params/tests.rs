use serde_json::{Map, Value, json};
use tandem_core::ErrorCode;

use super::*;
use crate::{Column, ColumnKind, Columns, PortColumns};

fn schema() -> Map<String, Value> {
    json!({
        "type": "object",
        "required": ["by"],
        "properties": {
            "by": {"type": "array", "items": {"type": "string"}, "minItems": 1, "x-column": {"port": "table", "many": true}},
            "aggregates": {"type": "array", "maxItems": 3, "items": {
                "type": "object", "required": ["column"], "properties": {
                    "column": {"type": "string", "x-column": {"port": "table", "kinds": ["integer", "number", "decimal"]}},
                    "function": {"type": "string", "enum": ["sum", "mean"], "default": "sum"}
                }
            }},
            "method": {"type": "string", "enum": ["top", "all"], "default": "all"},
            "top": {"type": "integer", "minimum": 1, "maximum": 100, "default": 10, "x-when": {"param": "method", "in": ["top"]}},
            "share": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
            "day": {"type": "string", "format": "date"},
            "currency": {"type": "string", "pattern": "^[A-Z]{3}$", "x-pattern-help": {"en": "be three capital letters", "zh-CN": "是三个大写字母"}},
            "exact": {"type": "boolean", "default": false},
            "names": {"type": "object", "x-column": {"port": "table"}, "additionalProperties": {"type": "string", "maxLength": 5}}
        }
    })
    .as_object()
    .unwrap()
    .clone()
}

fn columns() -> PortColumns {
    let columns =
        [("City", ColumnKind::Text), ("amount", ColumnKind::Number), ("a", ColumnKind::Text), ("A", ColumnKind::Text)];
    let known = columns.iter().map(|(name, kind)| Column::new(*name, *kind)).collect();
    [("table".to_owned(), vec![Columns::Known(known)])].into()
}

fn settled(given: Value) -> Settled {
    settle(Schema::new(&schema()), given.as_object().unwrap(), &columns())
}

/// Code and place of every problem.
fn wrong(given: Value) -> Vec<(Code, String)> {
    settled(given).problems.into_iter().map(|problem| (problem.code, problem.path)).collect()
}

#[test]
fn defaults_fill_what_is_absent_and_what_does_not_count_is_left_out() {
    let plain = settled(json!({"by": ["City"], "day": "", "top": 3})).into_result().unwrap();
    assert_eq!(Value::Object(plain), json!({"by": ["City"], "method": "all", "exact": false}));
    let top = settled(json!({"by": ["City"], "method": "top"})).into_result().unwrap();
    assert_eq!(top["top"], 10);
    let nested = settled(json!({"by": ["City"], "aggregates": [{"column": "amount"}]})).into_result().unwrap();
    assert_eq!(nested["aggregates"][0]["function"], "sum");
}

#[test]
fn every_code_is_said_at_its_place_in_both_languages() {
    let cases = [
        (json!({"by": ["City"], "byy": 1}), Code::Unknown, "byy"),
        (json!({}), Code::Missing, "by"),
        (json!({"by": ["City"], "aggregates": [{}]}), Code::Missing, "aggregates[0].column"),
        (json!({"by": "City"}), Code::WrongType, "by"),
        (json!({"by": ["City"], "exact": 1}), Code::WrongType, "exact"),
        (json!({"by": ["City"], "method": "top", "top": 1.5}), Code::WrongType, "top"),
        (json!({"by": ["City"], "method": "none"}), Code::NotAllowed, "method"),
        (json!({"by": ["City"], "method": "top", "top": 0}), Code::TooSmall, "top"),
        (json!({"by": ["City"], "share": 0}), Code::TooSmall, "share"),
        (json!({"by": ["City"], "share": 1}), Code::TooLarge, "share"),
        (json!({"by": []}), Code::TooShort, "by"),
        (json!({"by": ["City"], "aggregates": [1, 2, 3, 4]}), Code::TooLong, "aggregates"),
        (json!({"by": ["City", "city"]}), Code::Repeated, "by[1]"),
        (json!({"by": ["City"], "day": "2024-13-01"}), Code::Malformed, "day"),
        (json!({"by": ["City"], "currency": "cny"}), Code::Malformed, "currency"),
        (json!({"by": ["Town"]}), Code::UnknownColumn, "by[0]"),
        (json!({"by": ["City"], "names": {"Town": "x"}}), Code::UnknownColumn, "names.Town"),
        (json!({"by": ["City"], "names": {"City": "longer"}}), Code::TooLong, "names.City"),
        (json!({"by": ["City"], "aggregates": [{"column": "City"}]}), Code::ColumnKind, "aggregates[0].column"),
    ];
    let mut seen = Vec::new();
    for (given, code, path) in cases {
        let problems = settled(given.clone()).problems;
        let problem = problems.iter().find(|problem| problem.code == code && problem.path == path);
        let problem = problem.unwrap_or_else(|| panic!("{given}: {problems:?}"));
        assert!(!problem.message.en.is_empty() && !problem.message.zh.is_ascii(), "{problem:?}");
        seen.push(code);
    }
    assert!(Code::ALL.iter().all(|code| seen.contains(code)), "a code without a case");
}

#[test]
fn a_column_is_found_in_another_case_where_no_other_is_meant() {
    let params = settled(json!({"by": ["CITY"]})).into_result().unwrap();
    assert_eq!(params["by"], json!(["City"]));
    assert_eq!(settled(json!({"by": ["a"]})).params["by"], json!(["a"]));
    let two = vec![Columns::Known(vec![Column::new("ab", ColumnKind::Text), Column::new("aB", ColumnKind::Text)])];
    let given = json!({"by": ["AB"]});
    let settled = settle(Schema::new(&schema()), given.as_object().unwrap(), &[("table".to_owned(), two)].into());
    assert_eq!(settled.problems[0].code, Code::UnknownColumn);
}

#[test]
fn columns_that_only_the_data_tells_are_not_refused() {
    let when_run = [("table".to_owned(), vec![Columns::WhenRun])].into();
    let given = json!({"by": ["made_by_pivot"]});
    assert!(settle(Schema::new(&schema()), given.as_object().unwrap(), &when_run).problems.is_empty());
    assert!(settle(Schema::new(&schema()), given.as_object().unwrap(), &PortColumns::new()).problems.is_empty());
}

#[test]
fn all_that_is_wrong_is_said_at_once_and_the_rest_still_counts() {
    let both = wrong(json!({"by": ["Town"], "share": 2, "exact": true}));
    assert_eq!(both.len(), 2);
    assert_eq!(settled(json!({"by": ["Town"], "exact": true})).params["exact"], true);
}

#[test]
fn whole_numbers_lose_their_fraction() {
    let params = settled(json!({"by": ["City"], "method": "top", "top": 7.0})).into_result().unwrap();
    assert_eq!(params["top"].to_string(), "7");
}

#[test]
fn a_problem_becomes_an_answer() {
    let code = |given| settled(given).into_result().unwrap_err().code();
    assert_eq!(code(json!({"by": ["Town"]})), ErrorCode::UnknownColumn);
    assert_eq!(code(json!({})), ErrorCode::InvalidParameter);
}

#[test]
fn text_becomes_the_type_of_the_parameter() {
    let schema = schema();
    let parse = |name, text| parse(Schema::new(&schema), name, text);
    assert_eq!(parse("share", "0.5").unwrap(), json!(0.5));
    assert_eq!(parse("by", "City, a").unwrap(), json!(["City", "a"]));
    assert_eq!(parse("by", r#"["x,y"]"#).unwrap(), json!(["x,y"]));
    assert_eq!(parse("exact", "true").unwrap(), json!(true));
    assert_eq!(parse("names", r#"{"a": "b"}"#).unwrap(), json!({"a": "b"}));
    assert!(parse("share", "NaN").is_err() && parse("top", "ten").is_err() && parse("nope", "1").is_err());
}
