//! The models that a workflow reads, and those that it keeps.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use arrow::{
    array::{Array, AsArray},
    compute::cast,
    datatypes::{DataType, Float64Type},
};
use futures::future::BoxFuture;
use serde_json::{Map, Value};
use tandem_components::{Output as Made, Outputs, data::MODEL, sql::ident};
use tandem_core::{Action, Error, ErrorCode, Principal, Result, id::AssetId};
use tandem_flow::{
    Signature, Workflow,
    graph::{NodeId, Wiring},
};
use tandem_meta::{AssetKind, Version, repo::project::Project};
use tandem_runner::{Effects, Given, Identity};
use tandem_science::model::{Learned, Trained};

use super::{effects::Writes, sources};
use crate::{
    App,
    datasets::check_name,
    models::{Metric, ModelContent, TRAINING, file, keep, load},
    runs::{Output, OutputAsset},
};

/// Measures that are kept of a model, at most.
const METRICS: usize = 200;

/// A version of a model that a node reads.
#[derive(Debug, Clone)]
pub(crate) struct ReadModel {
    pub(crate) asset: AssetId,
    pub(crate) version: Version,
    content: ModelContent,
    file: PathBuf,
}

impl ReadModel {
    /// What decides it.
    pub(super) fn digest(&self) -> String {
        format!("model={}", self.content.file)
    }
}

/// What each node that reads a model finds, or why it can't.
pub(crate) type Models = BTreeMap<NodeId, std::result::Result<ReadModel, Error>>;

/// Looks up the models of a workflow. `pins` hold those versions that were
/// settled on before.
pub(super) async fn models(
    app: &App,
    principal: &Principal,
    project: &Project,
    workflow: &Workflow,
    params: &Map<String, Value>,
    pins: &BTreeMap<NodeId, (AssetId, i64)>,
) -> Result<Models> {
    let mut models = Models::new();
    for (id, node) in workflow.nodes.iter().filter(|(_, node)| node.component.name == MODEL) {
        let asked = match pins.get(id) {
            Some((model, seq)) => Ok((*model, Some(*seq))),
            None => sources::wanted(&workflow.resolve(node, params), "model"),
        };
        let read = match asked {
            Ok((model, seq)) => one(app, principal, project, model, seq).await,
            Err(error) => Err(error),
        };
        models.insert(id.clone(), read);
    }
    Ok(models)
}

async fn one(app: &App, principal: &Principal, project: &Project, id: AssetId, seq: Option<i64>) -> Result<ReadModel> {
    let gone = || {
        Error::new(
            ErrorCode::NotFound,
            "This model is not there any more, or was not shared with you. Choose another, or ask for access.",
        )
    };
    let hide = |error: Error| if error.code() == ErrorCode::NotFound { gone() } else { error };
    let asset = app.require_asset(principal, Action::Use, id).await.map_err(hide)?.asset;
    if asset.project_id != project.id || asset.kind != AssetKind::Model {
        return Err(gone());
    }
    let seq = seq.unwrap_or(asset.latest_seq);
    let version = app.meta.read().await?.version(principal.org, id, seq).await?;
    let version = version.ok_or_else(|| {
        Error::new(
            ErrorCode::NotFound,
            format!("The model has no version {seq}; the newest is {}. Choose one that is there.", asset.latest_seq),
        )
    })?;
    let content = ModelContent::of(&version)?;
    Ok(ReadModel { asset: id, file: file(app, &content), content, version })
}

/// Hands models to the nodes that read them, and leaves the rest to another.
pub(super) struct WithModels {
    models: BTreeMap<NodeId, ReadModel>,
    rest: Arc<dyn Effects>,
}

impl WithModels {
    pub(super) fn new(models: BTreeMap<NodeId, ReadModel>, rest: Arc<dyn Effects>) -> Self {
        Self { models, rest }
    }
}

impl Effects for WithModels {
    fn act<'a>(&'a self, given: Given<'a>) -> BoxFuture<'a, Result<Outputs>> {
        if given.signature.name != MODEL {
            return self.rest.act(given);
        }
        Box::pin(async move {
            let model = self.models.get(given.id).ok_or_else(|| Error::internal("a model that nobody looked up"))?;
            let file = model.file.clone();
            let loaded = tokio::task::spawn_blocking(move || load(&file)).await.map_err(Error::internal)??;
            Ok(Outputs::from([("model".to_owned(), Made::Model(Arc::new(loaded)))]))
        })
    }

