//! From what was given to what counts.

use serde_json::{Map, Value};
use tandem_core::{Error, Result, Text};

use super::check::Check;
use super::{Code, Problem, Schema};
use crate::PortColumns;

/// Parameters as they count, and what is wrong with them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Settled {
    /// In the order of the schema, defaults included. What has no default and
    /// was not set is absent; so is what does not count (`x-when`) or is wrong.
    pub params: Map<String, Value>,
    /// What is wrong, in the order of the schema.
    pub problems: Vec<Problem>,
}

impl Settled {
    /// The parameters, where nothing is wrong with them.
    ///
    /// # Errors
    /// The first problem: `unknown_column` or `invalid_parameter`.
    pub fn into_result(self) -> Result<Map<String, Value>> {
        match self.problems.into_iter().next() {
            None => Ok(self.params),
            Some(problem) => Err(Error::from(problem)),
        }
    }
}

/// Checks what was given against `schema` and the known columns of the inputs, and fills in defaults.
///
/// `null` and the empty text count as not given. A column may be named in
/// another case where no other column can be meant.
pub fn settle(schema: Schema<'_>, given: &Map<String, Value>, columns: &PortColumns) -> Settled {
    let mut settled = Settled::default();
    for name in given.keys().filter(|name| schema.property(name).is_none()) {
        settled.problems.push(unknown(schema, name));
    }
    for (name, part) in schema.properties() {
        if !part.counts(&settled.params) {
            continue;
        }
        let set = given.get(name).filter(|value| !is_unset(value));
        let Some(value) = set.or_else(|| part.default()) else {
            if schema.requires(name) {
                settled.problems.push(missing(name, name, part));
            }
            continue;
        };
        let mut check = Check::new(name, columns);
        let value = check.value(name, part, value);
        if check.problems.is_empty() {
            settled.params.insert(name.to_owned(), value);
        }
        settled.problems.append(&mut check.problems);
    }
    settled
}

/// Whether a value says that nothing was set.
pub(super) fn is_unset(value: &Value) -> bool {
    value.is_null() || value.as_str() == Some("")
}

/// What is said where something that must be set isn't.
pub(super) fn missing(param: &str, path: &str, schema: Schema<'_>) -> Problem {
    let message = match schema.column() {
        Some(_) => Text::new("Choose a column.", "请选择一列。"),
        None => Text::new("This must be set.", "此项必填。"),
    };
    Problem { code: Code::Missing, param: param.to_owned(), path: path.to_owned(), message }
}

fn unknown(schema: Schema<'_>, name: &str) -> Problem {
    let known: Vec<&str> = schema.properties().map(|(name, _)| name).collect();
    let message = if known.is_empty() {
        Text::new("There are no parameters; remove it.", "没有可设置的参数，请删除此项。")
    } else {
        Text::new(
            format!("There is no parameter “{name}”; there are: {}.", known.join(", ")),
            format!("没有名为“{name}”的参数，可用的参数有：{}。", known.join("、")),
        )
    };
    Problem { code: Code::Unknown, param: name.to_owned(), path: name.to_owned(), message }
}
