//! Several `count(DISTINCT …)` beside each other, as groups.
//!
//! DataFusion keeps the different values of each group in sets that can't
//! spill, unless a single argument is counted. Here the values become groups
//! themselves: one pass over the rows makes a grouping set for each argument,
//! and one more for what is not distinct; a second aggregate counts each set
//! (the expansion of Spark's `RewriteDistinctAggregates`). Groups spill.

use std::sync::Arc;

use datafusion::{
    common::{DFSchema, Result, ScalarValue, tree_node::Transformed},
    functions_aggregate::{count::count_udaf, first_last::first_value_udaf},
    logical_expr::{
        Aggregate, Expr, GroupingSet, LogicalPlan, Projection, cast, col,
        expr::{AggregateFunction, AggregateFunctionParams},
        lit, when,
    },
    optimizer::{ApplyOrder, OptimizerConfig, OptimizerRule},
};

/// What may stand beside: their states are small.
const SMALL: [&str; 10] = ["count", "sum", "min", "max", "avg", "stddev", "stddev_pop", "var", "var_pop", "exact_sum"];

/// The rule.
#[derive(Debug, Default)]
pub(crate) struct DistinctCounts;

/// One aggregate of the original.
enum Part {
    /// `count(DISTINCT …)` of the argument of that number.
    Distinct(usize),
    /// Something else.
    Plain(AggregateFunction),
}

/// What an aggregate is made of, where the rule is for it.
struct Parts {
    arguments: Vec<Expr>,
    parts: Vec<Part>,
}

impl OptimizerRule for DistinctCounts {
    fn name(&self) -> &'static str {
        "distinct_counts_to_grouping_sets"
    }

    fn apply_order(&self) -> Option<ApplyOrder> {
        Some(ApplyOrder::BottomUp)
    }

    fn supports_rewrite(&self) -> bool {
        true
    }

    fn rewrite(&self, plan: LogicalPlan, _: &dyn OptimizerConfig) -> Result<Transformed<LogicalPlan>> {
        let LogicalPlan::Aggregate(aggregate) = &plan else { return Ok(Transformed::no(plan)) };
        match parts(aggregate) {
            Some(parts) => Ok(Transformed::yes(rewritten(aggregate, parts)?)),
            None => Ok(Transformed::no(plan)),
        }
    }
}

fn parts(aggregate: &Aggregate) -> Option<Parts> {
    let (mut arguments, mut parts) = (Vec::new(), Vec::new());
    let grouped = &aggregate.group_expr;
    if grouped.iter().any(|expr| matches!(expr, Expr::GroupingSet(_)) || expr.is_volatile()) {
        return None;
    }
    for expr in &aggregate.aggr_expr {
        let Expr::AggregateFunction(function) = expr else { return None };
        if expr.is_volatile() {
            return None;
        }
        let AggregateFunctionParams { args, distinct, filter, order_by, .. } = &function.params;
        let name = function.func.name();
        match distinct {
            true => {
                let [argument] = args.as_slice() else { return None };
                let plain = name == "count" && filter.is_none() && order_by.is_empty();
                if !plain || grouped.contains(argument) {
                    return None;
                }
                let at = arguments.iter().position(|other| other == argument).unwrap_or_else(|| {
                    arguments.push(argument.clone());
                    arguments.len() - 1
                });
                parts.push(Part::Distinct(at));
            }
            false if SMALL.contains(&name) && order_by.is_empty() => parts.push(Part::Plain(function.clone())),
            false => return None,
        }
    }
    // A single argument is done without this, and more than fit into a grouping id are not.
    let fits = (2..=16).contains(&arguments.len()) && arguments.len() + grouped.len() <= 60;
    fits.then_some(Parts { arguments, parts })
}

