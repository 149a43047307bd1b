//! How a running query is stopped: between any two steps it looks at the clock
//! and at the request to cancel, and gives the thread back.
//!
//! Operators that make much of little (joins of everything with everything,
//! recursion) loop without ever waiting, so that dropping them would not stop
//! them. A [`WatchExec`] around every operator makes them wait.

use std::{
    fmt,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Instant,
};

use arrow::{array::RecordBatch, datatypes::SchemaRef};
use datafusion::{
    common::{
        DataFusionError, Result,
        tree_node::{Transformed, TreeNode, TreeNodeRecursion},
    },
    execution::{RecordBatchStream, SendableRecordBatchStream, TaskContext},
    physical_expr::PhysicalExpr,
    physical_plan::{
        DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties, coop::make_cooperative,
        execution_plan::ReplaceChildrenOptions,
    },
};
use futures::{Stream, StreamExt};
use tandem_core::{Cancel, Error, ErrorCode};

use crate::govern::GuardExec;

/// When a query has to stop.
#[derive(Debug, Clone)]
pub(crate) struct Stop {
    pub(crate) cancel: Cancel,
    pub(crate) deadline: Option<Instant>,
}

impl Stop {
    fn check(&self) -> Result<(), Error> {
        if self.cancel.is_cancelled() {
            return Err(cancelled());
        }
        match self.deadline {
            Some(deadline) if Instant::now() >= deadline => Err(too_late()),
            _ => Ok(()),
        }
    }
}

pub(crate) fn cancelled() -> Error {
    Error::new(ErrorCode::Cancelled, "The query was cancelled.")
}

pub(crate) fn too_late() -> Error {
    Error::new(
        ErrorCode::TimeLimit,
        "The query took longer than it may. Filter earlier, read fewer columns, or ask for a longer limit.",
    )
}

/// The plan with a watch around every operator, down to the restricted tables.
pub(crate) fn watched(plan: Arc<dyn ExecutionPlan>, stop: &Stop) -> Result<Arc<dyn ExecutionPlan>> {
    let watched = plan.transform_down_up(
        |plan| {
            let next = if plan.is::<GuardExec>() { TreeNodeRecursion::Jump } else { TreeNodeRecursion::Continue };
            Ok(Transformed::new(plan, false, next))
        },
        |plan| Ok(Transformed::yes(Arc::new(WatchExec { input: plan, stop: stop.clone() }))),
    );
    Ok(watched?.data)
}

/// One operator under watch.
#[derive(Debug)]
pub(crate) struct WatchExec {
    input: Arc<dyn ExecutionPlan>,
    stop: Stop,
}

impl DisplayAs for WatchExec {
    fn fmt_as(&self, _kind: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Watch")
    }
}

impl ExecutionPlan for WatchExec {
    fn name(&self) -> &'static str {
        "Watch"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        self.input.properties()
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.input]
    }

    fn maintains_input_order(&self) -> Vec<bool> {
        vec![true]
    }

    fn apply_expressions(
        &self,
        _apply: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn replace_children(
        self: Arc<Self>,
        children: Vec<Arc<dyn ExecutionPlan>>,
        _options: ReplaceChildrenOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let input =
            children.into_iter().next().ok_or_else(|| DataFusionError::Internal("a watch of nothing".into()))?;
        Ok(Arc::new(Self { input, stop: self.stop.clone() }))
    }

    fn with_new_children(self: Arc<Self>, children: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        let input =
            children.into_iter().next().ok_or_else(|| DataFusionError::Internal("a watch of nothing".into()))?;
        Ok(Arc::new(Self { input, stop: self.stop.clone() }))
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let input = self.input.execute(partition, context)?;
        Ok(make_cooperative(Box::pin(Watch { input, stop: self.stop.clone() })))
    }
}

struct Watch {
    input: SendableRecordBatchStream,
    stop: Stop,
}

impl Stream for Watch {
    type Item = Result<RecordBatch>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match self.stop.check() {
            Ok(()) => self.input.poll_next_unpin(context),
            Err(error) => Poll::Ready(Some(Err(DataFusionError::External(Box::new(error))))),
        }
    }
}

impl RecordBatchStream for Watch {
    fn schema(&self) -> SchemaRef {
        self.input.schema()
    }
}
