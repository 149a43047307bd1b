//! What a piece of Python uses and makes, as far as its tokens tell.

use std::collections::BTreeSet;

/// The names that `source` reads or writes, in the order in which they first stand there; not those behind a dot.
pub(super) fn names(source: &str) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let mut names = Vec::new();
    let chars: Vec<char> = source.chars().collect();
    let mut at = 0;
    let mut after_dot = false;
    while let Some(c) = chars.get(at).copied() {
        if c == '#' {
            while chars.get(at).is_some_and(|c| *c != '\n') {
                at += 1;
            }
        } else if c == '"' || c == '\'' {
            at = past_text(&chars, at);
            after_dot = false;
        } else if c.is_alphabetic() || c == '_' {
            let start = at;
            while chars.get(at).is_some_and(|c| c.is_alphanumeric() || *c == '_') {
                at += 1;
            }
            let name: String = chars[start..at].iter().collect();
            if !after_dot && seen.insert(name.clone()) {
                names.push(name);
            }
            after_dot = false;
        } else if c.is_numeric() {
            while chars.get(at).is_some_and(|c| c.is_alphanumeric() || matches!(c, '.' | '_')) {
                at += 1;
            }
        } else {
            if !c.is_whitespace() {
                after_dot = c == '.';
            }
            at += 1;
        }
    }
    names
}

/// The place behind the text that begins at `at`.
fn past_text(chars: &[char], at: usize) -> usize {
    let quote = chars[at];
    let three = chars.get(at..at + 3).is_some_and(|next| next.iter().all(|c| *c == quote));
    let width = if three { 3 } else { 1 };
    let mut at = at + width;
    while at < chars.len() {
        if chars[at] == '\\' {
            at += 2;
        } else if chars.get(at..at + width).is_some_and(|next| next.iter().all(|c| *c == quote)) {
            return at + width;
        } else if !three && chars[at] == '\n' {
            return at;
        } else {
            at += 1;
        }
    }
    chars.len()
}

/// The variables that the lines that aren't indented assign, in order.
pub(super) fn assigned(source: &str) -> Vec<String> {
    let mut assigned = Vec::new();
    for line in source.lines() {
        let Some((left, right)) = line.split_once('=') else { continue };
        let is_name = |name: &str| {
            let mut chars = name.chars();
            chars.next().is_some_and(|c| c.is_alphabetic() || c == '_')
                && chars.all(|c| c.is_alphanumeric() || c == '_')
        };
        let targets: Vec<&str> = left.split(',').map(str::trim).collect();
        if !right.starts_with('=') && !line.starts_with(char::is_whitespace) && targets.iter().all(|t| is_name(t)) {
            assigned.extend(targets.into_iter().map(str::to_owned));
        }
    }
    assigned
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_texts_comments_and_behind_dots_do_not_count() {
        let source = "x = clean.join(rows, on='clean')  # model\ny = f\"\"\"train\n\"\"\" + 1e5\nx == rows";
        assert_eq!(names(source), ["x", "clean", "rows", "on", "y", "f"]);
        assert_eq!(names("a = 'it\\'s b' + c"), ["a", "c"]);
    }

    #[test]
    fn only_whole_names_at_the_start_of_a_line_are_assigned() {
        let source = "a = 1\nb, c = f(x=1)\n  d = 2\nif e == 3:\n    g = 4\nh.i = 5\nj[0] = 6\nk == 7\nf(l=8)";
        assert_eq!(assigned(source), ["a", "b", "c"]);
    }
}
