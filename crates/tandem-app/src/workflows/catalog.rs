//! The components as a person may use them in a project: those that ship, with
//! the columns of the datasets that the workflow reads.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use serde_json::{Map, Value};
use tandem_components::{
    Shipped,
    data::{DATASET, MODEL},
    flow::{CALL_SERVICE, FOR_EACH},
    words,
};
use tandem_core::Text;
use tandem_flow::{
    Columns, PortColumns, Signature, Workflow,
    check::{Catalog, Found, Given as Outside, Objection, Place, Severity, check},
    graph,
    signature::{Kind, PortKind},
};
use tandem_python::{CODE, ENVIRONMENT, PYTHON};

use super::{
    each::{Inner, Params},
    models::Models,
    sources::Sources,
};
use crate::{
    App,
    components::{Library, id_of},
    python::code::objection,
};

/// What a source gives, by its parameters.
type Given = BTreeMap<String, Result<Columns, Objection>>;

#[derive(Debug)]
pub(crate) struct Known {
    shipped: Arc<Shipped>,
    library: Library,
    sources: Given,
    /// Why models can't be read, by what names them.
    models: BTreeMap<String, Objection>,
    services: BTreeSet<String>,
    /// Whether code in nodes has an environment to run in; looked up where there is any.
    has_python: bool,
}

impl Known {
    /// `workflow` is the one whose sources these are: with its packages unfolded.
    pub(crate) fn new(
        app: &App,
        library: Library,
        workflow: &Workflow,
        params: &Map<String, Value>,
        sources: &Sources,
        models: &Models,
    ) -> Self {
        let given = sources.iter().filter_map(|(id, read)| {
            let set = workflow.resolve(workflow.nodes.get(id)?, params);
            let columns = match read {
                Ok(read) => Ok(Columns::Known(read.columns.clone())),
                Err(error) => Err(Objection { param: Some("dataset".into()), port: None, message: words(error) }),
            };
            Some((key(&set, "dataset"), columns))
        });
        let refused = models.iter().filter_map(|(id, read)| {
            let set = workflow.resolve(workflow.nodes.get(id)?, params);
            let message = words(read.as_ref().err()?);
            Some((key(&set, "model"), Objection { param: Some("model".into()), port: None, message }))
        });
        Self {
            shipped: app.components.clone(),
            has_python: !library.codes().is_empty() && app.python.environments.is_ready(ENVIRONMENT),
            library,
            sources: given.collect(),
            models: refused.collect(),
            services: app.services.names().map(str::to_owned).collect(),
        }
    }
}

impl Known {
    /// The columns that a package gives: those of the nodes inside.
    fn inside(
        &self,
        signature: &Signature,
        params: &Map<String, Value>,
        inputs: &PortColumns,
    ) -> Result<BTreeMap<String, Columns>, Vec<Objection>> {
        let component = graph::Component::new(&*signature.name, signature.version);
        let Some(inner) = self.library.workflow(&component) else { return Ok(BTreeMap::new()) };
        let mut inner = inner.clone();
        // An input that may stay open and does feeds nothing inside.
        inner.inputs.retain(|name, _| {
            let table = signature.input(name).is_some_and(|port| port.kind == PortKind::Table && port.optional);
            !table || inputs.contains_key(name)
        });
        let columns = |tables: &Vec<Columns>| match tables.as_slice() {
            [one] => one.clone(),
            _ => Columns::WhenRun,
        };
        let given = Outside {
            params: params.clone(),
            inputs: inputs.iter().map(|(name, tables)| (name.clone(), columns(tables))).collect(),
        };
        let checked = check(&inner, self, &given);
        let wrong = checked.problems.into_iter().filter(|problem| problem.severity == Severity::Error);
        let objections: Vec<Objection> = wrong
            .map(|problem| {
                let (en, zh) = self.called(&inner, &problem.at);
                let message = Text::new(
                    format!("Inside, at “{en}”: {}", problem.message.en),
                    format!("内部节点“{zh}”：{}", problem.message.zh),
                );
                Objection { param: None, port: None, message }
            })
            .collect();
        if !objections.is_empty() {
            return Err(objections);
        }
        let found = inner.outputs.iter().filter_map(|(name, output)| {
            let columns = checked.nodes.get(&output.from.node)?.outputs.get(&output.from.port)?;
            Some((name.clone(), columns.clone()))
        });
        Ok(found.collect())
    }

