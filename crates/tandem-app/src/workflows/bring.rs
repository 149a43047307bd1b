//! A notebook that was made from a workflow comes back: to the draft of that workflow, or as a new one.

use tandem_core::{Action, Error, ErrorCode, Principal, Result, id::AssetId};
use tandem_flow::{
    Workflow,
    diff::{Diff, changes, diff},
    graph::Edit,
    notebook::{Remark, Returned, merge},
};

use super::{RefusedEdit, document};
use crate::{App, files::parse_notebook, python::code};

/// What a notebook changes in a draft.
#[derive(Debug, Clone)]
pub struct Brought {
    /// The revision of the draft: after the change, or that which was looked at where nothing was to be changed.
    pub revision: i64,
    /// The edits, made or to be made.
    pub edits: Vec<Edit>,
    /// Those that somebody else was faster than; of what is only looked at, none.
    pub refused: Vec<RefusedEdit>,
    /// What lies between the draft before and after.
    pub diff: Diff,
    /// What could not come back as it stands, and what came back as something else.
    pub remarks: Vec<Remark>,
}

/// How a notebook comes back.
#[derive(Debug, Clone, Default)]
pub struct BringRequest {
    /// The text of the notebook.
    pub notebook: String,
    /// Names the edits, as in [`document::edit`].
    pub client: String,
    /// Whether to say what would change, and change nothing.
    pub dry_run: bool,
}

/// Does to the draft what was done to a notebook since it was made from this workflow. What was done on the canvas
/// meanwhile stays. All of it is one batch of edits.
///
/// # Errors
/// `not_found`, `forbidden`; `malformed_file` for what is no notebook, `unsupported_format` for one that was not made
/// from a workflow or by a newer release, `invalid_request` for that of another workflow; those of an edit.
pub async fn bring(app: &App, principal: &Principal, id: AssetId, request: BringRequest) -> Result<Brought> {
    let view = document::require(app, principal, Action::Edit, id).await?;
    let Returned { workflow, before, origin, remarks } = parsed(request.notebook).await?;
    let draft = document::draft(app, &view.asset).await?;
    let now = document::parse(draft.body)?;
    if !is_of(origin.as_deref(), &before, id, &now) {
        return Err(Error::new(
            ErrorCode::InvalidRequest,
            "This notebook was made from another workflow. Nothing was changed. Bring it back to that one, or make a new \
             workflow from it.",
        ));
    }
    let returned = Returned { workflow, before, origin, remarks };
    let (merged, more) = merge(&returned, &now);
    let mut remarks = returned.remarks;
    remarks.extend(more);
    document::sound(&merged)?;
    if code::is_new(&now, &merged) {
        code::may_write(app, principal, view.asset.project_id).await?;
    }
    let (edits, diff) = (changes(&now, &merged), diff(&now, &merged));
    if request.dry_run || edits.is_empty() {
        return Ok(Brought { revision: draft.revision, edits, refused: Vec::new(), diff, remarks });
    }
    let done = document::edit(app, principal, id, draft.revision, &request.client, &edits).await?;
    Ok(Brought { revision: done.revision, edits: done.edits, refused: done.refused, diff, remarks })
}

/// The workflow that a notebook has become, to make a new one from it.
///
/// # Errors
/// `malformed_file` for what is no notebook, `unsupported_format` for one that was not made from a workflow or by a
/// newer release.
pub async fn from_notebook(notebook: String) -> Result<(Workflow, Vec<Remark>)> {
    let returned = parsed(notebook).await?;
    Ok((returned.workflow, returned.remarks))
}

async fn parsed(notebook: String) -> Result<Returned> {
    tokio::task::spawn_blocking(move || parse_notebook(&notebook)).await.map_err(Error::internal)?
}

/// Whether a notebook was made from this workflow. Those of files don't say from which: their nodes tell.
fn is_of(origin: Option<&str>, before: &Workflow, id: AssetId, now: &Workflow) -> bool {
    match origin {
        Some(origin) => origin == id.to_string(),
        None => before.nodes.is_empty() || before.nodes.keys().any(|node| now.nodes.contains_key(node)),
    }
}

#[cfg(test)]
mod tests {
    use tandem_core::SystemClock;
    use tandem_flow::graph::{Component, Node, Position};

    use super::*;

    fn of(nodes: &[&str]) -> Workflow {
        let node = |id: &&str| ((*id).into(), Node::new(Component::new("sort", 1), Position::new(0, 0)));
        Workflow { nodes: nodes.iter().map(node).collect(), ..Workflow::default() }
    }

    #[test]
    fn a_notebook_goes_back_to_the_workflow_that_it_names_or_whose_nodes_it_has() {
        let (id, other) = (AssetId::generate(&SystemClock), AssetId::generate(&SystemClock));
        let cases = [
            (Some(id.to_string()), of(&["a"]), of(&["b"]), true),
            (Some(other.to_string()), of(&["a"]), of(&["a"]), false),
            (None, of(&["a", "b"]), of(&["b", "c"]), true),
            (None, of(&["a"]), of(&["b"]), false),
            (None, of(&[]), of(&["b"]), true),
        ];
        for (origin, before, now, is) in cases {
            assert_eq!(is_of(origin.as_deref(), &before, id, &now), is, "{origin:?}");
        }
    }
}
