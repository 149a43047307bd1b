//! Whose fault it was. Views are part of the text of whoever reads them, so an
//! error of theirs comes up there; it belongs to the node that was drawn wrong.

use std::collections::BTreeSet;

use futures::StreamExt;
use tandem_core::{Error, ErrorCode, Result};
use tandem_engine::Batches;
use tandem_flow::graph::NodeId;

use crate::{
    made::{Made, Name, Rows},
    run::Context,
    text::asked,
};

/// A node whose rows can't be computed, and those between it and whoever noticed.
pub(crate) struct Blamed {
    pub(crate) id: NodeId,
    pub(crate) error: Error,
    /// Views over it, which gave no rows either.
    pub(crate) between: BTreeSet<NodeId>,
}

/// The first view before `reads` that can't be computed from what it reads, where there is one. Every view is computed
/// anew, without keeping anything, until one fails: that takes about as long as what failed.
pub(crate) async fn blamed(context: &Context, reads: &[Name]) -> Option<Blamed> {
    let made = context.made();
    let views = views(&made, reads);
    let mut first: Option<(&Name, Error)> = None;
    for name in &views {
        match compute(context, &made, name).await {
            Ok(()) => {}
            Err(error) if error.code() == ErrorCode::ComputeFailed => {
                first = Some((name, error));
                break;
            }
            // Where that can't be found out, whoever noticed keeps the error.
            Err(_) => return None,
        }
    }
    let (name, error) = first?;
    let id = node_of(name)?;
    let above = views.iter().filter(|view| *view != name && self::views(&made, &[(*view).clone()]).contains(name));
    let between = above.filter_map(|view| node_of(view)).filter(|between| *between != id).collect();
    Some(Blamed { id, error, between })
}

/// The views that these tables are made of, each behind those that it reads.
fn views(made: &Made, reads: &[Name]) -> Vec<Name> {
    let (mut ordered, mut seen) = (Vec::new(), BTreeSet::new());
    let mut open: Vec<(&Name, bool)> = reads.iter().rev().map(|name| (name, false)).collect();
    while let Some((name, whole)) = open.pop() {
        if whole {
            ordered.push(name.clone());
            continue;
        }
        let Some(Rows::View { reads, .. }) = made.tables.get(name).map(|table| &table.rows) else { continue };
        if seen.insert(name) {
            open.push((name, true));
            open.extend(reads.iter().rev().map(|name| (name, false)));
        }
    }
    ordered
}

/// Computes all rows and columns of a view, for nobody.
async fn compute(context: &Context, made: &Made, name: &Name) -> Result<()> {
    let text = format!("SELECT * FROM {}", tandem_components::sql::ident(name));
    let asked = asked(made, &text, std::slice::from_ref(name), &context.runner.limits)?;
    let mut rows: Batches =
        context.runner.engine.query(&asked.plan, &asked.text, &context.cancel).await?.into_batches();
    while let Some(batch) = rows.next().await {
        batch?;
    }
    context.cancel.check()
}

/// The node whose table has this name; an input of the workflow has none.
fn node_of(name: &str) -> Option<NodeId> {
    name.split_once('.').map(|(node, _)| NodeId::new(node))
}
