//! Making runs, and taking them from state to state.

use serde_json::{Value, json};
use tandem_core::{
    Error, ErrorCode, Result,
    id::{OrgId, RunId, VersionId},
};

use super::{End, NewRun, Run, RunEnd, RunState, RunView};
use crate::{
    repo::outbox::Topic,
    sql::{Param, params},
    tx::Tx,
};

impl Tx {
    /// Makes a run that waits for a worker. Enqueue its job in this
    /// transaction.
    ///
    /// # Errors
    /// `not_found` where the project or an input is not of the organization,
    /// and those of the database.
    pub async fn create_run(&mut self, org: OrgId, new: NewRun) -> Result<RunView> {
        let id = self.insert_run(org, &new, None).await?;
        self.made_run(org, id).await
    }

    /// Makes a run that is done as it is made: its result and outputs are
    /// those of `from`, an earlier run of equal digest.
    ///
    /// # Errors
    /// As [`Tx::create_run`].
    pub async fn create_cached_run(&mut self, org: OrgId, new: NewRun, from: &RunView) -> Result<RunView> {
        let id = self.insert_run(org, &new, Some(&from.run)).await?;
        for output in &from.outputs {
            self.insert_link(org, End::Output, id, &output.role, output.version_id).await?;
        }
        self.made_run(org, id).await
    }

    async fn made_run(&mut self, org: OrgId, id: RunId) -> Result<RunView> {
        let view = self.run(org, id).await?.ok_or_else(|| Error::not_found("run"))?;
        self.emit_run(&view.run);
        Ok(view)
    }

    async fn insert_run(&mut self, org: OrgId, new: &NewRun, cached: Option<&Run>) -> Result<RunId> {
        let id = RunId::generate(self.clock());
        let now = self.now();
        let state = if cached.is_some() { RunState::Succeeded } else { RunState::Queued };
        let ended = cached.map(|_| now);
        self.execute(
            "INSERT INTO run (id, org_id, project_id, kind, name, spec, params, environment, seed, digest, state, \
             result, cached_from, reproduces, created_by, created_at, started_at, finished_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
            params![
                id,
                org,
                new.project_id,
                new.kind,
                new.name,
                new.spec,
                new.params,
                new.environment,
                new.seed,
                new.digest,
                state,
                cached.and_then(|run| run.result.clone()),
                cached.map(|run| run.id),
                new.reproduces,
                new.created_by,
                now,
                ended,
                ended
            ],
        )
        .await?;
        for input in &new.inputs {
            self.insert_link(org, End::Input, id, &input.role, input.version).await?;
            if input.pinned {
                self.execute(
                    "UPDATE run_input SET pinned = 1 WHERE org_id = $1 AND run_id = $2 AND role = $3 AND version_id = $4",
                    params![org, id, input.role, input.version],
                )
                .await?;
            }
        }
        Ok(id)
    }

    /// Notes a version that a run has read, found only while it ran.
    ///
    /// # Errors
    /// `not_found` where the run or the version is not of the organization,
    /// and those of the database.
    pub async fn add_run_input(&mut self, org: OrgId, run: RunId, role: &str, version: VersionId) -> Result<()> {
        self.insert_link(org, End::Input, run, role, version).await
    }

    /// Notes a version that a run has made.
    ///
    /// # Errors
    /// `not_found` where the run or the version is not of the organization,
    /// and those of the database.
    pub async fn add_run_output(&mut self, org: OrgId, run: RunId, role: &str, version: VersionId) -> Result<()> {
        self.insert_link(org, End::Output, run, role, version).await
    }

    async fn insert_link(&mut self, org: OrgId, end: End, run: RunId, role: &str, version: VersionId) -> Result<()> {
        let Some(found) = self.versions_by_id(org, &[version]).await?.pop() else {
            return Err(Error::not_found("version"));
        };
        let sql = format!(
            "INSERT INTO {} (org_id, run_id, role, asset_id, version_id, seq) VALUES ($1, $2, $3, $4, $5, $6) \
             ON CONFLICT DO NOTHING",
            end.table()
        );
        self.execute(sql, params![org, run, role, found.asset_id, version, found.seq]).await.map(drop)
    }

