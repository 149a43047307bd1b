//! What every version of a dataset is measured for: its profile, and whether
//! its quality rules hold.

use std::{num::NonZero, sync::Arc};

use arrow::{array::RecordBatch, datatypes::SchemaRef};
use futures::{Stream, StreamExt};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tandem_core::{
    Cancel, Error, ErrorCode, Principal, Progress, Result,
    id::{AssetId, OrgId},
};
use tandem_engine::VersionInfo;
use tandem_meta::Snapshot;
use tandem_science::{
    profile::{Profile, Profiler},
    quality::{QualityChecker, Rule, RuleResult},
};

use tokio::sync::mpsc;

use super::eye::Eye;
use crate::App;

/// Batches that are read before they are needed.
const AHEAD: usize = 4;

/// The setting that keeps a dataset's rules.
pub(crate) const SETTING: &str = "quality_rules";
/// The documents about a version.
pub(crate) const PROFILE: &str = "profile";
/// The results of the rules.
pub(crate) const QUALITY: &str = "quality";

/// The quality rules of a dataset.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// The rules, checked at every version.
    pub rules: Vec<DatasetRule>,
}

/// One rule, and what happens where it doesn't hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DatasetRule {
    /// What must hold.
    #[serde(flatten)]
    pub rule: Rule,
    /// Whether a version for which it doesn't hold is refused, rather than
    /// marked.
    #[serde(default)]
    pub blocking: bool,
}

impl Rules {
    /// The rules of a dataset.
    pub(crate) async fn load(snapshot: &mut Snapshot, org: OrgId, asset: AssetId) -> Result<Self> {
        match snapshot.setting(org, asset, SETTING).await? {
            Some(setting) => serde_json::from_value(setting.body).map_err(Error::internal),
            None => Ok(Self::default()),
        }
    }
}

/// The rules that a new version must pass, and how much of what breaks them
/// its author may be told.
#[derive(Debug, Clone, Default)]
pub(crate) struct Gate {
    rules: Rules,
    author: Eye,
}

impl Gate {
    /// The rules of a dataset, as they are now; a new one has none.
    pub(crate) async fn of(app: &App, author: &Principal, dataset: Option<AssetId>) -> Result<Self> {
        let Some(id) = dataset else { return Ok(Self::default()) };
        let mut meta = app.meta.read().await?;
        let rules = Rules::load(&mut meta, author.org, id).await?;
        Ok(Self { rules, author: Eye::on(&mut meta, author, id).await? })
    }

    fn checker(&self, schema: &SchemaRef) -> Result<QualityChecker> {
        let list: Vec<Rule> = self.rules.rules.iter().map(|r| r.rule.clone()).collect();
        QualityChecker::new(schema, &list)
    }

    /// # Errors
    /// `quality_failed` where a blocking rule doesn't hold.
    fn pass(&self, results: &[RuleResult]) -> Result<()> {
        let mut each = self.rules.rules.iter().zip(results);
        match each.find(|(rule, result)| rule.blocking && !result.passed) {
            Some((_, result)) => Err(self.broken(result)),
            None => Ok(()),
        }
    }

    fn broken(&self, result: &RuleResult) -> Error {
        let rule = &result.rule;
        let what = match rule.columns().iter().any(|column| self.author.hides(column)) {
            true => "A quality rule doesn't hold".to_owned(),
            false if self.author.sees_all() => {
                format!("The rule “{rule}” doesn't hold for {} rows", result.failing_rows)
            }
            false => format!("The rule “{rule}” doesn't hold"),
        };
        Error::new(
            ErrorCode::QualityFailed,
            format!("{what}, so nothing was changed. Correct the data, or let the rule warn instead of block."),
        )
    }
}

/// What was measured.
#[derive(Debug, Clone)]
pub(crate) struct Measured {
    profile: Profile,
    quality: Vec<RuleResult>,
}

impl Measured {
    /// As documents about the version.
    pub(crate) fn documents(&self) -> Result<Vec<(&'static str, Value)>> {
        Ok(vec![
            (PROFILE, serde_json::to_value(&self.profile).map_err(Error::internal)?),
            (QUALITY, serde_json::to_value(&self.quality).map_err(Error::internal)?),
        ])
    }
}

/// Measures a version that was just written. Whatever makes versions comes by here.
///
/// # Errors
/// `quality_failed` where a blocking rule doesn't hold; `cancelled`.
pub(crate) async fn version(
    app: &App,
    table: AssetId,
    version: &VersionInfo,
    gate: &Gate,
    cancel: &Cancel,
    progress: Arc<dyn Progress>,
) -> Result<Measured> {
    let batches = app.engine.read_at(table, version.delta_version, None).await?;
    let mut profiler = profiler(version.schema.clone());
    let mut checker = gate.checker(&version.schema)?;
    let (cancel, total) = (cancel.clone(), version.rows);
    let (profiler, checker) = beside(batches, move |batches| {
        for batch in batches {
            cancel.check()?;
            let batch = batch?;
            profiler.update(&batch)?;
            checker.update(&batch)?;
            progress.report("profile", profiler.rows(), Some(total));
        }
        Ok((profiler, checker))
    })
    .await?;
    let measured = Measured { profile: profiler.finish(), quality: checker.finish() };
    gate.pass(&measured.quality)?;
    Ok(measured)
}

/// How the rules hold for a version that is there, to make it the newest again.
///
/// # Errors
/// `quality_failed` where a blocking rule doesn't hold.
pub(crate) async fn quality_of(app: &App, table: AssetId, version: &VersionInfo, gate: &Gate) -> Result<Value> {
    let mut checker = gate.checker(&version.schema)?;
    if gate.rules.rules.is_empty() {
        return Ok(Value::Array(Vec::new()));
    }
    let batches = app.engine.read_at(table, version.delta_version, None).await?;
    let checker = beside(batches, move |batches| {
        for batch in batches {
            checker.update(&batch?)?;
        }
        Ok(checker)
    })
    .await?;
    let results = checker.finish();
    gate.pass(&results)?;
    serde_json::to_value(results).map_err(Error::internal)
}

/// The profile of whatever rows come.
///
/// # Errors
/// Those of the rows.
pub(crate) async fn profile<S>(schema: SchemaRef, rows: S) -> Result<Profile>
where
    S: Stream<Item = Result<RecordBatch>> + Send + Unpin + 'static,
{
    let mut profiler = profiler(schema);
    beside(rows, move |batches| {
        for batch in batches {
            profiler.update(&batch?)?;
        }
        Ok(profiler.finish())
    })
    .await
}

/// A profiler that uses every core: nothing else is left to do for who waits.
fn profiler(schema: SchemaRef) -> Profiler {
    Profiler::new(schema).with_threads(std::thread::available_parallelism().map_or(1, NonZero::get))
}

/// Runs `work` on a thread that may block, over rows that are read meanwhile.
async fn beside<S, T>(
    rows: S,
    work: impl FnOnce(&mut dyn Iterator<Item = Result<RecordBatch>>) -> Result<T> + Send + 'static,
) -> Result<T>
where
    S: Stream<Item = Result<RecordBatch>> + Send + Unpin + 'static,
    T: Send + 'static,
{
    let (sender, mut receiver) = mpsc::channel(AHEAD);
    let worker = tokio::task::spawn_blocking(move || work(&mut std::iter::from_fn(|| receiver.blocking_recv())));
    let mut rows = rows;
    while let Some(batch) = rows.next().await {
        // The worker stops taking rows where it failed, and says why below.
        if sender.send(batch).await.is_err() {
            break;
        }
    }
    drop(sender);
    worker.await.map_err(Error::internal)?
}
