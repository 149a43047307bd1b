//! The components as a person may use them in a project: those that ship, with
//! the columns of the datasets that the workflow reads.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Map, Value};
use tandem_components::{Shipped, data::DATASET, words};
use tandem_flow::{
    Columns, PortColumns, Signature, Workflow,
    check::{Catalog, Found, Objection},
    graph,
};

use super::sources::Sources;

/// What a source gives, by its parameters.
type Given = BTreeMap<String, Result<Columns, Objection>>;

#[derive(Debug)]
pub(super) struct Known {
    shipped: Arc<Shipped>,
    sources: Given,
}

impl Known {
    pub(super) fn new(
        shipped: Arc<Shipped>,
        workflow: &Workflow,
        params: &Map<String, Value>,
        sources: &Sources,
    ) -> Self {
        let given = sources.iter().filter_map(|(id, read)| {
            let set = workflow.resolve(workflow.nodes.get(id)?, params);
            let columns = match read {
                Ok(read) => Ok(Columns::Known(read.columns.clone())),
                Err(error) => Err(Objection { param: Some("dataset".into()), port: None, message: words(error) }),
            };
            Some((key(&set), columns))
        });
        Self { shipped, sources: given.collect() }
    }
}

/// Parameters that name the same version of the same dataset.
fn key(set: &Map<String, Value>) -> String {
    let part = |name: &str| set.get(name).map(ToString::to_string).unwrap_or_default();
    format!("{}@{}", part("dataset"), part("version"))
}

impl Catalog for Known {
    fn find(&self, component: &graph::Component) -> Found<'_> {
        self.shipped.find(component)
    }

    fn newest(&self, name: &str) -> Option<u32> {
        self.shipped.newest(name)
    }

    fn columns(
        &self,
        signature: &Signature,
        params: &Map<String, Value>,
        inputs: &PortColumns,
    ) -> Result<BTreeMap<String, Columns>, Vec<Objection>> {
        if signature.name != DATASET {
            return self.shipped.columns(signature, params, inputs);
        }
        match self.sources.get(&key(params)) {
            Some(Ok(columns)) => Ok([("table".to_owned(), columns.clone())].into()),
            Some(Err(objection)) => Err(vec![objection.clone()]),
            None => Ok(BTreeMap::new()),
        }
    }
}