    /// The columns that a component gives which runs once for each value, with that of the value.
    fn each(&self, params: &Map<String, Value>, inputs: &PortColumns) -> Result<BTreeMap<String, Columns>, Objection> {
        let refused = |error: tandem_core::Error| Objection { param: None, port: None, message: words(&error) };
        let params = Params::of(params).map_err(refused)?;
        let of = |error| Objection { param: Some("component".into()), ..refused(error) };
        let inner = Inner::of(&self.library, &params).map_err(of)?;
        let Some(table) = inputs.get("table") else { return Ok(BTreeMap::new()) };
        let example = params.example(&inner.signature);
        let set = params.inner(&inner.signature, example.as_deref()).map_err(refused)?;
        let given = [(inner.input.clone(), table.clone())].into();
        let made = self.inside(&inner.signature, &set, &given).map_err(|mut all| all.remove(0))?;
        let Some(Columns::Known(columns)) = made.get(&inner.output) else {
            return Ok([("table".to_owned(), Columns::WhenRun)].into());
        };
        let collect = graph::Component::new("union", 1);
        let Some(union) = self.shipped.find(&collect).runnable() else { return Ok(BTreeMap::new()) };
        let tables = [("tables".to_owned(), vec![Columns::Known(columns.clone())])].into();
        let found = self.shipped.columns(union, &params.collector(&["—".to_owned()]), &tables);
        found.map_err(|mut all| all.remove(0))
    }

    /// Why a service can't be called: nobody named one so.
    fn unknown_service(&self, params: &Map<String, Value>) -> Option<Objection> {
        let name = params.get("service")?.as_str().filter(|name| !self.services.contains(*name))?;
        let (en, zh) = match self.services.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
            [] => (
                "There are none: ask whoever runs this installation to name some.".to_owned(),
                "目前没有任何服务，请联系系统管理员登记。".to_owned(),
            ),
            names => {
                (format!("Choose one of {}.", names.join(", ")), format!("请从以下服务中选择：{}。", names.join("、")))
            }
        };
        let message = Text::new(format!("There is no service “{name}”. {en}"), format!("没有名为“{name}”的服务。{zh}"));
        Some(Objection { param: Some("service".into()), port: None, message })
    }

    /// What the node at a place is called.
    fn called(&self, workflow: &Workflow, at: &Place) -> (String, String) {
        let node = at.node.as_ref().and_then(|id| workflow.nodes.get(id));
        let Some(node) = node else { return (String::new(), String::new()) };
        match (&node.label, self.find(&node.component).signature()) {
            (Some(label), _) => (label.text().en.clone(), label.text().zh.clone()),
            (None, Some(signature)) => (signature.title.en.clone(), signature.title.zh.clone()),
            (None, None) => (node.component.name.clone(), node.component.name.clone()),
        }
    }
}

/// The component whose code stands in its nodes.
fn python() -> Option<&'static Signature> {
    tandem_python::signature().ok()
}

/// Parameters that name the same version of the same dataset or model.
fn key(set: &Map<String, Value>, what: &str) -> String {
    let part = |name: &str| set.get(name).map(ToString::to_string).unwrap_or_default();
    format!("{}@{}", part(what), part("version"))
}

impl Catalog for Known {
    fn find(&self, component: &graph::Component) -> Found<'_> {
        if id_of(&component.name).is_some() {
            return self.library.find(component);
        }
        match python().filter(|python| python.name == component.name) {
            Some(python) if python.version == component.version => Found::Here(python),
            Some(_) => Found::Missing,
            None => self.shipped.find(component),
        }
    }

    fn newest(&self, name: &str) -> Option<u32> {
        if id_of(name).is_some() {
            return self.library.newest(name);
        }
        let python = python().filter(|python| python.name == name);
        python.map(|python| python.version).or_else(|| self.shipped.newest(name))
    }

    fn columns(
        &self,
        signature: &Signature,
        params: &Map<String, Value>,
        inputs: &PortColumns,
    ) -> Result<BTreeMap<String, Columns>, Vec<Objection>> {
        if signature.name == MODEL
            && let Some(objection) = self.models.get(&key(params, "model"))
        {
            return Err(vec![objection.clone()]);
        }
        match signature.kind {
            Kind::Workflow => return self.inside(signature, params, inputs),
            Kind::Python if signature.name == PYTHON => {
                let code = params.get(CODE).and_then(Value::as_str);
                let objection = objection(self.has_python, self.library.codes(), code);
                return objection.map_or_else(|| Ok(BTreeMap::new()), |objection| Err(vec![objection]));
            }
            // A function's columns are known when it has run.
            Kind::Python => return Ok(BTreeMap::new()),
            Kind::Builtin | Kind::Sql => {}
        }
        if signature.name == CALL_SERVICE
            && let Some(objection) = self.unknown_service(params)
        {
            return Err(vec![objection]);
        }
        if signature.name == FOR_EACH {
            return self.each(params, inputs).map_err(|error| vec![error]);
        }
        if signature.name != DATASET {
            return self.shipped.columns(signature, params, inputs);
        }
        match self.sources.get(&key(params, "dataset")) {
            Some(Ok(columns)) => Ok([("table".to_owned(), columns.clone())].into()),
            Some(Err(objection)) => Err(vec![objection.clone()]),
            None => Ok(BTreeMap::new()),
        }
    }
}
