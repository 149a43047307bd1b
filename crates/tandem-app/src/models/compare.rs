//! How two versions of a model differ.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tandem_core::{Action, Principal, Result, id::AssetId};

use super::{content::ModelContent, read::require};
use crate::App;

/// Something that two versions have, or one of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// What it is called.
    pub name: String,
    /// What it was; null where it wasn't.
    pub from: Value,
    /// What it is; null where it isn't.
    pub to: Value,
}

/// Two versions of a model, side by side.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelComparison {
    /// All measures, changed or not.
    pub metrics: Vec<Change>,
    /// Parameters of training that differ, the component among them.
    pub params: Vec<Change>,
    /// Columns needed that differ, by their types.
    pub inputs: Vec<Change>,
    /// Columns given that differ.
    pub outputs: Vec<Change>,
}

/// Compares two versions.
///
/// # Errors
/// `not_found`, `forbidden`.
pub async fn compare(app: &App, principal: &Principal, id: AssetId, from: i64, to: i64) -> Result<ModelComparison> {
    let (_, from) = require(app, principal, Action::Use, id, from).await?;
    let (_, to) = require(app, principal, Action::Use, id, to).await?;
    Ok(between(&ModelContent::of(&from)?, &ModelContent::of(&to)?))
}

type Named = Vec<(String, Value)>;

fn between(from: &ModelContent, to: &ModelContent) -> ModelComparison {
    let metrics =
        |content: &ModelContent| content.metrics.iter().map(|m| (m.name.clone(), json!(m.value))).collect::<Named>();
    let params = |content: &ModelContent| {
        let set = content.params.iter().map(|(name, value)| (name.clone(), value.clone()));
        std::iter::once(("component".to_owned(), json!(content.component))).chain(set).collect::<Named>()
    };
    let inputs = |content: &ModelContent| {
        content.signature.inputs.iter().map(|c| (c.name.clone(), json!(c.data_type))).collect::<Named>()
    };
    let outputs = |content: &ModelContent| {
        content.signature.outputs.iter().map(|c| (c.name.clone(), json!(c.data_type))).collect::<Named>()
    };
    ModelComparison {
        metrics: side_by_side(&metrics(from), &metrics(to)),
        params: changed(&params(from), &params(to)),
        inputs: changed(&inputs(from), &inputs(to)),
        outputs: changed(&outputs(from), &outputs(to)),
    }
}

fn side_by_side(from: &[(String, Value)], to: &[(String, Value)]) -> Vec<Change> {
    let mut seen = BTreeSet::new();
    let names = from.iter().chain(to).map(|(name, _)| name).filter(|name| seen.insert((*name).clone()));
    let value = |of: &[(String, Value)], name: &str| {
        of.iter().find(|(other, _)| other == name).map(|(_, value)| value.clone()).unwrap_or_default()
    };
    names.map(|name| Change { name: name.clone(), from: value(from, name), to: value(to, name) }).collect()
}

fn changed(from: &[(String, Value)], to: &[(String, Value)]) -> Vec<Change> {
    side_by_side(from, to).into_iter().filter(|change| change.from != change.to).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_is_named_once_and_measures_are_all_shown() {
        let named = |all: &[(&str, i64)]| all.iter().map(|(n, v)| ((*n).to_owned(), json!(v))).collect::<Named>();
        let (from, to) = (named(&[("a", 1), ("b", 2)]), named(&[("b", 3), ("a", 1), ("c", 4)]));
        let told = |changes: Vec<Change>| changes.into_iter().map(|c| (c.name, c.from, c.to)).collect::<Vec<_>>();
        assert_eq!(
            told(changed(&from, &to)),
            [("b".to_owned(), json!(2), json!(3)), ("c".to_owned(), Value::Null, json!(4))]
        );
        assert_eq!(side_by_side(&from, &to).len(), 3);
    }
}
