//! What became of a run, as text for people and as JSON for programs.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use tandem_app::files::FileRun;
use tandem_core::{Error, Lang, Result};
use tandem_flow::{
    graph::NodeId,
    plan::{Outcome, SkipReason, State},
};
use tandem_runner::{NodeEnd, Stored};

/// One line a node.
pub(super) fn text(run: &FileRun, lang: Lang) -> String {
    let mut lines = String::new();
    for (id, end) in run.in_order() {
        let rows: Vec<String> = end.rows.iter().map(|(port, rows)| format!("{port} {rows}")).collect();
        let detail = match &end.error {
            Some(error) => error.message().to_owned(),
            None => rows.join(", "),
        };
        lines.push_str(&format!(
            "{:10} {:>7} ms  {id} ({})  {detail}\n",
            state(end, lang),
            end.elapsed_ms,
            run.title(id).get(lang)
        ));
    }
    lines
}

fn state(end: &NodeEnd, lang: Lang) -> &'static str {
    let (en, zh) = match (&end.state, end.cached) {
        (State::Succeeded { .. }, true) => ("known", "已缓存"),
        (State::Succeeded { .. }, false) => ("done", "完成"),
        (State::Failed, _) => ("failed", "失败"),
        (State::Skipped { reason: SkipReason::Branch }, _) => ("not taken", "未走此分支"),
        (State::Skipped { .. }, _) => ("skipped", "跳过"),
        (State::Cancelled, _) => ("cancelled", "已取消"),
        (State::Waiting | State::Running, _) => ("unfinished", "未完成"),
    };
    if lang == Lang::En { en } else { zh }
}

/// Everything: states, fingerprints of tables, small tables whole, pages and values.
pub(super) async fn document(run: &FileRun, logs: &BTreeMap<NodeId, String>) -> Result<Value> {
    let mut nodes = Map::new();
    for (id, end) in &run.nodes {
        let mut outputs = Map::new();
        for (port, stored) in run.outputs.get(id).into_iter().flatten() {
            let output = match stored {
                Stored::Table { columns, fingerprint, .. } => json!({
                    "kind": "table",
                    "columns": columns,
                    "rows": fingerprint.rows(),
                    "fingerprint": fingerprint,
                    "shown": run.shown(id, port).await?.map(|shown| shown.rows),
                }),
                Stored::Report { section } => json!({ "kind": "report", "report": section }),
                Stored::Value { value } => json!({ "kind": "value", "value": value }),
                Stored::Model { .. } => json!({ "kind": "model" }),
                Stored::Closed => json!({ "kind": "closed" }),
            };
            outputs.insert(port.clone(), output);
        }
        let error =
            end.error.as_ref().map(|error| json!({ "code": error.code().as_str(), "message": error.message() }));
        nodes.insert(
            id.to_string(),
            json!({
                "title": run.title(id),
                "state": serde_json::to_value(&end.state).map_err(Error::internal)?,
                "cached": end.cached,
                "elapsed_ms": end.elapsed_ms,
                "error": error,
                "log": logs.get(id),
                "outputs": outputs,
            }),
        );
    }
    Ok(json!({
        "outcome": match run.outcome {
            Outcome::Succeeded => "succeeded",
            Outcome::Failed => "failed",
            Outcome::Cancelled => "cancelled",
        },
        "nodes": nodes,
        "problems": run.problems,
    }))
}
