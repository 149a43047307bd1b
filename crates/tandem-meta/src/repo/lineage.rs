//! Lineage: what a version was made from, and what was made from it, read off
//! the ends of runs and nothing else.

use tandem_core::{
    Result,
    id::{AssetId, OrgId, RunId, VersionId},
};

use crate::{
    sql::{Row, Sql, params},
    tx::Snapshot,
};

/// The most steps that one answer holds.
const MAX_STEPS: usize = 2000;

/// Which way to follow the lineage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// To what it was made from.
    Upstream,
    /// To what was made from it.
    Downstream,
}

/// A version in a lineage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Node {
    /// The asset.
    pub asset_id: AssetId,
    /// Its version.
    pub version_id: VersionId,
    /// The version's number.
    pub seq: i64,
}

/// A run that made one version from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Step {
    /// The run.
    pub run_id: RunId,
    /// What it read.
    pub from: Node,
    /// What it made.
    pub to: Node,
    /// Whether that version was asked for, whatever came later.
    pub pinned: bool,
}

/// The steps that lead to a version or away from it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lineage {
    /// The steps, each once, in the order of the runs.
    pub steps: Vec<Step>,
    /// Whether there are more than fit into one answer.
    pub truncated: bool,
}

impl Snapshot {
    /// The steps upstream or downstream of an asset: of its version `seq`, or
    /// of all its versions. Empty where there is no such asset.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn lineage(
        &mut self,
        org: OrgId,
        asset: AssetId,
        seq: Option<i64>,
        direction: Direction,
    ) -> Result<Lineage> {
        // From the versions known so far to those at the other end of the runs
        // that touch them; UNION lets each in once, so that it ends.
        let (near, far, ends) = match direction {
            Direction::Upstream => (
                "run_output",
                "run_input",
                "run_output AS o ON o.version_id = reached.version_id \
                                    JOIN run_input AS i ON i.run_id = o.run_id",
            ),
            Direction::Downstream => (
                "run_input",
                "run_output",
                "run_input AS i ON i.version_id = reached.version_id \
                                      JOIN run_output AS o ON o.run_id = i.run_id",
            ),
        };
        let seed = "WITH RECURSIVE reached (version_id) AS (SELECT id FROM version WHERE org_id = ? AND asset_id = ?";
        let rest = format!(
            " UNION SELECT far.version_id FROM reached \
             JOIN {near} AS near ON near.version_id = reached.version_id \
             JOIN {far} AS far ON far.run_id = near.run_id WHERE near.org_id = ?) \
             SELECT DISTINCT i.run_id AS run_id, i.asset_id AS from_asset, i.version_id AS from_version, \
             i.seq AS from_seq, i.pinned AS pinned, o.asset_id AS to_asset, o.version_id AS to_version, o.seq AS to_seq \
             FROM reached JOIN {ends} WHERE i.org_id = ? ORDER BY 1, 3, 7 LIMIT {}",
            MAX_STEPS + 1,
        );
        let (sql, params) = Sql::new(seed, params![org, asset])
            .push_some(" AND seq = ?", seq)
            .push(&rest, params![org, org])
            .into_parts();
        let rows = self.list(sql, params, read_step).await?;
        let truncated = rows.len() > MAX_STEPS;
        let steps = rows.into_iter().take(MAX_STEPS).collect();
        Ok(Lineage { steps, truncated })
    }
}

fn read_step(row: &Row) -> Result<Step> {
    let from =
        Node { asset_id: row.get("from_asset")?, version_id: row.get("from_version")?, seq: row.get("from_seq")? };
    let to = Node { asset_id: row.get("to_asset")?, version_id: row.get("to_version")?, seq: row.get("to_seq")? };
    Ok(Step { run_id: row.get("run_id")?, from, to, pinned: row.get("pinned")? })
}
