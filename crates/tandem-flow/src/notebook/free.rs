//! Cells that became components whose whole content is a text.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Free, Names};

/// The parameters of a component whose content is a text.
pub(super) fn filled(free: &Free, text: &str, names: &[String], result: Option<&str>) -> BTreeMap<String, Value> {
    let mut params = BTreeMap::new();
    let text = match &free.names {
        Names::Param(param) => {
            params.insert(param.clone(), json!(names));
            text.to_owned()
        }
        Names::Numbered(word) => renamed(text, names, word),
    };
    params.insert(free.text.clone(), Value::from(text));
    if let (Some(param), Some(result)) = (&free.result, result) {
        params.insert(param.clone(), Value::from(result));
    }
    params
}

/// SQL over tables that are called `word1`, `word2`, …, which it goes on to know by these names.
fn renamed(text: &str, names: &[String], word: &str) -> String {
    let view =
        |(at, name): (usize, &String)| format!("\"{}\" AS (SELECT * FROM {word}{})", name.replace('"', "\"\""), at + 1);
    let views: Vec<String> = names.iter().enumerate().map(view).collect();
    let begins = |word: &str| text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    match (views.is_empty(), begins("WITH ") && !begins("WITH RECURSIVE")) {
        (true, _) => text.to_owned(),
        (false, true) => format!("WITH {},\n{}", views.join(",\n"), text[5..].trim_start()),
        (false, false) => format!("WITH {}\n{text}", views.join(",\n")),
    }
}
