//! `tandem workflow to-notebook` and `from-notebook`.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use clap::Args as ClapArgs;
use serde_json::Value;
use tandem_app::files;
use tandem_core::{Error, Lang, Result};
use tandem_flow::notebook::{self, Remark, Style};

use super::{bring, check, given::Which};
use crate::{
    commands::{
        file::pair,
        own::{Own, folder_of},
    },
    output,
    terminal::{LangArg, pick},
};

/// Arguments of `to-notebook`.
#[derive(Debug, ClapArgs)]
pub(crate) struct To {
    #[command(flatten)]
    which: Which,
    /// The file of an input: the notebook reads it, and queries over it are written as SQL. May be given several times.
    #[arg(long = "input", value_name = "NAME=FILE", value_parser = pair)]
    inputs: Vec<(String, String)>,
    /// Where the notebook is written (`-` for standard output).
    #[arg(short, long, value_name = "OUT.ipynb")]
    output: PathBuf,
    #[command(flatten)]
    own: Own,
    /// Language of the comments; that of the environment otherwise.
    #[arg(long, value_enum)]
    lang: Option<LangArg>,
}

/// Arguments of `from-notebook`.
#[derive(Debug, ClapArgs)]
pub(crate) struct From {
    /// The notebook.
    notebook: PathBuf,
    /// The workflow as it is by now: what was done to it since the notebook was made stays.
    #[arg(long, value_name = "FILE", conflicts_with = "to")]
    workflow: Option<PathBuf>,
    /// Where the workflow is written (`-` for standard output).
    #[arg(short, long, value_name = "OUT.json", required_unless_present = "to", conflicts_with = "to")]
    output: Option<PathBuf>,
    /// In place of a file: the workflow of the server that was signed in to, by its name or identifier. Its draft is changed.
    #[arg(long, value_name = "NAME")]
    to: Option<String>,
    /// With --to: the project's name or identifier; not needed where there is only one.
    #[arg(long, value_name = "PROJECT", requires = "to")]
    project: Option<String>,
    /// With --to: say what would change, and change nothing.
    #[arg(long, requires = "to")]
    dry_run: bool,
    /// With --to: print what changed as JSON.
    #[arg(long, requires = "to")]
    json: bool,
    /// Language of the messages; that of the environment otherwise.
    #[arg(long, value_enum)]
    lang: Option<LangArg>,
}

pub(super) fn write(args: &To) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let lang = pick(args.lang);
    let notebook = match runtime.block_on(args.which.remote(&args.inputs))? {
        Some(remote) => {
            let notebook = runtime.block_on(remote.notebook(args.which.seq, lang))?;
            on_server(&notebook, lang).iter().for_each(|line| output::say(line));
            notebook
        }
        None => {
            let _inside = runtime.enter();
            of_file(args, lang)?
        }
    };
    let mut json = serde_json::to_vec_pretty(&notebook).map_err(Error::internal)?;
    json.push(b'\n');
    output::write(&args.output, &json)
}

/// Nodes of components that only a server has: their cells can't run elsewhere.
fn on_server(notebook: &Value, lang: Lang) -> Vec<String> {
    let nodes = notebook["metadata"]["tandem"]["workflow"]["nodes"].as_object();
    let names = nodes.into_iter().flatten().filter_map(|(id, node)| Some((id, node["component"]["name"].as_str()?)));
    // What people made of their own is named by its asset.
    let own = names.filter(|(_, name)| name.starts_with("own-"));
    let said = |(id, name): (&String, &str)| match lang {
        Lang::En => format!(
            "{id}: {name} is a component of the server; its cell runs nowhere else. Put code of your own in its place."
        ),
        Lang::Zh => format!("{id}：{name} 是服务器上的组件，其单元格无法在别处运行，请用自己的代码替换。"),
    };
    own.map(said).collect()
}

fn of_file(args: &To, lang: Lang) -> Result<Value> {
    let workflow = files::read_workflow(&args.which.file)?;
    let inputs = check::looked_at(&args.inputs)?;
    if let Some((unknown, _)) = args.inputs.iter().find(|(name, _)| !workflow.inputs.contains_key(name)) {
        return Err(check::no_input(&workflow, unknown));
    }
    let folder = folder_of(&args.output);
    let mut from = BTreeMap::new();
    for (name, path) in &args.inputs {
        from.insert(name.clone(), seen_from(folder, Path::new(path)));
    }
    let style = Style { lang, files: from, origin: None };
    files::write_notebook(&workflow, &inputs, args.own.read(folder_of(&args.which.file))?, &style)
}

/// A file as a program knows it that runs in `folder`: by its place below that folder, or by its whole path.
fn seen_from(folder: &Path, path: &Path) -> String {
    let whole = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let (folder, path) = (whole(folder), whole(path));
    path.strip_prefix(&folder).unwrap_or(&path).to_string_lossy().into_owned()
}

pub(super) fn read(args: &From) -> Result<()> {
    let lang = pick(args.lang);
    if let Some(name) = &args.to {
        let asked = bring::Asked { name, project: args.project.as_deref(), dry_run: args.dry_run, json: args.json };
        return bring::bring(&args.notebook, &asked, lang);
    }
    let returned = files::read_notebook(&args.notebook)?;
    let mut remarks = returned.remarks.clone();
    let workflow = match &args.workflow {
        None => returned.workflow,
        Some(path) => {
            let (merged, more) = notebook::merge(&returned, &files::read_workflow(path)?);
            remarks.extend(more);
            merged
        }
    };
    let mut json = workflow.write()?.into_bytes();
    json.push(b'\n');
    let to = args.output.as_ref().ok_or_else(|| Error::internal("a notebook that goes nowhere"))?;
    output::write(to, &json)?;
    for remark in &remarks {
        output::say(&said(remark, lang));
    }
    Ok(())
}

/// A remark, with the cell that it is about.
pub(super) fn said(remark: &Remark, lang: Lang) -> String {
    let message = remark.message.get(lang);
    match lang {
        Lang::En => format!("cell {}: {message}", remark.cell),
        Lang::Zh => format!("单元格 {}：{message}", remark.cell),
    }
}
