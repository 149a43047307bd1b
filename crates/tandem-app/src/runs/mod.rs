//! Runs: whatever is computed. A run pins what goes in, is worked on as a
//! durable job, and leaves versions with their lineage.

pub(crate) mod manage;
pub mod report;
pub mod scenario;
mod shield;
mod spec;
mod task;
mod worker;

pub use manage::{RunDetail, cancel, get, list, refresh, reproduce};
pub(crate) use shield::shield;
pub use spec::{
    DatabaseRead, DeliverySpec, ImportMode, ImportSpec, ImportTarget, RunSpec, ScenarioInput, ScenarioSpec, SourceSpec,
    WorkflowSpec,
};
pub(crate) use task::{Done, Output, OutputAsset, Task};
pub use worker::{Workers, start_workers};

use serde_json::json;
use tandem_core::{Principal, Result};
use tandem_meta::{
    Tx,
    repo::{
        job::NewJob,
        run::{NewRun, RunView},
    },
};

/// What every job of this crate is called.
pub(crate) const JOB: &str = "run";
/// How often a job may fail before its run is given up. That its worker was gone
/// in the middle is no failure of its own; twice as often it may be.
const ATTEMPTS: i64 = 10;

/// Makes a run and the job that works on it, in the transaction of what caused
/// them.
pub(crate) async fn enqueue(tx: &mut Tx, principal: &Principal, new: NewRun) -> Result<RunView> {
    let view = tx.create_run(principal.org, new).await?;
    let job = NewJob {
        run_id: Some(view.run.id),
        kind: JOB.to_owned(),
        dedupe_key: Some(view.run.id.to_string()),
        payload: json!({}),
        max_attempts: ATTEMPTS,
        run_after: None,
    };
    tx.enqueue_job(principal.org, job).await?;
    Ok(view)
}
