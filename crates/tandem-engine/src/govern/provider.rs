//! One table of an access plan, as the query planner sees it.

use std::{collections::HashSet, sync::Arc};

use arrow::{
    array::RecordBatch,
    datatypes::{Schema, SchemaRef},
};
use async_trait::async_trait;
use datafusion::{
    catalog::{Session, TableProvider},
    common::{DFSchema, DataFusionError, Result as DataFusionResult, Statistics},
    datasource::{TableType, memory::MemorySourceConfig},
    logical_expr::{Expr, TableProviderFilterPushDown, utils::conjunction},
    physical_plan::{ExecutionPlan, filter::FilterExec},
};
use tandem_core::Result;

use super::{
    closed,
    guard::{GuardExec, Output},
    leakproof::is_leakproof,
    mask::masked_field,
    predicate,
};
use crate::{Mask, TableAccess, scan::FileTable, store::find};

/// Where the rows are, with everything of them.
#[derive(Debug, Clone)]
pub(crate) enum Rows {
    Files(FileTable),
    Memory { schema: SchemaRef, batches: Vec<RecordBatch> },
}

impl Rows {
    /// The columns of the source.
    pub(crate) fn schema(&self) -> SchemaRef {
        match self {
            Self::Files(table) => table.file_schema(),
            Self::Memory { schema, .. } => schema.clone(),
        }
    }

    fn plan(
        &self,
        session: &dyn Session,
        projection: Option<&Vec<usize>>,
        limit: Option<usize>,
    ) -> DataFusionResult<Arc<dyn ExecutionPlan>> {
        match self {
            Self::Files(table) => {
                let ordered = session.config().target_partitions() == 1;
                table.plan(session, projection, limit, ordered)
            }
            Self::Memory { schema, batches } => {
                let partitions = std::slice::from_ref(batches);
                Ok(MemorySourceConfig::try_new_exec(partitions, schema.clone(), projection.cloned())?)
            }
        }
    }
}

/// A table, as restricted as its access says.
#[derive(Debug)]
pub(crate) struct PlanTable {
    rows: Rows,
    schema: SchemaRef,
    restricted: bool,
    /// The columns the query sees, as places in the source, with their masks.
    columns: Vec<Output>,
    filter: Option<(Expr, Vec<usize>)>,
}

/// The columns that are left of a schema, masked, each with its place in it.
pub(crate) type Exposed = (SchemaRef, Vec<(usize, Option<Mask>)>);

/// The columns that are left of `schema`, masked as `access` says.
///
/// # Errors
/// `forbidden` where `access` keeps back a column that isn't there: it may be
/// there under another name.
pub(crate) fn exposed_schema(schema: &Schema, access: &TableAccess) -> Result<Exposed> {
    let place = |name: &str| find(schema, name).ok_or_else(closed);
    let masks: Vec<(usize, &Mask)> =
        access.masks.iter().map(|(name, mask)| Ok((place(name)?, mask))).collect::<Result<_>>()?;
    let hidden: HashSet<usize> = access.hidden_columns.iter().map(|name| place(name)).collect::<Result<_>>()?;
    let mut fields = Vec::new();
    let mut columns = Vec::new();
    for (at, field) in schema.fields().iter().enumerate().filter(|(at, _)| !hidden.contains(at)) {
        let mask = masks.iter().find(|(masked, _)| *masked == at).map(|(_, mask)| (*mask).clone());
        fields.push(mask.as_ref().map_or_else(|| field.clone(), |mask| Arc::new(masked_field(field, mask))));
        columns.push((at, mask));
    }
    Ok((Arc::new(Schema::new(fields)), columns))
}

