//! One node: what it is given, and what becomes of it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use arrow::array::AsArray;
use serde_json::{Map, Value};
use tandem_components::{Ask, Body, Component, Output, Table as AskTable};
use tandem_core::{Error, ErrorCode, Result};
use tandem_engine::TableAccess;
use tandem_flow::{
    Column, Columns, Digest, PortColumns, Signature,
    check::Catalog,
    graph::{self, NodeId, PortRef, Wiring},
    params::{Schema, settle},
    plan::State,
    signature::PortKind,
};

use crate::{
    Job, NodeEnd,
    blame::{Blamed, blamed},
    function::Desk,
    job::Given,
    made::{Made, Name, Rows, Table, name_of, name_of_input},
    query,
    results::{Kept, Stored},
    run::{Context, How, how},
    text::asked,
};

/// The tables of the workflow's inputs.
pub(crate) fn inputs(job: &Job) -> Made {
    let table = |source: &crate::Source| {
        Arc::new(Table { columns: source.columns.clone(), rows: Rows::There(Box::new(source.access.clone())) })
    };
    let tables = job.inputs.iter().map(|(name, source)| (name_of_input(name), table(source)));
    Made { tables: tables.collect(), ..Made::default() }
}

/// A node that may start.
pub(crate) struct Node {
    context: Arc<Context>,
    id: NodeId,
    node: graph::Node,
    signature: Signature,
    digest: Option<Digest>,
    /// Its tables are views, whatever they would be otherwise.
    pub(crate) lazy: bool,
    /// What is connected to each input port, in order.
    feeds: BTreeMap<String, Vec<Feed>>,
    /// Output ports whose results somebody wants.
    pub(crate) wanted: BTreeSet<String>,
}

enum Feed {
    Port(PortRef),
    Input(String),
}

/// A node's tables and parameters, settled.
struct Taken {
    params: Map<String, Value>,
    inputs: BTreeMap<String, Vec<AskTable>>,
}

impl Node {
    pub(crate) fn new(context: &Arc<Context>, id: &NodeId, catalog: &dyn Catalog) -> Option<Self> {
        let workflow = &context.job.workflow;
        let node = workflow.nodes.get(id)?.clone();
        let signature = catalog.find(&node.component).runnable()?.clone();
        let wiring = Wiring::new(workflow);
        let mut feeds: BTreeMap<String, Vec<Feed>> = BTreeMap::new();
        for (_, edge) in wiring.incoming(id) {
            feeds.entry(edge.to.port.clone()).or_default().push(Feed::Port(edge.from.clone()));
        }
        for port in &signature.inputs {
            if let Some(input) = workflow.input_of(&PortRef::new(id, &*port.name)) {
                feeds.entry(port.name.clone()).or_default().push(Feed::Input(input.to_owned()));
            }
        }
        let exposed =
            workflow.outputs.values().filter(|output| output.from.node == *id).map(|output| &output.from.port);
        let mut wanted: BTreeSet<String> =
            wiring.outgoing(id).iter().map(|(_, edge)| &edge.from.port).chain(exposed).cloned().collect();
        // What nothing reads is there to be looked at; a function gives all it has at once.
        let computed = matches!(how(&signature).map(|how| how.body()), Ok(Body::Rows(_)));
        if wanted.is_empty() || computed {
            wanted = signature.outputs.iter().map(|port| port.name.clone()).collect();
        }
        Some(Self {
            context: Arc::clone(context),
            id: id.clone(),
            node,
            digest: context.digests.get(id).cloned(),
            lazy: context.stages.lazy.contains(id),
            signature,
            feeds,
            wanted,
        })
    }

    /// How it ends, where what it makes is known.
    pub(crate) fn known(&self) -> Option<NodeEnd> {
        if self.lazy || self.signature.effects || self.wanted.is_empty() {
            return None;
        }
        let digest = self.digest.as_ref()?;
        let kept = self.wanted.iter().map(|port| Some((port.clone(), self.context.runner.results.get(digest, port)?)));
        let kept: BTreeMap<String, Kept> = kept.collect::<Option<_>>()?;
        Some(NodeEnd { cached: true, ..self.ended(digest, &kept) })
    }

