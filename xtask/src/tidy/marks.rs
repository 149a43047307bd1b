//! What should not be left behind in a file.

use super::{Problem, Source};

const CODE: &[&str] = &["rs", "ts", "tsx", "js", "mjs", "py", "css", "sql", "sh", "toml", "html"];

// Put together here, so that this file does not find itself.
const UNFINISHED: &[&str] = &[concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X"), concat!("HA", "CK")];
const PRIVATE: &[&str] = &[concat!("/ro", "ot/"), concat!("/Us", "ers/")];

/// The marks left in one file.
pub(super) fn check(source: &Source) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut found = |line: usize, what: String| problems.push(Problem::new(&source.path, line, what));
    let code = source.has_extension(CODE);
    let rust = source.has_extension(&["rs"]);
    let lock = source.path.file_name().is_some_and(|name| name == "package-lock.json");
    for (number, line) in (1..).zip(source.text.lines()) {
        if code && let Some(word) = words(line).find(|word| UNFINISHED.contains(word)) {
            found(number, format!("{word}: finish it, or file an issue"));
        }
        if rust && is_allow(line) {
            found(
                number,
                "an `allow`: use `#[expect(…, reason = \"…\")]`, which complains when it is not needed".to_owned(),
            );
        }
        if let Some(start) = PRIVATE.iter().find(|start| line.contains(**start)) {
            found(number, format!("{start}…: a path of somebody's own machine"));
        }
        if lock && line.contains("\"resolved\": \"http") {
            found(number, "a registry's address: install with web/.npmrc in force".to_owned());
            break;
        }
    }
    problems
}

fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !c.is_alphanumeric())
}

/// Whether the line sets an attribute that silences a lint: `#[allow(`, `#![allow(`, `cfg_attr(…, allow(`.
fn is_allow(line: &str) -> bool {
    let line: String = line.split("//").next().unwrap_or_default().split_whitespace().collect();
    let Some(attribute) = line.strip_prefix("#![").or_else(|| line.strip_prefix("#[")) else { return false };
    attribute.starts_with("allow(") || (attribute.starts_with("cfg_attr(") && attribute.contains(",allow("))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> usize {
        check(&Source { path: path.into(), text: text.to_owned() }).len()
    }

    #[test]
    fn unfinished_work_is_found_in_code() {
        for word in UNFINISHED {
            assert_eq!(found("a.rs", &format!("// {word}: later")), 1, "{word}");
            assert_eq!(found("a.md", &format!("{word}: later")), 0, "documents may speak of it");
        }
        assert_eq!(found("a.rs", "let todo_list = mktemp(\"aXXXXXX\");"), 0);
    }

    #[test]
    fn silenced_lints_are_found() {
        for line in
            ["#[allow(dead_code)]", "  # ! [ allow(unused) ]", "#![allow(x)]", "#[cfg_attr(test, allow(dead_code))]"]
        {
            assert_eq!(found("a.rs", line), 1, "{line}");
        }
        for line in ["#[expect(dead_code, reason = \"…\")]", "policy.allow(user)", "// never #[allow(x)]"] {
            assert_eq!(found("a.rs", line), 0, "{line}");
        }
    }

    #[test]
    fn paths_of_a_machine_are_found_anywhere() {
        assert_eq!(found("README.md", &format!("see {}me/notes", PRIVATE[0])), 1);
        assert_eq!(found("README.md", "see the root/ folder"), 0);
    }

    #[test]
    fn a_lock_file_names_no_registry() {
        assert_eq!(found("web/package-lock.json", "\"resolved\": \"https://example.org/a.tgz\",\n"), 1);
    }
}
