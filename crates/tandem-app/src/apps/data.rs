//! Which datasets a person may choose for an input, and whether they fit.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Map, Value};
use tandem_core::{Action, Error, Principal, Result, Text, id::AssetId};
use tandem_engine::{AccessPlan, TableRef};
use tandem_flow::{
    Column, Columns,
    check::{Code, Given, Problem, Severity, check},
    package::expand,
};
use tandem_meta::{Asset, AssetFilter, AssetKind};

use super::open::{Opened, open};
use crate::{
    App,
    datasets::ColumnInfo,
    workflows::{catalog::Known, sources},
};

/// Datasets that are offered for an input, at most.
const MOST: usize = 200;

/// A dataset that may be chosen.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// The dataset.
    pub asset: Asset,
    /// The newest version's rows, where the person may know how many there are.
    pub rows: Option<u64>,
    /// Its columns, as the person may see them.
    pub columns: Vec<ColumnInfo>,
    /// What doesn't fit.
    pub problems: Vec<Misfit>,
}

/// Why a dataset doesn't fit.
#[derive(Debug, Clone, PartialEq)]
pub struct Misfit {
    /// What is wrong, for programs.
    pub code: Code,
    /// What is wrong, for people.
    pub message: Text,
}

/// The datasets of the project that one may use, with whether they fit an input.
///
/// # Errors
/// `not_found`, `forbidden`.
pub async fn datasets(
    app: &App,
    principal: &Principal,
    id: AssetId,
    input: &str,
    q: Option<&str>,
) -> Result<Vec<Candidate>> {
    let opened = open(app, principal, Action::Use, id).await?;
    if opened.signature.input(input).is_none() {
        return Err(Error::not_found("input"));
    }
    let project = app.require_project(principal, Action::Discover, opened.view.asset.project_id).await?.project;
    let filter = AssetFilter {
        project: Some(project.id),
        kind: Some(AssetKind::Dataset),
        text: q.map(str::to_owned),
        ..AssetFilter::default()
    };
    let page = tandem_core::PageRequest::new(Some(u32::try_from(MOST).unwrap_or(200)), None)?;
    let found = app.meta.read().await?.assets(principal.org, &filter, &page, |asset| asset.latest_seq > 0).await?;
    let may = app.assets_may(principal, &found.items, Action::Use).await?;
    let fits = Fits::new(app, &opened, Map::new())?;
    let mut candidates = Vec::new();
    for (asset, _) in found.items.into_iter().zip(may).filter(|(_, may)| *may) {
        let read = match sources::input(app, principal, &project, asset.id, None).await {
            Ok(read) => read,
            // Its rights or its version went away in this moment.
            Err(_) => continue,
        };
        let plan = AccessPlan::new("columns").with_table(TableRef::latest("t"), read.pinned.access.clone());
        let described = app.engine.describe(&plan).await?;
        let rows = read.pinned.rows();
        let problems = fits.of([(input.to_owned(), read.columns)].into()).await?;
        candidates.push(Candidate {
            asset,
            rows,
            columns: described.first().map(|table| ColumnInfo::of(&table.schema)).unwrap_or_default(),
            problems,
        });
    }
    Ok(candidates)
}

/// Says whether data fit a workflow.
pub(super) struct Fits {
    workflow: Arc<tandem_flow::Workflow>,
    catalog: Arc<Known>,
    params: Map<String, Value>,
    /// What is wrong whatever is chosen.
    before: Vec<Problem>,
}

impl Fits {
    pub(super) fn new(app: &App, opened: &Opened, params: Map<String, Value>) -> Result<Self> {
        let expanded = expand(&opened.workflow, &opened.library)?;
        let library = opened.library.clone();
        let catalog = Known::new(app, library, &expanded, &Map::new(), &Default::default(), &Default::default());
        let given = Given { params: params.clone(), ..Given::default() };
        let before = check(&opened.workflow, &catalog, &given).problems;
        Ok(Self { workflow: Arc::new(opened.workflow.clone()), catalog: Arc::new(catalog), params, before })
    }

    /// What is wrong with tables of these columns as inputs, that is not wrong
    /// without them.
    pub(super) async fn of(&self, inputs: BTreeMap<String, Vec<Column>>) -> Result<Vec<Misfit>> {
        let inputs = inputs.into_iter().map(|(name, columns)| (name, Columns::Known(columns))).collect();
        let given = Given { params: self.params.clone(), inputs };
        let (workflow, catalog) = (self.workflow.clone(), self.catalog.clone());
        let checked = tokio::task::spawn_blocking(move || check(&workflow, &*catalog, &given));
        let checked = checked.await.map_err(Error::internal)?;
        let wrong = checked.problems.into_iter().filter(|problem| problem.severity == Severity::Error);
        let new = wrong.filter(|problem| {
            let data = matches!(problem.code, Code::MissingColumn | Code::ColumnKind | Code::Objection);
            data && !self.before.iter().any(|known| known.at == problem.at && known.code == problem.code)
        });
        Ok(new.map(|problem| Misfit { code: problem.code, message: problem.message }).collect())
    }
}