fn rewritten(aggregate: &Aggregate, Parts { arguments, parts }: Parts) -> Result<LogicalPlan> {
    // Every expression becomes a column first, so that what follows names columns alone.
    let mut columns: Vec<Expr> = Vec::new();
    let mut column = |expr: &Expr, name: String| {
        columns.push(expr.clone().alias(&name));
        col(name)
    };
    let groups: Vec<Expr> =
        aggregate.group_expr.iter().enumerate().map(|(at, expr)| column(expr, format!("__group_{at}"))).collect();
    let values: Vec<Expr> =
        arguments.iter().enumerate().map(|(at, expr)| column(expr, format!("__value_{at}"))).collect();
    let mut plain = Vec::new();
    for (at, part) in parts.iter().enumerate() {
        let Part::Plain(function) = part else { continue };
        let mut function = function.clone();
        for (place, arg) in function.params.args.iter_mut().enumerate() {
            // A constant stays one: `count(1)` counts rows.
            if !matches!(arg, Expr::Literal(..)) {
                *arg = column(arg, format!("__plain_{at}_{place}"));
            }
        }
        function.params.filter =
            function.params.filter.map(|filter| Box::new(column(&filter, format!("__filter_{at}"))));
        plain.push(Expr::AggregateFunction(function).alias(format!("__total_{at}")));
    }
    let input = LogicalPlan::Projection(Projection::try_new(columns, aggregate.input.clone())?);

    let mut sets: Vec<Vec<Expr>> =
        values.iter().map(|value| groups.iter().cloned().chain([value.clone()]).collect()).collect();
    if !plain.is_empty() {
        sets.push(groups.clone());
    }
    let by = vec![Expr::GroupingSet(GroupingSet::GroupingSets(sets))];
    let inner = Aggregate::try_new(Arc::new(input), by, plain)?;
    let of = |set: usize| in_set(&inner.schema, set, values.len());
    let mut totals = Vec::new();
    for (at, part) in parts.iter().enumerate() {
        totals.push(match part {
            Part::Distinct(argument) => {
                let argument_of = &values[*argument];
                aggregated(count_udaf(), argument_of.clone(), of(*argument)?).alias(format!("__result_{at}"))
            }
            Part::Plain(_) => aggregated(first_value_udaf(), col(format!("__total_{at}")), of(values.len())?)
                .alias(format!("__result_{at}")),
        });
    }
    let outer = Aggregate::try_new(Arc::new(LogicalPlan::Aggregate(inner)), groups.clone(), totals)?;
    named(aggregate, &parts, &groups, outer)
}

/// Whether a row belongs to the grouping set of that number: the bit of a value is set where it is not in the set.
fn in_set(schema: &DFSchema, set: usize, values: usize) -> Result<Expr> {
    let all = (1_u64 << values) - 1;
    let id = if set < values { all & !(1 << (values - 1 - set)) } else { all };
    let kind = schema.field_with_unqualified_name(Aggregate::INTERNAL_GROUPING_ID)?.data_type().clone();
    let id = ScalarValue::UInt64(Some(id)).cast_to(&kind)?;
    Ok(col(Aggregate::INTERNAL_GROUPING_ID).eq(lit(id)))
}

fn aggregated(function: Arc<datafusion::logical_expr::AggregateUDF>, argument: Expr, filter: Expr) -> Expr {
    let filter = Some(Box::new(filter));
    Expr::AggregateFunction(AggregateFunction::new_udf(function, vec![argument], false, filter, Vec::new(), None))
}

/// The columns of the original, by their names and of their types.
fn named(original: &Aggregate, parts: &[Part], groups: &[Expr], outer: Aggregate) -> Result<LogicalPlan> {
    let results = (0..parts.len()).map(|at| col(format!("__result_{at}")));
    let mut columns = Vec::new();
    for (at, expr) in groups.iter().cloned().chain(results).enumerate() {
        let (qualifier, field) = original.schema.qualified_field(at);
        let counts = at
            .checked_sub(groups.len())
            .and_then(|at| parts.get(at))
            .is_some_and(|part| matches!(part, Part::Plain(function) if function.func.name() == "count"));
        // No row at all is counted as zero.
        let expr = match counts {
            true => when(expr.clone().is_null(), lit(0_i64)).otherwise(expr)?,
            false => expr,
        };
        let kind = field.data_type();
        let expr = if outer_type(&outer, &expr)? == *kind { expr } else { cast(expr, kind.clone()) };
        columns.push(expr.alias_qualified(qualifier.cloned(), field.name()));
    }
    Ok(LogicalPlan::Projection(Projection::try_new(columns, Arc::new(LogicalPlan::Aggregate(outer)))?))
}

fn outer_type(outer: &Aggregate, expr: &Expr) -> Result<datafusion::arrow::datatypes::DataType> {
    use datafusion::logical_expr::ExprSchemable;
    expr.get_type(&outer.schema)
}
