//! Figures computed while somebody waits: a workflow without effects, run in
//! the request that asks for it, within the limits of who asks.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::Map;
use tandem_components::words;
use tandem_core::{Cancel, Error, Principal, Result, Text};
use tandem_engine::Limits;
use tandem_flow::{
    Workflow,
    check::Severity,
    graph::{NodeId, PortRef, Wiring},
};
use tandem_meta::repo::project::Project;
use tandem_report::Section;
use tandem_runner::{Ran, Stored, run};

use super::{
    effects::Nothing,
    job::{Asked, ready, runner},
};
use crate::{
    App,
    query::{limits, plan::Pinned},
    scenarios::DEFAULT_SEED,
};

/// Why a figure isn't there.
#[derive(Debug, Clone)]
pub(crate) struct Failed {
    /// What happened.
    pub(crate) error: Arc<Error>,
    /// The same for who reads it.
    pub(crate) message: Text,
}

/// What came of a workflow.
pub(crate) struct Computed {
    /// The reports that were asked for, by port.
    pub(crate) reports: BTreeMap<PortRef, std::result::Result<Section, Failed>>,
    /// The datasets that were read, by the node that reads them.
    pub(crate) read: BTreeMap<NodeId, Pinned>,
}

/// Computes reports of a workflow, as this person may see what it reads. What
/// was computed before under the same digest is not computed again.
///
/// # Errors
/// `cancelled`, and those of the metadata. What fails at a node is said at the
/// ports behind it.
pub(crate) async fn compute(
    app: &App,
    principal: &Principal,
    project: &Project,
    role: Option<tandem_core::ProjectRole>,
    workflow: Workflow,
    ports: &[PortRef],
    cancel: &Cancel,
) -> Result<Computed> {
    let until = ports.iter().map(|port| port.node.clone()).collect();
    let asked = Asked { params: Map::new(), seed: DEFAULT_SEED, until, ..Asked::default() };
    let wiring_of = workflow.clone();
    let ready = ready(app, principal, project, workflow, asked, Arc::new(Nothing)).await?;
    let (mut read, mut unread) = (BTreeMap::new(), BTreeMap::new());
    for (node, source) in ready.sources {
        match source {
            Ok(source) => {
                read.insert(node, source.pinned);
            }
            Err(error) => {
                unread.insert(node, Arc::new(error));
            }
        }
    }
    // A limit of rows is for what is shown: what is kept here is read by others too, and must be whole.
    let limits = Limits { max_rows: None, ..limits::for_role(role) };
    let ran = run(&runner(app, limits), ready.job, &ready.catalog, Arc::new(()), cancel).await?;
    let wiring = Wiring::new(&wiring_of);
    let reports = ports.iter().map(|port| {
        let kept = ran.digests.get(&port.node).and_then(|digest| app.results.get(digest, &port.port));
        let report = match kept.map(|kept| kept.stored) {
            Some(Stored::Report { section }) => Ok(section),
            _ => Err(why(&wiring, &unread, &ran, &port.node)),
        };
        (port.clone(), report)
    });
    Ok(Computed { reports: reports.collect(), read })
}

/// What went wrong at a node, or first of all before it.
fn why(wiring: &Wiring, unread: &BTreeMap<NodeId, Arc<Error>>, ran: &Ran, node: &NodeId) -> Failed {
    let (mut open, mut chain) = (vec![node.clone()], Vec::new());
    while let Some(id) = open.pop() {
        open.extend(wiring.incoming(&id).iter().map(|(_, edge)| edge.from.node.clone()));
        chain.push(id);
    }
    for id in chain.iter().rev() {
        if let Some(error) = unread.get(id) {
            return Failed { error: error.clone(), message: words(error) };
        }
        let wrong = |p: &&tandem_flow::check::Problem| p.severity == Severity::Error && p.at.node.as_ref() == Some(id);
        if let Some(error) = ran.nodes.get(id).and_then(|end| end.error.clone()) {
            let message = ran.problems.iter().find(wrong).map(|problem| problem.message.clone());
            let message = message.unwrap_or_else(|| words(&error));
            return Failed { error, message };
        }
    }
    let error = Error::internal("a figure without a report and without an error");
    Failed { message: words(&error), error: Arc::new(error) }
}
