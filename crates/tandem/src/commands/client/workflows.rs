//! Workflows of the server, for commands that take a file or a name.

use std::{path::Path, time::Duration};

use reqwest::Method;
use serde_json::{Value, json};
use tandem_core::{Error, ErrorCode, Lang, Progress, Result};
use tandem_flow::check::Problem;

use super::{
    datasets::{is, project},
    http::{Server, checked, json, segment, unreachable},
};
use crate::{output::Sink, terminal::Bar};

/// Time between two looks at a run.
const LOOK: Duration = Duration::from_millis(250);
/// Looks in a row that may fail, as they do while the server is started anew: half a minute.
const PATIENCE: u32 = 120;

/// A workflow of the server that was signed in to.
pub(crate) struct Remote {
    server: Server,
    project: String,
    id: String,
}

impl Remote {
    /// The workflow of this name or identifier in a project, which need not be named where there is only one.
    ///
    /// # Errors
    /// `unauthenticated` without a server; `not_found`; `invalid_request` where the project must be named; those of the server.
    pub(crate) async fn find(name: &str, wanted: Option<&str>) -> Result<Self> {
        let server = Server::load().map_err(|error| match error.code() {
            ErrorCode::Unauthenticated => Error::new(
                error.code(),
                format!("There is no file {name}. For a workflow of a server: {}", error.message()),
            ),
            _ => error,
        })?;
        Self::of(server, name, wanted).await?.ok_or_else(|| {
            let message = format!("There is neither a file {name} nor a workflow of that name in the project.");
            Error::new(ErrorCode::NotFound, message)
        })
    }

    /// As [`Remote::find`], where nothing but a workflow of the server can be meant.
    ///
    /// # Errors
    /// The same.
    pub(crate) async fn named(name: &str, wanted: Option<&str>) -> Result<Self> {
        Self::of(Server::load()?, name, wanted).await?.ok_or_else(|| {
            let message = format!(
                "There is no workflow {name} in the project. Make it from a file with `tandem workflow push FILE`."
            );
            Error::new(ErrorCode::NotFound, message)
        })
    }

    async fn of(server: Server, name: &str, wanted: Option<&str>) -> Result<Option<Self>> {
        let project = project(&server, wanted).await?;
        let project = segment(project["id"].as_str().unwrap_or_default());
        let there = server.list(&format!("/projects/{project}/assets?kind=workflow")).await?;
        let found = there.iter().find(|one| is(one, name));
        let id = found.map(|found| segment(found["id"].as_str().unwrap_or_default()));
        Ok(id.map(|id| Self { server, project, id }))
    }

    /// Makes a workflow of a project: `made` is its name, and its document or a notebook.
    ///
    /// # Errors
    /// `unauthenticated` without a server; `invalid_request` where the project must be named; those of the server.
    pub(crate) async fn make(wanted: Option<&str>, made: &Value) -> Result<Value> {
        let server = Server::load()?;
        let project = project(&server, wanted).await?;
        let path = format!("/projects/{}/workflows", segment(project["id"].as_str().unwrap_or_default()));
        json(server.request(Method::POST, &path).json(made)).await
    }

    /// Brings a notebook back to the draft, or only asks what it would change.
    ///
    /// # Errors
    /// Those of the server.
    pub(crate) async fn bring(&self, notebook: &Value, dry_run: bool) -> Result<Value> {
        let body = json!({ "notebook": notebook, "client": "tandem", "dry_run": dry_run });
        json(self.server.request(Method::POST, &format!("/workflows/{}/notebook", self.id)).json(&body)).await
    }

    /// The draft, or a saved version, as a notebook.
    ///
    /// # Errors
    /// Those of the server.
    pub(crate) async fn notebook(&self, seq: Option<i64>, lang: Lang) -> Result<Value> {
        let seq = seq.map(|seq| format!("&seq={seq}")).unwrap_or_default();
        self.server.get(&format!("/workflows/{}/notebook?lang={}{seq}", self.id, lang.tag())).await
    }

    /// The datasets of the project that are named for inputs, as a run takes them.
    ///
    /// # Errors
    /// `not_found` for a dataset that isn't there; those of the server.
    pub(crate) async fn inputs(&self, named: &[(String, String)]) -> Result<Value> {
        let mut inputs = serde_json::Map::new();
        if named.is_empty() {
            return Ok(Value::Object(inputs));
        }
        let there = self.server.list(&format!("/projects/{}/assets?kind=dataset", self.project)).await?;
        for (input, name) in named {
            let found = there.iter().find(|one| is(one, name)).ok_or_else(|| {
                let message =
                    format!("There is no dataset {name} in the project. Import it with `tandem import` first.");
                Error::new(ErrorCode::NotFound, message)
            })?;
            inputs.insert(input.clone(), json!({ "dataset_id": found["id"] }));
        }
        Ok(Value::Object(inputs))
    }

