//! The loop: ask the planner, do what it says, note what came of it.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use tandem_components::{Body, Component};
use tandem_core::{Cancel, Error, ErrorCode, Result, Text};
use tandem_engine::{Engine, Limits};
use tandem_flow::{
    Digest, Signature, Workflow,
    check::{Catalog, Checked, Problem, Severity, check},
    graph::{NodeId, Wiring},
    plan::{Action, Budget, Cost, Outcome, Plan, SkipReason, Stages, State, States, next, stages},
    signature::Kind,
};
use tokio::{runtime::Handle, task::JoinSet};

use crate::{
    Job, NodeEnd, Results, Watch,
    blame::Blamed,
    job::Outside,
    made::Made,
    node::{self, Node},
};

/// What every run shares. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Runner {
    pub(crate) engine: Engine,
    pub(crate) results: Results,
    pub(crate) budget: Budget,
    pub(crate) limits: Limits,
    pub(crate) handle: Handle,
}

impl Runner {
    /// Runs with this engine, which has the functions of the components, keeps
    /// what comes out in `results`, and lets nodes run beside each other within
    /// `budget`. Called inside of a Tokio runtime, on which it stays.
    pub fn new(engine: Engine, results: Results, budget: Budget, limits: Limits) -> Self {
        Self { engine, results, budget, limits, handle: Handle::current() }
    }

    /// Where results are.
    pub fn results(&self) -> &Results {
        &self.results
    }
}

/// What became of a run.
#[derive(Debug, Clone)]
pub struct Ran {
    /// How it ended.
    pub outcome: Outcome,
    /// What became of each node.
    pub nodes: BTreeMap<NodeId, NodeEnd>,
    /// The digest of each node, under which [`Results`] has what it made.
    pub digests: BTreeMap<NodeId, Digest>,
    /// What was wrong before anything ran.
    pub problems: Vec<Problem>,
}

/// What one run is about.
pub(crate) struct Context {
    pub(crate) runner: Runner,
    pub(crate) job: Job,
    pub(crate) stages: Stages,
    pub(crate) digests: BTreeMap<NodeId, Digest>,
    pub(crate) checked: Checked,
    pub(crate) made: Mutex<Arc<Made>>,
    pub(crate) watch: Arc<dyn Watch>,
    pub(crate) cancel: Cancel,
}

impl Context {
    /// A job made ready: checked, cut into stages, its digests taken.
    pub(crate) async fn new(
        runner: &Runner,
        mut job: Job,
        catalog: &Arc<dyn Catalog + Send + Sync>,
        watch: Arc<dyn Watch>,
        cancel: &Cancel,
    ) -> Result<(Arc<Self>, Plan)> {
        if !job.until.is_empty() {
            job.workflow = upstream(&job.workflow, &job.until);
        }
        // Columns come from the engine, for which the catalogue waits.
        let (all, same) = (catalog.clone(), job.clone());
        let checked = tokio::task::spawn_blocking(move || check(&same.workflow, &*all, &Outside(&same).given()));
        let checked = checked.await.map_err(Error::internal)?;
        let catalog = &**catalog;
        let digests = Outside(&job).digests(catalog);
        let stages = stages(&job.workflow, catalog);
        let plan = Plan::new(&job.workflow, catalog, |id, _, _| match stages.lazy.contains(id) {
            true => Cost::default(),
            false => Cost { memory: runner.budget.memory / 4, cores: 1 },
        });
        let context = Self {
            runner: runner.clone(),
            stages,
            digests,
            made: Mutex::new(Arc::new(node::inputs(&job))),
            watch,
            cancel: cancel.clone(),
            checked,
            job,
        };
        Ok((Arc::new(context), plan))
    }

    /// Adds to what was made.
    pub(crate) fn put(&self, add: impl FnOnce(&mut Made)) {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let mut all = Made::clone(&made);
        add(&mut all);
        *made = Arc::new(all);
    }

