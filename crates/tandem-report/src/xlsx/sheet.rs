//! What the format allows in names and cells.

use std::collections::BTreeSet;

use rust_xlsxwriter::{Format, Worksheet, XlsxError};

/// The most characters (UTF-16 units) one cell holds.
const CELL: usize = 32_767;

/// Hands out sheet names that are allowed and unique.
#[derive(Debug, Default)]
pub(super) struct Names(BTreeSet<String>);

impl Names {
    /// `wanted`, changed as little as needed: at most 31 UTF-16 units, none of
    /// the characters that are not allowed, not blank, not taken.
    pub(super) fn take(&mut self, wanted: &str) -> String {
        let clean: String = wanted
            .chars()
            .map(|c| if matches!(c, '*' | '?' | ':' | '[' | ']' | '\\' | '/') || c.is_control() { ' ' } else { c })
            .collect();
        let clean = clean.trim_matches(|c: char| c == '\'' || c.is_whitespace());
        // Excel keeps this name for itself.
        let clean = if clean.is_empty() || clean.eq_ignore_ascii_case("history") { "Sheet" } else { clean };
        let mut name = clip(clean, 31);
        let mut number = 2;
        while !self.0.insert(name.to_lowercase()) {
            name = format!("{} {number}", clip(clean, 27));
            number += 1;
        }
        name.trim_end_matches('\'').to_owned()
    }
}

/// The beginning of `text`, at most `units` UTF-16 units long, ending in `…` where cut.
pub(super) fn clip(text: &str, units: usize) -> String {
    if text.encode_utf16().count() <= units {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 1;
    for c in text.chars() {
        used += c.len_utf16();
        if used > units {
            break;
        }
        out.push(c);
    }
    out.push('…');
    out
}

/// Writes words, whatever they begin with, as a string.
pub(super) fn words(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    text: &str,
    format: &Format,
) -> Result<(), XlsxError> {
    // Characters that XML can't hold would make the workbook unreadable.
    let clean: String = text
        .chars()
        .map(|c| {
            if (c.is_control() && !matches!(c, '\n' | '\t')) || matches!(c, '\u{FFFE}' | '\u{FFFF}') {
                '\u{FFFD}'
            } else {
                c
            }
        })
        .collect();
    sheet.write_string_with_format(row, column, clip(&clean, CELL), format)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_words_make_allowed_unique_names(wanted in prop::collection::vec(".{0,50}", 1..8)) {
            let mut names = Names::default();
            let mut seen = BTreeSet::new();
            for w in &wanted {
                let name = names.take(w);
                prop_assert!(rust_xlsxwriter::utility::check_sheet_name(&name).is_ok(), "{name:?}");
                prop_assert!(seen.insert(name.to_lowercase()), "{name:?} twice");
            }
        }
    }
}
