//! From documents to workflows.

use serde_json::{Value, json};
use tandem_core::ErrorCode;

use super::{
    bind::needed,
    compile::{Reading, compile},
    document::Dashboard,
};

fn figure(block: &str, source: &str, more: Value) -> Value {
    let mut figure = json!({ "source": source, "component": "profile" });
    if let (Some(figure), Some(more)) = (figure.as_object_mut(), more.as_object()) {
        figure.extend(more.clone());
    }
    json!({ "id": block, "shows": { "figure": figure } })
}

fn document() -> Value {
    json!({
        "format": 1,
        "sources": {
            "sales": { "dataset": "019a0000-0000-7000-8000-000000000001", "columns": { "amount": "total", "city": "city" } },
            "shops": { "dataset": "019a0000-0000-7000-8000-000000000002" },
        },
        "filters": [
            { "id": "city", "column": "city", "sources": ["sales"], "control": "choice",
              "conditions": [{ "operator": "one_of", "value": ["上海", "北京"] }] },
        ],
        "pages": [{ "id": "p", "title": { "en": "Page", "zh-CN": "页" }, "blocks": [
            figure("a", "sales", json!({ "conditions": [{ "column": "amount", "operator": "at_least", "value": 5 }] })),
            figure("b", "shops", json!({})),
            { "id": "t", "shows": { "text": { "en": "Words", "zh-CN": "文字" } } },
        ] }],
    })
}

#[test]
fn a_figure_is_a_source_a_filter_and_a_component() {
    let dashboard = Dashboard::read(&document()).unwrap();
    let compiled = compile(&dashboard, &dashboard.pages[0], &Reading::default()).unwrap();
    let nodes: Vec<_> = compiled.workflow.nodes.keys().map(ToString::to_string).collect();
    let all = ["figure-a", "figure-b", "rows-a", "source-sales", "source-sales-columns", "source-sales-names"];
    assert_eq!(nodes, [&all[..], &["source-shops"]].concat());
    assert!(compiled.workflow.flaws().is_empty());
    let rows = &compiled.workflow.nodes[&"rows-a".into()].params["conditions"];
    let expected = json!([
        { "column": "amount", "operator": "at_least", "value": "5" },
        { "column": "city", "operator": "one_of", "values": ["上海", "北京"] },
    ]);
    assert_eq!(rows, &expected);
    let names = &compiled.workflow.nodes[&"source-sales-names".into()].params["names"];
    assert_eq!(names, &json!([{ "column": "total", "to": "amount" }]), "a name that is the same needs no other");
    assert_eq!(compiled.figures.len(), 2);
}

#[test]
fn what_a_reader_sets_holds_instead_of_what_the_author_set() {
    let dashboard = Dashboard::read(&document()).unwrap();
    let reading: Reading = serde_json::from_value(json!({ "filters": { "city": [] } })).unwrap();
    let compiled = compile(&dashboard, &dashboard.pages[0], &reading).unwrap();
    let rows = &compiled.workflow.nodes[&"rows-a".into()].params["conditions"];
    assert_eq!(rows.as_array().unwrap().len(), 1, "{rows}");
    let reading: Reading = serde_json::from_value(json!({ "filters": { "other": [] } })).unwrap();
    let refused = compile(&dashboard, &dashboard.pages[0], &reading).unwrap_err();
    assert_eq!(refused.code(), ErrorCode::InvalidRequest);
}

#[test]
fn who_points_at_a_value_comes_to_the_next_level() {
    let mut document = document();
    document["pages"][0]["blocks"][1]["shows"]["figure"]["drill"] =
        json!({ "param": "columns", "levels": ["province", "city"] });
    let dashboard = Dashboard::read(&document).unwrap();
    let at = |path: Value| {
        let reading =
            Reading { drill: [("b".to_owned(), serde_json::from_value(path).unwrap())].into(), ..Reading::default() };
        let workflow = compile(&dashboard, &dashboard.pages[0], &reading).unwrap().workflow;
        let rows = workflow.nodes.get(&"rows-b".into()).map(|node| node.params["conditions"].clone());
        (workflow.nodes[&"figure-b".into()].params["columns"].clone(), rows)
    };
    assert_eq!(at(json!([])), (json!("province"), None));
    let one = json!([{ "column": "province", "operator": "equals", "value": "浙江" }]);
    assert_eq!(at(json!(["浙江"])), (json!("city"), Some(one)));
    let (last, rows) = at(json!(["浙江", null]));
    assert_eq!(last, "city", "the finest level stays");
    assert_eq!(rows.unwrap()[1], json!({ "column": "city", "operator": "is_empty" }));
}

#[test]
fn the_columns_that_a_template_needs_are_those_that_it_uses() {
    let mut document = document();
    document["pages"][0]["blocks"][0]["shows"]["figure"] = json!({
        "source": "sales", "component": "t-test", "params": { "value": "amount", "group": "channel" },
        "conditions": [{ "column": "day", "operator": "is_not_empty" }],
    });
    let needed = needed(&Dashboard::read(&document).unwrap());
    let sales: Vec<_> = needed["sales"].iter().map(String::as_str).collect();
    assert_eq!(sales, ["amount", "channel", "city", "day"]);
    assert!(needed["shops"].is_empty());
}

#[test]
fn a_document_that_names_what_is_not_there_is_refused_with_the_reason() {
    let broken = |change: &dyn Fn(&mut Value)| {
        let mut document = document();
        change(&mut document);
        Dashboard::read(&document).map(|_| ()).unwrap_err()
    };
    let no_source = broken(&|d| d["pages"][0]["blocks"][0]["shows"]["figure"]["source"] = json!("none"));
    assert!(no_source.message().contains("none"), "{no_source}");
    let twice = broken(&|d| d["pages"][0]["blocks"][1]["id"] = json!("a"));
    assert!(twice.message().contains("two block"), "{twice}");
    assert!(broken(&|d| d["filters"][0]["id"] = json!("a b")).message().contains("a b"));
    assert_eq!(broken(&|d| d["format"] = json!(2)).code(), ErrorCode::UnsupportedFormat);
    assert_eq!(broken(&|d| d["unknown"] = json!(1)).code(), ErrorCode::InvalidRequest);
}

#[test]
fn a_table_is_drawn_as_one_and_code_is_not_drawn_at_all() {
    let mut document = document();
    let figure = &mut document["pages"][0]["blocks"][0]["shows"]["figure"];
    *figure = json!({ "source": "sales", "component": "pivot", "params": { "rows": ["city"] } });
    let dashboard = Dashboard::read(&document).unwrap();
    let compiled = compile(&dashboard, &dashboard.pages[0], &Reading::default()).unwrap();
    assert_eq!(compiled.workflow.nodes[&"table-a".into()].component.name, "table");
    assert_eq!(compiled.figures["a"].node, "table-a".into());
    assert!(compiled.workflow.flaws().is_empty());

    for component in ["calculate", "query", "filter", "write-dataset", "join", "no such thing", "dataset"] {
        document["pages"][0]["blocks"][0]["shows"]["figure"]["component"] = json!(component);
        let dashboard = Dashboard::read(&document).unwrap();
        let refused = compile(&dashboard, &dashboard.pages[0], &Reading::default()).unwrap_err();
        assert_eq!(refused.code(), ErrorCode::InvalidRequest, "{component}");
    }
}
