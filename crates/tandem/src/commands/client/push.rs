//! `tandem component push`: the folder of a Python or SQL component becomes a component of a server.

use std::path::{Path, PathBuf};

use clap::Args;
use reqwest::Method;
use serde_json::{Value, json};
use tandem_core::{Error, ErrorCode, Lang, Result};

use super::{
    datasets::{is, project},
    http::{Server, json, segment},
};
use crate::{
    output,
    terminal::{LangArg, pick},
};

/// Arguments of `push`.
#[derive(Debug, Args)]
pub(crate) struct Push {
    /// The component's folder, with component.json and component.py or component.sql.
    folder: PathBuf,

    /// The project's name or identifier; not needed where there is only one.
    #[arg(long)]
    project: Option<String>,

    /// The component's name or identifier on the server; that of component.json without it. A new one is made where
    /// there is none.
    #[arg(long)]
    component: Option<String>,

    /// What to say about the version.
    #[arg(long, default_value = "")]
    message: String,

    /// What was made as JSON on standard output.
    #[arg(long)]
    json: bool,

    /// Language of the messages; that of the environment otherwise.
    #[arg(long, value_enum)]
    lang: Option<LangArg>,
}

impl Push {
    pub(crate) fn run(&self) -> Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let made = runtime.block_on(self.push())?;
        if self.json {
            let text = serde_json::to_string_pretty(&made).map_err(Error::internal)?;
            return output::print(format!("{text}\n").as_bytes());
        }
        let (name, seq) = (made["asset"]["name"].as_str().unwrap_or_default(), &made["seq"]);
        let node = made["component"]["name"].as_str().unwrap_or_default();
        output::print(
            match pick(self.lang) {
                Lang::En => format!("{name} v{seq} is on the server; nodes name it {node}@{seq}.\n"),
                Lang::Zh => format!("{name} v{seq} 已上传到服务器；节点中写作 {node}@{seq}。\n"),
            }
            .as_bytes(),
        )
    }

    async fn push(&self) -> Result<Value> {
        let manifest: Value = serde_json::from_str(&read(&self.folder.join("component.json"))?).map_err(|error| {
            let message = format!("{}/component.json is no JSON: {error}. Put that right.", self.folder.display());
            Error::new(ErrorCode::MalformedFile, message)
        })?;
        let code = read(&self.folder.join(if manifest["kind"] == "sql" { "component.sql" } else { "component.py" }))?;
        let named = manifest["name"].as_str().unwrap_or_default();
        let wanted = self.component.clone().unwrap_or_else(|| named.to_owned());
        let server = Server::load()?;
        let project = project(&server, self.project.as_deref()).await?;
        let project = segment(project["id"].as_str().unwrap_or_default());
        let there = server.list(&format!("/projects/{project}/assets?kind=component")).await?;
        let body = json!({ "manifest": manifest, "code": code, "message": self.message });
        let path = match there.iter().find(|one| is(one, &wanted)) {
            Some(one) => format!("/components/{}/versions", segment(one["id"].as_str().unwrap_or_default())),
            None if self.component.is_some() => return Err(Error::not_found("component")),
            None => format!("/projects/{project}/components"),
        };
        json(server.request(Method::POST, &path).json(&body)).await
    }
}

fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).map_err(|error| {
        let message = format!("{} can't be read: {error}. Name a component's folder.", path.display());
        Error::new(ErrorCode::NotFound, message)
    })
}