    /// Starts a run and follows it to its end, whichever that is. Ctrl-C stops it.
    ///
    /// # Errors
    /// Those of the server; how the run ended is in the answer.
    pub(crate) async fn run(&self, asked: &Value, bar: &Bar) -> Result<Value> {
        let path = format!("/workflows/{}/runs", self.id);
        let mut run = json(self.server.request(Method::POST, &path).json(asked)).await?;
        let path = at(&run);
        // One for all the time, so that no moment is deaf to it.
        let mut stop = std::pin::pin!(tokio::signal::ctrl_c());
        let (mut stopped, mut missed) = (false, 0);
        while matches!(run["state"].as_str(), Some("queued" | "running")) {
            let progress = &run["progress"];
            bar.report("nodes", progress["done"].as_u64().unwrap_or(0), progress["total"].as_u64());
            let mut look = std::pin::pin!(async {
                tokio::time::sleep(LOOK).await;
                self.server.get(&path).await
            });
            let found: Result<Value> = loop {
                tokio::select! {
                    found = &mut look => break found,
                    asked = &mut stop, if !stopped => {
                        // Where signals can't be had, the run goes on to its end.
                        stopped = true;
                        if asked.is_ok() {
                            // One that has ended meanwhile can't be stopped, which is as good.
                            let _ = json(self.server.request(Method::POST, &format!("{path}/cancel"))).await;
                        }
                    }
                }
            };
            match found {
                Ok(found) => (run, missed) = (found, 0),
                // The run goes on without whoever looks at it.
                Err(error) if error.code() == ErrorCode::Unavailable && missed < PATIENCE => missed += 1,
                Err(error) => return Err(error),
            }
        }
        Ok(run)
    }

    /// Refuses names that the draft, or a saved version, doesn't declare as outputs.
    ///
    /// # Errors
    /// `not_found` for such a name; those of the server.
    pub(crate) async fn require_outputs(&self, seq: Option<i64>, names: impl Iterator<Item = &str>) -> Result<()> {
        let mut names = names.peekable();
        if names.peek().is_none() {
            return Ok(());
        }
        let seq = seq.map(|seq| format!("?seq={seq}")).unwrap_or_default();
        let detail = self.server.get(&format!("/workflows/{}{seq}", self.id)).await?;
        let declared: Vec<&str> =
            detail["workflow"]["outputs"].as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
        match names.find(|name| !declared.contains(name)) {
            None => Ok(()),
            Some(name) => {
                let message = format!("The workflow has no output {name}. It has: {}.", declared.join(", "));
                Err(Error::new(ErrorCode::NotFound, message))
            }
        }
    }

    /// The output of a run that is a report.
    ///
    /// # Errors
    /// `invalid_request` where there is not exactly one; those of the server.
    pub(crate) async fn report_of(&self, run: &Value) -> Result<String> {
        let outputs = self.server.get(&format!("{}/outputs", at(run))).await?;
        let reports: Vec<&str> = outputs["items"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|output| output["kind"] == "report")
            .filter_map(|output| output["name"].as_str())
            .collect();
        match reports.as_slice() {
            [one] => Ok((*one).to_owned()),
            several => {
                let message = format!(
                    "The workflow has {} reports among its outputs, and --report takes one. Declare one, or look at the run.",
                    several.len()
                );
                Err(Error::new(ErrorCode::InvalidRequest, message))
            }
        }
    }

    /// Writes an output of a run to a file: `what` of it (`download` for rows, `report` for a page), in a format.
    ///
    /// # Errors
    /// Those of the server, such as `forbidden` for who may not take it away, and of writing.
    pub(crate) async fn take(&self, run: &Value, output: &str, what: &[&str; 2], lang: Lang, to: &Path) -> Result<()> {
        let [what, format] = what;
        let path = format!("{}/outputs/{}/{what}", at(run), segment(output));
        let request = self.server.request(Method::GET, &path).query(&[("format", *format), ("lang", lang.tag())]);
        let mut response = checked(request.send().await.map_err(unreachable)?).await?;
        let mut sink = Sink::open(to)?;
        while let Some(part) = response.chunk().await.map_err(unreachable)? {
            sink.write(&part)?;
        }
        sink.finish()
    }

    /// What is wrong with the draft or a saved version, and how many nodes it has.
    ///
    /// # Errors
    /// Those of the server.
    pub(crate) async fn check(&self, seq: Option<i64>) -> Result<(Vec<Problem>, usize)> {
        let seq = seq.map(|seq| format!("?seq={seq}")).unwrap_or_default();
        let mut detail = self.server.get(&format!("/workflows/{}{seq}", self.id)).await?;
        let nodes = detail["workflow"]["nodes"].as_object().map_or(0, serde_json::Map::len);
        let body = json!({ "workflow": detail["workflow"].take() });
        let path = format!("/projects/{}/workflows/check", self.project);
        let mut checked = json(self.server.request(Method::POST, &path).json(&body)).await?;
        Ok((serde_json::from_value(checked["problems"].take()).map_err(Error::internal)?, nodes))
    }
}

/// The path of a run.
fn at(run: &Value) -> String {
    format!("/runs/{}", segment(run["id"].as_str().unwrap_or_default()))
}
