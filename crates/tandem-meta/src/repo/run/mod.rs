//! Runs: whatever is computed, with what went in and what came out.

mod write;

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use serde_json::Value;
use tandem_core::{
    Page, PageRequest, Result,
    id::{AssetId, OrgId, ProjectId, RunId, UserId, VersionId},
};

use crate::{
    page::List,
    sql::{Kind, Row, Sql, params, record, text_enum},
    tx::Snapshot,
};

text_enum! {
    /// What kind of work a run is.
    pub enum RunKind("kind of run") {
        /// Bytes become a version of a dataset.
        Import = "import",
        /// A scenario answers a question.
        Scenario = "scenario",
        /// A workflow is run.
        Workflow = "workflow",
        /// A dashboard is delivered.
        Delivery = "delivery",
    }
}

text_enum! {
    /// Where a run stands.
    pub enum RunState("state of a run") {
        /// Waits for a worker.
        Queued = "queued",
        /// A worker is at it.
        Running = "running",
        /// Done; its outputs are there.
        Succeeded = "succeeded",
        /// Given up; nothing half-made was kept.
        Failed = "failed",
        /// Stopped by request; nothing half-made was kept.
        Cancelled = "cancelled",
    }
}

impl RunState {
    /// Whether it will change no more.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Cancelled)
    }
}

record! {
    /// Something that is computed.
    pub struct Run from "run" {
        /// Its identifier.
        pub id: RunId,
        /// The organization.
        pub org_id: OrgId,
        /// The project.
        pub project_id: ProjectId,
        /// What kind of work it is.
        pub kind: RunKind,
        /// What is run: the scenario's name, or the file's.
        pub name: String,
        /// All that says what to do, in the way of its kind.
        pub spec: Value,
        /// The parameters that were chosen.
        pub params: Value,
        /// The digest of what it runs in.
        pub environment: String,
        /// The seed of its randomness.
        pub seed: i64,
        /// Equal for runs with equal results; absent where results can't be
        /// told beforehand.
        pub digest: Option<String>,
        /// Where it stands.
        pub state: RunState,
        /// How far it is, as far as was noted.
        pub progress: Option<Value>,
        /// What there is to say of it once it is done.
        pub result: Option<Value>,
        /// Why it failed: `{code, message}`.
        pub error: Option<Value>,
        /// The run whose outputs it was served from.
        pub cached_from: Option<RunId>,
        /// The run that it repeats.
        pub reproduces: Option<RunId>,
        /// Who started it.
        pub created_by: UserId,
        /// When it was asked for.
        pub created_at: DateTime<Utc>,
        /// When a worker began.
        pub started_at: Option<DateTime<Utc>>,
        /// When it ended.
        pub finished_at: Option<DateTime<Utc>>,
    }
}

/// A version at one end of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunLink {
    /// What it is to the run, such as `transactions` or `customers`.
    pub role: String,
    /// The asset.
    pub asset_id: AssetId,
    /// Its version.
    pub version_id: VersionId,
    /// The version's number.
    pub seq: i64,
    /// Of what went in: whether this version was asked for, whatever came later.
    pub pinned: bool,
}

/// A version that goes into a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunInput {
    /// What it is to the run.
    pub role: String,
    /// The version.
    pub version: VersionId,
    /// Whether it was asked for, whatever comes later.
    pub pinned: bool,
}

impl RunInput {
    /// A version that is the newest there is.
    pub fn newest(role: impl Into<String>, version: VersionId) -> Self {
        Self { role: role.into(), version, pinned: false }
    }
}

/// A run with both its ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunView {
    /// The run.
    pub run: Run,
    /// What went in, by role.
    pub inputs: Vec<RunLink>,
    /// What came out, by role.
    pub outputs: Vec<RunLink>,
    /// Whether an input's asset has a newer version than the one that went in,
    /// other than where that one was asked for.
    pub stale: bool,
}

/// A run to make.
#[derive(Debug, Clone)]
pub struct NewRun {
    /// The project.
    pub project_id: ProjectId,
    /// What kind of work it is.
    pub kind: RunKind,
    /// What is run.
    pub name: String,
    /// All that says what to do.
    pub spec: Value,
    /// The parameters that were chosen.
    pub params: Value,
    /// The digest of what it runs in.
    pub environment: String,
    /// The seed of its randomness.
    pub seed: i64,
    /// Equal for runs with equal results.
    pub digest: Option<String>,
    /// What goes in.
    pub inputs: Vec<RunInput>,
    /// The run that it repeats.
    pub reproduces: Option<RunId>,
    /// Who starts it.
    pub created_by: UserId,
}

/// How a run ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunEnd {
    /// Done, with what there is to say of it.
    Succeeded(Value),
    /// Given up: `{code, message}`.
    Failed(Value),
    /// Stopped by request.
    Cancelled,
}

/// Which runs to list.
#[derive(Debug, Clone, Copy, Default)]
pub struct RunFilter {
    /// Of this project only.
    pub project: Option<ProjectId>,
    /// Of this kind only.
    pub kind: Option<RunKind>,
    /// In this state only.
    pub state: Option<RunState>,
    /// Started by this person only.
    pub created_by: Option<UserId>,
    /// With a version of this asset among what went in only.
    pub of: Option<AssetId>,
}

