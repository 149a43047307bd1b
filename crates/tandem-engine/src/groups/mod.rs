//! The first half of `GROUP BY`, with a short way for what is asked most: few columns of texts, whole numbers and days.
//!
//! Grouping has two halves: each thread groups what it reads, and the groups meet afterwards. DataFusion compares every
//! row with its group column by column; here the columns of a row become one number first ([`column`]), for which a table
//! is asked ([`table`]). The second half, which spills, is DataFusion's: the states that pass between them are the same,
//! so that this one gives away what it has whenever memory is short.

mod column;
mod stream;
mod table;
mod texts;

#[cfg(test)]
mod tests;

use std::{fmt, sync::Arc};

use datafusion::{
    common::{
        Result,
        config::ConfigOptions,
        tree_node::{Transformed, TransformedResult, TreeNode, TreeNodeRecursion},
    },
    error::DataFusionError,
    execution::{SendableRecordBatchStream, TaskContext},
    physical_expr::PhysicalExpr,
    physical_optimizer::PhysicalOptimizerRule,
    physical_plan::{
        DisplayAs, DisplayFormatType, ExecutionPlan, InputOrderMode, PlanProperties,
        aggregates::{AggregateExec, AggregateMode},
        execution_plan::{ChildrenPropertiesMode, ReplaceChildrenOptions},
        metrics::{ExecutionPlanMetricsSet, MetricsSet},
    },
};

use self::column::Layout;

/// Puts [`PartialGroupsExec`] where it is for.
#[derive(Debug, Default)]
pub(crate) struct PartialGroups;

impl PhysicalOptimizerRule for PartialGroups {
    fn name(&self) -> &'static str {
        "partial_groups"
    }

    fn optimize(&self, plan: Arc<dyn ExecutionPlan>, _: &ConfigOptions) -> Result<Arc<dyn ExecutionPlan>> {
        plan.transform_up(|plan| {
            let short = plan.downcast_ref::<AggregateExec>().and_then(PartialGroupsExec::of);
            Ok(match short {
                Some(short) => Transformed::yes(Arc::new(short)),
                None => Transformed::no(plan),
            })
        })
        .data()
    }

    fn schema_check(&self) -> bool {
        true
    }
}

/// Groups the rows of each partition by itself, and gives the state of each group.
#[derive(Debug)]
pub(crate) struct PartialGroupsExec {
    /// What it stands for: columns, functions and everything that is asked of a plan.
    aggregate: AggregateExec,
    layout: Layout,
    metrics: ExecutionPlanMetricsSet,
}

impl PartialGroupsExec {
    /// `None` where it is not for that aggregate.
    fn of(aggregate: &AggregateExec) -> Option<Self> {
        let groups = aggregate.group_expr();
        let ours = *aggregate.mode() == AggregateMode::Partial
            && *aggregate.input_order_mode() == InputOrderMode::Linear
            && groups.is_single()
            && !groups.is_true_no_grouping()
            && aggregate.limit_options().is_none()
            && aggregate.dynamic_expressions_produced().is_empty()
            && aggregate.aggr_expr().iter().all(|function| function.order_bys().is_empty());
        let schema = ours.then(|| groups.group_schema(&aggregate.input().schema()).ok()).flatten()?;
        let layout = Layout::of(&schema)?;
        Some(Self { aggregate: aggregate.clone(), layout, metrics: ExecutionPlanMetricsSet::new() })
    }
}

impl DisplayAs for PartialGroupsExec {
    fn fmt_as(&self, kind: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.aggregate.fmt_as(kind, f)
    }
}

impl ExecutionPlan for PartialGroupsExec {
    fn name(&self) -> &'static str {
        "PartialGroupsExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        self.aggregate.properties()
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        self.aggregate.children()
    }

    fn apply_expressions(
        &self,
        apply: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        self.aggregate.apply_expressions(apply)
    }

    fn replace_children(
        self: Arc<Self>,
        children: Vec<Arc<dyn ExecutionPlan>>,
        options: ReplaceChildrenOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let aggregate = Arc::new(self.aggregate.clone()).replace_children(children, options)?;
        match aggregate.downcast_ref::<AggregateExec>().and_then(Self::of) {
            Some(short) => Ok(Arc::new(short)),
            None => Ok(aggregate),
        }
    }

    fn with_new_children(self: Arc<Self>, children: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        self.replace_children(children, ReplaceChildrenOptions::new(ChildrenPropertiesMode::Recompute))
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        stream::start(&self.aggregate, &self.layout, &self.metrics, partition, &context)
    }

    fn metrics(&self) -> Option<MetricsSet> {
        Some(self.metrics.clone_inner())
    }
}

/// What can't be, as the plan was checked.
fn never(what: &str) -> DataFusionError {
    DataFusionError::Internal(format!("groups: {what}"))
}
