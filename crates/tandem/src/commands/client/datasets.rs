//! `tandem datasets`: what there is.

use clap::Args;
use serde_json::{Value, json};
use tandem_core::{Error, ErrorCode, Result};

use super::http::{Server, segment};
use crate::{
    output,
    terminal::{Align, Table},
};

/// List the datasets that you may know of.
#[derive(Debug, Args)]
pub(crate) struct Datasets {
    /// Of this project only: its name or identifier.
    #[arg(long)]
    project: Option<String>,

    /// As JSON.
    #[arg(long)]
    json: bool,
}

impl Datasets {
    pub(crate) fn run(self) -> Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let rows = runtime.block_on(self.fetch())?;
        if self.json {
            let text = serde_json::to_string_pretty(&rows).map_err(Error::internal)?;
            return output::print(format!("{text}\n").as_bytes());
        }
        let mut table = Table::new([
            ("project", Align::Left),
            ("dataset", Align::Left),
            ("version", Align::Right),
            ("rows", Align::Right),
            ("id", Align::Left),
        ]);
        for row in &rows {
            let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            table.row(["project", "name", "version", "rows", "id"].map(|key| text(&row[key])));
        }
        output::print(table.render().as_bytes())
    }

    async fn fetch(&self) -> Result<Vec<Value>> {
        let server = Server::load()?;
        let mut projects = server.list("/projects").await?;
        if let Some(wanted) = &self.project {
            projects.retain(|project| is(project, wanted));
            if projects.is_empty() {
                return Err(Error::not_found("project"));
            }
        }
        let mut rows = Vec::new();
        for project in projects {
            let id = segment(project["id"].as_str().unwrap_or_default());
            for asset in server.list(&format!("/projects/{id}/assets?kind=dataset")).await? {
                rows.push(json!({
                    "project": project["name"], "name": asset["name"], "id": asset["id"],
                    "version": asset["latest"]["seq"], "rows": asset["latest"]["rows"],
                }));
            }
        }
        Ok(rows)
    }
}

/// Whether a thing has this name or identifier.
pub(super) fn is(thing: &Value, wanted: &str) -> bool {
    let name = thing["name"].as_str().is_some_and(|name| name.eq_ignore_ascii_case(wanted));
    name || thing["id"].as_str() == Some(wanted)
}

/// The one project of this name or identifier; the only one without a name.
pub(super) async fn project(server: &Server, wanted: Option<&str>) -> Result<Value> {
    let projects = server.list("/projects").await?;
    let mut found = projects.into_iter().filter(|p| wanted.is_none_or(|wanted| is(p, wanted)));
    match (found.next(), found.next()) {
        (Some(project), None) => Ok(project),
        (None, _) => Err(Error::not_found("project")),
        (Some(_), Some(_)) => {
            Err(Error::new(ErrorCode::InvalidRequest, "There are several projects. Name one with --project."))
        }
    }
}
