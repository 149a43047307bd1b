//! `tandem workflow push`: a file becomes a workflow of a server.

use std::path::{Path, PathBuf};

use clap::Args as ClapArgs;
use serde_json::json;
use tandem_app::files;
use tandem_core::{Error, ErrorCode, Lang, Result};

use super::bring;
use crate::{
    commands::client::Remote,
    output,
    terminal::{LangArg, pick},
};

/// Arguments.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    /// The workflow's document, or a notebook (.ipynb) that was made from a workflow.
    file: PathBuf,
    /// What the workflow is called; as the file without it.
    #[arg(long)]
    name: Option<String>,
    /// The project's name or identifier; not needed where there is only one.
    #[arg(long, value_name = "PROJECT")]
    project: Option<String>,
    /// Print what was made as JSON.
    #[arg(long)]
    json: bool,
    /// Language of the messages; that of the environment otherwise.
    #[arg(long, value_enum)]
    lang: Option<LangArg>,
}

pub(super) fn run(args: &Args) -> Result<()> {
    let lang = pick(args.lang);
    let name = match &args.name {
        Some(name) => name.clone(),
        None => named(&args.file)?,
    };
    let body = match args.file.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("ipynb")) {
        true => json!({ "name": name, "notebook": bring::read(&args.file)? }),
        false => json!({ "name": name, "workflow": files::read_workflow(&args.file)? }),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut made = runtime.block_on(Remote::make(args.project.as_deref(), &body))?;
    if args.json {
        let text = serde_json::to_string_pretty(&made).map_err(Error::internal)?;
        return output::print(format!("{text}\n").as_bytes());
    }
    bring::remarks(&mut made, lang)?;
    let nodes = made["workflow"]["nodes"].as_object().map_or(0, serde_json::Map::len);
    let said = match lang {
        Lang::En => format!("{name} is on the server: {nodes} nodes\n"),
        Lang::Zh => format!("{name} 已上传到服务器：{nodes} 个节点\n"),
    };
    output::print(said.as_bytes())
}

/// The name of a file without its ending.
fn named(file: &Path) -> Result<String> {
    let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).filter(|stem| !stem.is_empty());
    stem.ok_or_else(|| Error::new(ErrorCode::InvalidRequest, "The file has no name. Give one with --name."))
}
