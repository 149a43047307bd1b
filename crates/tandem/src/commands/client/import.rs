//! `tandem import`: a file of this machine becomes a version of a dataset.

use std::{path::PathBuf, time::Duration};

use clap::{Args, ValueEnum};
use futures::StreamExt;
use reqwest::{Body, Method, header};
use serde_json::{Value, json};
use tandem_core::{Error, ErrorCode, Lang, Progress, Result};
use tokio_util::io::ReaderStream;

use super::{
    datasets::{is, project},
    http::{Server, json, segment},
};
use crate::{commands::reading::Reading, output, terminal::Bar};

/// Import a file into a dataset of a server.
#[derive(Debug, Args)]
pub(crate) struct Import {
    /// CSV, TSV, Excel, JSON, NDJSON or Parquet; may be gzipped.
    file: PathBuf,

    #[command(flatten)]
    reading: Reading,

    /// The project's name or identifier; not needed where there is only one.
    #[arg(long)]
    project: Option<String>,

    /// The dataset's name or identifier; a new dataset is made where there is none. The file's name without it.
    #[arg(long)]
    dataset: Option<String>,

    /// How the rows join those that are there.
    #[arg(long, value_enum, default_value_t = Mode::Append)]
    mode: Mode,

    /// Columns that tell rows apart, for an upsert.
    #[arg(long, value_delimiter = ',', value_name = "COLUMN")]
    key: Vec<String>,

    /// What to say about the version.
    #[arg(long, default_value = "")]
    message: String,

    /// The largest share of rows that may be rejected, 0 to 1.
    #[arg(long, value_name = "SHARE")]
    max_rejected: Option<f64>,

    /// The run as JSON on standard output.
    #[arg(long)]
    json: bool,
}

/// How rows join those that are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Mode {
    Append,
    Replace,
    Upsert,
}

impl Import {
    pub(crate) fn run(self) -> Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let bar = Bar::new(Lang::En);
        let done = runtime.block_on(self.import(&bar));
        bar.clear();
        let run = done?;
        if self.json {
            let text = serde_json::to_string_pretty(&run).map_err(Error::internal)?;
            return output::print(format!("{text}\n").as_bytes());
        }
        let made = &run["outputs"][0];
        let result = &run["result"];
        output::print(
            format!(
                "{} v{}: {} rows, {} rejected\n",
                made["asset"]["name"].as_str().unwrap_or_default(),
                made["seq"],
                result["rows"],
                result["rejected"]
            )
            .as_bytes(),
        )
    }

    async fn import(&self, bar: &Bar) -> Result<Value> {
        let server = Server::load()?;
        let project = project(&server, self.project.as_deref()).await?;
        let id = segment(project["id"].as_str().unwrap_or_default());
        let upload = self.upload(&server, &id, bar).await?;
        let stem = self.file.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
        let name = self.dataset.clone().unwrap_or_else(|| stem.trim_end_matches(".csv").to_owned());
        let datasets = server.list(&format!("/projects/{id}/assets?kind=dataset")).await?;
        let target = match datasets.iter().find(|d| is(d, &name)) {
            Some(dataset) => json!({ "dataset_id": dataset["id"] }),
            None => json!({ "name": name }),
        };
        let mode = match self.mode {
            Mode::Append => "append",
            Mode::Replace => "replace",
            Mode::Upsert => "upsert",
        };
        let mut body = json!({
            "source": { "type": "upload", "upload_id": upload["id"] },
            "target": target, "mode": mode, "key": self.key, "message": self.message,
            "options": self.reading.options(),
        });
        if let Some(share) = self.max_rejected {
            body["max_rejected_ratio"] = json!(share);
        }
        let run = json(server.request(Method::POST, &format!("/projects/{id}/import")).json(&body)).await?;
        follow(&server, run, bar).await
    }

    async fn upload(&self, server: &Server, project: &str, bar: &Bar) -> Result<Value> {
        let file = tokio::fs::File::open(&self.file).await.map_err(|error| {
            Error::new(ErrorCode::NotFound, format!("{} can't be read ({error}).", self.file.display()))
        })?;
        let length = file.metadata().await?.len();
        let name = self.file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
        let bytes = ReaderStream::with_capacity(file, 1 << 20).inspect(move |chunk| {
            if let Ok(chunk) = chunk {
                let _ = sender.send(chunk.len() as u64);
            }
        });
        let request = server
            .request(Method::POST, &format!("/projects/{project}/uploads"))
            .query(&[("name", &name)])
            .header(header::CONTENT_LENGTH, length)
            .body(Body::wrap_stream(bytes));
        let sending = json(request);
        tokio::pin!(sending);
        let mut sent = 0;
        loop {
            tokio::select! {
                done = &mut sending => return done,
                Some(bytes) = receiver.recv() => {
                    sent += bytes;
                    bar.report("read", sent, Some(length));
                }
            }
        }
    }
}

/// Follows a run to its end.
async fn follow(server: &Server, mut run: Value, bar: &Bar) -> Result<Value> {
    let id = segment(run["id"].as_str().unwrap_or_default());
    loop {
        match run["state"].as_str() {
            Some("succeeded") => return Ok(run),
            Some("failed") => {
                let code = serde_json::from_value(run["error"]["code"].clone()).unwrap_or(ErrorCode::Internal);
                let message = run["error"]["message"].as_str().unwrap_or("The import failed.");
                return Err(Error::new(code, message));
            }
            Some("cancelled") => return Err(Error::new(ErrorCode::Cancelled, "The import was cancelled.")),
            _ => {}
        }
        let progress = &run["progress"];
        let phase = match progress["phase"].as_str() {
            Some("write") => "write",
            Some("profile") => "profile",
            _ => "import",
        };
        bar.report(phase, progress["done"].as_u64().unwrap_or(0), progress["total"].as_u64());
        tokio::time::sleep(Duration::from_millis(250)).await;
        run = server.get(&format!("/runs/{id}")).await?;
    }
}
