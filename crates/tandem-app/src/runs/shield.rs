//! Why something failed, and what code printed, may name columns and values of
//! what it read. It is told to who may use all of that, and to nobody else.

use std::collections::{BTreeSet, HashMap};

use serde_json::{Value, json};
use tandem_core::{Principal, Result, id::AssetId};
use tandem_meta::repo::run::{Run, RunView};

use crate::App;

/// What is said in the place of it.
const HIDDEN: &str = "It failed. Why may name columns or values of data that is kept from you: ask who runs it, or ask \
                      for access to what it reads.";

/// Takes the words of errors and of code out of runs that read what this person may not
/// use, or not all of it. In one's own runs what one saw of it is no secret.
pub(crate) async fn shield(app: &App, principal: &Principal, runs: &mut [RunView]) -> Result<()> {
    let failed: Vec<&mut RunView> = runs.iter_mut().filter(|view| tells(&view.run)).collect();
    if failed.is_empty() {
        return Ok(());
    }
    let read: BTreeSet<AssetId> =
        failed.iter().flat_map(|view| view.inputs.iter().map(|input| input.asset_id)).collect();
    let read: Vec<AssetId> = read.into_iter().collect();
    let assets = app.meta.read().await?.assets_by_id(principal.org, &read).await?;
    let seen = app.asset_views(principal, &assets).await?;
    let seen: HashMap<AssetId, _> = assets.iter().map(|asset| asset.id).zip(seen).collect();
    for view in failed {
        let own = view.run.created_by == principal.user;
        let open = |asset: &AssetId| seen.get(asset).is_some_and(|seen| seen.usable && (own || !seen.narrowed));
        if !view.inputs.iter().all(|input| open(&input.asset_id)) {
            hide(&mut view.run);
        }
    }
    Ok(())
}

/// Whether a run says why something failed, or what was printed.
fn tells(run: &Run) -> bool {
    let nodes = run.progress.as_ref().and_then(|progress| progress.get("nodes")).and_then(Value::as_object);
    run.error.is_some()
        || nodes.is_some_and(|nodes| {
            let has = |node: &Value, what: &str| node.get(what).is_some_and(|there| !there.is_null());
            nodes.values().any(|node| has(node, "error") || has(node, "log"))
        })
}

fn hide(run: &mut Run) {
    if let Some(error) = &mut run.error {
        hide_one(error);
    }
    let nodes = run.progress.as_mut().and_then(|progress| progress.get_mut("nodes")).and_then(Value::as_object_mut);
    for node in nodes.into_iter().flat_map(|nodes| nodes.values_mut()) {
        if let Some(log) = node.get_mut("log") {
            *log = Value::Null;
        }
        if let Some(error) = node.get_mut("error").filter(|error| error.is_object()) {
            hide_one(error);
        }
    }
}

fn hide_one(error: &mut Value) {
    // The code is of a closed list and says what kind of trouble it is.
    *error = json!({ "code": error.get("code").cloned().unwrap_or_default(), "message": HIDDEN });
}
