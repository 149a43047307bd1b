//! "For each value": a component run once for each value of a column or of a list.
//!
//! Each is a run of its own inside of the node. Its table is named by what it holds, so that the rows of a value that did
//! not change are not computed again. What the component reads comes in by its input alone: the node's digest says all
//! that decides what comes out, and nobody's rights are asked for anew.

use std::{collections::BTreeMap, sync::Arc};

use arrow::{
    array::{Array, AsArray, RecordBatch},
    datatypes::SchemaRef,
};
use futures::future::BoxFuture;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tandem_components::{
    Ask, Output, Outputs, Table,
    columns::columns_of,
    data::{DATASET, MODEL, WRITE_DATASET, WRITE_MODEL},
    find,
    flow::FOR_EACH,
    refuse,
    sql::{as_text, ident},
    words,
};
use tandem_core::{Error, ErrorCode, Result, Text};
use tandem_engine::{AccessPlan, Limits, TableAccess, TableRef, TableSource};
use tandem_flow::{
    Column, Signature, Workflow,
    graph::{Component, ExposedInput, ExposedOutput, Node, PortRef, Position},
    package::{contains, output_inside},
    params::{Schema, Type},
    plan::Outcome,
    signature::{Port, PortKind},
};
use tandem_meta::repo::project::Project;
use tandem_runner::{Effects, Fingerprint, Given, Ran, Source, Stored, run};

use super::{
    job::{Asked, ready, runner},
    reads::Reads,
};
use crate::{components::Library, runs::Task};

/// Values that one node may run for.
const MOST: usize = 200;
/// How a missing value is written where a row is told by it.
const MISSING: &str = "—";
/// The one node of the workflow that runs for a value, and its one input and output.
const NODE: &str = "each";
const TABLE: &str = "table";

/// What is set at the node.
#[derive(Debug, Deserialize)]
pub(super) struct Params {
    component: String,
    #[serde(default)]
    column: Option<String>,
    #[serde(default)]
    values: Vec<String>,
    #[serde(default)]
    param: Option<String>,
    #[serde(default)]
    params: Map<String, Value>,
    #[serde(default)]
    name: Option<String>,
}

impl Params {
    /// # Errors
    /// `internal`: the parameters were checked against the signature before.
    pub(super) fn of(params: &Map<String, Value>) -> Result<Self> {
        serde_json::from_value(Value::Object(params.clone())).map_err(Error::internal)
    }

    /// What the component is set to for a value.
    pub(super) fn inner(&self, signature: &Signature, value: Option<&str>) -> Result<Map<String, Value>> {
        let mut params = self.params.clone();
        if let Some((param, value)) = self.param.as_ref().zip(value) {
            params.insert(param.clone(), typed(signature, param, value)?);
        }
        Ok(params)
    }

    /// A value to check the component with before any is known.
    pub(super) fn example(&self, signature: &Signature) -> Option<String> {
        let schema = signature.schema();
        let property = Schema::new(&schema).property(self.param.as_ref()?)?;
        let first = property.map().get("enum").and_then(Value::as_array).and_then(|values| values.first());
        let listed = self.values.first().cloned().or_else(|| first.and_then(Value::as_str).map(str::to_owned));
        Some(listed.unwrap_or_else(|| match property.kind() {
            Some(Type::Integer | Type::Number) => "1".to_owned(),
            Some(Type::Boolean) => "true".to_owned(),
            _ => MISSING.to_owned(),
        }))
    }

    /// The node that puts the results together.
    pub(super) fn collector(&self, labels: &[String]) -> Map<String, Value> {
        let mut params = Map::new();
        params.insert("columns".into(), "all".into());
        params.insert("distinct".into(), false.into());
        params.insert("labels".into(), json!(labels));
        if let Some(name) = self.name.as_ref().filter(|name| !name.is_empty()) {
            params.insert("source".into(), name.clone().into());
        }
        params
    }
}

/// The component that a node runs for each value, in the version that it pins.
pub(crate) fn named(node: &Node) -> Option<Component> {
    if node.component.name != FOR_EACH {
        return None;
    }
    parse(node.params.get("component")?.as_str()?)
}