    /// Does it.
    pub(crate) async fn run(&self) -> Result<NodeEnd> {
        let context = &self.context;
        context.cancel.check()?;
        let how = how(&self.signature)?;
        if let Some(sources) = context.job.sources.get(&self.id) {
            for (port, source) in sources {
                let rows = Rows::There(Box::new(source.access.clone()));
                self.put_table(port, Table { columns: source.columns.clone(), rows });
            }
            return Ok(Self::view());
        }
        let taken = self.taken()?;
        match (how.body(), how) {
            (Body::Query(_) | Body::Queries(_) | Body::Probed { .. } | Body::Template, How(Some(component))) => {
                self.query(&component, &taken).await
            }
            (Body::Rows(function), _) => {
                let desk = self.desk()?;
                let seed = self.seed();
                let run = tokio::task::spawn_blocking(move || {
                    (function.run)(&Ask { params: &taken.params, inputs: &taken.inputs, seed }, &desk)
                });
                let outputs = run.await.map_err(Error::internal)??;
                self.keep(outputs).await
            }
            _ => {
                let reads: Vec<Name> = taken.inputs.values().flatten().map(|table| table.name.clone()).collect();
                let asked = asked(&context.made(), "", &reads, &context.runner.limits)?;
                let tables = taken.inputs.iter().map(|(port, tables)| {
                    (port.clone(), tables.iter().map(|table| table.name.clone()).collect::<Vec<_>>())
                });
                // A model is a file to be read.
                let desk = self.desk()?;
                let given = Given {
                    id: &self.id,
                    signature: &self.signature,
                    params: &taken.params,
                    tables: &tables.collect(),
                    plan: &asked.plan,
                    seed: self.seed(),
                    watch: &*context.watch,
                    models: &desk.models,
                    values: &desk.values,
                    reports: &desk.reports,
                    cancel: &context.cancel,
                };
                let outputs = context.job.effects.act(given).await?;
                self.keep(outputs).await
            }
        }
    }

    /// The node before it whose fault an error is: rows of views are computed here, and may be wrong there.
    pub(crate) async fn blamed(&self, error: &Error) -> Option<Blamed> {
        if error.code() != ErrorCode::ComputeFailed {
            return None;
        }
        let made = self.context.made();
        let tables = self.signature.inputs.iter().filter(|port| port.kind == PortKind::Table);
        let reads: Vec<Name> = tables.flat_map(|port| self.names(&port.name, &made)).collect();
        blamed(&self.context, &reads).await
    }

    /// Whether its tables can be said as text.
    pub(crate) fn is_query(&self) -> bool {
        matches!(
            how(&self.signature).map(|how| how.body()),
            Ok(Body::Query(_) | Body::Queries(_) | Body::Probed { .. } | Body::Template)
        )
    }

    /// Whether all that feeds it is there.
    pub(crate) fn is_fed(&self) -> bool {
        let made = self.context.made();
        self.signature.inputs.iter().filter(|port| port.kind == PortKind::Table).all(|port| {
            let feeds = self.feeds.get(&port.name).map_or(0, Vec::len);
            self.names(&port.name, &made).len() == feeds
        })
    }

    fn seed(&self) -> u64 {
        self.node.seed.map_or(self.context.job.seed, u64::from)
    }

