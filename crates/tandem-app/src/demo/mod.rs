//! The demo workspace: real households and their real transactions, valued.
//!
//! The data are a sample of dunnhumby's Complete Journey (CC0); see
//! `samples/README.md`.

mod sales;

use std::{collections::BTreeMap, sync::Arc};

use bytes::Bytes;
use serde_json::Map;
use tandem_core::{
    Error, ErrorCode, Lang, Principal, Result,
    id::{AssetId, ProjectId, RunId},
};
use tandem_meta::RunState;

use crate::{
    App, assets,
    datasets::import::{self, ImportRequest, NewSource},
    people::{self, FirstOwner},
    projects::{self, NewProject},
    runs::{self, ImportMode, report, scenario},
};

/// The address that the demo's owner signs in with.
pub const EMAIL: &str = "demo@tandem.example";

/// Each dataset: its name, the file's name, its bytes, what to say of it.
const FILES: &[(&str, &str, &[u8], &str)] = &[
    (
        "transactions",
        "transactions.csv.gz",
        include_bytes!("../../../../samples/complete-journey/transactions.csv.gz"),
        "What households bought, when and for how much, over one year",
    ),
    (
        "products",
        "products.csv.gz",
        include_bytes!("../../../../samples/complete-journey/products.csv.gz"),
        "What each product is",
    ),
    (
        "demographics",
        "demographics.csv.gz",
        include_bytes!("../../../../samples/complete-journey/demographics.csv.gz"),
        "What is known of 801 of the households",
    ),
    (
        "campaigns",
        "campaigns.csv.gz",
        include_bytes!("../../../../samples/complete-journey/campaigns.csv.gz"),
        "Which household received which campaign",
    ),
    (
        "campaign_descriptions",
        "campaign_descriptions.csv.gz",
        include_bytes!("../../../../samples/complete-journey/campaign_descriptions.csv.gz"),
        "When each campaign ran",
    ),
    (
        "coupon_redemptions",
        "coupon_redemptions.csv.gz",
        include_bytes!("../../../../samples/complete-journey/coupon_redemptions.csv.gz"),
        "Coupons that were redeemed",
    ),
];

/// A demo workspace that was just made.
#[derive(Debug, Clone)]
pub struct Demo {
    /// Its owner.
    pub principal: Principal,
    /// Its project.
    pub project: ProjectId,
}

/// Makes the demo's organization, owner and project; nothing where somebody
/// can sign in already.
///
/// # Errors
/// `invalid_parameter` for the password, and those of the database.
pub async fn set_up(app: &App, password: &str) -> Result<Option<Demo>> {
    if people::is_set_up(app).await? {
        return Ok(None);
    }
    let owner =
        FirstOwner { email: EMAIL.to_owned(), name: "Demo".to_owned(), password: password.to_owned(), lang: Lang::En };
    let made = people::set_up(app, "Tandem Demo", &owner).await?;
    let project = NewProject {
        name: "Complete Journey".to_owned(),
        description: "A grocer's households over one year (dunnhumby Complete Journey, sample, CC0).".to_owned(),
    };
    let project = projects::create(app, &made.principal, &project).await?;
    Ok(Some(Demo { principal: made.principal, project: project.project.id }))
}

/// Fills a demo: imports its data, values its customers and draws a workflow. The
/// workers must be running.
///
/// # Errors
/// Those of the imports, of the scenario and of the workflow.
pub async fn fill(app: &Arc<App>, demo: &Demo) -> Result<RunId> {
    let mut runs = Vec::new();
    for (name, file, bytes, message) in FILES {
        runs.push((*name, *message, bring_in(app, demo, name, file, bytes, message).await?));
    }
    let mut datasets = BTreeMap::new();
    for (name, about, run) in runs {
        let dataset = wait(app, demo, run).await?;
        assets::describe(app, &demo.principal, dataset, None, Some(about)).await?;
        datasets.insert(name, dataset);
    }
    let dataset = *datasets.get("transactions").ok_or_else(|| Error::internal("the demo has no data"))?;
    let suggestions = report::suggest(app, &demo.principal, demo.project, "customer-value", dataset).await?;
    let request = scenario::ScenarioRequest {
        scenario: "customer-value".to_owned(),
        dataset,
        seq: None,
        map: suggestions.into_iter().map(|s| (s.role, s.column)).collect::<BTreeMap<_, _>>(),
        params: Map::new(),
        seed: None,
        output_name: None,
    };
    let run = scenario::start(app, &demo.principal, demo.project, request).await?;
    sales::draw(app, demo, &datasets).await?;
    wait(app, demo, run.view.run.id).await?;
    Ok(run.view.run.id)
}

async fn bring_in(
    app: &App,
    demo: &Demo,
    name: &str,
    file: &str,
    bytes: &'static [u8],
    message: &str,
) -> Result<RunId> {
    let body = futures::stream::iter([Ok(Bytes::from_static(bytes))]);
    let length = u64::try_from(bytes.len()).ok();
    let upload = import::upload(app, &demo.principal, demo.project, file, length, body).await?;
    let request = ImportRequest {
        source: NewSource::Upload(upload.id),
        options: tandem_ingest::ImportOptions::default(),
        settled: None,
        dataset: None,
        name: Some(name.to_owned()),
        mode: ImportMode::Append,
        message: message.to_owned(),
        max_rejected_ratio: None,
    };
    Ok(import::start(app, &demo.principal, demo.project, request).await?.run.id)
}

/// Waits for a run; the first asset that came out of it.
async fn wait(app: &App, demo: &Demo, run: RunId) -> Result<AssetId> {
    wait_for(app, demo, run).await?.ok_or_else(|| Error::internal("a run of the demo made nothing"))
}

/// Waits for a run; the first asset that came out of it, where one did.
async fn wait_for(app: &App, demo: &Demo, run: RunId) -> Result<Option<AssetId>> {
    let mut signal = app.meta.outbox_signal();
    loop {
        let detail = runs::refresh(app, &demo.principal, run).await?;
        let view = detail.view;
        match view.run.state {
            RunState::Queued | RunState::Running => {
                // Another process may be at it: look now and then all the same.
                let pause = std::time::Duration::from_secs(1);
                let _ = tokio::time::timeout(pause, signal.changed()).await;
            }
            RunState::Succeeded => {
                return Ok(view.outputs.first().map(|output| output.asset_id));
            }
            RunState::Failed | RunState::Cancelled => {
                let why = view.run.error.unwrap_or_default();
                return Err(Error::new(
                    ErrorCode::StateConflict,
                    format!("The demo could not be made: {}", why["message"].as_str().unwrap_or("it was cancelled")),
                ));
            }
        }
    }
}
