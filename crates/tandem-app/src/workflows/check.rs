//! What is wrong with a workflow, and what is known of its columns.

use serde_json::{Map, Value};
use tandem_core::{Action, Principal, Result, id::ProjectId};
use tandem_flow::{
    Workflow,
    check::{Checked, Given, check as check_graph},
    package::expand,
};
use tandem_meta::repo::project::Project;

use super::{catalog::Known, models::models, sources::sources};
use crate::{App, components::Library};

/// What a check found.
pub type CheckedWorkflow = Checked;

/// Checks a document, whether it was saved or not, as this person may use what
/// it reads.
///
/// # Errors
/// `not_found`, `forbidden`. What is wrong with the workflow is in the answer.
pub async fn check(
    app: &App,
    principal: &Principal,
    project: ProjectId,
    workflow: Workflow,
    params: Map<String, Value>,
) -> Result<CheckedWorkflow> {
    let project = app.require_project(principal, Action::Discover, project).await?.project;
    let catalog = known(app, principal, &project, &workflow, &params).await?;
    let given = Given { params, ..Given::default() };
    let checked = tokio::task::spawn_blocking(move || check_graph(&workflow, &catalog, &given)).await;
    checked.map_err(tandem_core::Error::internal)
}

/// What is known of the components that a workflow uses, and of the columns that it reads, as this person may use both.
pub(super) async fn known(
    app: &App,
    principal: &Principal,
    project: &Project,
    workflow: &Workflow,
    params: &Map<String, Value>,
) -> Result<Known> {
    let library = Library::load(app, principal, project.id, workflow).await?;
    let expanded = expand(workflow, &library)?;
    let found = sources(app, principal, project, &expanded, params, &Default::default()).await?;
    let models = models(app, principal, project, &expanded, params, &Default::default()).await?;
    Ok(Known::new(app, library, &expanded, params, &found, &models))
}
