//! `tandem workflow run NAME`: a workflow of a server, run there.

use serde_json::{Value, json};
use tandem_core::{Error, ErrorCode, Lang, Result};

use super::run::{Args, parameters, target};
use crate::{
    commands::{client::Remote, tables::Target},
    output,
    terminal::{Bar, pick},
};

/// Runs it and waits for its end; whoever stops this, stops the run.
pub(super) async fn run(args: &Args, remote: &Remote) -> Result<()> {
    if let Some(word) = args.of_files() {
        let message =
            format!("{word} is for the workflow of a file. What came out on a server is at its run; leave it out.");
        return Err(Error::new(ErrorCode::InvalidRequest, message));
    }
    let lang = pick(args.lang);
    // A name that can't be written is said before anything runs.
    let outputs: Vec<(&str, Target)> =
        args.outputs.iter().map(|(name, path)| Ok((name.as_str(), target(path)?))).collect::<Result<_>>()?;
    remote.require_outputs(args.which.seq, outputs.iter().map(|(name, _)| *name)).await?;
    let asked = json!({
        "seq": args.which.seq,
        "params": parameters(&args.params)?,
        "seed": args.seed,
        "until": args.until,
        "inputs": remote.inputs(&args.inputs).await?,
    });
    let bar = Bar::new(lang);
    let ran = remote.run(&asked, &bar).await;
    bar.clear();
    let run = ran?;
    let mut quiet = false;
    if let Some(path) = &args.json {
        let mut json = serde_json::to_vec_pretty(&run).map_err(Error::internal)?;
        json.push(b'\n');
        quiet = path.as_os_str() == "-";
        output::write(path, &json)?;
    }
    if !quiet {
        output::print(text(&run, lang).as_bytes())?;
    }
    let error = |code| {
        let code = serde_json::from_value(run["error"]["code"].clone()).unwrap_or(code);
        let message = run["error"]["message"].as_str().unwrap_or("The run was cancelled; nothing was changed.");
        Err(Error::new(code, message))
    };
    match run["state"].as_str() {
        Some("succeeded") => {
            for (name, file) in &outputs {
                remote.take(&run, name, &["download", file.name()], lang, &file.path).await?;
            }
            for file in &args.reports {
                let name = remote.report_of(&run).await?;
                remote.take(&run, &name, &["report", file.format.extension()], lang, &file.path).await?;
            }
            Ok(())
        }
        Some("failed") => error(ErrorCode::Internal),
        _ => error(ErrorCode::Cancelled),
    }
}

/// One line a node, and one a dataset or model that was made.
fn text(run: &Value, lang: Lang) -> String {
    let mut lines = String::new();
    for (id, node) in run["nodes"].as_object().into_iter().flatten() {
        let rows: Vec<String> =
            node["rows"].as_object().into_iter().flatten().map(|(port, rows)| format!("{port} {rows}")).collect();
        let detail = node["error"]["message"].as_str().map_or_else(|| rows.join(", "), str::to_owned);
        let took = node["elapsed_ms"].as_u64().unwrap_or(0);
        lines.push_str(&format!("{:10} {took:>7} ms  {id}  {detail}\n", state(node, lang)));
    }
    for made in run["outputs"].as_array().into_iter().flatten() {
        lines.push_str(&format!("{} v{}\n", made["asset"]["name"].as_str().unwrap_or_default(), made["seq"]));
    }
    lines
}

fn state(node: &Value, lang: Lang) -> &'static str {
    let (en, zh) = match (node["state"].as_str(), node["cached"] == true) {
        (Some("succeeded"), true) => ("known", "已缓存"),
        (Some("succeeded"), false) => ("done", "完成"),
        (Some("failed"), _) => ("failed", "失败"),
        (Some("skipped"), _) if node["reason"] == "branch" => ("not taken", "未走此分支"),
        (Some("skipped"), _) => ("skipped", "跳过"),
        (Some("cancelled"), _) => ("cancelled", "已取消"),
        _ => ("unfinished", "未完成"),
    };
    if lang == Lang::En { en } else { zh }
}
