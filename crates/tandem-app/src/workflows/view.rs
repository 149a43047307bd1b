//! A table of a workflow that nobody has saved, as a statement over what one person may see.

use std::sync::Arc;

use tandem_core::{Cancel, Error, Principal, ProjectRole, Result};
use tandem_engine::{AccessPlan, TableAccess, TableRef};
use tandem_flow::{Column, Workflow, graph::PortRef};
use tandem_meta::repo::project::Project;
use tandem_runner::{Peek, Stored, peek};

use super::{
    effects::Nothing,
    job::{Asked, ready, runner},
};
use crate::{App, query::limits, scenarios::DEFAULT_SEED};

/// A statement that gives the rows of a table.
pub(crate) struct View {
    /// The statement.
    pub(crate) text: String,
    /// What it may read, within the limits of who asks.
    pub(crate) plan: AccessPlan,
    /// Its columns.
    pub(crate) columns: Vec<Column>,
}

/// The table at a port of a workflow of queries, as this person may see what
/// it reads. Nothing runs for it.
///
/// # Errors
/// Why a dataset can't be read or a node can't run.
pub(crate) async fn view(
    app: &App,
    principal: &Principal,
    project: &Project,
    role: Option<ProjectRole>,
    workflow: Workflow,
    port: &PortRef,
) -> Result<View> {
    let asked = Asked { seed: DEFAULT_SEED, ..Asked::default() };
    let ready = ready(app, principal, project, workflow, asked, Arc::new(Nothing)).await?;
    if let Some(error) = ready.sources.into_values().find_map(std::result::Result::err) {
        return Err(error);
    }
    let limits = limits::for_role(role);
    let runner = runner(app, limits.clone());
    match peek(&runner, ready.job, &ready.catalog, &port.node, &port.port, &Cancel::new()).await? {
        Peek::View { text, plan, columns } => Ok(View { text, plan: plan.with_limits(limits), columns }),
        Peek::Kept { digest, kept } => match kept.stored {
            Stored::Table { file, columns, .. } => {
                let access = TableAccess::full(app.results.table(&digest, &file));
                let plan = AccessPlan::new(principal.user.to_string()).with_table(TableRef::latest("rows"), access);
                Ok(View { text: "SELECT * FROM rows".to_owned(), plan: plan.with_limits(limits), columns })
            }
            _ => Err(Error::internal("a view of something that is no table")),
        },
        Peek::NotRun => Err(Error::internal("a view of something that has to run")),
    }
}