/// The two tables of links.
#[derive(Clone, Copy)]
enum End {
    Input,
    Output,
}

impl End {
    const fn table(self) -> &'static str {
        match self {
            Self::Input => "run_input",
            Self::Output => "run_output",
        }
    }

    /// What is selected of a link for whether it was asked for.
    const fn pinned(self) -> &'static str {
        match self {
            Self::Input => "pinned",
            Self::Output => "CAST(0 AS BIGINT)",
        }
    }
}

impl Snapshot {
    /// The run with both its ends.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn run(&mut self, org: OrgId, id: RunId) -> Result<Option<RunView>> {
        let sql = format!("SELECT {} FROM run WHERE org_id = $1 AND id = $2", Run::COLUMNS);
        let run = self.list(sql, params![org, id], Run::read).await?;
        Ok(self.with_ends(org, run).await?.pop())
    }

    /// The organization's runs, newest first. `keep` leaves out what the
    /// reader may not know of.
    ///
    /// # Errors
    /// `invalid_cursor`, and those of the database.
    pub async fn runs(
        &mut self,
        org: OrgId,
        filter: &RunFilter,
        page: &PageRequest,
        keep: impl FnMut(&Run) -> bool,
    ) -> Result<Page<RunView>> {
        let list = List {
            name: "runs",
            columns: Run::COLUMNS.to_owned(),
            from: Sql::new(" FROM run WHERE org_id = ?", params![org])
                .push_some(" AND project_id = ?", filter.project)
                .push_some(" AND kind = ?", filter.kind)
                .push_some(" AND state = ?", filter.state)
                .push_some(" AND created_by = ?", filter.created_by)
                .push_some(" AND id IN (SELECT run_id FROM run_input WHERE asset_id = ?)", filter.of),
            keys: &[("run.created_at", Kind::Int), ("run.id", Kind::Text)],
            descending: true,
        };
        let Page { items, next_cursor } = self.page_where(list, page, Run::read, keep).await?;
        Ok(Page { items: self.with_ends(org, items).await?, next_cursor })
    }

    /// The newest run of the project that has succeeded under this digest and
    /// computed its outputs itself; none where one of them was deleted.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn cached_run(&mut self, org: OrgId, project: ProjectId, digest: &str) -> Result<Option<RunView>> {
        let sql = format!(
            "SELECT {} FROM run WHERE org_id = $1 AND project_id = $2 AND digest = $3 AND state = 'succeeded' \
             AND cached_from IS NULL AND NOT EXISTS (SELECT 1 FROM run_output AS o JOIN asset AS a \
             ON a.id = o.asset_id WHERE o.run_id = run.id AND a.deleted_at IS NOT NULL) \
             ORDER BY created_at DESC, id DESC LIMIT 1",
            Run::COLUMNS
        );
        let run = self.list(sql, params![org, project, digest], Run::read).await?;
        Ok(self.with_ends(org, run).await?.pop())
    }

    async fn with_ends(&mut self, org: OrgId, runs: Vec<Run>) -> Result<Vec<RunView>> {
        let ids: Vec<RunId> = runs.iter().map(|run| run.id).collect();
        let mut inputs = self.links(org, End::Input, &ids).await?;
        let mut outputs = self.links(org, End::Output, &ids).await?;
        let stale = self.stale_runs(org, &ids).await?;
        let view = |run: Run| RunView {
            inputs: inputs.remove(&run.id).unwrap_or_default(),
            outputs: outputs.remove(&run.id).unwrap_or_default(),
            stale: stale.contains(&run.id),
            run,
        };
        Ok(runs.into_iter().map(view).collect())
    }

    async fn links(&mut self, org: OrgId, end: End, runs: &[RunId]) -> Result<HashMap<RunId, Vec<RunLink>>> {
        let pinned = end.pinned();
        let select = format!(
            "SELECT run_id, role, asset_id, version_id, seq, {pinned} AS pinned FROM {} WHERE org_id = ?",
            end.table()
        );
        let (sql, params) = Sql::new(&select, params![org])
            .push_in("run_id", runs)
            .push(" ORDER BY run_id, role, seq, version_id", params![])
            .into_parts();
        let read = |row: &Row| {
            let link = RunLink {
                role: row.get("role")?,
                asset_id: row.get("asset_id")?,
                version_id: row.get("version_id")?,
                seq: row.get("seq")?,
                pinned: row.get("pinned")?,
            };
            Ok((row.get::<RunId>("run_id")?, link))
        };
        let mut links: HashMap<RunId, Vec<RunLink>> = HashMap::new();
        for (run, link) in self.list(sql, params, read).await? {
            links.entry(run).or_default().push(link);
        }
        Ok(links)
    }

    async fn stale_runs(&mut self, org: OrgId, runs: &[RunId]) -> Result<HashSet<RunId>> {
        let select = "SELECT DISTINCT i.run_id AS run_id FROM run_input AS i JOIN asset AS a ON a.id = i.asset_id \
                      WHERE a.latest_seq > i.seq AND i.pinned = 0 AND a.kind IN ('dataset', 'model') AND i.org_id = ?";
        let (sql, params) = Sql::new(select, params![org]).push_in("i.run_id", runs).into_parts();
        Ok(self.list(sql, params, |row| row.get("run_id")).await?.into_iter().collect())
    }
}
