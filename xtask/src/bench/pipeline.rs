//! Cleaning, joining and grouping as a workflow of files, against the same steps in Polars.
//!
//! Ours also takes the digest of both files and keeps a result, which the peer needn't.

use std::fs;

use anyhow::Result;
use serde_json::json;

use super::answers;
use super::lab::{Lab, text};
use super::process;
use super::table::{Goal, Measure};

const PRODUCTS: u64 = 10_000;

pub(super) fn run(lab: &Lab, rows: u64) -> Result<Vec<Measure>> {
    let (orders, products) =
        (lab.generated("orders", rows, "parquet")?, lab.generated("products", PRODUCTS, "parquet")?);
    let (orders, products) = (text(&orders)?, text(&products)?);
    let node = |component: &str, params: serde_json::Value| json!({ "component": { "name": component, "version": 1 }, "params": params, "position": { "x": 0, "y": 0 } });
    let port = |node: &str, port: &str| json!({ "node": node, "port": port });
    let edge = |from: &str, to: &str, at: &str| json!({ "from": port(from, "table"), "to": port(to, at) });
    let workflow = json!({
        "format": 1,
        "nodes": {
            "kept": node("filter", json!({ "conditions": [{ "column": "returned", "operator": "equals", "value": "false" }] })),
            "filled": node("fill", json!({ "columns": ["amount"], "method": "value", "value": "0" })),
            "revenue": node("calculate", json!({ "columns": [{ "name": "revenue", "expression": "amount * quantity" }] })),
            "joined": node("join", json!({ "kind": "inner", "keys": [{ "left": "product_id", "right": "product_id" }] })),
            "brands": node("group", json!({ "by": ["brand"], "totals": [
                { "function": "rows", "name": "orders" },
                { "function": "sum", "column": "revenue", "name": "revenue" },
            ] })),
        },
        "edges": {
            "a": edge("kept", "filled", "table"),
            "b": edge("filled", "revenue", "table"),
            "c": edge("revenue", "joined", "left"),
            "d": edge("joined", "brands", "table"),
        },
        "inputs": { "orders": { "to": [port("kept", "table")] }, "products": { "to": [port("joined", "right")] } },
    });
    let (file, out) = (lab.data.join("pipeline.json"), lab.data.join("pipeline.csv"));
    fs::write(&file, serde_json::to_vec(&workflow)?)?;
    let arguments = [
        "workflow".to_owned(),
        "run".to_owned(),
        text(&file)?,
        "--input".to_owned(),
        format!("orders={orders}"),
        "--input".to_owned(),
        format!("products={products}"),
        "--output".to_owned(),
        format!("brands.table={}", text(&out)?),
    ];
    let ours = || {
        let (taken, _) = process::run(&mut lab.tandem(&arguments))?;
        let mut answer = answers::from_csv(&fs::read_to_string(&out)?);
        answer.sort_by_key(|row| row.first().and_then(|cell| cell.as_str()).map(str::to_owned));
        Ok((taken, Some(answer)))
    };
    let measure = Measure::new(&format!("clean, join and group {rows} rows"), Some(Goal::AtMost(1.0))).by_process();
    Ok(vec![lab.in_turn(measure, ours, || lab.script("pipeline.py", [&orders, &products]))?])
}
