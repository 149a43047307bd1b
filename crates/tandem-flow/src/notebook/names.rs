//! Variables: readable, legal in Python, each taken once.

use std::collections::BTreeSet;

/// Words that are taken before anything is named: those of the language, and those that cells use.
const TAKEN: &[&str] = &[
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "case", "class", "continue", "def",
    "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "match",
    "nonlocal", "not", "or", "pass", "raise", "return", "try", "type", "while", "with", "yield", "dict", "filter",
    "float", "id", "input", "int", "len", "list", "map", "max", "min", "outputs", "print", "range", "set", "sorted",
    "str", "sum", "tandem", "tuple", "zip",
];

/// Letters of a variable, so that whole labels fit and lines stay lines.
const LONGEST: usize = 60;

/// Gives out variables.
#[derive(Default)]
pub(super) struct Variables(BTreeSet<String>);

impl Variables {
    /// A variable that reads like `words`, and was not given out before.
    pub(super) fn take(&mut self, words: &str) -> String {
        let base = legal(words);
        let free = |name: &String| !self.0.contains(name) && !TAKEN.contains(&name.as_str());
        let numbered = (2_u64..).map(|n| format!("{base}_{n}"));
        let name = std::iter::once(base.clone()).chain(numbered).find(free).unwrap_or(base);
        self.0.insert(name.clone());
        name
    }
}

/// Words as a name: small letters, digits and Chinese, joined by underscores.
fn legal(words: &str) -> String {
    let mut name = String::new();
    for c in words.chars().flat_map(char::to_lowercase) {
        if c.is_ascii_alphanumeric() || ('\u{4e00}'..='\u{9fff}').contains(&c) {
            name.push(c);
        } else if !name.is_empty() && !name.ends_with('_') {
            name.push('_');
        }
    }
    let name: String = name.trim_end_matches('_').chars().take(LONGEST).collect();
    match name.chars().next() {
        None => "node".to_owned(),
        Some(first) if first.is_ascii_digit() => format!("n{name}"),
        Some(_) => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_legal_and_taken_once() {
        let mut variables = Variables::default();
        let cases = [
            ("Adults only", "adults_only"),
            ("Adults only!", "adults_only_2"),
            ("2024", "n2024"),
            ("清洗 订单", "清洗_订单"),
            ("filter", "filter_2"),
            ("class", "class_2"),
            ("", "node"),
            ("--", "node_2"),
        ];
        for (words, name) in cases {
            assert_eq!(variables.take(words), name);
        }
    }
}
