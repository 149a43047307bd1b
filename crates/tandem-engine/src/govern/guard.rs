//! The plan node between a restricted table and the query.

use std::{fmt, sync::Arc};

use arrow::{
    array::{Array, ArrayRef, RecordBatch, RecordBatchOptions},
    compute::cast,
    datatypes::SchemaRef,
    error::ArrowError,
};
use datafusion::{
    common::{DataFusionError, Result, tree_node::TreeNodeRecursion},
    execution::{SendableRecordBatchStream, TaskContext},
    physical_expr::{EquivalenceProperties, PhysicalExpr},
    physical_plan::{
        DisplayAs, DisplayFormatType, ExecutionPlan, ExecutionPlanProperties, Partitioning, PlanProperties,
        execution_plan::ReplaceChildrenOptions, stream::RecordBatchStreamAdapter,
    },
};
use futures::{StreamExt, TryStreamExt};
use tandem_core::{Error, ErrorCode};

use super::mask;
use crate::Mask;

/// One column that comes out of the guard.
#[derive(Debug, Clone)]
pub(super) struct Output {
    /// Its place in the input.
    pub(super) from: usize,
    /// What is done to it.
    pub(super) mask: Option<Mask>,
}

/// Puts masks on, and is a wall: it takes no condition, limit, projection or
/// order down from the query, passes no statistics up, shows nothing of itself
/// in a plan, and swallows what an error below it says.
#[derive(Debug)]
pub(crate) struct GuardExec {
    input: Arc<dyn ExecutionPlan>,
    outputs: Vec<Output>,
    properties: Arc<PlanProperties>,
}

impl GuardExec {
    pub(super) fn new(input: Arc<dyn ExecutionPlan>, outputs: Vec<Output>, schema: SchemaRef) -> Self {
        let partitions = input.output_partitioning().partition_count();
        let properties = PlanProperties::new(
            EquivalenceProperties::new(schema),
            Partitioning::UnknownPartitioning(partitions),
            input.pipeline_behavior(),
            input.boundedness(),
        );
        Self { input, outputs, properties: Arc::new(properties) }
    }

    fn with_input(&self, children: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        let input =
            children.into_iter().next().ok_or_else(|| DataFusionError::Internal("a guard of nothing".into()))?;
        Ok(Arc::new(Self::new(input, self.outputs.clone(), self.schema())))
    }
}

impl DisplayAs for GuardExec {
    fn fmt_as(&self, _kind: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RestrictedTable")
    }
}

impl ExecutionPlan for GuardExec {
    fn name(&self) -> &'static str {
        "RestrictedTable"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.input]
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
        let input = self.input.execute(partition, context).map_err(silence)?;
        let (schema, outputs) = (self.schema(), self.outputs.clone());
        let masked = input.map_err(silence).map(move |batch| put_on(&batch?, &outputs, &schema).map_err(silence));
        Ok(Box::pin(RecordBatchStreamAdapter::new(self.schema(), masked)))
    }
}

fn put_on(batch: &RecordBatch, outputs: &[Output], schema: &SchemaRef) -> Result<RecordBatch> {
    let columns = outputs.iter().map(|output| (batch.column(output.from), output.mask.as_ref()));
    Ok(with_masks(batch.num_rows(), columns, schema)?)
}

fn with_masks<'a>(
    rows: usize,
    columns: impl Iterator<Item = (&'a ArrayRef, Option<&'a Mask>)>,
    schema: &SchemaRef,
) -> Result<RecordBatch, ArrowError> {
    let columns = columns.zip(schema.fields()).map(|((array, mask), field)| {
        let array = mask.map_or_else(|| Ok(array.clone()), |mask| mask::apply(mask, array))?;
        // Text that was read as it is stored is a view for the query.
        if array.data_type() == field.data_type() { Ok(array) } else { cast(&array, field.data_type()) }
    });
    let columns = columns.collect::<Result<Vec<_>, _>>()?;
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    RecordBatch::try_new_with_options(schema.clone(), columns, &options)
}

/// Puts a mask on each column that has one.
///
/// # Errors
/// `internal`, without a word of the values.
pub(crate) fn masked(
    batch: &RecordBatch,
    masks: &[Option<Mask>],
    schema: &SchemaRef,
) -> tandem_core::Result<RecordBatch> {
    let columns = batch.columns().iter().zip(masks.iter().map(Option::as_ref));
    with_masks(batch.num_rows(), columns, schema).map_err(Error::internal)
}

/// An error that says nothing of values, paths or the policy; memory and time
/// are told as such.
fn silence(error: DataFusionError) -> DataFusionError {
    if matches!(error.find_root(), DataFusionError::ResourcesExhausted(_)) {
        return DataFusionError::ResourcesExhausted("a restricted table".into());
    }
    let told = Error::new(
        ErrorCode::Internal,
        "A table that is restricted for you could not be read. Quote the request id when you report it.",
    );
    DataFusionError::External(Box::new(told.with_source(error)))
}
