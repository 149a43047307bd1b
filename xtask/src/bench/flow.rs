//! What a workflow costs beside the work of its nodes: per node, and where everything is known already.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;
use serde_json::{Map, Value, json};

use super::lab::{Lab, text};
use super::process::{self, Taken};
use super::table::{Goal, Measure};

const NODES: usize = 500;
const FINISHED: usize = 50;
/// Nodes behind each other in one chain.
const CHAIN: usize = 10;

pub(super) fn run(lab: &Lab) -> Result<Vec<Measure>> {
    let rows = lab.data.join("flow.csv");
    fs::write(&rows, "k,v\na,1\nb,2\na,3\n")?;
    let input = format!("rows={}", text(&rows)?);
    let mut measures = Vec::new();
    // Nodes that do nothing: all that is left is to check, to plan, to start, and to keep a result.
    let what = format!("a node of {NODES} that do nothing");
    measures.push(per_node(lab, &what, Some(Goal::Within(0.005)), &values, &[])?);
    let what = format!("a node of {NODES} that group three rows");
    measures.push(per_node(lab, &what, None, &groups, &["--input", &input])?);

    let file = written(lab, "finished", &groups(FINISHED))?;
    let results = lab.data.join("flow-results");
    if results.exists() {
        fs::remove_dir_all(&results)?;
    }
    let arguments = ["workflow", "run", &file, "--input", &input, "--results", &text(&results)?];
    process::run(&mut lab.tandem(arguments))?;
    let mut measure = Measure::new(&format!("{FINISHED} nodes run again when all are known"), Some(Goal::Within(0.1)));
    for _ in 0..lab.rounds {
        measure.add_alone(process::run(&mut lab.tandem(arguments))?.0);
    }
    measures.push(measure);
    Ok(measures)
}

/// The time of a run of many nodes less that of a run of one, by the number of the others.
fn per_node(
    lab: &Lab,
    what: &str,
    goal: Option<Goal>,
    workflow: &dyn Fn(usize) -> Value,
    more: &[&str],
) -> Result<Measure> {
    let (one, all) = (written(lab, "one", &workflow(1))?, written(lab, "all", &workflow(NODES))?);
    let took = |file: &str| -> Result<Taken> {
        Ok(process::run(&mut lab.tandem(["workflow", "run", file].iter().chain(more)))?.0)
    };
    let mut measure = Measure::new(what, goal);
    took(&all)?;
    for _ in 0..lab.rounds {
        let (base, whole) = (took(&one)?, took(&all)?);
        let each = |whole: f64, base: f64| (whole - base).max(0.0) / (NODES - 1) as f64;
        measure.add_alone(Taken {
            seconds: each(whole.seconds, base.seconds),
            cpu_seconds: each(whole.cpu_seconds, base.cpu_seconds),
            ..whole
        });
    }
    Ok(measure)
}

fn written(lab: &Lab, name: &str, workflow: &Value) -> Result<String> {
    let path: PathBuf = lab.data.join(format!("flow-{name}.json"));
    fs::write(Path::new(&path), serde_json::to_vec(workflow)?)?;
    text(&path)
}

fn node(component: &str, params: &Value) -> Value {
    json!({ "component": { "name": component, "version": 1 }, "params": params, "position": { "x": 0, "y": 0 } })
}

fn values(count: usize) -> Value {
    let nodes: Map<String, Value> = (0..count)
        .map(|at| (format!("n{at}"), node("parameter", &json!({ "kind": "number", "number": at }))))
        .collect();
    json!({ "format": 1, "nodes": nodes, "edges": {} })
}

/// Chains of groups, each of which gives what the next one reads.
fn groups(count: usize) -> Value {
    let params = json!({ "by": ["k"], "totals": [{ "function": "sum", "column": "v", "name": "v" }] });
    let port = |at: usize| json!({ "node": format!("n{at}"), "port": "table" });
    let nodes: Map<String, Value> = (0..count).map(|at| (format!("n{at}"), node("group", &params))).collect();
    let linked = (1..count).filter(|at| at % CHAIN != 0);
    let edges: Map<String, Value> =
        linked.map(|at| (format!("e{at}"), json!({ "from": port(at - 1), "to": port(at) }))).collect();
    let first: Vec<Value> = (0..count).step_by(CHAIN).map(port).collect();
    json!({ "format": 1, "nodes": nodes, "edges": edges, "inputs": { "rows": { "to": first } } })
}
