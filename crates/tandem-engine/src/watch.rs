//! How a running query is stopped: between any two steps it looks at the clock
//! and at the request to cancel, and gives the thread back.
//!
//! Operators that make much of little (joins of everything with everything,
//! recursion) loop without ever waiting, so that dropping them would not stop
//! them. A [`WatchExec`] around every operator makes them wait.
//!
//! It also counts the memory of window functions, which hold all their input
//! and don't count it themselves.

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
    execution::{
        RecordBatchStream, SendableRecordBatchStream, TaskContext,
        memory_pool::{MemoryConsumer, MemoryReservation},
    },
    physical_expr::PhysicalExpr,
    physical_plan::{
        DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties,
        coop::make_cooperative,
        execution_plan::{ChildrenPropertiesMode, ReplaceChildrenOptions},
        windows::WindowAggExec,
    },
};
use futures::{Stream, StreamExt};
use tandem_core::{Cancel, Error, ErrorCode};

use crate::{govern::GuardExec, present::row_bytes};

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
    let watch = |plan: Arc<dyn ExecutionPlan>| -> Result<Arc<dyn ExecutionPlan>> {
        let plan = if plan.is::<WindowAggExec>() { counting_input(plan)? } else { plan };
        Ok(Arc::new(WatchExec { input: plan, stop: stop.clone(), counts: false }))
    };
    let watched = plan.transform_down_up(
        |plan| {
            let next = if plan.is::<GuardExec>() { TreeNodeRecursion::Jump } else { TreeNodeRecursion::Continue };
            Ok(Transformed::new(plan, false, next))
        },
        |plan| Ok(Transformed::yes(watch(plan)?)),
    );
    Ok(watched?.data)
}

/// The operator with the memory of its input counted.
fn counting_input(plan: Arc<dyn ExecutionPlan>) -> Result<Arc<dyn ExecutionPlan>> {
    let children = plan.children().into_iter().map(|child| -> Arc<dyn ExecutionPlan> {
        match child.downcast_ref::<WatchExec>() {
            Some(watch) => Arc::new(WatchExec { counts: true, ..watch.clone() }),
            None => child.clone(),
        }
    });
    let children = children.collect();
    plan.replace_children(children, ReplaceChildrenOptions::new(ChildrenPropertiesMode::Recompute))
}

/// One operator under watch.
#[derive(Debug, Clone)]
pub(crate) struct WatchExec {
    input: Arc<dyn ExecutionPlan>,
    stop: Stop,
    /// Whether whoever takes the rows keeps them all.
    counts: bool,
}

impl WatchExec {
    fn with_input(&self, children: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        let input =
            children.into_iter().next().ok_or_else(|| DataFusionError::Internal("a watch of nothing".into()))?;
        Ok(Arc::new(Self { input, ..self.clone() }))
    }
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
        self.with_input(children)
    }

    fn with_new_children(self: Arc<Self>, children: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        self.with_input(children)
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let counted = self.counts.then(|| MemoryConsumer::new("WindowInput").register(context.memory_pool()));
        let input = self.input.execute(partition, context)?;
        Ok(make_cooperative(Box::pin(Watch { input, stop: self.stop.clone(), counted })))
    }
}

struct Watch {
    input: SendableRecordBatchStream,
    stop: Stop,
    /// Grows with what has passed; given back when the stream is dropped.
    counted: Option<MemoryReservation>,
}

impl Stream for Watch {
    type Item = Result<RecordBatch>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Err(error) = self.stop.check() {
            return Poll::Ready(Some(Err(DataFusionError::External(Box::new(error)))));
        }
        let next = self.input.poll_next_unpin(context);
        if let (Poll::Ready(Some(Ok(batch))), Some(counted)) = (&next, &self.counted)
            && let Err(error) = counted.try_grow(row_bytes(batch))
        {
            return Poll::Ready(Some(Err(error)));
        }
        next
    }
}

impl RecordBatchStream for Watch {
    fn schema(&self) -> SchemaRef {
        self.input.schema()
    }
}
