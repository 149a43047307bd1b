//! Rows of a query, on their way into a kept table.

use std::time::Instant;

use futures::StreamExt;
use tandem_components::columns::columns_of;
use tandem_core::{Cancel, Error, Result};
use tandem_engine::{Batches, encode};
use tandem_flow::{Column, Digest, graph::NodeId};
use tokio::sync::mpsc;

use crate::{Fingerprint, results::Kept, run::Runner, text::Asked, watch::Watch};

/// Runs a query and keeps its rows as the table of a port.
pub(crate) async fn keep(
    runner: &Runner,
    watch: &dyn Watch,
    (node, port): (&NodeId, &str),
    digest: &Digest,
    asked: &Asked,
    cancel: &Cancel,
) -> Result<Kept> {
    let begun = Instant::now();
    let rows = runner.engine.query(&asked.plan, &asked.text, cancel).await?;
    let schema = rows.schema();
    let mut fingerprint = Fingerprint::new(schema.fields().iter().map(|field| field.name().as_str()));
    let mut rows = rows.into_batches();
    // The encoder takes a stream of its own; rows are counted on their way to it.
    let (sender, receiver) = mpsc::channel(2);
    let receiver = futures::stream::unfold(receiver, |mut receiver| async move {
        receiver.recv().await.map(|batch| (batch, receiver))
    });
    let mut chunks = Box::pin(encode::encode(Batches::from_stream(schema.clone(), receiver), encode::Format::Parquet));
    let mut writing = runner.results.write(digest, port)?;
    let feed = async {
        while let Some(batch) = rows.next().await {
            let batch = batch?;
            fingerprint.add(&batch)?;
            watch.progress(node, "rows", fingerprint.rows(), None);
            if sender.send(Ok(batch)).await.is_err() {
                break;
            }
        }
        drop(sender);
        Ok::<(), Error>(())
    };
    let drain = async {
        while let Some(chunk) = chunks.next().await {
            writing.add(&chunk?)?;
        }
        Ok::<(), Error>(())
    };
    tokio::try_join!(feed, drain)?;
    cancel.check()?;
    let stored = writing.finish(columns_of(&schema), fingerprint)?;
    let elapsed_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    runner.results.note(digest, port, Kept { stored, elapsed_ms })
}

/// The columns of a text, which is planned and not run.
pub(crate) async fn columns(runner: &Runner, asked: &Asked, cancel: &Cancel) -> Result<Vec<Column>> {
    Ok(columns_of(&runner.engine.query(&asked.plan, &asked.text, cancel).await?.schema()))
}