fn parse(text: &str) -> Option<Component> {
    let (name, version) = text.rsplit_once('@')?;
    Some(Component::new(name, version.parse().ok()?))
}

/// What runs for each value.
#[derive(Debug)]
pub(super) struct Inner {
    pub(super) component: Component,
    pub(super) signature: Signature,
    /// The table that it takes.
    pub(super) input: String,
    /// The table that it gives.
    pub(super) output: String,
}

impl Inner {
    /// # Errors
    /// `invalid_parameter`, in both languages, where the component may not be used or is not of that kind.
    pub(super) fn of(library: &Library, params: &Params) -> Result<Self> {
        let found = parse(&params.component).and_then(|component| {
            let signature = library.find(&component).runnable()?.clone();
            Some((component, signature))
        });
        let Some((component, signature)) = found else {
            return Err(cannot(
                "This component is not there, was withdrawn, or may not be used by you. Choose another.",
                "该组件不存在、已撤回或您无权使用，请另选组件。",
            ));
        };
        // A Python component has no nodes, and gets nothing but by its input.
        let reads = |workflow| {
            [DATASET, MODEL, WRITE_DATASET, WRITE_MODEL].iter().any(|name| contains(workflow, library, name))
        };
        if library.workflow(&component).is_some_and(reads) {
            return Err(cannot(
                "This component reads or writes data of its own. Choose one that gets all by its input and writes nothing.",
                "该组件内部自行读写数据。请选择数据只由输入端口进入且不写入的组件。",
            ));
        }
        let needed: Vec<&Port> = signature.inputs.iter().filter(|port| !port.optional).collect();
        let tables: Vec<&Port> = signature.outputs.iter().filter(|port| port.kind == PortKind::Table).collect();
        let (&[input], &[output]) = (needed.as_slice(), tables.as_slice()) else {
            return Err(one_table());
        };
        if input.kind != PortKind::Table {
            return Err(one_table());
        }
        if let Some(param) = &params.param {
            let schema = signature.schema();
            if Schema::new(&schema).property(param).is_none() {
                let words = Text::new(
                    format!("The component has no parameter “{param}”. Choose one of its own."),
                    format!("该组件没有参数“{param}”，请改填其已有参数。"),
                );
                return Err(cannot(words.en, words.zh));
            }
        } else if params.column.is_none() {
            return Err(cannot(
                "Choose a column, or the parameter that takes the value.",
                "请选择列，或填写接收值的参数。",
            ));
        }
        if params.column.is_none() && params.values.is_empty() {
            return Err(cannot("Without a column, list the values to run for.", "未选择列时，请列出要运行的值。"));
        }
        let (input, output) = (input.name.clone(), output.name.clone());
        Ok(Self { component, signature, input, output })
    }

    /// A workflow of this component alone, whose input and output are called `table`.
    fn alone(&self, params: Map<String, Value>) -> Workflow {
        let node =
            Node { params: params.into_iter().collect(), ..Node::new(self.component.clone(), Position::new(0, 0)) };
        let mut workflow = Workflow::default();
        workflow.nodes.insert(NODE.into(), node);
        let input = ExposedInput { to: vec![PortRef::new(NODE, &*self.input)], label: None, help: None };
        workflow.inputs.insert(TABLE.to_owned(), input);
        workflow.outputs.insert(
            TABLE.to_owned(),
            ExposedOutput { from: PortRef::new(NODE, &*self.output), label: None, help: None },
        );
        workflow
    }
}

fn one_table() -> Error {
    cannot("Choose a component that needs one table and gives one.", "请选择需要一张表并给出一张表的组件。")
}

fn cannot(en: impl Into<String>, zh: impl Into<String>) -> Error {
    refuse(ErrorCode::InvalidParameter, en, zh)
}

