//! What is there of a node without running anything: results by digest, and
//! queries over them that are asked for a few rows.

use std::{collections::BTreeMap, sync::Arc};

use tandem_components::sql::ident;
use tandem_core::{Cancel, Result};
use tandem_engine::AccessPlan;
use tandem_flow::{
    Column, Digest,
    check::Catalog,
    graph::{NodeId, Wiring},
};

use crate::{
    Job, NodeEnd,
    made::name_of,
    node::Node,
    results::Kept,
    run::{Context, Runner},
    text::asked,
};

/// What is there of an output port.
#[derive(Debug, Clone)]
pub enum Peek {
    /// It was made, and is kept.
    Kept {
        /// Under this digest.
        digest: Digest,
        /// What it is.
        kept: Kept,
    },
    /// It can be asked for: a query, not yet limited.
    View {
        /// The statement.
        text: String,
        /// What it may read.
        plan: AccessPlan,
        /// Its columns.
        columns: Vec<Column>,
    },
    /// Something before it, or it itself, has to run first.
    NotRun,
}

/// Looks at an output port. Nothing is kept, and no function runs; a query may
/// be asked for the values that its columns come from.
///
/// # Errors
/// Why a node before it can't run.
pub async fn peek(
    runner: &Runner,
    mut job: Job,
    catalog: &Arc<dyn Catalog + Send + Sync>,
    node: &NodeId,
    port: &str,
    cancel: &Cancel,
) -> Result<Peek> {
    job.until = [node.clone()].into();
    let (context, _) = Context::new(runner, job, catalog, Arc::new(()), cancel).await?;
    let kept = |id: &NodeId| {
        let digest = context.digests.get(id)?.clone();
        let kept = context.runner.results.get(&digest, port)?;
        Some(Peek::Kept { digest, kept })
    };
    if let Some(kept) = kept(node) {
        return Ok(kept);
    }
    let order: Vec<NodeId> = Wiring::new(&context.job.workflow).order().iter().map(|id| (*id).clone()).collect();
    for id in order {
        let Some(mut one) = Node::new(&context, &id, &**catalog) else { return Ok(Peek::NotRun) };
        if id == *node {
            one.wanted.insert(port.to_owned());
        }
        if one.known().is_some() {
            continue;
        }
        let source = context.job.sources.contains_key(&id);
        if !source && (!one.is_query() || !one.is_fed()) {
            return Ok(Peek::NotRun);
        }
        one.lazy = true;
        one.run().await?;
    }
    let (made, name) = (context.made(), name_of(node, port));
    let Some(table) = made.tables.get(&name) else { return Ok(Peek::NotRun) };
    let asked = asked(&made, &format!("SELECT * FROM {}", ident(&name)), &[name], &runner.limits)?;
    Ok(Peek::View { text: asked.text, plan: asked.plan, columns: table.columns.clone() })
}

/// The nodes whose results are all there, with views that such a result went
/// through, and every node's digest.
///
/// # Errors
/// `internal` where the workflow can't be checked.
pub async fn standing(
    runner: &Runner,
    job: Job,
    catalog: &Arc<dyn Catalog + Send + Sync>,
) -> Result<(BTreeMap<NodeId, NodeEnd>, BTreeMap<NodeId, Digest>)> {
    let (context, plan) = Context::new(runner, job, catalog, Arc::new(()), &Cancel::new()).await?;
    let known = plan.nodes().filter_map(|id| Some((id.clone(), Node::new(&context, id, &**catalog)?.known()?)));
    let mut known: BTreeMap<NodeId, NodeEnd> = known.collect();
    let wiring = Wiring::new(&context.job.workflow);
    for id in wiring.order().iter().rev().filter(|id| context.stages.lazy.contains(**id)) {
        let read = wiring.outgoing(id).iter().any(|(_, edge)| known.contains_key(&edge.to.node));
        if read && !known.contains_key(*id) {
            known.insert((*id).clone(), Node::view());
        }
    }
    Ok((known, context.digests.clone()))
}
