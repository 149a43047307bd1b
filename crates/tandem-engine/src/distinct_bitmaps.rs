//! Several `count(DISTINCT …)` beside each other, where there is memory: those of whole numbers are counted in bitmaps
//! (`functions::distinct_whole`). A single one is left to DataFusion, which makes groups of its values, and spills.

use datafusion::{
    common::{DFSchema, Result, tree_node::Transformed},
    logical_expr::{
        Aggregate, Expr, ExprSchemable, LogicalPlan,
        expr::{AggregateFunction, AggregateFunctionParams},
    },
    optimizer::{ApplyOrder, OptimizerConfig, OptimizerRule},
};

use crate::functions::{countable, distinct_whole};

/// The rule.
#[derive(Debug, Default)]
pub(crate) struct DistinctBitmaps;

impl OptimizerRule for DistinctBitmaps {
    fn name(&self) -> &'static str {
        "distinct_counts_to_bitmaps"
    }

    fn apply_order(&self) -> Option<ApplyOrder> {
        Some(ApplyOrder::BottomUp)
    }

    fn supports_rewrite(&self) -> bool {
        true
    }

    fn rewrite(&self, plan: LogicalPlan, _: &dyn OptimizerConfig) -> Result<Transformed<LogicalPlan>> {
        let LogicalPlan::Aggregate(aggregate) = &plan else { return Ok(Transformed::no(plan)) };
        let mut arguments: Vec<&Expr> = aggregate.aggr_expr.iter().filter_map(counted).collect();
        arguments.dedup();
        if arguments.len() < 2 {
            return Ok(Transformed::no(plan));
        }
        let groups = aggregate.schema.fields().len() - aggregate.aggr_expr.len();
        let mut changed = false;
        let mut functions = Vec::with_capacity(aggregate.aggr_expr.len());
        for (at, expr) in aggregate.aggr_expr.iter().enumerate() {
            functions.push(match in_bitmap(expr, aggregate.input.schema())? {
                Some(function) => {
                    changed = true;
                    let (qualifier, field) = aggregate.schema.qualified_field(groups + at);
                    function.alias_qualified(qualifier.cloned(), field.name())
                }
                None => expr.clone(),
            });
        }
        if !changed {
            return Ok(Transformed::no(plan));
        }
        let Aggregate { input, group_expr, schema, .. } = aggregate;
        let rewritten = Aggregate::try_new_with_schema(input.clone(), group_expr.clone(), functions, schema.clone())?;
        Ok(Transformed::yes(LogicalPlan::Aggregate(rewritten)))
    }
}

/// What a `count(DISTINCT …)` counts.
fn counted(expr: &Expr) -> Option<&Expr> {
    let Expr::AggregateFunction(AggregateFunction { func, params }) = bare(expr) else { return None };
    let AggregateFunctionParams { args, distinct, order_by, .. } = params;
    match args.as_slice() {
        [argument] if *distinct && func.name() == "count" && order_by.is_empty() => Some(argument),
        _ => None,
    }
}

/// Without its other name.
fn bare(expr: &Expr) -> &Expr {
    match expr {
        Expr::Alias(alias) => bare(&alias.expr),
        _ => expr,
    }
}

/// The same count in a bitmap, where its values are whole numbers.
fn in_bitmap(expr: &Expr, input: &DFSchema) -> Result<Option<Expr>> {
    let (Expr::AggregateFunction(function), Some(argument)) = (bare(expr), counted(expr)) else { return Ok(None) };
    if !countable(&argument.get_type(input)?) {
        return Ok(None);
    }
    let AggregateFunctionParams { args, filter, .. } = function.params.clone();
    let function = AggregateFunction::new_udf(distinct_whole(), args, false, filter, Vec::new(), None);
    Ok(Some(Expr::AggregateFunction(function)))
}
