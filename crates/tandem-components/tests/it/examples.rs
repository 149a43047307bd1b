//! Every component does what its example says, and says so in both languages.

use std::collections::BTreeSet;

use serde_json::Value;
use tandem_components::{Body, Output, all};
use tandem_core::Lang;
use tandem_flow::signature::{PortKind, page, untranslated};
use tandem_report::{Block, Chart, Section, data, svg};
use tandem_science::model::{Model, Trained};

use crate::support::{Bench, batches, lines};

/// Components whose rows come in an order.
const ORDERED: &[&str] = &[
    "sort",
    "group",
    "pivot",
    "cross-table",
    "distribution",
    "top-values",
    "time-series",
    "funnel",
    "word-frequency",
    "profile",
    "anova",
    "chi-square-test",
    "tune",
    "evaluate",
    "explain",
    "forecast",
    "seasonal-decomposition",
];

/// How far numbers may be from what an example says: as far as machines differ.
const NEAR: f64 = 1e-9;

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
        let tables = component.signature.outputs.iter().filter(|port| port.kind == PortKind::Table);
        let ports: BTreeSet<&String> = tables.map(|port| &port.name).collect();
        // Of a branch one way is closed.
        if ports != example.outputs.keys().collect() && name != "branch" {
            wrong.push(format!("{name}: its example doesn't show every table"));
        }
        let (params, given) = (Value::Object(example.params.clone()), bench.given(&example.inputs).await);
        for (port, expected) in &example.outputs {
            let output = match bench.give(name, port, &params, &given, 42).await {
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
            if output.columns.iter().collect::<Vec<_>>() != columns || !alike(&rows, &wanted) {
                wrong.push(format!(
                    "{name}.{port}:\n  {:?}\n  {rows:?}\nnot\n  {columns:?}\n  {wanted:?}\n{}",
                    output.columns, output.text
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// Whether rows say the same, numbers as near as they must be.
fn alike(rows: &[String], wanted: &[String]) -> bool {
    let cell = |(a, b): (&str, &str)| match (a.parse::<f64>(), b.parse::<f64>()) {
        (Ok(a), Ok(b)) => (a - b).abs() <= NEAR * a.abs().max(b.abs()).max(NEAR),
        _ => a == b,
    };
    let row = |(a, b): (&String, &String)| {
        let (a, b): (Vec<&str>, Vec<&str>) = (a.split(" | ").collect(), b.split(" | ").collect());
        a.len() == b.len() && a.into_iter().zip(b).all(cell)
    };
    rows.len() == wanted.len() && rows.iter().zip(wanted).all(row)
}

/// Models come back from their documents, pages hold charts that a page can draw.
#[tokio::test]
async fn models_and_reports_are_whole() {
    let bench = Bench::new();
    for component in all().unwrap().iter().filter(|component| matches!(component.body, Body::Rows(_))) {
        let (name, example) = (&component.signature.name, component.signature.example.as_ref().unwrap());
        let given = bench.given(&example.inputs).await;
        let (outputs, _) = bench.perform(name, &Value::Object(example.params.clone()), &given, 42).unwrap();
        let ports: Vec<&String> = component.signature.outputs.iter().map(|port| &port.name).collect();
        if name != "branch" {
            assert_eq!(outputs.keys().collect::<BTreeSet<_>>(), ports.into_iter().collect(), "{name}");
        }
        for (port, output) in outputs {
            match output {
                Output::Model(trained) => {
                    let document = trained.model.to_json().unwrap();
                    assert_eq!(Model::from_json(&document).unwrap(), trained.model, "{name}");
                    let whole = serde_json::to_string(&*trained).unwrap();
                    assert_eq!(serde_json::from_str::<Trained>(&whole).unwrap(), *trained, "{name}");
                }
                Output::Report(page) => {
                    let shown =
                        |block: &&Block| matches!(block, Block::Chart(_) | Block::Table(_) | Block::Headline { .. });
                    assert!(page.blocks.iter().any(|block| shown(&block)), "{name}.{port} shows nothing");
                    assert!(page.blocks.iter().filter_map(chart).all(drawable), "{name}.{port}");
                    let written = serde_json::to_string(&page).unwrap();
                    assert_eq!(serde_json::from_str::<Section>(&written).unwrap(), page, "{name}");
                    let ids: Vec<&String> = page.blocks.iter().filter_map(id).collect();
                    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{name}: {ids:?}");
                }
                Output::Table { .. } | Output::Value(_) => {}
            }
        }
    }
}

fn chart(block: &Block) -> Option<&Chart> {
    match block {
        Block::Chart(chart) => Some(chart),
        _ => None,
    }
}

/// Whether there is a picture with something on it, and numbers behind it.
fn drawable(chart: &Chart) -> bool {
    let picture = svg::render(chart, Lang::Zh, svg::Width::Narrow);
    let marks = ["<rect", "<circle", "<path"].into_iter().any(|mark| picture.contains(mark));
    marks && !data::table(chart).rows.is_empty() && !chart.alt.en.is_empty() && !chart.alt.zh.is_empty()
}

fn id(block: &Block) -> Option<&String> {
    match block {
        Block::Chart(chart) => Some(&chart.id),
        Block::Table(table) => Some(&table.id),
        _ => None,
    }
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
