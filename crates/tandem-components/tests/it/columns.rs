//! Columns are known before anything runs, and are those that come out.

use serde_json::{Value, json};
use tandem_components::{Shipped, all, columns::columns};
use tandem_flow::{
    Column, ColumnKind, Columns, PortColumns,
    check::{Catalog, Found},
    graph,
};

use crate::support::{Bench, settled};

#[tokio::test]
async fn what_is_planned_is_what_comes_out() {
    let bench = Bench::new();
    let mut wrong = Vec::new();
    for component in all().unwrap() {
        let name = &component.signature.name;
        // What is done outside of this crate has no example.
        let Some(example) = component.signature.example.as_ref() else { continue };
        let known = bench.given(&example.inputs).await.columns();
        let params = settled(component, &Value::Object(example.params.clone()), &known).unwrap();
        let planned = match columns(&bench.engine, component, &params, &known).await {
            Ok(planned) => planned,
            Err(error) => {
                wrong.push(format!("{name}: {}", error.message()));
                continue;
            }
        };
        for (port, table) in &example.outputs {
            let plain = |columns: &[Column]| -> Vec<(String, ColumnKind)> {
                columns.iter().map(|column| (column.name.clone(), column.kind)).collect()
            };
            match &planned[port] {
                Columns::WhenRun => assert!(component.signature.columns_when_run, "{name} says nothing of {port}"),
                Columns::Known(columns) if plain(columns) == plain(&table.columns) => {}
                Columns::Known(columns) => {
                    wrong.push(format!("{name}.{port}: {:?}, not {:?}", plain(columns), plain(&table.columns)));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_catalogue_answers_and_objects_in_both_languages() {
    let bench = Bench::new();
    let shipped = Shipped::new(bench.engine.clone());
    let Found::Here(calculate) = shipped.find(&graph::Component::new("calculate", 1)) else { panic!("not here") };
    assert!(matches!(shipped.find(&graph::Component::new("calculate", 99)), Found::Missing));
    assert_eq!(shipped.newest("calculate"), Some(1));
    assert_eq!(shipped.newest("nothing"), None);
    let inputs: PortColumns =
        [("table".to_owned(), vec![Columns::Known(vec![Column::new("价格", ColumnKind::Decimal)])])].into();
    let ask = |expression: &str| {
        let params = json!({ "columns": [{ "name": "twice", "expression": expression }] });
        shipped.columns(calculate, params.as_object().unwrap(), &inputs)
    };
    for _ in 0..2 {
        let known = ask("价格 * 2.0").unwrap();
        assert_eq!(known["table"].known().unwrap()[1].name, "twice");
    }
    let objections = ask("nonsense + 1").unwrap_err();
    assert!(objections[0].message.en.contains("nonsense"), "{objections:?}");
    assert!(objections[0].message.zh.contains("无法"), "{objections:?}");
    let unknown: PortColumns = [("table".to_owned(), vec![Columns::WhenRun])].into();
    let known = shipped.columns(calculate, json!({"columns": []}).as_object().unwrap(), &unknown).unwrap();
    assert_eq!(known["table"], Columns::WhenRun);
}

#[tokio::test]
async fn a_branch_by_a_total_says_before_it_runs_what_it_needs() {
    let bench = Bench::new();
    let branch = tandem_components::find("branch").unwrap();
    let known = vec![Columns::Known(vec![Column::new("city", ColumnKind::Text), Column::new("v", ColumnKind::Number)])];
    let inputs: PortColumns = [("table".to_owned(), known)].into();
    for (set, says) in [
        (json!({"function": "mean"}), Some("column")),
        (json!({"function": "mean", "column": "city"}), Some("city")),
        (json!({"function": "mean", "column": "v", "than": "many"}), Some("many")),
        (json!({"function": "mean", "column": "v"}), None),
        (json!({"of": "value", "than": "many"}), None),
    ] {
        let params = settled(branch, &set, &inputs).unwrap();
        let error = columns(&bench.engine, branch, &params, &inputs).await.err();
        assert_eq!(error.is_some(), says.is_some(), "{set}: {error:?}");
        if let (Some(error), Some(says)) = (error, says) {
            assert!(error.message().contains(says), "{set}: {}", error.message());
        }
    }
}

#[tokio::test]
async fn a_pivot_whose_values_are_named_knows_its_columns() {
    let bench = Bench::new();
    let pivot = tandem_components::find("pivot").unwrap();
    let known =
        vec![Columns::Known(vec![Column::new("city", ColumnKind::Text), Column::new("month", ColumnKind::Text)])];
    let inputs: PortColumns = [("table".to_owned(), known)].into();
    let ask =
        |values: Value| json!({"by": ["city"], "column": "month", "function": "rows", "values": values, "most": 9});
    let named = columns(&bench.engine, pivot, ask(json!(["01", "02"])).as_object().unwrap(), &inputs).await.unwrap();
    let names: Vec<&str> = named["table"].known().unwrap().iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["city", "01", "02"]);
    let asked = columns(&bench.engine, pivot, ask(json!([])).as_object().unwrap(), &inputs).await.unwrap();
    assert_eq!(asked["table"], Columns::WhenRun);
}