    /// The text of each table: a view, or rows that are computed now.
    async fn query(&self, component: &Component, taken: &Taken) -> Result<NodeEnd> {
        let context = &self.context;
        let runner = &context.runner;
        let ask = Ask { params: &taken.params, inputs: &taken.inputs, seed: self.seed() };
        let reads: Vec<Name> = taken.inputs.values().flatten().map(|table| table.name.clone()).collect();
        let answer = match component.probe(&ask)? {
            None => Vec::new(),
            Some(probe) => {
                let asked = asked(&context.made(), &probe, &reads, &runner.limits)?;
                let (batches, _) =
                    runner.engine.query(&asked.plan, &asked.text, &context.cancel).await?.collect().await?;
                let texts = batches.iter().filter(|batch| batch.num_columns() > 0).flat_map(|batch| {
                    batch.column(0).as_string_opt::<i32>().into_iter().flatten().flatten().map(str::to_owned)
                });
                texts.collect()
            }
        };
        let mut kept = BTreeMap::new();
        for port in &self.wanted {
            let text = component.text(port, &ask, &answer)?;
            if self.lazy {
                let columns = match self.columns_beforehand(port, taken) {
                    Some(columns) => columns,
                    None => {
                        let asked = asked(&context.made(), &text, &reads, &runner.limits)?;
                        query::columns(runner, &asked, &context.cancel).await?
                    }
                };
                self.put_table(port, Table { columns, rows: Rows::View { text, reads: reads.clone() } });
                continue;
            }
            let digest = self.digest()?;
            let known = runner.results.get(digest, port);
            let one = match known {
                Some(known) => known,
                None => {
                    let asked = asked(&context.made(), &text, &reads, &runner.limits)?;
                    let at = (&self.id, port.as_str());
                    query::keep(runner, &*context.watch, at, digest, &asked, &context.cancel).await?
                }
            };
            kept.insert(port.clone(), one);
        }
        if self.lazy { Ok(Self::view()) } else { Ok(self.ended(self.digest()?, &kept)) }
    }

    /// What the check said of a port's columns, where it knew all that there is to know.
    fn columns_beforehand(&self, port: &str, taken: &Taken) -> Option<Vec<Column>> {
        let known = self.context.checked.nodes.get(&self.id)?;
        let same = known.inputs.iter().all(|(port, tables)| {
            let now = taken.inputs.get(port).map_or(&[][..], Vec::as_slice);
            tables.len() == now.len()
                && tables.iter().zip(now).all(|(then, now)| then.known() == Some(now.columns.as_slice()))
        });
        if !same {
            return None;
        }
        known.outputs.get(port)?.known().map(<[Column]>::to_vec)
    }

    fn digest(&self) -> Result<&Digest> {
        self.digest.as_ref().ok_or_else(|| Error::internal("a node that runs has a digest"))
    }

    /// Its tables, and its parameters checked against their columns.
    fn taken(&self) -> Result<Taken> {
        let made = self.context.made();
        let mut inputs: BTreeMap<String, Vec<AskTable>> = BTreeMap::new();
        let mut columns = PortColumns::new();
        for port in self.signature.inputs.iter().filter(|port| port.kind == PortKind::Table) {
            for name in self.names(&port.name, &made) {
                let Some(table) = made.tables.get(&name) else { continue };
                columns.entry(port.name.clone()).or_default().push(Columns::Known(table.columns.clone()));
                let table = AskTable { name, columns: table.columns.clone() };
                inputs.entry(port.name.clone()).or_default().push(table);
            }
        }
        let schema = self.signature.schema();
        let given = self.context.job.workflow.resolve(&self.node, &self.context.job.params);
        let params = settle(Schema::new(&schema), &given, &columns).into_result()?;
        Ok(Taken { params, inputs })
    }

    /// The tables of a port that are there: those of closed branches are not.
    fn names(&self, port: &str, made: &Made) -> Vec<Name> {
        let feeds = self.feeds.get(port).map_or(&[][..], Vec::as_slice);
        let name = |feed: &Feed| match feed {
            Feed::Port(from) => name_of(&from.node, &from.port),
            Feed::Input(input) => name_of_input(input),
        };
        feeds.iter().map(name).filter(|name| made.tables.contains_key(name)).collect()
    }

