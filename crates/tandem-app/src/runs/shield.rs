//! Why something failed, and what code printed, may name columns and values of
//! what it read; how many rows there were tells of rows. It is told to who may
//! see all of that, and to nobody else.

use std::collections::{BTreeSet, HashMap};

use serde_json::{Map, Value, json};
use tandem_core::{ErrorCode, Principal, Result, id::AssetId};
use tandem_meta::repo::run::{Run, RunKind, RunView};

use super::{ImportTarget, RunSpec};
use crate::App;

/// What is said in the place of it.
const HIDDEN: &str = "It failed. Why may name columns or values of data that is kept from you: ask who runs it, or ask \
                      for access to what it reads.";
/// The same where a quality rule of a dataset was broken.
const RULE_BROKEN: &str = "A quality rule of a dataset that it writes doesn't hold, so nothing was changed there. Ask \
                           who runs it which, or look at the rules on the dataset's page.";

/// How somebody sees an asset that a run names.
#[derive(Clone, Copy, Default)]
struct Seen {
    usable: bool,
    whole: bool,
}

/// Takes the words of errors and of code, and the counts of rows, out of runs that read or wrote what this person may
/// not use, or not all of it. In one's own runs what one saw of it is no secret.
pub(crate) async fn shield(app: &App, principal: &Principal, runs: &mut [RunView]) -> Result<()> {
    let named: BTreeSet<AssetId> = runs.iter().flat_map(named).collect();
    let named: Vec<AssetId> = named.into_iter().collect();
    let assets = app.meta.read().await?.assets_by_id(principal.org, &named).await?;
    let seen = app.asset_views(principal, &assets).await?.into_iter();
    let seen = seen.map(|sight| Seen { usable: sight.usable, whole: sight.usable && !sight.narrowed });
    let seen: HashMap<AssetId, Seen> = assets.iter().map(|asset| asset.id).zip(seen).collect();
    for view in runs {
        shield_one(principal, view, &|asset| seen.get(&asset).copied().unwrap_or_default());
    }
    Ok(())
}

/// What a run read, wrote, or was to write.
fn named(view: &RunView) -> Vec<AssetId> {
    let links = view.inputs.iter().chain(&view.outputs).map(|link| link.asset_id);
    links.chain(target(&view.run)).collect()
}

/// The dataset that an import is for, which is no output of one that failed.
fn target(run: &Run) -> Option<AssetId> {
    if run.kind != RunKind::Import {
        return None;
    }
    match serde_json::from_value(run.spec.clone()) {
        Ok(RunSpec::Import(spec)) => match spec.target {
            ImportTarget::Dataset(id) => Some(id),
            ImportTarget::New { .. } => None,
        },
        _ => None,
    }
}

fn shield_one(principal: &Principal, view: &mut RunView, seen: &dyn Fn(AssetId) -> Seen) {
    let own = view.run.created_by == principal.user;
    let readable = view.inputs.iter().map(|input| seen(input.asset_id)).all(|one| one.whole || (own && one.usable));
    let whole = named(view).into_iter().all(|asset| seen(asset).whole);
    let target_whole = target(&view.run).is_some_and(|target| seen(target).whole);
    let run = &mut view.run;
    if !readable {
        errors(run, hide);
        logs(run);
    } else if !own && !target_whole {
        errors(run, hide_rule);
    }
    match (whole, own, run.kind) {
        (true, ..) => {}
        // What they brought is theirs; what is there with it may not be.
        (false, true, RunKind::Import) => keep(run, &["rows_read", "rejected", "profile_ms", "warnings"]),
        (false, true, _) => {}
        (false, false, _) => {
            keep(run, &["output_digests", "reproduced", "digests", "warnings"]);
            counts(run);
        }
    }
}

/// Keeps of what a run has to say of itself these alone.
fn keep(run: &mut Run, told: &[&str]) {
    if let Some(Value::Object(result)) = &mut run.result {
        result.retain(|name, _| told.contains(&name.as_str()));
    }
}

fn nodes(run: &mut Run) -> impl Iterator<Item = &mut Map<String, Value>> {
    let nodes = run.progress.as_mut().and_then(|progress| progress.get_mut("nodes")).and_then(Value::as_object_mut);
    nodes.into_iter().flat_map(|nodes| nodes.values_mut()).filter_map(Value::as_object_mut)
}

/// Takes out how many rows there were, and how many of them are done.
fn counts(run: &mut Run) {
    if let Some(progress) = run.progress.as_mut().and_then(Value::as_object_mut).filter(|p| p.contains_key("phase")) {
        progress.insert("done".to_owned(), json!(0));
        progress.insert("total".to_owned(), Value::Null);
    }
    for node in nodes(run) {
        if node.contains_key("rows") {
            node.insert("rows".to_owned(), json!({}));
        }
        if node.contains_key("progress") {
            node.insert("progress".to_owned(), Value::Null);
        }
    }
}

fn logs(run: &mut Run) {
    for node in nodes(run) {
        if node.contains_key("log") {
            node.insert("log".to_owned(), Value::Null);
        }
    }
}

fn errors(run: &mut Run, change: fn(&mut Value)) {
    if let Some(error) = &mut run.error {
        change(error);
    }
    for node in nodes(run) {
        if let Some(error) = node.get_mut("error").filter(|error| error.is_object()) {
            change(error);
        }
    }
}

fn hide(error: &mut Value) {
    // The code is of a closed list and says what kind of trouble it is.
    *error = json!({ "code": error.get("code").cloned().unwrap_or_default(), "message": HIDDEN });
}

/// Which rule was broken, and by how many rows, is told to who runs it.
fn hide_rule(error: &mut Value) {
    if error.get("code").and_then(Value::as_str) == Some(ErrorCode::QualityFailed.as_str()) {
        *error = json!({ "code": ErrorCode::QualityFailed.as_str(), "message": RULE_BROKEN });
    }
}
