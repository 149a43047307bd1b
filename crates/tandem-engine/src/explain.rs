//! How a query would be run, without what nobody is to see: no paths, no
//! constants of row filters, no sizes of restricted tables.

use std::{fmt::Write, sync::Arc};

use arrow::{
    array::{RecordBatch, StringArray},
    datatypes::{DataType, Field, Schema},
};
use datafusion::{
    execution::SessionState,
    logical_expr::LogicalPlan,
    physical_plan::{ExecutionPlan, ExecutionPlanProperties, displayable, execute_stream},
};
use futures::StreamExt;
use tandem_core::{Error, Result};

use crate::{
    Batches,
    errors::query_error,
    govern::GuardExec,
    sql::from_internal,
    watch::{Stop, WatchExec, watched},
};

/// Two rows: the logical and the physical plan; with `analyze` it is run, and
/// the steps say how many rows they gave.
pub(crate) async fn explain(
    session: &SessionState,
    logical: &LogicalPlan,
    analyze: bool,
    stop: &Stop,
) -> Result<Batches> {
    let optimized = session.optimize(logical).map_err(query_error)?;
    let mut physical = session.create_physical_plan(logical).await.map_err(query_error)?;
    if analyze {
        physical = watched(physical, stop).map_err(query_error)?;
        let mut rows = execute_stream(physical.clone(), session.task_ctx()).map_err(query_error)?;
        while let Some(batch) = rows.next().await {
            batch.map_err(query_error)?;
        }
    }
    let mut steps = String::new();
    render(&physical, 0, analyze, &mut steps);
    let plans = [optimized.display_indent().to_string(), steps].map(|plan| from_internal(plan.trim_end()));
    let schema = Arc::new(Schema::new(vec![
        Field::new("plan_type", DataType::Utf8, false),
        Field::new("plan", DataType::Utf8, false),
    ]));
    let kinds = StringArray::from(vec!["logical_plan", "physical_plan"]);
    let batch =
        RecordBatch::try_new(schema.clone(), vec![Arc::new(kinds), Arc::new(StringArray::from(plans.to_vec()))])
            .map_err(Error::internal)?;
    Ok(Batches::from_vec(schema, vec![batch]))
}

fn render(plan: &Arc<dyn ExecutionPlan>, depth: usize, analyze: bool, out: &mut String) {
    if plan.is::<WatchExec>() {
        return plan.children().into_iter().for_each(|child| render(child, depth, analyze, out));
    }
    let columns = || {
        let schema = plan.schema();
        schema.fields().iter().map(|field| field.name().clone()).collect::<Vec<_>>().join(", ")
    };
    let restricted = plan.is::<GuardExec>();
    let step = match plan.name() {
        _ if restricted => format!("RestrictedTable: [{}]", columns()),
        // Its own description names files.
        "DataSourceExec" => format!("Table: [{}]", columns()),
        // Its own description tells how many parts the input has.
        "RepartitionExec" => format!("RepartitionExec: {}", plan.output_partitioning()),
        _ => displayable(plan.as_ref()).one_line().to_string().trim_end().to_owned(),
    };
    let _ = write!(out, "{}{step}", "  ".repeat(depth));
    let rows = plan.metrics().filter(|_| analyze && !restricted).and_then(|metrics| metrics.output_rows());
    if let Some(rows) = rows {
        let _ = write!(out, " ({rows} rows)");
    }
    out.push('\n');
    if !restricted {
        plan.children().into_iter().for_each(|child| render(child, depth + 1, analyze, out));
    }
}
