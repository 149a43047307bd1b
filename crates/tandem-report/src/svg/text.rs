//! Words inside a picture: escaping, measuring, shortening.

use std::fmt::Write;

/// `text` safe inside HTML and SVG, as content or as a quoted attribute.
/// Control characters, which neither may hold, become U+FFFD; so do the marks
/// that turn the direction of writing, which could make an identifier read as
/// another one.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\t' | '\n' | '\r' => out.push(' '),
            '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FFFE}' | '\u{FFFF}' => out.push('\u{FFFD}'),
            c if c.is_control() => out.push('\u{FFFD}'),
            c => out.push(c),
        }
    }
    out
}

/// A name that is safe as an `id`: ASCII letters, digits, `-` and `_`; others as their code.
pub(crate) fn identifier(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii_alphanumeric() || c == '-' || c == '_' {
            out.push(c);
        } else {
            // Writing to a String can't fail.
            let _ = write!(out, "x{:x}", u32::from(c));
        }
    }
    out
}

/// About how wide `text` is at `size` pixels, in the system's sans serif; a little generous.
pub(super) fn width(text: &str, size: f64) -> f64 {
    text.chars().map(advance).sum::<f64>() * size
}

fn advance(c: char) -> f64 {
    match c {
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' => 0.30,
        'f' | 't' | 'r' | '(' | ')' | '[' | ']' | '-' | '/' | ' ' | '\u{a0}' => 0.38,
        'm' | 'w' | 'M' | 'W' | '%' | '@' => 0.90,
        'A'..='Z' => 0.70,
        '\u{1100}'..='\u{FFFF}' if c >= '\u{2E80}' => 1.0,
        c if u32::from(c) >= 0x1_F000 => 1.2,
        _ => 0.58,
    }
}

/// `text` in at most `most` lines of `room` pixels, broken between words (and
/// between any two characters outside ASCII); `None` where it does not fit.
pub(super) fn wrap(text: &str, size: f64, room: f64, most: usize) -> Option<Vec<String>> {
    let greedy = fill(text, size, room, most)?;
    if greedy.len() < 2 {
        return Some(greedy);
    }
    // Lines of about one length read better than a full one and an orphan.
    let even = width(text, size) / greedy.len() as f64;
    let tries = (0..8).map(|i| even + (room - even).max(0.0) * f64::from(i) / 8.0);
    Some(tries.filter(|r| *r < room).find_map(|r| fill(text, size, r, greedy.len())).unwrap_or(greedy))
}

/// Lines filled one after the other.
fn fill(text: &str, size: f64, room: f64, most: usize) -> Option<Vec<String>> {
    let mut lines: Vec<String> = vec![String::new()];
    for word in words(text) {
        let last = lines.last_mut()?;
        if width(&format!("{last}{}", word.trim_end()), size) <= room {
            last.push_str(word);
        } else if width(word.trim_end(), size) <= room {
            lines.push(word.to_owned());
        } else {
            return None;
        }
    }
    lines.retain(|l| !l.is_empty());
    (lines.len() <= most).then(|| lines.into_iter().map(|l| l.trim_end().to_owned()).collect())
}

/// The pieces between which a line may be broken, blanks at their ends.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let mut before = None;
        let end = rest
            .char_indices()
            .find(|&(_, c)| {
                let broken = before.is_some_and(|b: char| b == ' ' || !b.is_ascii());
                before = Some(c);
                broken && c != ' '
            })
            .map_or(rest.len(), |(i, _)| i);
        let (word, tail) = rest.split_at(end);
        rest = tail;
        (!word.is_empty()).then_some(word)
    })
}

/// `text` cut to `room` pixels, ending in `…` where something was cut.
pub(super) fn fit(text: &str, size: f64, room: f64) -> String {
    if width(text, size) <= room {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = width("…", size);
    for c in text.chars() {
        used += advance(c) * size;
        if used > room {
            break;
        }
        out.push(c);
    }
    if out.is_empty() { String::new() } else { format!("{}…", out.trim_end()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_between_words_and_between_chinese_characters() {
        let room = width("High value,", 12.0) + 1.0;
        assert_eq!(wrap("High value, to keep", 12.0, room, 3).unwrap(), ["High value,", "to keep"]);
        assert_eq!(wrap("重要挽留客户", 12.0, 37.0, 3).unwrap(), ["重要挽", "留客户"]);
        assert_eq!(wrap("一般挽留客户", 12.0, 62.0, 3).unwrap(), ["一般挽", "留客户"]);
        assert!(wrap("Extraordinary", 12.0, 30.0, 3).is_none() && wrap("a b c d", 12.0, 10.0, 3).is_none());
    }

    #[test]
    fn what_is_cut_says_so() {
        assert_eq!(fit("short", 12.0, 100.0), "short");
        let cut = fit("a rather long name", 12.0, 60.0);
        assert!(cut.ends_with('…') && width(&cut, 12.0) <= 60.0);
    }
}
