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
