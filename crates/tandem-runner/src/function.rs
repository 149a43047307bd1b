//! A function at work: what it asks of the run.

use std::{collections::BTreeMap, sync::Arc};

use arrow::array::RecordBatch;
use serde_json::Value;
use tandem_components::{
    Host,
    sql::{ident, idents},
};
use tandem_core::{Cancel, Error, ErrorCode, Progress, Result};
use tandem_flow::graph::NodeId;
use tandem_report::Section;
use tandem_science::{model::Trained, work::Work};

use crate::{
    made::{Made, Name},
    run::Runner,
    text::asked,
    watch::Watch,
};

/// What a node's function is given.
pub(crate) struct Desk {
    pub(crate) runner: Runner,
    pub(crate) made: Arc<Made>,
    /// The tables of each input port.
    pub(crate) tables: BTreeMap<String, Vec<Name>>,
    pub(crate) models: BTreeMap<String, Vec<Arc<Trained>>>,
    pub(crate) reports: BTreeMap<String, Vec<Section>>,
    pub(crate) values: BTreeMap<String, Vec<Value>>,
    pub(crate) node: NodeId,
    pub(crate) watch: Arc<dyn Watch>,
    pub(crate) cancel: Cancel,
}

impl Desk {
    fn collect(&self, text: &str, reads: &[Name]) -> Result<Vec<RecordBatch>> {
        let asked = asked(&self.made, text, reads, &self.runner.limits)?;
        let most = self.runner.budget.memory;
        let all = async {
            let mut rows = self.runner.engine.query(&asked.plan, &asked.text, &self.cancel).await?.into_batches();
            let (mut batches, mut bytes) = (Vec::new(), 0);
            while let Some(batch) = futures::StreamExt::next(&mut rows).await {
                let batch = batch?;
                bytes += batch.get_array_memory_size() as u64;
                if bytes > most {
                    return Err(Error::new(
                        ErrorCode::MemoryLimit,
                        format!(
                            "This component reads its rows into memory, and they take more than {} MB. Choose fewer columns, or sample before it.",
                            most >> 20
                        ),
                    ));
                }
                batches.push(batch);
            }
            Ok(batches)
        };
        self.runner.handle.block_on(all)
    }
}

impl Host for Desk {
    fn rows(&self, port: &str, at: usize, columns: &[String]) -> Result<Vec<RecordBatch>> {
        let table = self.tables.get(port).and_then(|tables| tables.get(at)).ok_or_else(|| {
            Error::new(ErrorCode::InvalidParameter, format!("Nothing is connected to “{port}”. Connect a table."))
        })?;
        let names = idents(columns);
        // Rows that hash alike and differ are told apart by themselves.
        let text = format!("SELECT {names} FROM {} ORDER BY row_hash({names}), {names}", ident(table));
        self.collect(&text, std::slice::from_ref(table))
    }

    fn query(&self, sql: &str) -> Result<Vec<RecordBatch>> {
        let reads: Vec<Name> = self.tables.values().flatten().cloned().collect();
        self.collect(sql, &reads)
    }

    fn model(&self, port: &str) -> Result<Arc<Trained>> {
        self.models.get(port).and_then(|models| models.first()).cloned().ok_or_else(|| {
            Error::new(ErrorCode::InvalidParameter, format!("Nothing is connected to “{port}”. Connect a model."))
        })
    }

    fn values(&self, port: &str) -> Vec<Value> {
        self.values.get(port).cloned().unwrap_or_default()
    }

    fn reports(&self, port: &str) -> Vec<Section> {
        self.reports.get(port).cloned().unwrap_or_default()
    }

    fn work(&self) -> Work<'_> {
        let threads = usize::try_from(self.runner.budget.cores).unwrap_or(1);
        Work { threads, progress: self, cancel: &self.cancel }
    }

    fn point(&self, series: &str, x: f64, y: f64) {
        self.watch.point(&self.node, series, x, y);
    }
}

impl Progress for Desk {
    fn report(&self, phase: &'static str, done: u64, total: Option<u64>) {
        self.watch.progress(&self.node, phase, done, total);
    }
}