    fn desk(&self) -> Result<Desk> {
        let context = &self.context;
        let made = context.made();
        let mut desk = Desk {
            runner: context.runner.clone(),
            tables: BTreeMap::new(),
            models: BTreeMap::new(),
            reports: BTreeMap::new(),
            values: BTreeMap::new(),
            node: self.id.clone(),
            watch: Arc::clone(&context.watch),
            cancel: context.cancel.clone(),
            made: Arc::clone(&made),
        };
        for port in &self.signature.inputs {
            let name = &port.name;
            let from = self.feeds.get(name).into_iter().flatten().filter_map(|feed| match feed {
                Feed::Port(from) => Some(from),
                Feed::Input(_) => None,
            });
            match port.kind {
                PortKind::Table => _ = desk.tables.insert(name.clone(), self.names(name, &made)),
                PortKind::Model => {
                    let models = from.filter_map(|from| made.models.get(from));
                    let read =
                        |(digest, file): &(Digest, String)| Ok(Arc::new(context.runner.results.model(digest, file)?));
                    desk.models.insert(name.clone(), models.map(read).collect::<Result<_>>()?);
                }
                PortKind::Report => {
                    let reports = from.filter_map(|from| made.reports.get(from)).cloned().collect();
                    desk.reports.insert(name.clone(), reports);
                }
                PortKind::Value => {
                    let values = from.filter_map(|from| made.values.get(from)).cloned().collect();
                    desk.values.insert(name.clone(), values);
                }
            }
        }
        Ok(desk)
    }

    /// Keeps what came out, and closes the ports from which nothing did.
    async fn keep(&self, mut outputs: BTreeMap<String, Output>) -> Result<NodeEnd> {
        let digest = self.digest()?;
        let results = &self.context.runner.results;
        let mut kept = BTreeMap::new();
        for port in &self.signature.outputs {
            let one = match outputs.remove(&port.name) {
                Some(output) => results.keep(digest, &port.name, output, 0).await?,
                None => results.note(digest, &port.name, Kept { stored: Stored::Closed, elapsed_ms: 0 })?,
            };
            kept.insert(port.name.clone(), one);
        }
        Ok(self.ended(digest, &kept))
    }

    /// Puts what is kept where other nodes find it.
    fn ended(&self, digest: &Digest, kept: &BTreeMap<String, Kept>) -> NodeEnd {
        let results = &self.context.runner.results;
        let (mut closed, mut untrue, mut rows) = (BTreeSet::new(), BTreeSet::new(), BTreeMap::new());
        for (port, one) in kept {
            let at = PortRef::new(&self.id, &**port);
            match &one.stored {
                Stored::Table { file, columns, fingerprint, .. } => {
                    rows.insert(port.clone(), fingerprint.rows());
                    let there = Rows::There(Box::new(TableAccess::full(results.table(digest, file))));
                    self.put_table(port, Table { columns: columns.clone(), rows: there });
                }
                Stored::Model { file } => {
                    let model = (digest.clone(), file.clone());
                    self.context.put(|made| _ = made.models.insert(at, model));
                }
                Stored::Report { section } => self.context.put(|made| _ = made.reports.insert(at, section.clone())),
                Stored::Value { value } => {
                    if value == &Value::Bool(false) {
                        untrue.insert(port.clone());
                    }
                    self.context.put(|made| _ = made.values.insert(at, value.clone()));
                }
                Stored::Closed => _ = closed.insert(port.clone()),
            }
        }
        let state = State::Succeeded { closed, untrue };
        let elapsed_ms = kept.values().map(|one| one.elapsed_ms).max().unwrap_or(0);
        NodeEnd { state, cached: false, rows, elapsed_ms, error: None }
    }

    /// How a node ends whose tables are views.
    pub(crate) fn view() -> NodeEnd {
        NodeEnd { state: State::succeeded(), cached: false, rows: BTreeMap::new(), elapsed_ms: 0, error: None }
    }

    fn put_table(&self, port: &str, table: Table) {
        let name = name_of(&self.id, port);
        self.context.put(|made| _ = made.tables.insert(name, Arc::new(table)));
    }
}
