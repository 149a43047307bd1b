//! What every version of a dataset is measured for: its profile, and whether
//! its quality rules hold.

use futures::StreamExt;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tandem_core::{
    Error, ErrorCode, Progress, Result,
    id::{AssetId, OrgId},
};
use tandem_engine::VersionInfo;
use tandem_meta::Snapshot;
use tandem_science::{
    profile::{Profile, Profiler},
    quality::{QualityChecker, Rule, RuleResult},
};

use crate::{App, runs::Task};

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

/// Measures a version that was just written.
///
/// # Errors
/// `quality_failed` where a blocking rule doesn't hold; `cancelled`.
pub(crate) async fn version(
    app: &App,
    table: AssetId,
    version: &VersionInfo,
    rules: &Rules,
    task: &Task,
) -> Result<Measured> {
    let mut batches = app.engine.read_at(table, version.delta_version, None).await?;
    let mut profiler = Profiler::new(version.schema.clone());
    let list: Vec<Rule> = rules.rules.iter().map(|r| r.rule.clone()).collect();
    let mut checker = QualityChecker::new(&version.schema, &list)?;
    let mut rows = 0_u64;
    while let Some(batch) = batches.next().await {
        task.cancel.check()?;
        let batch = batch?;
        rows += batch.num_rows() as u64;
        (profiler, checker) = tokio::task::spawn_blocking(move || {
            profiler.update(&batch)?;
            checker.update(&batch)?;
            Ok::<_, Error>((profiler, checker))
        })
        .await
        .map_err(Error::internal)??;
        task.progress.report("profile", rows, Some(version.rows));
    }
    let measured = Measured { profile: profiler.finish(), quality: checker.finish() };
    let broken = rules.rules.iter().zip(&measured.quality).find(|(rule, result)| rule.blocking && !result.passed);
    if let Some((_, result)) = broken {
        return Err(Error::new(
            ErrorCode::QualityFailed,
            format!(
                "The rule “{}” doesn't hold for {} rows, so nothing was changed. Correct the data, or let the rule \
                 warn instead of block.",
                result.rule, result.failing_rows
            ),
        ));
    }
    Ok(measured)
}
