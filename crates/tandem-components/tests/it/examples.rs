//! Every component does what its example says, and says so in both languages.

use std::collections::BTreeSet;

use serde_json::Value;
use tandem_components::{Body, all};
use tandem_core::Lang;
use tandem_flow::signature::{ExampleInput, ExampleTable, page, untranslated};

use crate::support::{Bench, Inputs, batches, lines};

/// Components whose rows come in an order.
const ORDERED: &[&str] =
    &["sort", "group", "pivot", "cross-table", "distribution", "top-values", "time-series", "funnel"];

pub(crate) fn inputs(example: &tandem_flow::signature::Example) -> Inputs {
    let tables = |inputs: &Vec<ExampleInput>| -> Vec<ExampleTable> {
        let table = |input: &ExampleInput| match input {
            ExampleInput::Table(table) => table.clone(),
            _ => panic!("not a table"),
        };
        inputs.iter().map(table).collect()
    };
    example.inputs.iter().map(|(port, inputs)| (port.clone(), tables(inputs))).collect()
}

#[tokio::test]
async fn every_example_comes_out_as_it_says() {
    let bench = Bench::new();
    let mut wrong = Vec::new();
    for component in all().unwrap() {
        let name = &component.signature.name;
        if matches!(component.body, Body::Outside) {
            continue;
        }
        let Some(example) = &component.signature.example else {
            wrong.push(format!("{name} has no example"));
            continue;
        };
        let ports: BTreeSet<&String> = component.signature.outputs.iter().map(|port| &port.name).collect();
        if ports != example.outputs.keys().collect() {
            wrong.push(format!("{name}: its example doesn't show every output"));
        }
        for (port, expected) in &example.outputs {
            let params = Value::Object(example.params.clone());
            let output = match bench.run(name, port, &params, &inputs(example)).await {
                Ok(output) => output,
                Err(error) => {
                    wrong.push(format!("{name}.{port}: {}", error.message()));
                    continue;
                }
            };
            let columns: Vec<&String> = expected.columns.iter().map(|column| &column.name).collect();
            let (mut rows, mut wanted) = (output.rows, lines(&batches(expected)));
            if !ORDERED.contains(&name.as_str()) {
                rows.sort_unstable();
                wanted.sort_unstable();
            }
            if output.columns.iter().collect::<Vec<_>>() != columns || rows != wanted {
                wrong.push(format!(
                    "{name}.{port}:\n  {:?}\n  {rows:?}\nnot\n  {columns:?}\n  {wanted:?}\n{}",
                    output.columns, output.text
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn every_component_has_its_words_in_both_languages() {
    let mut names = BTreeSet::new();
    for component in all().unwrap() {
        let signature = &component.signature;
        assert_eq!(untranslated(signature), Vec::<String>::new(), "{}", signature.name);
        for lang in [Lang::En, Lang::Zh] {
            assert!(page(signature, lang).contains(signature.title(lang)));
        }
        assert!(names.insert(&signature.name), "two components are called {}", signature.name);
    }
}