/// A value as the parameter takes it.
fn typed(signature: &Signature, param: &str, value: &str) -> Result<Value> {
    let schema = signature.schema();
    let kind = Schema::new(&schema).property(param).and_then(|property| property.kind());
    let parsed = match kind {
        Some(Type::Integer) => value.trim().parse::<i64>().ok().map(Value::from),
        Some(Type::Number) => value.trim().parse::<f64>().ok().filter(|number| number.is_finite()).map(Value::from),
        Some(Type::Array) => Some(json!([value])),
        Some(Type::Boolean) => value.trim().parse::<bool>().ok().map(Value::from),
        _ => Some(Value::from(value)),
    };
    parsed.ok_or_else(|| {
        let words = Text::new(
            format!("The parameter “{param}” takes no value like “{value}”."),
            format!("参数“{param}”不接受“{value}”这样的值。"),
        );
        cannot(words.en, words.zh)
    })
}

/// Runs components for each value, as whoever runs the workflow.
#[derive(Clone)]
pub(super) struct Each {
    pub(super) task: Arc<Task>,
    pub(super) project: Project,
}

impl Each {
    async fn each(&self, given: &Given<'_>) -> Result<Outputs> {
        let app = &self.task.app;
        let params = Params::of(given.params)?;
        let node = Node {
            params: given.params.clone().into_iter().collect(),
            ..Node::new(Component::new(FOR_EACH, 1), Position::new(0, 0))
        };
        let mut workflow = Workflow::default();
        workflow.nodes.insert(NODE.into(), node);
        let library = Library::load(app, &self.task.principal, self.project.id, &workflow).await?;
        let inner = Inner::of(&library, &params)?;
        let table = given.tables.get(TABLE).and_then(|tables| tables.first());
        let table = table.ok_or_else(|| cannot("Connect a table.", "请接入一张表。"))?;
        let reads = Reads::of(app, given);
        let limits = reads.plan.limits.clone();
        let values = self.values(&reads, &params, table).await?;
        let total = u64::try_from(values.len()).ok();
        let (mut results, mut labels) = (Vec::new(), Vec::new());
        for (turn, value) in values.iter().enumerate() {
            given.cancel.check()?;
            given.watch.progress(given.id, "values", turn as u64, total);
            let label = value.clone().unwrap_or_else(|| MISSING.to_owned());
            let named = |error: Error| {
                let found = words(&error);
                refuse(error.code(), format!("For “{label}”: {}", found.en), format!("值“{label}”：{}", found.zh))
            };
            let inside = async {
                let rows = reads.slice(table, params.column.as_deref(), value.as_deref()).await?;
                let workflow = inner.alone(params.inner(&inner.signature, value.as_deref())?);
                self.one(given, workflow, rows, limits.clone()).await
            };
            results.push(
                inside
                    .await
                    .map_err(|error| if error.code() == ErrorCode::Cancelled { error } else { named(error) })?,
            );
            labels.push(label);
        }
        let (schema, batches) = together(&reads, &params, results, &labels).await?;
        Ok([(TABLE.to_owned(), Output::Table { schema, batches })].into())
    }

    /// The values, sorted; a missing one is a value too.
    async fn values(&self, reads: &Reads<'_>, params: &Params, table: &str) -> Result<Vec<Option<String>>> {
        if !params.values.is_empty() {
            return Ok(params.values.iter().cloned().map(Some).collect());
        }
        let Some(column) = &params.column else { return Ok(Vec::new()) };
        let column = as_text(&reads.column(table, column).await?);
        let sql =
            format!("SELECT DISTINCT {column} AS v FROM {} ORDER BY v NULLS LAST LIMIT {}", ident(table), MOST + 1);
        let (_, batches) = reads.rows(&sql).await?;
        let mut values = Vec::new();
        for batch in &batches {
            let texts =
                arrow::compute::cast(batch.column(0), &arrow::datatypes::DataType::Utf8).map_err(Error::internal)?;
            let texts = texts.as_string::<i32>();
            values.extend((0..texts.len()).map(|at| texts.is_valid(at).then(|| texts.value(at).to_owned())));
        }
        if values.len() > MOST {
            return Err(cannot(
                format!(
                    "The column has more than {MOST} values. List those to run for, or choose a column with fewer."
                ),
                format!("该列的取值超过 {MOST} 个。请列出要运行的值，或改选取值较少的列。"),
            ));
        }
        Ok(values)
    }