    fn identity(&self, signature: &Signature) -> Option<Identity> {
        self.rest.identity(signature)
    }
}

impl Writes {
    /// Keeps a model, which appears when the run has succeeded.
    pub(super) async fn write_model(&self, given: &Given<'_>) -> Result<()> {
        let task = &*self.task;
        let name = given.params.get("name").and_then(Value::as_str).unwrap_or_default().trim().to_owned();
        check_name(&name)?;
        let trained = given.models.get("model").and_then(|models| models.first()).cloned();
        let trained =
            trained.ok_or_else(|| Error::new(ErrorCode::InvalidParameter, "Connect a trained model to keep."))?;
        let found = {
            let mut meta = task.app.meta.read().await?;
            meta.asset_by_name(task.principal.org, task.run.project_id, AssetKind::Model, &name).await?
        };
        let asset = match found {
            Some(asset) => {
                task.app.require_asset(&task.principal, Action::Edit, asset.id).await?;
                OutputAsset::Existing { id: asset.id, expected: asset.latest_seq }
            }
            None => OutputAsset::New { kind: AssetKind::Model, name },
        };
        let metrics = metrics(&task.app, given).await?;
        let (app, kept) = (task.app.clone(), trained.clone());
        let (name, bytes) = tokio::task::spawn_blocking(move || keep(&app, &kept)).await.map_err(Error::internal)??;
        let (component, params) = self.training(given.id);
        let content = ModelContent {
            file: name.clone(),
            bytes,
            learner: learner(&trained).to_owned(),
            signature: trained.model.signature.clone(),
            metrics,
            component,
            params,
            rows: trained.rows,
            unlabelled: trained.unlabelled,
            origin: self.origin.clone(),
        };
        let pages = given.reports.get("report").cloned().unwrap_or_default();
        let pages = serde_json::to_value(pages).map_err(Error::internal)?;
        let output = Output {
            role: given.id.to_string(),
            asset,
            content: serde_json::to_value(&content).map_err(Error::internal)?,
            content_digest: name,
            message: self.origin.clone(),
            documents: vec![(TRAINING, pages)],
            sources: self.sources.clone(),
        };
        self.add(output, None);
        Ok(())
    }

    /// What trained the model that a node keeps, and with which parameters.
    fn training(&self, id: &NodeId) -> (Option<String>, Map<String, Value>) {
        let wiring = Wiring::new(&self.workflow);
        let feed = wiring.incoming(id).iter().find(|(_, edge)| edge.to.port == "model");
        match feed.and_then(|(_, edge)| self.workflow.nodes.get(&edge.from.node)) {
            Some(node) => (Some(node.component.name.clone()), self.workflow.resolve(node, &self.params)),
            None => (None, Map::new()),
        }
    }
}

/// The name of what was learned, as its document has it.
const fn learner(trained: &Trained) -> &'static str {
    match &trained.model.learned {
        Learned::Boosting { .. } => "boosting",
        Learned::Linear { .. } => "linear",
        Learned::KMeans { .. } => "k_means",
        Learned::Components { .. } => "components",
        Learned::Isolation { .. } => "isolation",
    }
}

/// The measures in the table that is connected, if one is.
async fn metrics(app: &App, given: &Given<'_>) -> Result<Vec<Metric>> {
    let Some(table) = given.tables.get("metrics").and_then(|tables| tables.first()) else { return Ok(Vec::new()) };
    let sql = format!("SELECT \"measure\", \"value\" FROM {} LIMIT {METRICS}", ident(table));
    let (batches, _) = app.engine.query(given.plan, &sql, given.cancel).await?.collect().await?;
    let mut metrics = Vec::new();
    for batch in &batches {
        let names = cast(batch.column(0), &DataType::Utf8).map_err(Error::internal)?;
        let values = cast(batch.column(1), &DataType::Float64).map_err(Error::internal)?;
        let (names, values) = (names.as_string::<i32>(), values.as_primitive::<Float64Type>());
        for at in 0..batch.num_rows() {
            let value = values.is_valid(at).then(|| values.value(at)).filter(|value| value.is_finite());
            metrics.push(Metric { name: names.value(at).to_owned(), value });
        }
    }
    Ok(metrics)
}
