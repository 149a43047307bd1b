//! Models kept by one workflow and used by another: versions, comparison,
//! lineage, and rights that come from the data.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use chrono::TimeDelta;
use serde_json::{Value, json};
use tandem_app::records::run::{NewRun, RunEnd, RunKind};
use tandem_core::{ProjectRole, id::ProjectId};
use tandem_testkit::{Client, TestApp};

use crate::data::{dataset, ended, import, rows};

fn customers(from: usize, to: usize) -> String {
    let row = |n: usize| format!("{n},{},{}\n", n % 40, if (n * 7) % 40 < n % 40 { "no" } else { "yes" });
    (from..to).map(row).fold("id,months,left\n".to_owned(), |all, row| all + &row)
}

fn node(component: &str, params: Value) -> Value {
    json!({"component": {"name": component, "version": 1}, "params": params, "position": {"x": 0, "y": 0}})
}

fn edge(from: (&str, &str), to: (&str, &str)) -> Value {
    json!({"from": {"node": from.0, "port": from.1}, "to": {"node": to.0, "port": to.1}})
}

/// Learns from a dataset, judges, and keeps the model.
fn training(data: &str, l2: f64) -> Value {
    json!({"format": 1, "nodes": {
        "data": node("dataset", json!({"dataset": data})),
        "learn": node("logistic-regression",
            json!({"target": "left", "features": ["months"], "positive": "yes", "l2": l2})),
        "judge": node("evaluate", json!({})),
        "keep": node("write-model", json!({"name": "leavers"})),
    }, "edges": {
        "e1": edge(("data", "table"), ("learn", "table")),
        "e2": edge(("learn", "model"), ("judge", "model")),
        "e3": edge(("data", "table"), ("judge", "table")),
        "e4": edge(("learn", "model"), ("keep", "model")),
        "e5": edge(("judge", "metrics"), ("keep", "metrics")),
        "e6": edge(("learn", "report"), ("keep", "report")),
    }})
}

/// Predicts with a kept model and writes the answers.
fn predicting(data: &str, model: &str) -> Value {
    json!({"format": 1, "nodes": {
        "data": node("dataset", json!({"dataset": data})),
        "model": node("model", json!({"model": model})),
        "predict": node("predict", json!({})),
        "write": node("write-dataset", json!({"name": "answers"})),
    }, "edges": {
        "e1": edge(("data", "table"), ("predict", "table")),
        "e2": edge(("model", "model"), ("predict", "model")),
        "e3": edge(("predict", "table"), ("write", "table")),
    }})
}

async fn make(who: &Client, project: ProjectId, name: &str, document: Value) -> String {
    let body = json!({"name": name, "workflow": document});
    let made = who.post(&format!("/projects/{project}/workflows"), body).await.expect(201);
    made["asset"]["id"].as_str().unwrap().to_owned()
}