    /// Runs the component for one value.
    async fn one(
        &self,
        given: &Given<'_>,
        workflow: Workflow,
        (schema, batches): (SchemaRef, Vec<RecordBatch>),
        limits: Limits,
    ) -> Result<(Vec<Column>, TableAccess)> {
        let app = &self.task.app;
        let mut fingerprint = Fingerprint::new(schema.fields().iter().map(|field| field.name().as_str()));
        batches.iter().try_for_each(|batch| fingerprint.add(batch))?;
        let types: Vec<String> = schema.fields().iter().map(|field| field.data_type().to_string()).collect();
        let source = Source {
            columns: columns_of(&schema),
            digest: format!("rows={fingerprint} as {}", types.join(",")),
            access: TableAccess::full(TableSource::Memory { schema, batches }),
        };
        let tables = [(TABLE.to_owned(), source)].into();
        let asked = Asked { seed: given.seed, tables, ..Asked::default() };
        let drawn = workflow.clone();
        let effects = Arc::new(self.clone());
        let ready = ready(app, &self.task.principal, &self.project, workflow, asked, effects).await?;
        let output = output_inside(&drawn, &ready.library, &PortRef::new(NODE, &*drawn.outputs[TABLE].from.port));
        let output = output.ok_or_else(|| Error::internal("a component without the output that it shows"))?;
        let ran = run(&runner(app, limits), ready.job, &ready.catalog, Arc::new(()), given.cancel).await?;
        if ran.outcome != Outcome::Succeeded {
            return Err(why(&ran));
        }
        let digest = ran.digests.get(&output.node);
        match digest.and_then(|digest| Some((digest, app.results.get(digest, &output.port)?.stored))) {
            Some((digest, Stored::Table { file, columns, .. })) => {
                Ok((columns, TableAccess::full(app.results.table(digest, &file))))
            }
            _ => Err(cannot("Nothing came out: a branch inside went the other way.", "没有结果：内部分支走了另一路。")),
        }
    }
}

/// Why a run inside did not succeed.
fn why(ran: &Ran) -> Error {
    if ran.outcome == Outcome::Cancelled {
        return Error::new(ErrorCode::Cancelled, "The run was cancelled; nothing was changed.");
    }
    let first = ran.nodes.iter().find_map(|(id, end)| Some((id, end.error.as_ref()?)));
    let Some((id, error)) = first else { return Error::internal("a failed run has a failed node") };
    let problem = ran.problems.iter().find(|problem| problem.at.node.as_ref() == Some(id));
    let found = problem.map_or_else(|| words(error), |problem| problem.message.clone());
    let id = id.as_str().strip_prefix("each/").unwrap_or(id.as_str());
    refuse(error.code(), format!("inside, at {id}: {}", found.en), format!("内部节点 {id}：{}", found.zh))
}

/// All results one below the other, each row with its value.
async fn together(
    reads: &Reads<'_>,
    params: &Params,
    results: Vec<(Vec<Column>, TableAccess)>,
    labels: &[String],
) -> Result<(SchemaRef, Vec<RecordBatch>)> {
    let mut plan = AccessPlan::new("for each").with_limits(reads.plan.limits.clone());
    let mut tables = Vec::new();
    for (turn, (columns, access)) in results.into_iter().enumerate() {
        let name = format!("r{turn}");
        plan = plan.with_table(TableRef::latest(&name), access);
        tables.push(Table { name, columns });
    }
    let inputs: BTreeMap<String, Vec<Table>> = [("tables".to_owned(), tables)].into();
    let collector = params.collector(labels);
    let text = find("union")?.text(TABLE, &Ask { params: &collector, inputs: &inputs, seed: 0 }, &[])?;
    Reads { app: reads.app, plan, cancel: reads.cancel }.rows(&text).await
}

impl Effects for Each {
    fn act<'a>(&'a self, given: Given<'a>) -> BoxFuture<'a, Result<Outputs>> {
        Box::pin(async move {
            match given.signature.name.as_str() {
                FOR_EACH => self.each(&given).await,
                _ => Err(cannot("This step can't run for each value.", "该步骤不能逐值运行。")),
            }
        })
    }
}
