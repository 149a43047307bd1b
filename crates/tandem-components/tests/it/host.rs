//! Whoever runs a component that reads rows, over the engine.

use std::sync::{Arc, Mutex};

use arrow::array::RecordBatch;
use serde_json::Value;
use tandem_components::{Ask, Body, Component, Host, Outputs, sql::ident};
use tandem_core::{Cancel, Error, ErrorCode, Result};
use tandem_engine::{AccessPlan, Engine};
use tandem_report::Section;
use tandem_science::{model::Trained, work::Work};

use crate::support::Given;

/// A point of a curve that was drawn.
pub(crate) type Point = (String, f64, f64);

struct Bench<'a> {
    engine: &'a Engine,
    plan: &'a AccessPlan,
    ask: &'a Ask<'a>,
    given: &'a Given,
    cancel: Cancel,
    points: Mutex<Vec<Point>>,
}

/// What a function gives, and the points that it drew. It runs on a thread of
/// its own, as it would on a server.
pub(crate) fn perform(
    engine: &Engine,
    component: &Component,
    (plan, ask): (&AccessPlan, &Ask<'_>),
    given: &Given,
    cancel: Cancel,
) -> Result<(Outputs, Vec<Point>)> {
    let Body::Rows(function) = component.body else { panic!("{} reads no rows", component.signature.name) };
    let host = Bench { engine, plan, ask, given, cancel, points: Mutex::default() };
    let outputs = std::thread::scope(|scope| scope.spawn(|| (function.run)(ask, &host)).join().unwrap())?;
    Ok((outputs, host.points.into_inner().unwrap()))
}

impl Host for Bench<'_> {
    fn rows(&self, port: &str, at: usize, columns: &[String]) -> Result<Vec<RecordBatch>> {
        let tables = self.ask.inputs.get(port).map(Vec::as_slice).unwrap_or_default();
        let Some(table) = tables.get(at) else { panic!("nothing is connected to {port} {at}") };
        let list = columns.iter().map(|name| ident(name)).collect::<Vec<_>>().join(", ");
        self.query(&format!("SELECT {list} FROM {} ORDER BY row_hash({list})", table.sql()))
    }

    fn query(&self, sql: &str) -> Result<Vec<RecordBatch>> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let stream = self.engine.query(self.plan, sql, &self.cancel).await?;
            let schema = stream.schema();
            let (mut batches, _) = stream.collect().await?;
            if batches.is_empty() {
                batches.push(RecordBatch::new_empty(schema));
            }
            Ok(batches)
        })
    }

    fn model(&self, port: &str) -> Result<Arc<Trained>> {
        let missing = || Error::new(ErrorCode::InvalidParameter, format!("No model is connected to “{port}”."));
        self.given.models.get(port).cloned().ok_or_else(missing)
    }

    fn values(&self, port: &str) -> Vec<Value> {
        self.given.values.get(port).cloned().unwrap_or_default()
    }

    fn reports(&self, port: &str) -> Vec<Section> {
        self.given.reports.get(port).cloned().unwrap_or_default()
    }

    fn work(&self) -> Work<'_> {
        Work { threads: 2, ..Work::new(&self.cancel) }
    }

    fn point(&self, series: &str, x: f64, y: f64) {
        self.points.lock().unwrap().push((series.to_owned(), x, y));
    }
}