async fn run(who: &Client, id: &str) -> Value {
    let run = who.post(&format!("/workflows/{id}/runs"), json!({})).await.expect(202);
    let done = ended(who, &run).await;
    assert_eq!(done["state"], "succeeded", "{done}");
    done
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_is_kept_compared_and_used_elsewhere() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let project = kit.project(&acme.owner, "Sales").await;
    let owner = kit.as_user(&acme.owner).await;
    let data = dataset(&owner, project, "customers", &customers(0, 400)).await;
    let train = make(&owner, project, "Train", training(&data, 1.0)).await;
    let first = run(&owner, &train).await;
    let output = &first["outputs"][0];
    assert_eq!((&output["asset"]["kind"], &output["asset"]["name"]), (&json!("model"), &json!("leavers")));
    let model = output["asset"]["id"].as_str().unwrap().to_owned();
    let version = owner.get(&format!("/models/{model}/versions/1")).await.expect(200);
    assert_eq!((&version["learner"], &version["rows"]), (&json!("linear"), &json!(400)));
    assert_eq!((&version["component"], &version["params"]["l2"]), (&json!("logistic-regression"), &json!(1.0)));
    assert_eq!(version["signature"]["inputs"][0]["name"], "months");
    let auc = |version: &Value| {
        let metrics = version["metrics"].as_array().unwrap();
        metrics.iter().find(|metric| metric["name"] == "auc").unwrap()["value"].as_f64().unwrap()
    };
    assert!((0.5..=1.0).contains(&auc(&version)), "{}", version["metrics"]);
    assert_eq!(version["training"][0]["id"], "training", "{}", version["training"]);
    assert_eq!(version["run_id"], first["id"]);
    let listed = owner.get(&format!("/projects/{project}/assets?kind=model")).await.expect(200);
    assert_eq!(listed["items"][0]["id"], json!(model));
    let file = owner.get(&format!("/models/{model}/versions/1/download")).await.expect(200);
    assert_eq!(file["model"]["signature"]["inputs"][0]["name"], "months");

    // Another workflow predicts with it.
    let predict = make(&owner, project, "Predict", predicting(&data, &model)).await;
    let used = run(&owner, &predict).await;
    let answers = used["outputs"][0]["asset"]["id"].as_str().unwrap().to_owned();
    assert_eq!(rows(&owner, project, "SELECT count(*) FROM answers").await, json!([[400]]));
    let roles: Vec<&str> = used["inputs"].as_array().unwrap().iter().map(|i| i["role"].as_str().unwrap()).collect();
    assert_eq!(roles, ["data", "model", "workflow"]);

    // Other parameters: another version, and what was made with the first is stale.
    let edit = json!({"op": "set_param", "id": "learn", "param": "l2", "value": 50.0});
    let body = json!({"client": "w", "base": 0, "edits": [edit]});
    owner.post(&format!("/workflows/{train}/edits"), body).await.expect(200);
    run(&owner, &train).await;
    let compared = owner.get(&format!("/models/{model}/compare?from=1&to=2")).await.expect(200);
    assert_eq!(compared["params"], json!([{"name": "l2", "from": 1.0, "to": 50.0}]));
    assert!(compared["metrics"].as_array().unwrap().iter().any(|metric| metric["name"] == "auc"));
    assert_eq!((&compared["inputs"], &compared["outputs"]), (&json!([]), &json!([])));
    let stale = owner.get(&format!("/assets/{answers}/stale")).await.expect(200);
    assert_eq!(stale["reasons"][0]["asset"]["kind"], "model", "{stale}");
    let marks = owner.get(&format!("/workflows/{predict}/stale")).await.expect(200)["nodes"].clone();
    assert_eq!(
        [&marks["model"]["mark"], &marks["predict"]["mark"], &marks["data"]["mark"]],
        ["stale", "stale", "fresh"]
    );
    let again = run(&owner, &predict).await;
    let model_used = again["inputs"].as_array().unwrap().iter().find(|input| input["role"] == "model").unwrap();
    assert_eq!(model_used["seq"], 2, "the newest, where none was chosen");

    // The answers lead back over both workflows and the model to the file.
    let lineage = owner.get(&format!("/assets/{answers}/lineage")).await.expect(200);
    let named = |kind: &str, asset: &str| {
        let nodes = lineage["nodes"].as_array().unwrap();
        let found = nodes.iter().filter(|node| node["kind"] == kind && node["name"] == asset);
        found.map(|node| node["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    for (kind, name) in
        [("asset", "Train"), ("asset", "Predict"), ("asset", "leavers"), ("asset", "customers"), ("run", "Train")]
    {
        assert!(!named(kind, name).is_empty(), "{kind} {name}: {lineage}");
    }
    let imports = lineage["nodes"].as_array().unwrap().iter().filter(|node| node["run"]["kind"] == "import").count();
    assert_eq!(imports, 1, "the file");
    let edges = lineage["edges"].as_array().unwrap();
    let leads = |from: &[String], to: &[String]| {
        edges.iter().any(|e| from.iter().any(|id| e["from"] == json!(id)) && to.iter().any(|id| e["to"] == json!(id)))
    };
    assert!(leads(&named("asset", "Train"), &named("run", "Train")));
    assert!(leads(&named("run", "Train"), &named("asset", "leavers")));
    assert!(leads(&named("asset", "leavers"), &named("run", "Predict")));
    let from_workflow = owner.get(&format!("/assets/{train}/lineage")).await.expect(200);
    assert!(from_workflow["nodes"].as_array().unwrap().iter().any(|node| node["name"] == "answers"), "{from_workflow}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_is_as_closed_as_what_it_learned_from() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let project = kit.project(&acme.owner, "Sales").await;
    let owner = kit.as_user(&acme.owner).await;
    let viewer = kit.member_of(project, acme.id, "viewer@acme.test", ProjectRole::Viewer).await;
    let analyst = kit.member_of(project, acme.id, "ana@acme.test", ProjectRole::Analyst).await;
    let (viewer, ana) = (kit.as_user(&viewer).await, kit.as_user(&analyst).await);
    let data = dataset(&owner, project, "customers", &customers(0, 400)).await;
    let open = dataset(&owner, project, "open", &customers(0, 50)).await;
    let train = make(&owner, project, "Train", training(&data, 1.0)).await;
    let model = run(&owner, &train).await["outputs"][0]["asset"]["id"].as_str().unwrap().to_owned();
    let path = format!("/models/{model}/versions/1");
    viewer.get(&path).await.expect(200);
    viewer.get(&format!("{path}/download")).await.refused(403, "forbidden");

    let rules = json!({"rules": [{"name": "few", "exempt_roles": ["owner"],
        "row_filter": {"op": "compare", "column": "months", "is": "lt", "value": 5}}]});
    let put = owner.put(&format!("/datasets/{data}/policies"), rules).await;
    assert!(put.status.is_success(), "{}", put.json());
    for path in [path.clone(), format!("/models/{model}/compare?from=1&to=1")] {
        viewer.get(&path).await.refused(403, "forbidden");
    }
    owner.get(&path).await.expect(200);

    // Nor may it be used to predict, or looked at through a workflow.
    let predict = make(&ana, project, "Predict", predicting(&open, &model)).await;
    let refused = ana.post(&format!("/workflows/{predict}/runs"), json!({})).await.expect(202);
    let refused = ended(&ana, &refused).await;
    assert_eq!(refused["state"], "failed", "{refused}");
    let nodes = &refused["nodes"];
    assert_eq!(
        (&nodes["model"]["state"], &nodes["predict"]["state"]),
        (&json!("failed"), &json!("skipped")),
        "{refused}"
    );
    assert!(nodes["model"]["error"]["message"].as_str().unwrap().contains("kept from you"), "{refused}");
    let body = json!({"workflow": predicting(&open, &model)});
    let checked = ana.post(&format!("/projects/{project}/workflows/check"), body).await.expect(200);
    assert!(checked["problems"].to_string().contains("\"model\""), "{checked}");

    // What is made with it by who may is closed as well.
    let answers = run(&owner, &predict).await["outputs"][0]["asset"]["id"].as_str().unwrap().to_owned();
    let asset = viewer.get(&format!("/assets/{answers}")).await.expect(200);
    assert!(!asset["rights"].as_array().unwrap().contains(&json!("use")), "{asset}");
    import(&owner, project, &customers(400, 500), json!({"target": {"dataset_id": data}, "mode": "append"})).await;
    assert_eq!(owner.get(&format!("/assets/{model}/stale")).await.expect(200)["stale"], true);
}

/// The files of models, whatever else is in their folder.
fn kept(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.filter(|file| !file.file_name().unwrap().to_string_lossy().starts_with('.')).collect()
}

fn age(file: &Path, days: u64) {
    let then = fs::metadata(file).unwrap().modified().unwrap() - Duration::from_secs(days * 24 * 3600);
    fs::File::options().write(true).open(file).unwrap().set_modified(then).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_no_version_names_is_thrown_away_when_no_run_can_want_it() {
    let kit = TestApp::start().await;
    let acme = kit.org("Acme").await;
    let project = kit.project(&acme.owner, "Sales").await;
    let owner = kit.as_user(&acme.owner).await;
    let data = dataset(&owner, project, "customers", &customers(0, 100)).await;
    let good = make(&owner, project, "Train", training(&data, 1.0)).await;
    run(&owner, &good).await;
    let folder = kit.app.config.data_dir.join("models");
    let named = kept(&folder).pop().unwrap();

    // Another model is kept by a run of which another branch fails.
    let mut wrong = training(&data, 9.0);
    wrong["nodes"]["wrong"] = node("query", json!({"sql": "SELECT CAST(\"left\" AS BIGINT) AS n FROM t1"}));
    wrong["edges"]["e9"] = edge(("data", "table"), ("wrong", "tables"));
    let wrong = make(&owner, project, "Wrong", wrong).await;
    let fails = async || {
        let run = owner.post(&format!("/workflows/{wrong}/runs"), json!({})).await.expect(202);
        let run = ended(&owner, &run).await;
        assert_eq!((&run["state"], &run["nodes"]["keep"]["state"]), (&json!("failed"), &json!("succeeded")), "{run}");
    };
    fails().await;
    let left = kept(&folder).into_iter().find(|file| *file != named).unwrap();
    let tidy = async || tandem_app::tidy(&kit.app).await.unwrap();
    tidy().await;
    assert!(left.exists(), "it is young");

    // A run that kept the same again may yet be the one whose version names it.
    age(&left, 2);
    fails().await;
    tidy().await;
    assert!(left.exists(), "it was kept a moment ago");

    // So may one that has gone on since before.
    age(&left, 2);
    let new = NewRun {
        project_id: project,
        kind: RunKind::Workflow,
        name: "Long".to_owned(),
        spec: json!({}),
        params: json!({}),
        environment: String::new(),
        seed: 1,
        digest: None,
        inputs: Vec::new(),
        reproduces: None,
        created_by: acme.owner.id,
    };
    kit.clock.advance(TimeDelta::days(-3));
    let mut tx = kit.app.meta.begin().await.unwrap();
    let long = tx.create_run(acme.id, new).await.unwrap().run.id;
    tx.start_run(acme.id, long).await.unwrap();
    tx.commit().await.unwrap();
    kit.clock.advance(TimeDelta::days(3));
    tidy().await;
    assert!(left.exists(), "a run goes on that may have kept it");
    let mut tx = kit.app.meta.begin().await.unwrap();
    tx.finish_run(acme.id, long, RunEnd::Cancelled).await.unwrap();
    tx.commit().await.unwrap();

    // What is no model is somebody else's.
    let others = [folder.join("lost+found"), folder.join("notes.txt")];
    fs::create_dir(&others[0]).unwrap();
    fs::write(&others[1], "keep me").unwrap();
    age(&others[1], 400);
    age(&named, 2);
    // A part of housekeeping that can't be done keeps none of the others.
    let uploads = kit.app.config.data_dir.join("uploads");
    fs::remove_dir_all(&uploads).unwrap();
    fs::write(&uploads, "in the way").unwrap();
    tandem_app::tidy(&kit.app).await.unwrap_err();
    assert!(!left.exists() && others.iter().all(|other| other.exists()));
    assert!(named.exists(), "what a version names stays, whatever its age");
    let model = owner.get(&format!("/projects/{project}/assets?kind=model")).await.expect(200);
    let model = model["items"][0]["id"].as_str().unwrap().to_owned();
    owner.get(&format!("/models/{model}/versions/1/download")).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn models_stay_where_the_metadata_know_none_of_them() {
    let kit = TestApp::start().await;
    kit.org("Acme").await;
    let folder = kit.app.config.data_dir.join("models");
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join("0123456789abcdef".repeat(4));
    fs::write(&file, "{}").unwrap();
    age(&file, 400);
    tandem_app::tidy(&kit.app).await.unwrap();
    assert!(file.exists());
}
