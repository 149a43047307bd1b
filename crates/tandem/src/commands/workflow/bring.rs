//! `tandem workflow from-notebook --to`: a notebook comes back to a workflow of a server.

use std::path::Path;

use serde_json::Value;
use tandem_app::workflows::Diff;
use tandem_core::{Error, ErrorCode, Lang, Result};
use tandem_flow::notebook::Remark;

use super::notebook::said;
use crate::{commands::client::Remote, output};

/// What is asked.
pub(super) struct Asked<'a> {
    /// The workflow's name or identifier.
    pub(super) name: &'a str,
    pub(super) project: Option<&'a str>,
    /// Whether nothing is to be changed.
    pub(super) dry_run: bool,
    /// Whether to answer as JSON.
    pub(super) json: bool,
}

/// Brings it back, and says what changed.
///
/// # Errors
/// `malformed_file` for what is no notebook; those of [`Remote::named`] and of the server.
pub(super) fn bring(file: &Path, asked: &Asked<'_>, lang: Lang) -> Result<()> {
    let notebook = read(file)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut answer = runtime.block_on(async {
        let remote = Remote::named(asked.name, asked.project).await?;
        remote.bring(&notebook, asked.dry_run).await
    })?;
    if asked.json {
        let text = serde_json::to_string_pretty(&answer).map_err(Error::internal)?;
        return output::print(format!("{text}\n").as_bytes());
    }
    let nothing = answer["edits"].as_array().is_none_or(Vec::is_empty);
    let diff: Diff = serde_json::from_value(answer["diff"].take()).map_err(Error::internal)?;
    remarks(&mut answer, lang)?;
    for refused in answer["refused"].as_array().into_iter().flatten() {
        output::say(refused["message"][lang.tag()].as_str().unwrap_or_default());
    }
    let done = match (nothing, asked.dry_run, lang) {
        (true, _, Lang::En) => "Nothing to change.".to_owned(),
        (true, _, Lang::Zh) => "没有需要改动的内容。".to_owned(),
        (false, true, Lang::En) => "This would change; nothing was changed.".to_owned(),
        (false, true, Lang::Zh) => "以上为将要发生的改动，尚未写入。".to_owned(),
        (false, false, Lang::En) => format!("The draft is at revision {}.", answer["revision"]),
        (false, false, Lang::Zh) => format!("草稿已更新到修订 {}。", answer["revision"]),
    };
    output::print(format!("{}{done}\n", lines(&diff, lang)).as_bytes())
}

/// Says the remarks of an answer, a line each.
///
/// # Errors
/// `internal` for an answer without any.
pub(super) fn remarks(answer: &mut Value, lang: Lang) -> Result<()> {
    let remarks: Vec<Remark> = serde_json::from_value(answer["remarks"].take()).map_err(Error::internal)?;
    remarks.iter().for_each(|remark| output::say(&said(remark, lang)));
    Ok(())
}

/// A notebook without what its cells gave, which nobody reads and which may be large.
///
/// # Errors
/// Those of the file; `malformed_file` for what is no JSON.
pub(super) fn read(file: &Path) -> Result<Value> {
    let text = tandem_app::files::read_text(file)?;
    let mut notebook: Value = serde_json::from_str(&text).map_err(|error| {
        let message = format!("{} is no notebook: {error}. Save it anew in Jupyter.", file.display());
        Error::new(ErrorCode::MalformedFile, message)
    })?;
    for cell in notebook.get_mut("cells").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(outputs) = cell.get_mut("outputs") {
            *outputs = Value::Array(Vec::new());
        }
        if let Some(cell) = cell.as_object_mut() {
            cell.remove("attachments");
        }
    }
    Ok(notebook)
}

/// A line for each node, and one for everything else.
fn lines(diff: &Diff, lang: Lang) -> String {
    let mut lines: Vec<String> = Vec::new();
    lines.extend(diff.added.iter().map(|id| format!("+ {id}")));
    lines.extend(diff.removed.iter().map(|id| format!("- {id}")));
    for (id, node) in &diff.changed {
        let mut parts: Vec<String> =
            node.params.iter().map(|(name, change)| format!("{name} {} → {}", change.from, change.to)).collect();
        parts.extend(node.component.as_ref().map(|change| format!("{} → {}", change.from, change.to)));
        if node.label.is_some()
            || node.note.is_some()
            || node.seed.is_some()
            || node.frame.is_some()
            || parts.is_empty()
        {
            parts.push(one("its words, seed or frame", "名称、说明、种子或分组", lang));
        }
        lines.push(format!("~ {id}: {}", parts.join("; ")));
    }
    let elsewhere = [
        (diff.connected.len() + diff.disconnected.len() + diff.rewired.len(), "connections", "连线"),
        (count(&diff.notes), "notes", "便签"),
        (count(&diff.frames), "frames", "分组"),
        (count(&diff.params), "parameters of the workflow", "工作流参数"),
        (count(&diff.inputs), "inputs of the workflow", "工作流输入"),
        (count(&diff.outputs), "outputs of the workflow", "工作流输出"),
    ];
    let rest = elsewhere.into_iter().filter(|(n, ..)| *n > 0);
    lines.extend(rest.map(|(n, en, zh)| format!("~ {n} {}", one(en, zh, lang))));
    lines.into_iter().map(|line| line + "\n").collect()
}

fn count<K: Ord>(elements: &tandem_flow::diff::Elements<K>) -> usize {
    elements.added.len() + elements.removed.len() + elements.changed.len()
}

fn one(en: &str, zh: &str, lang: Lang) -> String {
    match lang {
        Lang::En => en.to_owned(),
        Lang::Zh => zh.to_owned(),
    }
}