    /// Notes that a worker begins; the same again after a crash.
    ///
    /// # Errors
    /// `not_found`; `state_conflict` where it has ended; and those of the
    /// database.
    pub async fn start_run(&mut self, org: OrgId, id: RunId) -> Result<Run> {
        let sql = format!(
            "UPDATE run SET state = 'running', started_at = COALESCE(started_at, $1), progress = NULL \
             WHERE org_id = $2 AND id = $3 AND state IN ('queued', 'running') RETURNING {}",
            Run::COLUMNS
        );
        let params = params![self.now(), org, id];
        self.change_run(org, id, sql, params).await
    }

    /// Notes how far a run is, for who opens its page later. Nothing is
    /// emitted.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn set_run_progress(&mut self, org: OrgId, id: RunId, progress: &Value) -> Result<()> {
        self.execute(
            "UPDATE run SET progress = $1 WHERE org_id = $2 AND id = $3 AND state = 'running'",
            params![progress, org, id],
        )
        .await
        .map(drop)
    }

    /// Sets the digest of a run whose inputs were found only while it ran.
    ///
    /// # Errors
    /// `not_found`; `state_conflict` where it has ended; and those of the
    /// database.
    pub async fn set_run_digest(&mut self, org: OrgId, id: RunId, digest: &str) -> Result<()> {
        let sql = format!(
            "UPDATE run SET digest = $1 WHERE org_id = $2 AND id = $3 AND state IN ('queued', 'running') RETURNING {}",
            Run::COLUMNS
        );
        let params = params![digest, org, id];
        let row = self.find(sql, params, Run::read).await?;
        if row.is_some() { Ok(()) } else { Err(self.run_refusal(org, id).await?) }
    }

    /// Ends a run. Complete its job in this transaction.
    ///
    /// # Errors
    /// `not_found`; `state_conflict` where it has ended already; and those of
    /// the database.
    pub async fn finish_run(&mut self, org: OrgId, id: RunId, end: RunEnd) -> Result<Run> {
        let (state, result, error) = match end {
            RunEnd::Succeeded(result) => (RunState::Succeeded, Some(result), None),
            RunEnd::Failed(error) => (RunState::Failed, None, Some(error)),
            RunEnd::Cancelled => (RunState::Cancelled, None, None),
        };
        let sql = format!(
            "UPDATE run SET state = $1, result = $2, error = $3, finished_at = $4, progress = CASE WHEN kind = 'workflow' THEN progress END \
             WHERE org_id = $5 AND id = $6 AND state IN ('queued', 'running') RETURNING {}",
            Run::COLUMNS
        );
        let params = params![state, result, error, self.now(), org, id];
        self.change_run(org, id, sql, params).await
    }

    async fn change_run(&mut self, org: OrgId, id: RunId, sql: String, params: Vec<Param>) -> Result<Run> {
        match self.find(sql, params, Run::read).await? {
            Some(run) => {
                self.emit_run(&run);
                Ok(run)
            }
            None => Err(self.run_refusal(org, id).await?),
        }
    }

    async fn run_refusal(&mut self, org: OrgId, id: RunId) -> Result<Error> {
        let Some(view) = self.run(org, id).await? else { return Ok(Error::not_found("run")) };
        Ok(Error::new(
            ErrorCode::StateConflict,
            format!("The run is {} already; nothing was changed.", view.run.state.as_str()),
        ))
    }

    fn emit_run(&mut self, run: &Run) {
        self.emit(
            run.org_id,
            Some(run.project_id),
            Topic::Run,
            json!({"run_id": run.id, "state": run.state, "kind": run.kind, "name": run.name}),
        );
    }
}
