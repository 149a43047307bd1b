//! Rows in, states of groups out.

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, AsArray, BooleanArray, RecordBatch},
    datatypes::SchemaRef,
};
use datafusion::{
    common::{DataFusionError, Result},
    execution::{
        SendableRecordBatchStream, TaskContext,
        memory_pool::{MemoryConsumer, MemoryReservation},
    },
    logical_expr::{EmitTo, GroupsAccumulator},
    physical_expr::{GroupsAccumulatorAdapter, PhysicalExpr, aggregate::AggregateFunctionExpr},
    physical_plan::{
        EmptyRecordBatchStream, ExecutionPlan,
        aggregates::AggregateExec,
        metrics::{BaselineMetrics, ExecutionPlanMetricsSet},
        stream::RecordBatchStreamAdapter,
    },
};
use futures::{StreamExt, stream};

use super::{column::Layout, table::Groups};

/// Groups have numbers of 32 bits.
const MOST_GROUPS: usize = 1 << 31;

/// Most bytes of texts that are copied when groups are given away; an array of them holds twice as many.
const MOST_COPIED: usize = 1 << 30;

/// Starts to group one partition.
pub(super) fn start(
    aggregate: &AggregateExec,
    layout: &Layout,
    metrics: &ExecutionPlanMetricsSet,
    partition: usize,
    context: &Arc<TaskContext>,
) -> Result<SendableRecordBatchStream> {
    let functions = aggregate.aggr_expr().iter().zip(aggregate.filter_expr());
    let functions = functions
        .map(|(function, filter)| {
            Ok(Function { arguments: function.expressions(), filter: filter.clone(), states: states(function)? })
        })
        .collect::<Result<Vec<_>>>()?;
    let options = &context.session_config().options().execution;
    let schema = aggregate.schema();
    let grouping = Grouping {
        input: aggregate.input().execute(partition, context.clone())?,
        schema: schema.clone(),
        columns: aggregate.group_expr().input_exprs(),
        functions,
        groups: Groups::new(layout),
        places: Vec::new(),
        rows: 0,
        probe: (
            options.skip_partial_aggregation_probe_rows_threshold,
            options.skip_partial_aggregation_probe_ratio_threshold,
        ),
        stage: Stage::Grouping,
        ready: None,
        batch_size: context.session_config().batch_size(),
        memory: MemoryConsumer::new(format!("PartialGroups[{partition}]"))
            .with_can_spill(true)
            .register(context.memory_pool()),
        metrics: BaselineMetrics::new(metrics, partition),
    };
    let rows = stream::try_unfold(grouping, |mut grouping| async move {
        let next = grouping.next().await?;
        Ok(next.map(|batch| (batch, grouping)))
    });
    Ok(Box::pin(RecordBatchStreamAdapter::new(schema, rows)))
}

fn states(function: &Arc<AggregateFunctionExpr>) -> Result<Box<dyn GroupsAccumulator>> {
    if function.groups_accumulator_supported() {
        return function.create_groups_accumulator();
    }
    let function = function.clone();
    Ok(Box::new(GroupsAccumulatorAdapter::new(move || function.create_accumulator())))
}

/// One aggregate function.
struct Function {
    arguments: Vec<Arc<dyn PhysicalExpr>>,
    /// `FILTER (WHERE …)`.
    filter: Option<Arc<dyn PhysicalExpr>>,
    states: Box<dyn GroupsAccumulator>,
}

impl Function {
    fn values(&self, batch: &RecordBatch) -> Result<(Vec<ArrayRef>, Option<BooleanArray>)> {
        let filter =
            self.filter.as_ref().map(|filter| filter.evaluate(batch)?.into_array(batch.num_rows())).transpose()?;
        Ok((arrays(&self.arguments, batch)?, filter.map(|filter| filter.as_boolean().clone())))
    }
}

fn arrays(expressions: &[Arc<dyn PhysicalExpr>], batch: &RecordBatch) -> Result<Vec<ArrayRef>> {
    expressions.iter().map(|expression| expression.evaluate(batch)?.into_array(batch.num_rows())).collect()
}

