//! Assets and runs as the metadata know them, for tests of rights and lineage.

use serde_json::json;
use tandem_app::datasets::{ColumnInfo, DatasetContent};
use tandem_core::id::{AssetId, ProjectId, RunId, VersionId};
use tandem_meta::{AssetKind, NewAsset, NewRun, NewVersion, RunEnd, RunInput, RunKind, Tx, Version};

use crate::{TestApp, TestUser};

impl TestApp {
    /// A dataset with one version that has no rows behind it: enough for who
    /// may know of it, not for reading it.
    pub async fn bare_dataset(&self, project: ProjectId, by: &TestUser, name: &str) -> AssetId {
        let mut tx = self.app.meta.begin().await.unwrap().acting_for(by.id);
        let id = make(&mut tx, project, by, name).await;
        version(&mut tx, by, id, 0, None).await;
        tx.commit().await.unwrap();
        id
    }

    /// Another such version of a dataset.
    pub async fn bare_version(&self, asset: AssetId, by: &TestUser) -> i64 {
        let mut tx = self.app.meta.begin().await.unwrap().acting_for(by.id);
        let latest = tx.asset(by.org, asset).await.unwrap().unwrap().latest_seq;
        let made = version(&mut tx, by, asset, latest, None).await;
        tx.commit().await.unwrap();
        made.seq
    }

    /// A dataset that a run in `project` made from the newest versions of
    /// `sources`, whose rights it inherits.
    pub async fn derived_dataset(
        &self,
        project: ProjectId,
        by: &TestUser,
        name: &str,
        sources: &[AssetId],
    ) -> (AssetId, RunId) {
        let mut tx = self.app.meta.begin().await.unwrap().acting_for(by.id);
        let inputs: Vec<VersionId> =
            tx.latest_versions(by.org, sources).await.unwrap().into_iter().map(|version| version.id).collect();
        let run = NewRun {
            project_id: project,
            kind: RunKind::Scenario,
            name: "customer-value".to_owned(),
            spec: json!({}),
            params: json!({}),
            environment: "test".to_owned(),
            seed: 1,
            digest: None,
            inputs: inputs.into_iter().map(|id| RunInput::newest("transactions", id)).collect(),
            reproduces: None,
            created_by: by.id,
        };
        let run = tx.create_run(by.org, run).await.unwrap().run;
        tx.start_run(by.org, run.id).await.unwrap();
        let asset = make(&mut tx, project, by, name).await;
        let made = version(&mut tx, by, asset, 0, Some(run.id)).await;
        tx.add_sources(by.org, asset, sources).await.unwrap();
        tx.add_run_output(by.org, run.id, "customers", made.id).await.unwrap();
        tx.finish_run(by.org, run.id, RunEnd::Succeeded(json!({}))).await.unwrap();
        tx.commit().await.unwrap();
        (asset, run.id)
    }
}

async fn make(tx: &mut Tx, project: ProjectId, by: &TestUser, name: &str) -> AssetId {
    let new = NewAsset {
        project_id: project,
        kind: AssetKind::Dataset,
        name: name.to_owned(),
        description: String::new(),
        created_by: by.id,
    };
    tx.create_asset(by.org, new).await.unwrap().id
}

async fn version(tx: &mut Tx, by: &TestUser, asset: AssetId, on: i64, run: Option<RunId>) -> Version {
    let digest = format!("{asset}-{on}");
    let content = DatasetContent {
        table: asset,
        delta_version: u64::try_from(on).unwrap(),
        columns: vec![ColumnInfo { name: "customer".to_owned(), kind: "integer".to_owned(), nullable: false }],
        rows: 3,
        bytes: 120,
        content_digest: digest.clone(),
        rejected: 1,
        rejects: None,
        origin: String::new(),
    };
    let new = NewVersion {
        content: serde_json::to_value(content).unwrap(),
        content_digest: digest,
        author_id: by.id,
        message: "bare".to_owned(),
        run_id: run,
    };
    tx.append_version(by.org, asset, on, new).await.unwrap()
}