    /// All that was made until now.
    pub(crate) fn made(&self) -> Arc<Made> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Runs a workflow until everything has ended. Nodes that are wrong or fail
/// don't keep the others from ending.
///
/// # Errors
/// `internal` where nothing can be done at all; what becomes of nodes is in [`Ran`].
pub async fn run(
    runner: &Runner,
    job: Job,
    catalog: &Arc<dyn Catalog + Send + Sync>,
    watch: Arc<dyn Watch>,
    cancel: &Cancel,
) -> Result<Ran> {
    let (context, plan) = Context::new(runner, job, catalog, watch, cancel).await?;
    let checked = &context.checked;
    let mut states = States::new(&plan);
    let mut ends: BTreeMap<NodeId, NodeEnd> = BTreeMap::new();
    let mut end = |states: &mut States, id: &NodeId, end: NodeEnd| {
        states.set(&plan, id, end.state.clone());
        context.watch.ended(id, &end);
        ends.insert(id.clone(), end);
    };
    // What is wrong is said at its node, and doesn't start.
    let wrong: BTreeMap<&NodeId, &Problem> = checked
        .problems
        .iter()
        .rev()
        .filter(|problem| problem.severity == Severity::Error)
        .filter_map(|problem| Some((problem.at.node.as_ref()?, problem)))
        .collect();
    let planned: BTreeSet<NodeId> = plan.nodes().cloned().collect();
    for (id, problem) in &wrong {
        end(&mut states, id, failed(refused(&problem.message)));
    }
    for id in context.job.workflow.nodes.keys().filter(|id| !planned.contains(*id) && !wrong.contains_key(id)) {
        end(&mut states, id, skipped(SkipReason::Upstream));
    }
    let mut running: JoinSet<(NodeId, NodeEnd, Option<Blamed>)> = JoinSet::new();
    let outcome = loop {
        if cancel.is_cancelled() {
            states.cancel();
        }
        let mut again = false;
        let mut outcome = None;
        for action in next(&plan, &states, &runner.budget) {
            match action {
                Action::Skip(id, reason) => end(&mut states, &id, skipped(reason)),
                Action::Finish(finish) => outcome = Some(finish),
                Action::Start(id) => {
                    let Some(node) = Node::new(&context, &id, &**catalog) else {
                        end(&mut states, &id, failed(Error::internal("a node of the plan is not in the workflow")));
                        again = true;
                        continue;
                    };
                    if let Some(known) = node.known() {
                        end(&mut states, &id, known);
                        again = true;
                        continue;
                    }
                    states.set(&plan, &id, State::Running);
                    context.watch.started(&id);
                    running.spawn(async move {
                        let begun = Instant::now();
                        let (mut end, mut blamed) = (skipped(SkipReason::Upstream), None);
                        match node.run().await {
                            Ok(ended) => end = ended,
                            Err(error) => {
                                blamed = node.blamed(&error).await;
                                if blamed.is_none() {
                                    end = failed(error);
                                }
                            }
                        }
                        end.elapsed_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
                        (id, end, blamed)
                    });
                }
            }
        }
        if let Some(outcome) = outcome {
            break outcome;
        }
        if again {
            continue;
        }
        match running.join_next().await {
            Some(Ok((id, ended, blamed))) => {
                if let Some(Blamed { id, error, between }) = blamed {
                    // It had ended well as a view, which is only a text.
                    end(&mut states, &id, failed(error));
                    for id in &between {
                        end(&mut states, id, skipped(SkipReason::Upstream));
                    }
                }
                end(&mut states, &id, ended);
            }
            Some(Err(error)) => return Err(Error::internal(error)),
            None => return Err(Error::internal("the planner waits for nothing")),
        }
    };
    // Nodes that were wrong beside those that the plan knows.
    let outcome = match outcome {
        Outcome::Succeeded if ends.values().any(|end| end.state == State::Failed) => Outcome::Failed,
        outcome => outcome,
    };
    Ok(Ran { outcome, nodes: ends, digests: context.digests.clone(), problems: checked.problems.clone() })
}

/// The nodes asked for and all that stands before them.
fn upstream(workflow: &Workflow, until: &BTreeSet<NodeId>) -> Workflow {
    let wiring = Wiring::new(workflow);
    let mut kept: BTreeSet<NodeId> = BTreeSet::new();
    let mut open: Vec<NodeId> = until.iter().filter(|id| workflow.nodes.contains_key(id)).cloned().collect();
    while let Some(id) = open.pop() {
        if kept.insert(id.clone()) {
            open.extend(wiring.incoming(&id).iter().map(|(_, edge)| edge.from.node.clone()));
        }
    }
    let mut part = workflow.clone();
    part.nodes.retain(|id, _| kept.contains(id));
    part.edges.retain(|_, edge| kept.contains(&edge.from.node) && kept.contains(&edge.to.node));
    for input in part.inputs.values_mut() {
        input.to.retain(|port| kept.contains(&port.node));
    }
    part.inputs.retain(|_, input| !input.to.is_empty());
    part.outputs.retain(|_, output| kept.contains(&output.from.node));
    part
}

/// How a node is run: by a component that ships or is a statement, or by somebody outside of the engine, who runs what a
/// person wrote.
pub(crate) struct How(pub(crate) Option<Cow<'static, Component>>);

/// How nodes of a component are run.
pub(crate) fn how(signature: &Signature) -> Result<How> {
    Ok(How(match signature.kind {
        Kind::Python => None,
        Kind::Sql if let Some(own) = Component::of_template(signature) => Some(Cow::Owned(own)),
        Kind::Builtin | Kind::Sql | Kind::Workflow => Some(Cow::Borrowed(tandem_components::find(&signature.name)?)),
    }))
}

impl How {
    /// What it does; nothing where that is not known here.
    pub(crate) fn body(&self) -> Body {
        self.0.as_ref().map_or(Body::Outside, |component| component.body)
    }
}

fn refused(message: &Text) -> Error {
    Error::new(ErrorCode::InvalidParameter, message.en.clone())
}

pub(crate) fn failed(error: Error) -> NodeEnd {
    let state = if error.code() == ErrorCode::Cancelled { State::Cancelled } else { State::Failed };
    NodeEnd { state, cached: false, rows: BTreeMap::new(), elapsed_ms: 0, error: Some(Arc::new(error)) }
}

fn skipped(reason: SkipReason) -> NodeEnd {
    let state = State::Skipped { reason };
    NodeEnd { state, cached: false, rows: BTreeMap::new(), elapsed_ms: 0, error: None }
}