enum Stage {
    Grouping,
    /// Nearly every row is a group of its own: each becomes a state without looking for others.
    Passing,
    Done,
}

struct Grouping {
    input: SendableRecordBatchStream,
    schema: SchemaRef,
    columns: Vec<Arc<dyn PhysicalExpr>>,
    functions: Vec<Function>,
    groups: Groups,
    /// The group of each row at hand.
    places: Vec<usize>,
    /// Rows that came.
    rows: usize,
    /// From twice as many groups on, those that are more than this part of the rows are not worth looking for. DataFusion
    /// asks after as many rows: the first hundred thousand of four hundred thousand customers are nearly all new, of the
    /// next ten million none is.
    probe: (usize, f64),
    stage: Stage,
    /// Groups on their way out.
    ready: Option<RecordBatch>,
    batch_size: usize,
    memory: MemoryReservation,
    metrics: BaselineMetrics,
}

impl Grouping {
    async fn next(&mut self) -> Result<Option<RecordBatch>> {
        loop {
            if let Some(ready) = self.ready.take() {
                let first = ready.slice(0, ready.num_rows().min(self.batch_size));
                if ready.num_rows() > first.num_rows() {
                    self.ready = Some(ready.slice(first.num_rows(), ready.num_rows() - first.num_rows()));
                }
                self.metrics.record_output(first.num_rows());
                return Ok(Some(first));
            }
            if matches!(self.stage, Stage::Done) {
                return Ok(None);
            }
            let next = self.input.next().await.transpose()?;
            let time = self.metrics.elapsed_compute().clone();
            let _timer = time.timer();
            match (next, &self.stage) {
                (Some(batch), Stage::Passing) => self.ready = Some(self.pass(&batch)?),
                (Some(batch), _) => self.group(&batch)?,
                (None, _) => {
                    self.stage = Stage::Done;
                    self.input = Box::pin(EmptyRecordBatchStream::new(self.input.schema()));
                    self.ready = self.take()?;
                }
            }
        }
    }

    fn group(&mut self, batch: &RecordBatch) -> Result<()> {
        self.groups.find(&arrays(&self.columns, batch)?, &mut self.places)?;
        for function in &mut self.functions {
            let (values, filter) = function.values(batch)?;
            function.states.update_batch(&values, &self.places, filter.as_ref(), self.groups.len())?;
        }
        self.rows += batch.num_rows();
        let (rows, ratio) = self.probe;
        let found = self.groups.len();
        if found >= 2 * rows && found as f64 > self.rows as f64 * ratio {
            self.stage = Stage::Passing;
            self.ready = self.take()?;
        } else if found > MOST_GROUPS || self.groups.copied() > MOST_COPIED {
            self.ready = self.take()?;
        } else if let Err(error) = self.memory.try_resize(self.size()) {
            if !matches!(error, DataFusionError::ResourcesExhausted(_)) || self.groups.len() == 0 {
                return Err(error);
            }
            self.ready = self.take()?;
        }
        Ok(())
    }

    /// Every group that there is with its state, and none afterwards.
    fn take(&mut self) -> Result<Option<RecordBatch>> {
        if self.groups.len() == 0 {
            return Ok(None);
        }
        let mut columns = self.groups.take()?;
        for function in &mut self.functions {
            columns.extend(function.states.state(EmitTo::All)?);
        }
        self.rows = 0;
        self.memory.try_resize(self.size())?;
        Ok(Some(RecordBatch::try_new(self.schema.clone(), columns)?))
    }

    fn pass(&self, batch: &RecordBatch) -> Result<RecordBatch> {
        let mut columns = arrays(&self.columns, batch)?;
        for function in &self.functions {
            let (values, filter) = function.values(batch)?;
            columns.extend(function.states.convert_to_state(&values, filter.as_ref())?);
        }
        Ok(RecordBatch::try_new(self.schema.clone(), columns)?)
    }

    fn size(&self) -> usize {
        let states: usize = self.functions.iter().map(|function| function.states.size()).sum();
        states + self.groups.size() + self.places.capacity() * size_of::<usize>()
    }
}