impl PlanTable {
    /// # Errors
    /// `forbidden` where what is kept back names a column that the table doesn't
    /// have, `invalid_parameter` where a value of the row filter doesn't fit.
    pub(crate) fn new(rows: Rows, access: &TableAccess) -> Result<Self> {
        let source = rows.schema();
        let (schema, columns) = exposed_schema(&source, access)?;
        let filter = match &access.row_filter {
            Some(filter) => Some((predicate::to_expr(filter, &source)?, predicate::columns(filter, &source)?)),
            None => None,
        };
        let columns = columns.into_iter().map(|(from, mask)| Output { from, mask }).collect();
        Ok(Self { rows, schema, restricted: access.is_restricted(), columns, filter })
    }

    /// Columns whose values are shown as they are.
    fn open(&self) -> HashSet<&str> {
        let columns = self.schema.fields().iter().zip(&self.columns);
        columns.filter(|(_, column)| column.mask.is_none()).map(|(field, _)| field.name().as_str()).collect()
    }

    fn guarded(
        &self,
        session: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> DataFusionResult<Arc<dyn ExecutionPlan>> {
        let source = self.rows.schema();
        let open = self.open();
        let safe: Vec<&Expr> = filters.iter().filter(|filter| is_leakproof(filter, &open)).collect();
        let all: Vec<usize> = (0..self.columns.len()).collect();
        let wanted = projection.unwrap_or(&all);
        let picked: Vec<Output> = wanted.iter().filter_map(|at| self.columns.get(*at).cloned()).collect();
        let mut needed: Vec<usize> = picked.iter().map(|output| output.from).collect();
        needed.extend(self.filter.iter().flat_map(|(_, columns)| columns));
        for filter in &safe {
            needed.extend(filter.column_refs().iter().filter_map(|column| source.index_of(&column.name).ok()));
        }
        needed.sort_unstable();
        needed.dedup();
        let conditions = self.filter.iter().map(|(filter, _)| filter.clone());
        let condition = conjunction(conditions.chain(safe.into_iter().map(unqualified)));
        let limit = if condition.is_some() { None } else { limit };
        let mut plan = self.rows.plan(session, Some(&needed), limit)?;
        if let Some(condition) = condition {
            let schema = DFSchema::try_from(plan.schema())?;
            plan = Arc::new(FilterExec::try_new(session.create_physical_expr(condition, &schema)?, plan)?);
        }
        let outputs = picked
            .into_iter()
            .map(|output| {
                let from = needed.binary_search(&output.from);
                let from = from.map_err(|_| DataFusionError::Internal("a column went missing".into()))?;
                Ok(Output { from, ..output })
            })
            .collect::<DataFusionResult<Vec<_>>>()?;
        let schema = Arc::new(self.schema.project(wanted)?);
        Ok(Arc::new(GuardExec::new(plan, outputs, schema)))
    }
}

/// The condition with the columns of one table, which need not say so.
fn unqualified(expr: &Expr) -> Expr {
    use datafusion::common::{
        Column,
        tree_node::{Transformed, TreeNode},
    };
    let plain = expr.clone().transform(|expr| {
        Ok(match expr {
            Expr::Column(column) => Transformed::yes(Expr::Column(Column::from_name(column.name))),
            other => Transformed::no(other),
        })
    });
    plain.map_or_else(|_| datafusion::logical_expr::lit(true), |plain| plain.data)
}

#[async_trait]
impl TableProvider for PlanTable {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> DataFusionResult<Vec<TableProviderFilterPushDown>> {
        let open = self.open();
        Ok(filters
            .iter()
            .map(|filter| match self.restricted && is_leakproof(filter, &open) {
                true => TableProviderFilterPushDown::Inexact,
                false => TableProviderFilterPushDown::Unsupported,
            })
            .collect())
    }

    async fn scan(
        &self,
        session: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> DataFusionResult<Arc<dyn ExecutionPlan>> {
        if self.restricted {
            self.guarded(session, projection, filters, limit)
        } else {
            self.rows.plan(session, projection, limit)
        }
    }

    fn statistics(&self) -> Option<Statistics> {
        match &self.rows {
            Rows::Files(table) if !self.restricted => table.statistics(),
            _ => None,
        }
    }
}
