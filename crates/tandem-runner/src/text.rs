//! The text of a query over views: each view that it reads, near or far, is a
//! common table expression before it.

use std::collections::BTreeSet;

use tandem_components::sql::ident;
use tandem_core::{Error, Result};
use tandem_engine::{AccessPlan, Limits, TableRef};

use crate::made::{Made, Name, Rows};

/// A text, and what it may read.
pub(crate) struct Asked {
    pub(crate) text: String,
    pub(crate) plan: AccessPlan,
}

/// `text` over the tables `reads`, with the views before it.
pub(crate) fn asked(made: &Made, text: &str, reads: &[Name], limits: &Limits) -> Result<Asked> {
    let mut plan = AccessPlan::new("workflow").with_limits(limits.clone());
    let (mut views, mut seen) = (Vec::new(), BTreeSet::new());
    // Each name twice: first to open it, then, all that it reads being written, to write it.
    let mut open: Vec<(&str, bool)> = reads.iter().rev().map(|name| (name.as_str(), false)).collect();
    while let Some((name, written)) = open.pop() {
        let table = made.tables.get(name).ok_or_else(|| Error::internal(format!("there is no table {name}")))?;
        match &table.rows {
            Rows::View { text, .. } if written => views.push(format!("{} AS (\n{text}\n)", ident(name))),
            _ if !seen.insert(name) => {}
            Rows::View { reads, .. } => {
                open.push((name, true));
                open.extend(reads.iter().rev().map(|name| (name.as_str(), false)));
            }
            Rows::There(access) => plan = plan.with_table(TableRef::latest(name), (**access).clone()),
        }
    }
    let text = match (views.is_empty(), text.strip_prefix("WITH ")) {
        (true, _) => text.to_owned(),
        (false, Some(own)) => format!("WITH {},\n{own}", views.join(",\n")),
        (false, None) => format!("WITH {}\n{text}", views.join(",\n")),
    };
    Ok(Asked { text, plan })
}
